/**
 * The WebSockets of the node: the protocol's side of subscriptions.ts, on the port and paths of the
 * HTTP server.
 */
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { forbiddenBecause } from '../http/loopback.ts'
import type { RpcEndpoint } from './server.ts'
import type { SocketPort } from './subscriptions.ts'

const MESSAGE_BYTES_MAX = 1 << 20
const SOCKETS_MAX = 256
/** Said to who does not read: try again later. */
const CLOSE_SLOW_READER = 1013
const CLOSE_REASON_BYTES_MAX = 123

const portOf = (socket: WebSocket): SocketPort => ({
  send: (text, onFlushed) => {
    if (socket.readyState !== socket.OPEN) return
    socket.send(text, (error) => {
      // What could not be sent is the end of the connection, and `close` tells of that.
      if (!error) onFlushed()
    })
  },
  bufferedBytes: () => socket.bufferedAmount,
  close: (reason) => {
    socket.close(CLOSE_SLOW_READER, reason.slice(0, CLOSE_REASON_BYTES_MAX))
    // Who does not read does not see the closing handshake either.
    socket.terminate()
  },
  terminate: () => socket.terminate(),
})

/** Takes over the server's upgrades; returns how to cut all sockets. */
export const serveSockets = (server: Server, { connect, serves }: RpcEndpoint): (() => void) => {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MESSAGE_BYTES_MAX })
  const attach = (socket: WebSocket, path: string): void => {
    const session = connect(portOf(socket), path)
    socket.on('message', (data: Buffer) => session.receive(data.toString('utf8')))
    socket.on('close', session.ended)
    // A broken connection or a frame that is no WebSocket's: the library closes the socket, and
    // `close` follows.
    socket.on('error', () => socket.terminate())
  }
  /** The status by which an upgrade is refused; null when it is not. */
  const refusedWith = ({ headers, url }: IncomingMessage): string | null => {
    if (forbiddenBecause(headers.host, headers.origin) !== null) return '403 Forbidden'
    if (!serves(url ?? '/')) return '404 Not Found'
    return sockets.clients.size >= SOCKETS_MAX ? '503 Service Unavailable' : null
  }
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', () => stream.destroy())
    const status = refusedWith(request)
    if (status !== null) {
      stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
      return
    }
    sockets.handleUpgrade(request, stream, head, (socket) => attach(socket, request.url ?? '/'))
  })
  return () => {
    for (const socket of sockets.clients) socket.terminate()
  }
}
