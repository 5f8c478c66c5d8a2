/**
 * The API on a port: node:http with its timeouts and bounds, GraphQL over WebSocket on the same
 * port.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { onAllowedPort } from '../../domain/fetch-ports.ts'
import type { Api } from '../api.ts'
import { type Listening, listen } from './listen.ts'
import { GRAPHQL_PATH } from './routes.ts'
import { refusalBody, refuseSocket } from './socket-refusal.ts'

/** A server that listens. */
export type ApiServer = Readonly<{
  port: number
  /** `http://host:port`, without a path. */
  url: string
  graphqlUrl: string
  graphqlWsUrl: string
  /** Stops listening, tells subscribers to come back, and ends every connection. */
  close: () => Promise<void>
}>

const CONNECTIONS_MAX = 4_000
const HEADERS_WAIT_MS_MAX = 10_000
const REQUEST_WAIT_MS_MAX = 30_000
/** How often the two are looked at: Node's own 30 s would let a slow header wait as long. */
const WAIT_LOOK_MS = 1_000
/** Longer than clients keep idle connections, so that the clients close them. */
const IDLE_MS_MAX = 65_000
const CLOSE_WAIT_MS_MAX = 1_000
const IDLE_SWEEP_MS = 20

/**
 * Serves an API on `host` (default 127.0.0.1; a name means all its addresses) and `port` (0 picks a
 * free one). Throws FatalError when the port is taken or not allowed.
 */
export const serveApi = async (
  api: Api,
  options: Readonly<{ port: number; host?: string; headersWaitMsMax?: number }>,
): Promise<ApiServer> => {
  const host = options.host ?? '127.0.0.1'
  const server = createServer({
    headersTimeout: options.headersWaitMsMax ?? HEADERS_WAIT_MS_MAX,
    requestTimeout: REQUEST_WAIT_MS_MAX,
    connectionsCheckingInterval: WAIT_LOOK_MS,
    keepAliveTimeout: IDLE_MS_MAX,
  })
  server.maxConnections = CONNECTIONS_MAX
  server.on('request', (request, response) => serve(api, request, response))
  server.on('upgrade', api.handleUpgrade)
  server.on('clientError', answerMalformedRequest)
  const { port } = options
  const listening = await (port === 0
    ? onAllowedPort(
        () => listen(server, { host, port }),
        ({ close }) => close(),
      )
    : listen(server, { host, port }))
  const authority = `${listening.host}:${listening.port}`
  return {
    port: listening.port,
    url: `http://${authority}`,
    graphqlUrl: `http://${authority}${GRAPHQL_PATH}`,
    graphqlWsUrl: `ws://${authority}${GRAPHQL_PATH}`,
    close: () => closeServer(server, listening, api),
  }
}

/**
 * Targets other than a path, as proxies get them, mean somebody else; and a Host that makes no URL
 * would fail in the middle of everything that reads the request's address.
 */
const serve = (api: Api, request: IncomingMessage, response: ServerResponse): void => {
  const { url = '', headers } = request
  if (url.startsWith('/') && URL.canParse(`http://${headers.host ?? 'localhost'}${url}`)) {
    api.handleRequest(request, response)
    return
  }
  response.writeHead(400, {
    'content-type': 'application/json; charset=utf-8',
    connection: 'close',
  })
  response.end(
    refusalBody('BAD_REQUEST', 'The request target must be a path, and Host the name of a server'),
  )
}

const answerMalformedRequest = (error: NodeJS.ErrnoException, socket: Duplex): void => {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  refuseSocket(socket, { code: 'BAD_REQUEST', ...malformation(error.code) })
}

const malformation = (code: string | undefined): Readonly<{ status: string; message: string }> => {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { status: '408 Request Timeout', message: 'The request was too long in coming' }
    case 'HPE_HEADER_OVERFLOW':
      return {
        status: '431 Request Header Fields Too Large',
        message: 'The headers of the request are too large',
      }
    default:
      return { status: '400 Bad Request', message: 'The request is not well-formed HTTP' }
  }
}

/**
 * Streams that have just ended leave their connections idle a moment later; whatever is left is cut
 * in the end.
 */
const closeServer = async (server: Server, listening: Listening, api: Api): Promise<void> => {
  const closed = listening.close()
  await api.close()
  const sweep = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP_MS)
  const cut = setTimeout(() => server.closeAllConnections(), CLOSE_WAIT_MS_MAX)
  await closed
  clearInterval(sweep)
  clearTimeout(cut)
}
