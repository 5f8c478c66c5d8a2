/**
 * The subprotocol `graphql-ws` of Apollo's old subscriptions-transport-ws, server side:
 * connection_init, start and stop from the client; connection_ack, data, error and complete to it.
 */
import { type ExecutionResult, execute, GraphQLError, subscribe } from 'graphql'
import { isSubscription, operationRequestOf, prepareOperation } from './operations.ts'
import {
  OPERATIONS_PER_CONNECTION_MAX,
  type SocketOptions,
  type TextSocket,
} from './text-socket.ts'

export const LEGACY_PROTOCOL = 'graphql-ws'

const CLOSE_NORMAL = 1000
const CLOSE_PROTOCOL_ERROR = 1002
/** As `graphql-ws` has it for the modern protocol. */
const CLOSE_INIT_TIMEOUT = 4408
const INIT_MS_MAX = 3_000

type Message = Readonly<{ type: string; id: string | null; payload: unknown }>

/** Null: not a message of the protocol. */
const messageOf = (text: string): Message | null => {
  try {
    const value: unknown = JSON.parse(text)
    if (
      typeof value !== 'object' ||
      value === null ||
      !('type' in value) ||
      typeof value.type !== 'string'
    )
      return null
    const id = 'id' in value && typeof value.id === 'string' ? value.id : null
    return { type: value.type, id, payload: 'payload' in value ? value.payload : undefined }
  } catch {
    return null // no JSON, no message
  }
}

type Results = AsyncGenerator<ExecutionResult, void, void>

const isStream = (result: ExecutionResult | Results): result is Results =>
  Symbol.asyncIterator in result

type Options = Pick<SocketOptions, 'schema' | 'createContext'>

/** The results of an operation, one after the other, or why it was refused. */
const resultsOf = async (
  payload: unknown,
  { schema, createContext }: Options,
): Promise<Results | readonly GraphQLError[]> => {
  const request = operationRequestOf(payload)
  if (request === null) return [new GraphQLError('The payload is no GraphQL request')]
  const prepared = prepareOperation(schema(), createContext(), request)
  if (!('document' in prepared)) return prepared
  const result = isSubscription(prepared) ? await subscribe(prepared) : await execute(prepared)
  return isStream(result) ? result : single(result)
}

async function* single(result: ExecutionResult): Results {
  yield result
}

type Send = (message: Readonly<Record<string, unknown>>) => Promise<void>

/** The operations of one connection by the id that the client gave. */
const createOperations = (send: Send, options: Options) => {
  /** Null while an operation is being started. */
  const running = new Map<string, Results | null>()

  const pump = async (id: string, results: Results): Promise<void> => {
    for await (const payload of results) {
      if (running.get(id) !== results) return
      await send({ type: 'data', id, payload })
    }
  }

  const start = async (id: string, payload: unknown): Promise<void> => {
    if (running.has(id) || running.size >= OPERATIONS_PER_CONNECTION_MAX)
      return send({
        type: 'error',
        id,
        payload: { message: 'The id is in use, or there are too many operations' },
      })
    running.set(id, null)
    const results = await resultsOf(payload, options)
    if (!(Symbol.asyncIterator in results)) {
      running.delete(id)
      return send({ type: 'error', id, payload: results })
    }
    if (!running.has(id)) return void (await results.return()) // stopped in the meantime
    running.set(id, results)
    try {
      await pump(id, results)
    } finally {
      if (running.get(id) === results) {
        running.delete(id)
        await send({ type: 'complete', id })
      }
    }
  }

  const stop = async (id: string): Promise<void> => {
    const results = running.get(id)
    running.delete(id)
    await results?.return()
  }

  return {
    start,
    stop,
    stopAll: async (): Promise<void> => void (await Promise.all([...running.keys()].map(stop))),
  }
}

/** Serves a connection; the function that is returned ends its operations. */
export const openLegacyConnection = (
  socket: TextSocket,
  options: Options,
): (() => Promise<void>) => {
  let initialised = false
  const send: Send = (message) => socket.send(JSON.stringify(message))
  const operations = createOperations(send, options)
  const initDeadline = setTimeout(
    () => socket.close(CLOSE_INIT_TIMEOUT, 'connection_init is missing'),
    INIT_MS_MAX,
  )

  const receive = async ({ type, id, payload }: Message): Promise<void> => {
    if (type === 'connection_init') {
      initialised = true
      clearTimeout(initDeadline)
      return send({ type: 'connection_ack' })
    }
    if (type === 'connection_terminate') return socket.close(CLOSE_NORMAL)
    if (!initialised || id === null)
      return socket.close(CLOSE_PROTOCOL_ERROR, 'connection_init first, and an id')
    if (type === 'start') return operations.start(id, payload)
    if (type === 'stop') return operations.stop(id)
    return socket.close(CLOSE_PROTOCOL_ERROR, 'Unknown message type')
  }

  socket.onMessage(async (text) => {
    const message = messageOf(text)
    if (message === null) return socket.close(CLOSE_PROTOCOL_ERROR, 'Not a message of the protocol')
    await receive(message)
  })
  return async () => {
    clearTimeout(initDeadline)
    await operations.stopAll()
  }
}
