/**
 * The HTTP server of the sandbox's Torii: /graphql over HTTP and WebSocket, /sql, and nothing else,
 * for this machine alone. Torii itself answers any page; here a page of another site could make a
 * visitor's machine work, or read what a game of his own is about.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { messageOf } from '../../../domain/errors.ts'
import { boundedMessage } from '../../../domain/shown.ts'
import {
  type LocalServer,
  type LocalServerOptions,
  startLocalServer,
} from '../http/local-server.ts'
import { corsHeaders, forbiddenBecause } from '../http/loopback.ts'
import { busy, html, json, type Reply, readText, send, TOO_LARGE, text } from './http-body.ts'
import { GRAPHQL_PAGE, SQL_PAGE } from './pages.ts'
import { createQueryTurns, type QueryTurns } from './query-turns.ts'
import type { SqlRunner } from './sql-runner.ts'

export type ToriiServerOptions = Readonly<{
  port: number
  /** Answers a GraphQL request's body; null when it is not one. */
  graphql: (body: unknown) => Promise<Reply | null>
  /** Null: switched off. */
  sql: SqlRunner | null
  handleUpgrade: LocalServerOptions['onUpgrade']
}>

/** WebSockets included: web-socket.ts allows fewer, so that requests always find room. */
const CONNECTIONS_MAX = 4_096

/** What Torii answers on every unknown path. */
const WHO = json({ service: 'torii', version: '1.8.16', success: true })

const isGraphql = (path: string): boolean => path.startsWith('/graphql')

const parseJson = (body: string): unknown => {
  try {
    return JSON.parse(body)
  } catch {
    return undefined // no JSON, no request
  }
}

/** A request in the parameters of a GET, whose variables are JSON; null when it has none. */
const requestInQuery = (query: URLSearchParams): unknown => {
  if (!query.has('query')) return null
  const variables = query.get('variables') ?? 'null'
  return {
    query: query.get('query'),
    variables: parseJson(variables) ?? (variables === 'null' ? null : variables),
    operationName: query.get('operationName'),
  }
}

/** A request, and the signal of its client's leaving. */
type Asked = Readonly<{ request: IncomingMessage; query: URLSearchParams; gone: AbortSignal }>

const NO_REQUEST = json({ errors: [{ message: 'This is no GraphQL request' }] }, 400)

/** Nobody is left to read it. */
const UNREAD = text(499, '')

const answerGraphql = async (
  { request, query, gone }: Asked,
  { graphql }: ToriiServerOptions,
  turns: QueryTurns,
): Promise<Reply> => {
  const execute = async (asked: unknown): Promise<Reply> => {
    const reply = await turns(() => graphql(asked), gone)
    if (reply === 'gone') return UNREAD
    return reply === 'busy' ? busy('queries') : (reply ?? NO_REQUEST)
  }
  if (request.method === 'GET') {
    const asked = requestInQuery(query)
    return asked === null ? html(GRAPHQL_PAGE) : execute(asked)
  }
  if (request.method !== 'POST') return text(405, 'Send GraphQL by GET or POST')
  const body = await readText(request)
  return body === null ? TOO_LARGE : execute(parseJson(body))
}

const answerStatement = async (
  sql: string,
  runner: SqlRunner,
  gone: AbortSignal,
): Promise<Reply> => {
  const outcome = await runner.run(sql, gone)
  if (outcome === 'gone') return UNREAD
  if (outcome === 'timeout') return text(504, 'The statement took too long')
  if (outcome === 'busy') return busy('statements')
  if ('error' in outcome) return text(400, `Query error: ${boundedMessage(outcome.error)}`)
  return { status: 200, type: 'application/json', body: outcome.rows }
}

const answerSql = async (
  { request, query, gone }: Asked,
  runner: SqlRunner | null,
): Promise<Reply> => {
  if (runner === null) return text(403, 'SQL is switched off')
  if (request.method === 'GET') {
    const sql = query.get('q') ?? query.get('query')
    return sql === null ? html(SQL_PAGE) : answerStatement(sql, runner, gone)
  }
  if (request.method !== 'POST') return text(405, 'Send SQL by GET or POST')
  const sql = await readText(request)
  return sql === null ? TOO_LARGE : answerStatement(sql, runner, gone)
}

/** The path and the query of a request's target; null for a target that is no path. */
const targetOf = ({ url }: IncomingMessage): URL | null =>
  url?.startsWith('/') ? URL.parse(url.replace(/^\/+/, '/'), 'http://torii') : null

/** Whether somebody follows a link to one of the two pages, which ask for nothing by themselves. */
const isVisit = ({ method, headers }: IncomingMessage, target: URL | null): boolean =>
  method === 'GET' && headers['sec-fetch-dest'] === 'document' && target?.searchParams.size === 0

/** Why the request must not be served; null when it may be. */
const forbids = (request: IncomingMessage, target: URL | null): string | null => {
  const { 'sec-fetch-site': _, ...visit } = request.headers
  return forbiddenBecause(isVisit(request, target) ? visit : request.headers)
}

const answer = async (
  target: URL | null,
  asked: Omit<Asked, 'query'>,
  options: ToriiServerOptions,
  turns: QueryTurns,
): Promise<Reply> => {
  if (target === null) return text(400, 'The target is no path')
  if (asked.request.method === 'OPTIONS') return text(200, '')
  const question = { ...asked, query: target.searchParams }
  if (isGraphql(target.pathname)) return answerGraphql(question, options, turns)
  if (target.pathname.startsWith('/sql')) return answerSql(question, options.sql)
  return WHO
}

const refuseUpgrade = (socket: Duplex, status: string): void =>
  void socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)

/** Aborts when the response cannot be read any more, or has been sent. */
const goneSignal = (response: ServerResponse): AbortSignal => {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  return gone.signal
}

/** Serves on 127.0.0.1. Rejects with FatalError, for the user, when the port is taken. */
export const startToriiServer = (options: ToriiServerOptions): Promise<LocalServer> => {
  const turns = createQueryTurns()
  return startLocalServer({
    port: options.port,
    service: 'Torii',
    portAdvice: null,
    connectionsMax: CONNECTIONS_MAX,
    onRequest: (request, response) => {
      const target = targetOf(request)
      const forbidden = forbids(request, target)
      if (forbidden !== null) return send(response, text(403, forbidden), {})
      const cors = corsHeaders(request.headers.origin, 'GET, POST, OPTIONS')
      answer(target, { request, gone: goneSignal(response) }, options, turns).then(
        (reply) => send(response, reply, cors),
        (error: unknown) => {
          // A client that went away while it sent is no error of the server's, and nobody is left
          // to answer.
          if (request.errored) response.destroy()
          else send(response, text(500, messageOf(error)), cors)
        },
      )
    },
    onUpgrade: (request, socket, head) => {
      const target = targetOf(request)
      if (forbiddenBecause(request.headers) !== null) return refuseUpgrade(socket, '403 Forbidden')
      if (target === null || !isGraphql(target.pathname))
        return refuseUpgrade(socket, '404 Not Found')
      options.handleUpgrade(request, socket, head)
    },
  })
}
