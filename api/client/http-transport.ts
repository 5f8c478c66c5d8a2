/**
 * GraphQL over HTTP, and subscriptions as server-sent events over the same fetch: no socket of its
 * own is needed.
 */
import { messageOf, RetryableError } from '../../domain/errors.ts'
import { readEventStream } from './event-stream.ts'
import { GraphQLRequestError } from './graphql-request-error.ts'
import { type Answer, answerOf, type OpenStream, type Operation } from './transport.ts'

/** What sends a request: the platform's fetch, or a server's own handler in the same process. */
export type Fetch = (request: Request) => Promise<Response>

/** Address and credential of the server; `token` is null for a reader. */
export type HttpOptions = Readonly<{ url: string; token: string | null; fetch: Fetch }>

const ANSWER_TYPES = 'application/graphql-response+json, application/json'

/** Sends one operation and reads its answer. Throws RetryableError when no answer could be had. */
export const sendOperation = async (
  options: HttpOptions,
  operation: Operation,
  signal: AbortSignal | null,
): Promise<Answer> => {
  const response = await send(options, operation, ANSWER_TYPES, signal)
  return answerOf(await jsonOf(response, signal))
}

/** Streams a subscription as server-sent events. */
export const eventStreams = (options: HttpOptions): OpenStream =>
  async function* open(operation, signal, onOpen) {
    if (signal.aborted) return
    const response = await send(options, operation, 'text/event-stream', signal)
    if (!isEventStream(response) || response.body === null) {
      yield answerOf(await jsonOf(response, signal))
      return
    }
    onOpen()
    try {
      for await (const { event, data } of readEventStream(response.body)) {
        if (event === 'complete') return
        if (event === 'next') yield answerOf(JSON.parse(data))
      }
    } catch (error) {
      if (signal.aborted) return
      throw asConnectionError(error)
    }
    if (!signal.aborted) throw new RetryableError('The event stream broke off')
  }

const send = async (
  { url, token, fetch }: HttpOptions,
  operation: Operation,
  accept: string,
  signal: AbortSignal | null,
): Promise<Response> => {
  const headers = new Headers({ 'content-type': 'application/json', accept })
  if (token !== null) headers.set('authorization', `Bearer ${token}`)
  const request = new Request(url, {
    method: 'POST',
    headers,
    body: JSON.stringify(operation),
    signal,
  })
  try {
    return await fetch(request)
  } catch (error) {
    throw signal?.aborted ? signal.reason : asConnectionError(error)
  }
}

const jsonOf = async (response: Response, signal: AbortSignal | null): Promise<unknown> => {
  try {
    return await response.json()
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    const message = `The server answered with status ${response.status} and no JSON: ${messageOf(error)}`
    if (response.status >= 500 || response.ok) throw new RetryableError(message, { cause: error })
    throw new GraphQLRequestError([{ message, extensions: { code: `HTTP_${response.status}` } }])
  }
}

const isEventStream = (response: Response): boolean =>
  response.headers.get('content-type')?.startsWith('text/event-stream') ?? false

/**
 * Errors that already say what they are pass; anything else that fetch throws is trouble with the
 * connection.
 */
const asConnectionError = (error: unknown): Error =>
  error instanceof RetryableError || error instanceof GraphQLRequestError
    ? error
    : new RetryableError(`The server cannot be reached: ${messageOf(error)}`, { cause: error })
