/**
 * A WebSocket as the GraphQL subprotocols see it: text in and out, with bounds in both directions.
 */
import type { GraphQLSchema } from 'graphql'
import type { WebSocket } from 'ws'
import { messageOf } from '../../../domain/errors.ts'
import type { ToriiContext } from './graphql/context.ts'

/** What either subprotocol needs to run operations. */
export type SocketOptions = Readonly<{
  /** The schema that holds now. */
  schema: () => GraphQLSchema
  createContext: () => ToriiContext
  /** Told of bugs that cannot be reported to a client. */
  onFailure: (error: unknown) => void
}>

export type TextSocket = Readonly<{
  /** Resolves when there is room for more, or when nobody reads any more. */
  send: (text: string) => Promise<void>
  close: (code?: number, reason?: string) => void
  onMessage: (handle: (text: string) => Promise<void>) => void
}>

export const OPERATIONS_PER_CONNECTION_MAX = 1_000
/** Bytes that may wait in a socket's buffer before what sends to it pauses. */
const UNSENT_BYTES_ENOUGH = 1 << 20
/** Longest pause: a client that reads nothing for so long is disconnected. */
const FLUSH_MS_MAX = 30_000
/** Messages being handled at once; a subscription counts as long as it lives. */
const MESSAGES_AT_ONCE_MAX = 2 * OPERATIONS_PER_CONNECTION_MAX

const CLOSE_POLICY_VIOLATION = 1008
const CLOSE_INTERNAL_ERROR = 1011
/** A close frame has room for 123 bytes. */
const REASON_CHARACTERS_MAX = 40

/** Sends a text and waits until it has left this process, or the connection has ended. */
const sendAndFlush = (socket: WebSocket, text: string): Promise<void> =>
  new Promise((resolve) => {
    const deadline = setTimeout(() => socket.terminate(), FLUSH_MS_MAX)
    socket.send(text, () => {
      clearTimeout(deadline)
      resolve()
    })
  })

/** Wraps an open socket. */
export const textSocket = (socket: WebSocket): TextSocket => {
  let handling = 0
  const receive = async (text: string, handle: (text: string) => Promise<void>): Promise<void> => {
    if (handling >= MESSAGES_AT_ONCE_MAX)
      return socket.close(CLOSE_POLICY_VIOLATION, 'Too many messages at once')
    handling += 1
    try {
      await handle(text)
    } catch (error) {
      socket.close(CLOSE_INTERNAL_ERROR, messageOf(error).slice(0, REASON_CHARACTERS_MAX))
    } finally {
      handling -= 1
    }
  }
  return {
    send: async (text) => {
      if (socket.readyState !== socket.OPEN) return
      if (socket.bufferedAmount > UNSENT_BYTES_ENOUGH) await sendAndFlush(socket, text)
      else socket.send(text)
    },
    close: (code, reason) => socket.close(code, reason),
    onMessage: (handle) => {
      socket.on('message', (data) => void receive(String(data), handle))
    },
  }
}
