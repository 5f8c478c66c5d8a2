/**
 * A JSON-RPC 2.0 client over HTTP for Starknet nodes. Each request is tried once, within a time
 * limit and a bound on the answer's size; the caller decides whether to try again, by the class of
 * what is thrown.
 */
import { FatalError, messageOf, RetryableError } from '../../domain/errors.ts'

/**
 * What a node refuses, as it said it. The codes of Starknet are positive; JSON-RPC's own are
 * negative.
 */
export type RpcRefusal = Readonly<{ code: number; message: string; data?: unknown }>

/** A node's answer: a result, or a refusal with a code, which callers may expect. */
export type RpcAnswer = Readonly<{ result: unknown }> | Readonly<{ refused: RpcRefusal }>

/** Parameters of a request, by name or by place. */
export type RpcParams = Readonly<Record<string, unknown>> | readonly unknown[]

/** Asks one node, and waits no longer than the signal allows. */
export type JsonRpcClient = Readonly<{
  /**
   * The node's answer, refusals being values. Throws RetryableError when no answer came
   * (connection, time limit, 429, 5xx, a body that is not JSON-RPC or too large), FatalError on
   * other HTTP statuses, the signal's reason when aborted.
   */
  ask: (method: string, params: RpcParams, signal?: AbortSignal) => Promise<RpcAnswer>
  /**
   * The result. A refusal is thrown as RetryableError or FatalError by its code; the rest as in
   * `ask`.
   */
  call: (method: string, params: RpcParams, signal?: AbortSignal) => Promise<unknown>
}>

/** Where the node is, and how long and how much may be waited for. */
export type JsonRpcClientOptions = Readonly<{
  url: string
  /** From sending to the last byte of the answer. Default: 10 s. */
  requestTimeoutMs?: number
  /** Largest answer that is read. Default: 64 MiB; a full mainnet block with receipts has a few. */
  answerBytesMax?: number
}>

/**
 * Refusals by a JSON-RPC node that concern the request itself, so that sending it again cannot
 * help.
 */
const isRetryable = (code: number): boolean =>
  code === UNEXPECTED_ERROR || code === INTERNAL_ERROR || (code <= -32_000 && code >= -32_099)
const UNEXPECTED_ERROR = 63 // Starknet: "an unexpected error occurred"
// JSON-RPC; -32000…-32099 are the server's own, used for limits and overload.
const INTERNAL_ERROR = -32_603

/**
 * The thrown form of a refusal. The message names method and code, never the request: it may carry
 * a signature.
 */
export const refusalError = (
  method: string,
  { code, message, data }: RpcRefusal,
): RetryableError | FatalError => {
  const detail = typeof data === 'string' ? `: ${data}` : ''
  const text = `${method} was refused by the node with code ${code}, ${message}${detail}`
  return isRetryable(code) ? new RetryableError(text) : new FatalError(text)
}

/** A client of the node at `url`. It holds no connection of its own and needs no closing. */
export const createJsonRpcClient = (options: JsonRpcClientOptions): JsonRpcClient => {
  const { url, requestTimeoutMs = 10_000, answerBytesMax = 64 * 2 ** 20 } = options
  let lastId = 0

  const ask: JsonRpcClient['ask'] = async (method, params, signal) => {
    lastId += 1
    const id = lastId
    const timeout = AbortSignal.timeout(requestTimeoutMs)
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ jsonrpc: '2.0', id, method, params }),
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      })
      await refuseStatus(response)
      return answerOf(await textWithin(response, answerBytesMax), id)
    } catch (error) {
      signal?.throwIfAborted()
      if (error instanceof FatalError)
        throw new FatalError(`${method}: ${error.message}`, { cause: error })
      const reason = timeout.aborted ? `no answer within ${requestTimeoutMs} ms` : reasonOf(error)
      throw new RetryableError(`${method}: ${reason}`, { cause: error })
    }
  }

  return {
    ask,
    call: async (method, params, signal) => {
      const answer = await ask(method, params, signal)
      if ('refused' in answer) throw refusalError(method, answer.refused)
      return answer.result
    },
  }
}

/** Undici says only "fetch failed" and keeps why in the cause. */
const reasonOf = (error: unknown): string => {
  const cause = error instanceof TypeError && error.cause !== undefined ? error.cause : error
  // An AggregateError of connection attempts has no message.
  return messageOf(cause) || 'the node cannot be reached'
}

const RETRYABLE_STATUSES: ReadonlySet<number> = new Set([408, 425, 429])

const refuseStatus = async (response: Response): Promise<void> => {
  if (response.ok) return
  await response.body?.cancel()
  const text = `the node answered with HTTP status ${response.status}`
  if (response.status >= 500 || RETRYABLE_STATUSES.has(response.status))
    throw new RetryableError(text)
  throw new FatalError(text)
}

/** The body as text; a body of more than `bytesMax` bytes is not read to its end. */
const textWithin = async (response: Response, bytesMax: number): Promise<string> => {
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength
    if (bytes > bytesMax) throw new RetryableError(`the answer is larger than ${bytesMax} bytes`)
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

const answerOf = (body: string, id: number): RpcAnswer => {
  const parsed = parsedJson(body)
  if (!isObject(parsed)) throw new RetryableError('the answer is not a JSON-RPC answer')
  const { error } = parsed
  // A node that could not read the request's id answers with null.
  if (parsed.id !== id && !(parsed.id === null && isObject(error))) {
    throw new RetryableError(`the answer is not to request ${id}`)
  }
  if (isObject(error) && typeof error.code === 'number') {
    const message = typeof error.message === 'string' ? error.message : 'without a message'
    return {
      refused: {
        code: error.code,
        message,
        ...(error.data === undefined ? {} : { data: error.data }),
      },
    }
  }
  if (!('result' in parsed)) throw new RetryableError('the answer has neither result nor error')
  return { result: parsed.result }
}

const parsedJson = (body: string): unknown => {
  try {
    return JSON.parse(body)
  } catch (error) {
    throw new RetryableError('the answer is not JSON', { cause: error })
  }
}
