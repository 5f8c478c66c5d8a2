/**
 * JSON-RPC 2.0 over text: what a request is, batches, notifications. It knows no transport. A method that throws is
 * answered as an internal error; what it threw goes to `onError`.
 */
import { messageOf } from '../../domain/errors.ts'
import { chainMethods } from './rpc-chain-methods.ts'
import type { RpcContext } from './rpc-context.ts'
import { developmentMethods } from './rpc-development-methods.ts'
import { type RpcAnswer, refusal } from './rpc-errors.ts'
import { eventMethods } from './rpc-event-methods.ts'
import { feeMethods } from './rpc-fee-methods.ts'
import type { RpcMethods } from './rpc-method.ts'
import { stateMethods } from './rpc-state-methods.ts'
import { transactionMethods } from './rpc-transaction-methods.ts'

export const BATCH_REQUESTS_MAX = 100

type Id = string | number | null

const METHODS: ReadonlyMap<string, RpcMethods[string]> = new Map(
  Object.entries({
    ...chainMethods,
    ...transactionMethods,
    ...stateMethods,
    ...feeMethods,
    ...eventMethods,
    ...developmentMethods,
  }),
)

const isId = (value: unknown): value is Id => typeof value === 'string' || typeof value === 'number' || value === null

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const response = (id: Id, answer: RpcAnswer) => ({ jsonrpc: '2.0', id, ...answer })

/** An answer to something that was no request, or not to be read at all. */
export const refusalText = (...refused: Parameters<typeof refusal>): string =>
  JSON.stringify(response(null, refusal(...refused)))

export type JsonRpcOptions = Readonly<{ context: RpcContext; onError: (error: unknown) => void }>

const run = ({ context, onError }: JsonRpcOptions, method: string, params: unknown): RpcAnswer => {
  const body = METHODS.get(method)
  if (body === undefined) return refusal('METHOD_NOT_FOUND', method.slice(0, 100))
  try {
    return body(context, params)
  } catch (error) {
    onError(error)
    return refusal('INTERNAL_ERROR', messageOf(error))
  }
}

/** The response to one request; null to a notification, which wants none. */
const respond = (options: JsonRpcOptions, request: unknown) => {
  if (!isObject(request)) return response(null, refusal('INVALID_REQUEST', 'a request is an object'))
  const { id = null, method, params } = request
  if (!isId(id)) return response(null, refusal('INVALID_REQUEST', 'id must be a string, a number or null'))
  if (request.jsonrpc !== '2.0') return response(id, refusal('INVALID_REQUEST', 'jsonrpc must be "2.0"'))
  if (typeof method !== 'string') return response(id, refusal('INVALID_REQUEST', 'method must be a string'))
  const answer = run(options, method, params)
  return 'id' in request ? response(id, answer) : null
}

/** Answers the text of a request or of a batch; null when there is nothing to say, as to notifications. */
export const answerJsonRpc = (options: JsonRpcOptions, text: string): string | null => {
  let request: unknown
  try {
    request = JSON.parse(text)
  } catch (error) {
    return refusalText('PARSE_ERROR', messageOf(error))
  }
  if (!Array.isArray(request)) {
    const answer = respond(options, request)
    return answer === null ? null : JSON.stringify(answer)
  }
  if (request.length === 0) return refusalText('INVALID_REQUEST', 'a batch must not be empty')
  if (request.length > BATCH_REQUESTS_MAX) {
    return refusalText('INVALID_REQUEST', `a batch may hold ${BATCH_REQUESTS_MAX} requests`)
  }
  const answers = request.map((one) => respond(options, one)).filter((answer) => answer !== null)
  return answers.length === 0 ? null : JSON.stringify(answers)
}
