/**
 * One WebSocket as graphql-ws sees it: sending waits while too much is unsent, and messages at once
 * are bounded.
 */
import type { WebSocket } from 'ws'
import { messageOf } from '../../domain/errors.ts'

/** Unsent bytes of a connection beyond which nothing more is handed to it. */
const BUFFERED_BYTES_MAX = 4 * 1024 * 1024
/** Messages being handled at once; subscriptions count as long as they live. */
const MESSAGES_AT_ONCE_MAX = 500

const CLOSE_BAD_REQUEST = 4400
const CLOSE_POLICY_VIOLATION = 1008
/** A close frame has room for 123 bytes. */
const REASON_CHARACTERS_MAX = 40

/** The socket as graphql-ws wants it. */
export type SocketConnection = Readonly<{
  protocol: string
  /** Resolves once the text has left this process; at once when the connection is gone. */
  send: (text: string) => Promise<void>
  close: (code?: number, reason?: string) => void
  onMessage: (handle: (text: string) => Promise<void>) => void
}>

/** Wraps an open socket. */
export const createSocketConnection = (socket: WebSocket): SocketConnection => {
  let lastFlush: Promise<void> = Promise.resolve()
  let handling = 0

  const send = async (text: string): Promise<void> => {
    while (socket.readyState === socket.OPEN && socket.bufferedAmount > BUFFERED_BYTES_MAX)
      await lastFlush
    if (socket.readyState !== socket.OPEN) return
    const { promise, resolve } = Promise.withResolvers<void>()
    lastFlush = promise
    // An error here means that the connection is gone: its close event ends everything that would
    // be sent on it.
    socket.send(text, () => resolve())
    await promise
  }

  const receive = async (data: unknown, handle: (text: string) => Promise<void>): Promise<void> => {
    if (handling >= MESSAGES_AT_ONCE_MAX)
      return socket.close(CLOSE_POLICY_VIOLATION, 'Too many messages at once')
    handling += 1
    try {
      await handle(String(data))
    } catch (error) {
      // What operations throw is masked and answered before it gets here; this is a client that
      // breaks the protocol.
      socket.close(CLOSE_BAD_REQUEST, messageOf(error).slice(0, REASON_CHARACTERS_MAX))
    } finally {
      handling -= 1
    }
  }

  return {
    protocol: socket.protocol,
    send,
    close: (code, reason) => socket.close(code, reason),
    onMessage: (handle) => {
      socket.on('message', (data) => void receive(data, handle))
    },
  }
}
