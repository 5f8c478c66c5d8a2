/**
 * The HTTP side of the node: POST of JSON-RPC on any path, and WebSockets beside it. The path may
 * name a version of the specification (/rpc/v0_9, /rpc/v0_10), as public nodes have it. It serves
 * this machine alone: other Host names and foreign Origins are refused, so that no web page can act
 * on a visitor's sandbox. Every refusal is a JSON-RPC error.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type LocalServer, startLocalServer } from '../http/local-server.ts'
import { corsHeaders, forbiddenBecause } from '../http/loopback.ts'
import { REQUEST_BYTES_MAX, readBody } from '../http/request-body.ts'
import type { RpcEndpoint } from './endpoint.ts'
import { type RpcReply, refusalText } from './json-rpc.ts'
import { createRpcSockets } from './socket-server.ts'

const DRAINED_BYTES_MAX = 32 << 20
const CONNECTIONS_MAX = 512

const NO_SUCH_VERSION = 'the path names a version of the specification that is not served'

/**
 * How long a request stays open that a fault leaves unanswered, if its client has no limit of its
 * own.
 */
const UNANSWERED_MS_MAX = 120_000

const send = (
  response: ServerResponse,
  status: number,
  body: string | null,
  headers = {},
): void => {
  response.writeHead(status, {
    ...(body === null ? {} : { 'content-type': 'application/json' }),
    ...headers,
  })
  response.end(body ?? undefined)
}

/** Sends a reply, or what a fault makes of the reply. */
const sendReply = (
  response: ServerResponse,
  { text, fault }: RpcReply,
  cors: Record<string, string>,
): void => {
  switch (fault?.kind) {
    case undefined:
      send(response, text === null ? 204 : 200, text, cors)
      return
    case 'status': {
      const retry =
        fault.retryAfterSeconds === null ? {} : { 'retry-after': `${fault.retryAfterSeconds}` }
      response.writeHead(fault.status, { ...cors, ...retry, 'content-type': 'text/html' })
      response.end(`<html><body>${fault.status}</body></html>`)
      return
    }
    case 'timeout':
      response.setTimeout(UNANSWERED_MS_MAX, () => response.destroy())
      return
    case 'cut': {
      const body = text ?? ''
      response.writeHead(200, {
        ...cors,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      })
      response.write(body.slice(0, Math.floor(body.length / 2)), () => response.destroy())
      return
    }
    default:
      fault satisfies never
  }
}

const serve = async (
  request: IncomingMessage,
  response: ServerResponse,
  { answer, serves }: RpcEndpoint,
): Promise<void> => {
  const forbidden = forbiddenBecause(request.headers)
  if (forbidden !== null)
    return send(response, 403, refusalText('INVALID_REQUEST', forbidden), { connection: 'close' })
  const cors = corsHeaders(request.headers.origin, 'POST')
  if (request.method === 'OPTIONS') return send(response, 204, null, cors)
  if (request.method !== 'POST') {
    return send(response, 405, refusalText('INVALID_REQUEST', 'send JSON-RPC by POST'), {
      ...cors,
      allow: 'POST',
    })
  }
  const path = request.url ?? '/'
  if (!serves(path))
    return send(response, 404, refusalText('INVALID_REQUEST', NO_SUCH_VERSION), cors)
  const text = await readBody(request, DRAINED_BYTES_MAX)
  if (text === null) {
    const tooLarge = refusalText('INVALID_REQUEST', `a request may have ${REQUEST_BYTES_MAX} bytes`)
    return send(response, 413, tooLarge, { ...cors, connection: 'close' })
  }
  sendReply(response, answer(text, path), cors)
}

/**
 * Serves on 127.0.0.1; port 0 picks a free one. Rejects with FatalError, for the user, when the
 * port is taken.
 */
export const startRpcServer = async (
  port: number,
  endpoint: RpcEndpoint,
  onError: (error: unknown) => void,
): Promise<LocalServer> => {
  const sockets = createRpcSockets(endpoint)
  const server = await startLocalServer({
    port,
    service: 'RPC',
    portAdvice: 'choose another one with --rpc-port, or 0 for any',
    connectionsMax: CONNECTIONS_MAX,
    onRequest: (request, response) => {
      serve(request, response, endpoint).catch((error: unknown) => {
        // A client that went away while it sent is no error of the server's.
        if (!request.errored) onError(error)
        response.destroy()
      })
    },
    onUpgrade: sockets.onUpgrade,
  })
  return {
    ...server,
    close: () => {
      sockets.close()
      return server.close()
    },
  }
}
