/**
 * The HTTP side of the node: POST of JSON-RPC on any path. It serves this machine alone: other Host names and foreign
 * Origins are refused, so that no web page can act on a visitor's sandbox. Whatever is refused gets a JSON-RPC error.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { FatalError, messageOf } from '../../domain/errors.ts'
import { refusalText } from './json-rpc.ts'

export const REQUEST_BYTES_MAX = 1 << 20
const DRAINED_BYTES_MAX = 32 << 20
const CONNECTIONS_MAX = 512
const REQUEST_MS_MAX = 30_000
const HEADERS_MS_MAX = 10_000
/** Longer than clients keep idle connections, so that it is they who close them. */
const KEEP_ALIVE_MS = 65_000

export type RpcServer = Readonly<{ port: number; url: string; close: () => Promise<void> }>

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i
const LOOPBACK_ORIGIN = /^https?:\/\/(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i

/** Why a request must not be served; null when it may. */
export const forbiddenBecause = (host: string | undefined, origin: string | undefined): string | null => {
  if (host === undefined || !LOOPBACK.test(host))
    return 'this Host is not served: the sandbox answers to loopback names'
  if (origin !== undefined && !LOOPBACK_ORIGIN.test(origin)) return 'requests of this Origin are not served'
  return null
}

/**
 * The body as text; null when it is larger than REQUEST_BYTES_MAX. What is too much is read and thrown away, because a
 * client that is still writing would not see the answer; beyond DRAINED_BYTES_MAX the connection is cut.
 */
const readBody = async (request: IncomingMessage): Promise<string | null> => {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes <= REQUEST_BYTES_MAX) chunks.push(chunk)
    else chunks.length = 0
    if (bytes > DRAINED_BYTES_MAX) break
  }
  return bytes > REQUEST_BYTES_MAX ? null : Buffer.concat(chunks).toString('utf8')
}

const send = (response: ServerResponse, status: number, body: string | null, headers = {}): void => {
  response.writeHead(status, { ...(body === null ? {} : { 'content-type': 'application/json' }), ...headers })
  response.end(body ?? undefined)
}

const corsHeaders = (origin: string | undefined) =>
  origin === undefined
    ? {}
    : {
        'access-control-allow-origin': origin,
        'access-control-allow-methods': 'POST',
        'access-control-allow-headers': 'content-type',
        vary: 'Origin',
      }

const serve = async (
  request: IncomingMessage,
  response: ServerResponse,
  answer: (text: string) => string | null,
): Promise<void> => {
  const { host, origin } = request.headers
  const forbidden = forbiddenBecause(host, origin)
  if (forbidden !== null) return send(response, 403, refusalText('INVALID_REQUEST', forbidden), { connection: 'close' })
  const cors = corsHeaders(origin)
  if (request.method === 'OPTIONS') return send(response, 204, null, cors)
  if (request.method !== 'POST') {
    return send(response, 405, refusalText('INVALID_REQUEST', 'send JSON-RPC by POST'), { ...cors, allow: 'POST' })
  }
  const text = await readBody(request)
  if (text === null) {
    const tooLarge = refusalText('INVALID_REQUEST', `a request may have ${REQUEST_BYTES_MAX} bytes`)
    return send(response, 413, tooLarge, { ...cors, connection: 'close' })
  }
  const answered = answer(text)
  return send(response, answered === null ? 204 : 200, answered, cors)
}

/** Serves on 127.0.0.1; port 0 picks a free one. Rejects with FatalError, for the user, when the port is taken. */
export const startRpcServer = async (
  port: number,
  answer: (text: string) => string | null,
  onError: (error: unknown) => void,
): Promise<RpcServer> => {
  const server = createServer(
    { requestTimeout: REQUEST_MS_MAX, headersTimeout: HEADERS_MS_MAX, keepAliveTimeout: KEEP_ALIVE_MS },
    (request, response) => {
      serve(request, response, answer).catch((error: unknown) => {
        // A client that went away while it sent is no error of the server's.
        if (!request.errored) onError(error)
        response.destroy()
      })
    },
  )
  server.maxConnections = CONNECTIONS_MAX
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'it is in use' : messageOf(error)
      reject(new FatalError(`The sandbox cannot serve RPC on port ${port}: ${reason}.`, { cause: error }))
    })
    server.listen(port, '127.0.0.1', resolve)
  })
  const { port: bound } = server.address() as AddressInfo // a TCP server that listens has one
  return {
    port: bound,
    url: `http://127.0.0.1:${bound}`,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
  }
}
