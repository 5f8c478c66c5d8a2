/**
 * One WebSocket as graphql-ws sees it: messages leave one after another as fast as the client
 * reads, and how many wait or are handled at once is bounded.
 */
import type { WebSocket } from 'ws'
import { messageOf } from '../../domain/errors.ts'
import { createTurns } from '../../domain/waiting/turns.ts'
import type { Outlet } from './outlets.ts'
import { bytePiecesOf, PIECE_BYTES_MAX } from './send-response.ts'

/** Messages being handled at once; subscriptions count as long as they live. */
const MESSAGES_AT_ONCE_MAX = 500

const CLOSE_BAD_REQUEST = 4400
const CLOSE_POLICY_VIOLATION = 1008
const CLOSE_TRY_AGAIN_LATER = 1013
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

/**
 * Wraps an open socket that answers no ping by itself. A message that finds no room in the outlet
 * closes it; the client is to come back later.
 */
export const createSocketConnection = (socket: WebSocket, outlet: Outlet): SocketConnection => {
  const inTurn = createTurns()
  let handling = 0

  const sendPiece = async (piece: Uint8Array, isLast: boolean): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>()
    // An error here means that the connection is gone: its close event ends everything that would
    // be sent on it.
    socket.send(piece, { binary: false, fin: isLast }, () => resolve())
    await promise
  }

  const send = async (text: string): Promise<void> => {
    if (socket.readyState !== socket.OPEN) return
    const bytes = Buffer.byteLength(text)
    if (!outlet.take(bytes)) return socket.close(CLOSE_TRY_AGAIN_LATER, 'Too much waits to be read')
    await inTurn(async () => {
      let left = bytes
      for (const piece of bytePiecesOf(Buffer.from(text))) {
        if (socket.readyState !== socket.OPEN) break
        left -= piece.byteLength
        await sendPiece(piece, left === 0)
        outlet.release(piece.byteLength)
      }
      outlet.release(left)
    })
  }

  // A client that pings and does not read would make its own answers pile up.
  socket.on('ping', (data) => {
    if (socket.readyState === socket.OPEN && socket.bufferedAmount < PIECE_BYTES_MAX)
      socket.pong(data)
  })

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
