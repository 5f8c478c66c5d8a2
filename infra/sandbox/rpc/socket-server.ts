/**
 * The WebSockets of the node: the protocol's side of subscriptions.ts, on the port and paths of the
 * HTTP server.
 */
import type { IncomingMessage } from 'node:http'
import { type WebSocket, WebSocketServer } from 'ws'
import type { LocalServerOptions } from '../http/local-server.ts'
import { forbiddenBecause } from '../http/loopback.ts'
import type { RpcEndpoint, SocketPort } from './endpoint.ts'

const MESSAGE_BYTES_MAX = 1 << 20
const SOCKETS_MAX = 256
/** Tells a client that does not read to try again later. */
const CLOSE_SLOW_READER = 1013
const CLOSE_REASON_BYTES_MAX = 123

const portOf = (socket: WebSocket): SocketPort => ({
  send: (text, onFlushed) => {
    if (socket.readyState !== socket.OPEN) return
    socket.send(text, (error) => {
      // A text that could not be sent ends the connection, and `close` tells of that.
      if (!error) onFlushed()
    })
  },
  bufferedBytes: () => socket.bufferedAmount,
  close: (reason) => {
    socket.close(CLOSE_SLOW_READER, reason.slice(0, CLOSE_REASON_BYTES_MAX))
    // A client that does not read would not see the closing handshake either.
    socket.terminate()
  },
  terminate: () => socket.terminate(),
})

export type RpcSockets = Readonly<{
  /** Takes over an upgrade of the HTTP server, or refuses it. */
  onUpgrade: LocalServerOptions['onUpgrade']
  /** Cuts all sockets. */
  close: () => void
}>

/** Sockets of an endpoint; none at the start. */
export const createRpcSockets = ({ connect, serves }: RpcEndpoint): RpcSockets => {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MESSAGE_BYTES_MAX })
  const attach = (socket: WebSocket, path: string): void => {
    const session = connect(portOf(socket), path)
    socket.on('message', (data: Buffer) => session.receive(data.toString('utf8')))
    socket.on('close', session.ended)
    // After a broken connection or a malformed frame the library closes the socket, and `close`
    // follows.
    socket.on('error', () => socket.terminate())
  }
  /** The status by which an upgrade is refused; null when it is accepted. */
  const refusedWith = ({ headers, url }: IncomingMessage): string | null => {
    if (forbiddenBecause(headers) !== null) return '403 Forbidden'
    if (!serves(url ?? '/')) return '404 Not Found'
    return sockets.clients.size >= SOCKETS_MAX ? '503 Service Unavailable' : null
  }
  return {
    onUpgrade: (request, stream, head) => {
      const status = refusedWith(request)
      if (status !== null) {
        stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
        return
      }
      sockets.handleUpgrade(request, stream, head, (socket) => attach(socket, request.url ?? '/'))
    },
    close: () => {
      for (const socket of sockets.clients) socket.terminate()
    },
  }
}
