/**
 * JSON-RPC 2.0 over text: requests, batches, notifications. It knows no transport. A method that
 * throws is answered as an internal error; its error goes to `onError`.
 */
import { messageOf } from '../../../domain/errors.ts'
import type { RequestFault } from '../chain/faults.ts'
import { chainMethods } from './chain-methods.ts'
import type { RpcContext } from './context.ts'
import { controlMethods } from './control-methods.ts'
import { developmentMethods } from './development-methods.ts'
import { type RpcAnswer, refusal } from './errors.ts'
import { eventMethods } from './event-methods.ts'
import { feeMethods } from './fee-methods.ts'
import { foreignMethods } from './foreign-methods.ts'
import type { RpcMethod, RpcMethods } from './method.ts'
import { stateMethods } from './state-methods.ts'
import { traceMethods } from './trace-methods.ts'
import { transactionMethods } from './transaction-methods.ts'

export const BATCH_REQUESTS_MAX = 100
/** Characters of all answers to a batch together: they are held until the last one is ready. */
export const BATCH_ANSWER_CHARACTERS_MAX = 64 << 20

type Id = string | number | null

const METHODS: ReadonlyMap<string, RpcMethod> = new Map(
  Object.entries({
    ...chainMethods,
    ...transactionMethods,
    ...stateMethods,
    ...feeMethods,
    ...traceMethods,
    ...eventMethods,
    ...foreignMethods,
    ...developmentMethods,
    ...controlMethods,
  }),
)

/** A fault that the transport has to carry out. */
export type TransportFault = Exclude<RequestFault, Readonly<{ kind: 'error' }>>

/** What the transport has to send: `text` is null when nothing is sent, as after notifications. */
export type RpcReply = Readonly<{ text: string | null; fault: TransportFault | null }>

const isId = (value: unknown): value is Id =>
  typeof value === 'string' || typeof value === 'number' || value === null
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const response = (id: Id, answer: RpcAnswer) => ({ jsonrpc: '2.0', id, ...answer })

/** An answer to a text that was no request or could not be read. */
export const refusalText = (...refused: Parameters<typeof refusal>): string =>
  JSON.stringify(response(null, refusal(...refused)))

export type JsonRpcOptions = Readonly<{
  context: RpcContext
  onError: (error: unknown) => void
  /** Methods of this connection alone, in addition to those of every connection. */
  ownMethods?: RpcMethods
}>

const methodOf = ({ ownMethods = {} }: JsonRpcOptions, name: string): RpcMethod | undefined =>
  Object.hasOwn(ownMethods, name) ? ownMethods[name] : METHODS.get(name)

const run = (options: JsonRpcOptions, method: string, params: unknown): RpcAnswer => {
  const body = methodOf(options, method)
  if (body === undefined) return refusal('METHOD_NOT_FOUND', method.slice(0, 100))
  try {
    return body(options.context, params)
  } catch (error) {
    options.onError(error)
    return refusal('INTERNAL_ERROR', messageOf(error))
  }
}

type Responded = Readonly<{
  response: ReturnType<typeof response> | null
  fault: TransportFault | null
}>

const refused = (id: Id, reason: string): Responded => ({
  response: response(id, refusal('INVALID_REQUEST', reason)),
  fault: null,
})

/**
 * The response to one request (null to a notification, which expects none), and the fault that
 * strikes it on its way.
 */
const respond = (options: JsonRpcOptions, request: unknown): Responded => {
  if (!isObject(request)) return refused(null, 'a request is an object')
  const { id = null, method, params } = request
  if (!isId(id)) return refused(null, 'id must be a string, a number or null')
  if (request.jsonrpc !== '2.0') return refused(id, 'jsonrpc must be "2.0"')
  if (typeof method !== 'string') return refused(id, 'method must be a string')
  const fault = options.context.faults.take(method)
  if (fault !== null && fault.kind !== 'error' && fault.kind !== 'cut')
    return { response: null, fault }
  const answer = fault?.kind === 'error' ? { error: fault.error } : run(options, method, params)
  return {
    response: 'id' in request ? response(id, answer) : null,
    fault: fault?.kind === 'cut' ? fault : null,
  }
}

const saying = (text: string): RpcReply => ({ text, fault: null })

/**
 * The text of a response. A response that cannot be written, such as an echo nested a hundred
 * thousand levels deep, becomes an internal error.
 */
const textOf = (options: JsonRpcOptions, answer: ReturnType<typeof response>): string => {
  try {
    return JSON.stringify(answer)
  } catch (error) {
    options.onError(error)
    return JSON.stringify(response(answer.id, refusal('INTERNAL_ERROR', messageOf(error))))
  }
}

/** Answers requests one after the other, until all answers together are too large to be held. */
const answerBatch = (options: JsonRpcOptions, requests: readonly unknown[]): RpcReply => {
  const texts: string[] = []
  let characters = 0
  let fault: TransportFault | null = null
  for (const request of requests) {
    const responded = respond(options, request)
    fault ??= responded.fault
    if (responded.response === null) continue
    const text = textOf(options, responded.response)
    characters += text.length
    if (characters > BATCH_ANSWER_CHARACTERS_MAX) {
      return saying(
        refusalText('BATCH_ANSWER_TOO_LARGE', `at most ${BATCH_ANSWER_CHARACTERS_MAX} characters`),
      )
    }
    texts.push(text)
  }
  return { text: texts.length === 0 ? null : `[${texts.join(',')}]`, fault }
}

/** Answers the text of a request or of a batch. */
export const answerJsonRpc = (options: JsonRpcOptions, text: string): RpcReply => {
  let request: unknown
  try {
    request = JSON.parse(text)
  } catch (error) {
    return saying(refusalText('PARSE_ERROR', messageOf(error)))
  }
  if (!Array.isArray(request)) {
    const { response: answer, fault } = respond(options, request)
    return { text: answer === null ? null : textOf(options, answer), fault }
  }
  if (request.length === 0)
    return saying(refusalText('INVALID_REQUEST', 'a batch must not be empty'))
  if (request.length > BATCH_REQUESTS_MAX) {
    return saying(refusalText('INVALID_REQUEST', `a batch may hold ${BATCH_REQUESTS_MAX} requests`))
  }
  return answerBatch(options, request)
}
