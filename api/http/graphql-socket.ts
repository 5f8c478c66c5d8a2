/**
 * GraphQL over WebSocket (graphql-transport-ws) at the same path as over HTTP, with the same checks
 * and limits.
 */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ExecutionArgs, ExecutionResult, GraphQLError, GraphQLFormattedError } from 'graphql'
import { type Context, handleProtocols, makeServer, type SubscribePayload } from 'graphql-ws'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Admission } from '../access/admission.ts'
import { bearerToken } from '../access/operator-token.ts'
import { codedError, type MaskError, type ReportError, wireError } from '../errors.ts'
import type { EncodedResult } from '../subscriptions/shared-execution.ts'
import { steppedGenerator } from '../subscriptions/stepped-generator.ts'
import type { ApiMetrics } from './metrics.ts'
import type { Outlet } from './outlets.ts'
import { GRAPHQL_PATH } from './routes.ts'
import { createSocketConnection } from './socket-connection.ts'
import { refuseSocket, type SocketRefusal } from './socket-refusal.ts'

/** Parsing, validation and execution of one operation; the same functions that HTTP uses. */
export type Operations = Readonly<{
  prepare: (
    payload: SubscribePayload,
    token: string | null,
    signal: AbortSignal,
  ) => Promise<ExecutionArgs | readonly GraphQLError[]>
  execute: (args: ExecutionArgs) => Promise<ExecutionResult>
  subscribe: (args: ExecutionArgs) => Promise<ExecutionResult | AsyncGenerator<EncodedResult>>
}>

/** GraphQL's side of the server's upgrades. */
export type GraphqlSocket = Readonly<{
  handleUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
  /** Open ones. */
  connections: () => number
  /** Asks all clients to come back later, and ends the connections of those that do not go. */
  close: () => Promise<void>
}>

/** What connections are served with. */
export type GraphqlSocketOptions = Readonly<{
  operations: Operations
  admission: Admission
  mask: MaskError
  metrics: Pick<ApiMetrics, 'slowClientDisconnects'>
  report: ReportError
  /** What waits to be sent on a connection. */
  outletOf: (connection: Duplex) => Outlet
}>

const CONNECTIONS_MAX = 2_500
const SUBSCRIPTIONS_PER_CONNECTION_MAX = 250
/** Longest message of a client: a document at its bound, and variables. */
const MESSAGE_BYTES_MAX = 128 * 1024
const INITIALISATION_WAIT_MS_MAX = 5_000
/** A client that has not answered a ping by the next one is gone. */
const PING_INTERVAL_MS = 15_000
const CLOSE_WAIT_MS_MAX = 500
const CLOSE_SERVICE_RESTART = 1012

type Extra = Readonly<{ send: (text: string) => Promise<void>; signal: AbortSignal }>

/** A socket server that has no connections yet; upgrades are handed to it. */
export const createGraphqlSocket = (options: GraphqlSocketOptions): GraphqlSocket => {
  const { admission, metrics, report, outletOf } = options
  const protocol = createProtocol(options)
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: MESSAGE_BYTES_MAX,
    perMessageDeflate: false,
    autoPong: false,
    handleProtocols,
  })
  const silent = new WeakSet<WebSocket>()

  const accept = (socket: WebSocket, outlet: Outlet): void => {
    const gone = new AbortController()
    const connection = createSocketConnection(socket, outlet)
    const closed = protocol.opened(connection, { send: connection.send, signal: gone.signal })
    socket.on('pong', () => silent.delete(socket))
    // Malformed frames end here: ws closes the connection with the code that the standard names.
    socket.on('error', () => socket.terminate())
    socket.once('close', (code, reason) => {
      gone.abort()
      closed(code, String(reason)).catch((error: unknown) =>
        report('A WebSocket could not be closed cleanly', error),
      )
    })
  }

  const pings = setInterval(() => {
    for (const socket of server.clients) {
      if (silent.has(socket)) {
        metrics.slowClientDisconnects.inc()
        socket.terminate()
      } else if (socket.readyState === socket.OPEN) {
        silent.add(socket)
        socket.ping()
      }
    }
  }, PING_INTERVAL_MS)
  pings.unref()

  return {
    handleUpgrade: (request, socket, head) => {
      socket.on('error', () => socket.destroy())
      const refusal = upgradeRefusal(request, admission, server.clients.size)
      if (refusal !== null) return refuseSocket(socket, refusal)
      server.handleUpgrade(request, socket, head, (opened) => accept(opened, outletOf(socket)))
    },
    connections: () => server.clients.size,
    close: async () => {
      clearInterval(pings)
      for (const socket of server.clients)
        socket.close(CLOSE_SERVICE_RESTART, 'The server is stopping')
      const cut = setTimeout(() => {
        for (const socket of server.clients) socket.terminate()
      }, CLOSE_WAIT_MS_MAX)
      const { promise, resolve } = Promise.withResolvers<void>()
      server.close(() => resolve())
      await promise
      clearTimeout(cut)
    },
  }
}

const createProtocol = ({ operations, mask }: Pick<GraphqlSocketOptions, 'operations' | 'mask'>) =>
  makeServer<Record<string, unknown>, Extra>({
    connectionInitWaitTimeout: INITIALISATION_WAIT_MS_MAX,
    onSubscribe: (context, _id, payload) => {
      if (Object.keys(context.subscriptions).length > SUBSCRIPTIONS_PER_CONNECTION_MAX) {
        const message = `A connection may have ${SUBSCRIPTIONS_PER_CONNECTION_MAX} operations at once`
        return [codedError('TOO_MANY_SUBSCRIPTIONS', message)]
      }
      return operations.prepare(payload, tokenOf(context), context.extra.signal)
    },
    execute: operations.execute,
    subscribe: operations.subscribe,
    onOperation: (context, id, _payload, _args, result) => {
      // What is no stream is one result, and written already.
      const results = isStream(result) ? result : textOf(result as EncodedResult)
      const head = `{"id":${JSON.stringify(id)},"type":"next","payload":`
      return pumped(results, mask, (text) => context.extra.send(`${head}${text}}`))
    },
    onError: (_context, _id, _payload, errors) => errors.map(formatted),
  })

const formatted = (error: GraphQLError): GraphQLFormattedError =>
  wireError(error) as GraphQLFormattedError // from toJSON

/** `{"token": …}`, or `{"Authorization": "Bearer …"}` as GraphiQL sends its headers. */
const tokenOf = ({ connectionParams }: Context<Record<string, unknown>, Extra>): string | null => {
  const { token, authorization, Authorization } = connectionParams ?? {}
  if (typeof token === 'string') return token
  const header = authorization ?? Authorization
  return typeof header === 'string' ? bearerToken(header) : null
}

const isStream = (result: unknown): result is AsyncGenerator<EncodedResult, void, undefined> =>
  typeof result === 'object' &&
  result !== null &&
  Symbol.asyncIterator in result &&
  'return' in result

/**
 * Sends all results by itself and yields none: graphql-ws would encode each of them again for each
 * subscriber. The next result is pulled when the last one has left, so a slow client holds at most
 * one.
 */
const pumped = (
  results: AsyncGenerator<EncodedResult, void, undefined>,
  mask: MaskError,
  send: (text: string) => Promise<void>,
): AsyncGenerator<never, void, undefined> =>
  steppedGenerator(results, async (): Promise<IteratorResult<never, void>> => {
    try {
      for await (const result of results) await send(encoded(result))
    } catch (error) {
      throw mask(error)
    }
    return { done: true, value: undefined }
  })

/** The one result of a query or a mutation, as a stream. */
async function* textOf({
  data: _,
  ...text
}: EncodedResult): AsyncGenerator<EncodedResult, void, undefined> {
  yield text // without the data, which would be held for as long as the client does not read
}

const encoded = ({ errors, data, extensions, stringify }: EncodedResult): string => {
  const shown = {
    ...(errors === undefined ? {} : { errors: errors.map(formatted) }),
    data,
    extensions,
  }
  return stringify === undefined ? JSON.stringify(shown) : stringify(shown)
}

const upgradeRefusal = (
  request: IncomingMessage,
  admission: Admission,
  connections: number,
): SocketRefusal | null => {
  const { host = '', origin = null, 'sec-fetch-site': site } = request.headers
  const foreign = admission.refusal({
    host,
    origin,
    site: typeof site === 'string' ? site : null,
    isVisit: false,
  })
  if (foreign !== null) {
    return {
      ...foreign,
      status: foreign.status === 403 ? '403 Forbidden' : '421 Misdirected Request',
    }
  }
  if (request.url?.split('?')[0] !== GRAPHQL_PATH) {
    return {
      status: '404 Not Found',
      code: 'NOT_FOUND',
      message: `WebSockets are served at ${GRAPHQL_PATH}`,
    }
  }
  return connections < CONNECTIONS_MAX
    ? null
    : {
        status: '503 Service Unavailable',
        code: 'UNAVAILABLE',
        message: 'The server has no room for another connection',
      }
}
