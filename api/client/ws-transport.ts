/**
 * Subscriptions over one WebSocket (graphql-transport-ws), opened with the first and closed after
 * the last. It never reconnects by itself: only the caller knows what was missed meanwhile, and
 * resumes from a cursor (follow.ts).
 */
import { createClient as createSocketClient, type Client as SocketClient } from 'graphql-ws/client'
import { messageOf, RetryableError } from '../../domain/errors.ts'
import {
  errorOfAnswer,
  type GraphQLAnswerError,
  GraphQLRequestError,
} from './graphql-request-error.ts'
import { createMessageQueue, type MessageQueue } from './message-queue.ts'
import type { Reconnect } from './reconnect.ts'
import { type Answer, answerOf, type OpenStream } from './transport.ts'

/** Address and credential of the server; `token` is null for a reader. */
export type SocketOptions = Readonly<{
  url: string
  token: string | null
  /** A WebSocket class; the platform's when null. */
  webSocket: unknown
  /** When a connection may be tried; told how each try ends. */
  reconnect: Reconnect
}>

/**
 * Messages of one subscription that nobody has read yet. A browser's socket cannot be slowed, so
 * this ends it.
 */
const PENDING_MESSAGES_MAX = 10_000
const PING_INTERVAL_MS = 10_000
const PONG_WAIT_MS_MAX = 5_000
const ACKNOWLEDGEMENT_WAIT_MS_MAX = 5_000
const IDLE_BEFORE_CLOSE_MS = 1_000

/**
 * Close codes after which trying again cannot help: the server does not accept the request or the
 * credential.
 */
const REFUSED_CLOSE_CODES: ReadonlySet<number> = new Set([4400, 4401, 4403, 4406, 4409])

/** Streams over one socket; `close` ends them all. */
export type SocketTransport = Readonly<{ open: OpenStream; close: () => Promise<void> }>

/** A transport that has not connected yet. */
export const createSocketTransport = (options: SocketOptions): SocketTransport => {
  let isConnected = false
  const { reconnect } = options
  const client = createWatchedClient(options, (connected) => {
    isConnected = connected
    if (connected) reconnect.opened()
  })
  const end = (queue: MessageQueue<Answer>, error: unknown): void => {
    const told = asStreamError(error)
    if (!Array.isArray(error) && told instanceof RetryableError) reconnect.failed()
    queue.end(told)
  }
  const open: OpenStream = async function* (operation, signal, onOpen) {
    if (!isConnected) await reconnect.due(signal)
    if (signal.aborted) return
    const queue = createMessageQueue<Answer>(PENDING_MESSAGES_MAX)
    const stopWatching = client.on('connected', onOpen)
    if (isConnected) onOpen()
    const unsubscribe = client.subscribe<Record<string, unknown>>(operation, {
      next: (answer) => queue.push(answerOf(answer)),
      error: (error) => end(queue, error),
      complete: () => queue.end(),
    })
    const stop = (): void => queue.end()
    signal.addEventListener('abort', stop, { once: true })
    try {
      yield* queue.messages()
    } finally {
      signal.removeEventListener('abort', stop)
      stopWatching()
      unsubscribe()
    }
  }
  return { open, close: async () => client.dispose() }
}

/**
 * The socket's client, which ends a connection that answers no ping: the other side may be gone
 * without a word.
 */
const createWatchedClient = (
  { url, token, webSocket }: SocketOptions,
  onConnection: (isConnected: boolean) => void,
): SocketClient => {
  let pongWait: ReturnType<typeof setTimeout> | undefined
  const client = createSocketClient({
    url,
    retryAttempts: 0,
    keepAlive: PING_INTERVAL_MS,
    connectionAckWaitTimeout: ACKNOWLEDGEMENT_WAIT_MS_MAX,
    lazyCloseTimeout: IDLE_BEFORE_CLOSE_MS,
    ...(token === null ? {} : { connectionParams: { token } }),
    ...(webSocket === null ? {} : { webSocketImpl: webSocket }),
    on: {
      connected: () => onConnection(true),
      closed: () => {
        clearTimeout(pongWait)
        onConnection(false)
      },
      ping: (received) => {
        if (!received) pongWait = setTimeout(() => client.terminate(), PONG_WAIT_MS_MAX)
      },
      pong: (received) => {
        if (received) clearTimeout(pongWait)
      },
    },
  })
  return client
}

/**
 * graphql-ws reports an answer's errors as an array, a closed socket as its close event, and
 * trouble as an error.
 */
const asStreamError = (error: unknown): Error => {
  // As the protocol defines it.
  if (Array.isArray(error)) return errorOfAnswer(error as readonly GraphQLAnswerError[])
  if (isCloseEvent(error)) {
    const message = `The server closed the connection (${error.code}${error.reason === '' ? '' : `: ${error.reason}`})`
    return REFUSED_CLOSE_CODES.has(error.code)
      ? new GraphQLRequestError([{ message, extensions: { code: `CLOSED_${error.code}` } }])
      : new RetryableError(message)
  }
  const detail = error instanceof Error ? messageOf(error) : 'the connection failed'
  return new RetryableError(`The server cannot be reached: ${detail}`, { cause: error })
}

const isCloseEvent = (value: unknown): value is Readonly<{ code: number; reason: string }> =>
  typeof value === 'object' &&
  value !== null &&
  'code' in value &&
  typeof value.code === 'number' &&
  'reason' in value
