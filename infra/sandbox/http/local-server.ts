/**
 * An HTTP server of the sandbox for this machine alone: on 127.0.0.1, within bounds of time and of
 * connections. The node's JSON-RPC and its Torii have one each.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { FatalError, messageOf } from '../../../domain/errors.ts'
import { onAllowedPort } from '../../../domain/fetch-ports.ts'

const REQUEST_MS_MAX = 30_000
const HEADERS_MS_MAX = 10_000
/** Longer than clients keep idle connections, so that the clients close them. */
const KEEP_ALIVE_MS = 65_000

export type LocalServerOptions = Readonly<{
  /** 0 picks a free one. */
  port: number
  /** What is served there, for messages: `RPC`. */
  service: string
  /** What a user can do when the port is in use; null when there is nothing to say. */
  portAdvice: string | null
  connectionsMax: number
  onRequest: (request: IncomingMessage, response: ServerResponse) => void
  onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
}>

export type LocalServer = Readonly<{
  port: number
  /** `http://127.0.0.1:<port>` */
  url: string
  /** Cuts all connections but those that were upgraded; resolves when the server has ended. */
  close: () => Promise<void>
}>

const cannotListen = (
  error: NodeJS.ErrnoException,
  { port, portAdvice, service }: LocalServerOptions,
): FatalError => {
  const inUse = portAdvice === null ? 'it is in use' : `it is in use; ${portAdvice}`
  const reason = error.code === 'EADDRINUSE' ? inUse : messageOf(error)
  return new FatalError(`The sandbox cannot serve ${service} on port ${port}: ${reason}.`, {
    cause: error,
  })
}

/** Rejects with FatalError, for the user, when the port cannot be had. */
export const startLocalServer = async (options: LocalServerOptions): Promise<LocalServer> => {
  const server = createServer(
    {
      requestTimeout: REQUEST_MS_MAX,
      headersTimeout: HEADERS_MS_MAX,
      keepAliveTimeout: KEEP_ALIVE_MS,
    },
    options.onRequest,
  )
  server.maxConnections = options.connectionsMax
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    options.onUpgrade(request, socket, head)
  })
  const listen = () =>
    new Promise<AddressInfo>((resolve, reject) => {
      const fail = (error: NodeJS.ErrnoException): void => reject(cannotListen(error, options))
      server.once('error', fail)
      server.listen(options.port, '127.0.0.1', () => {
        server.off('error', fail)
        resolve(server.address() as AddressInfo) // a TCP server that listens has one
      })
    })
  const stop = () => new Promise<void>((resolve) => server.close(() => resolve()))
  const { port } = await (options.port === 0 ? onAllowedPort(listen, stop) : listen())
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      const closed = stop()
      server.closeAllConnections()
      await closed
    },
  }
}
