/**
 * The HTTP server of the sandbox's Torii: /graphql over HTTP and WebSocket, /sql, and nothing else,
 * for this machine alone.
 */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { messageOf } from '../../../domain/errors.ts'
import {
  type LocalServer,
  type LocalServerOptions,
  startLocalServer,
} from '../http/local-server.ts'
import { html, json, type Reply, readText, send, TOO_LARGE, text } from './http-body.ts'
import { GRAPHQL_PAGE, SQL_PAGE } from './pages.ts'
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

const answerGraphql = async (
  request: IncomingMessage,
  query: URLSearchParams,
  { graphql }: ToriiServerOptions,
): Promise<Reply> => {
  const execute = async (asked: unknown): Promise<Reply> =>
    (await graphql(asked)) ?? json({ errors: [{ message: 'This is no GraphQL request' }] }, 400)
  if (request.method === 'GET') {
    const asked = requestInQuery(query)
    return asked === null ? html(GRAPHQL_PAGE) : execute(asked)
  }
  if (request.method !== 'POST') return text(405, 'Send GraphQL by GET or POST')
  const body = await readText(request)
  return body === null ? TOO_LARGE : execute(parseJson(body))
}

const answerStatement = async (sql: string, runner: SqlRunner): Promise<Reply> => {
  const outcome = await runner.run(sql)
  if (outcome === 'timeout') return text(504, 'The statement took too long')
  if (outcome === 'busy') return text(503, 'Too many statements wait already')
  if ('error' in outcome) return text(400, `Query error: ${outcome.error}`)
  return { status: 200, type: 'application/json', body: outcome.rows }
}

const answerSql = async (
  request: IncomingMessage,
  query: URLSearchParams,
  runner: SqlRunner | null,
) => {
  if (runner === null) return text(403, 'SQL is switched off')
  if (request.method === 'GET') {
    const sql = query.get('q') ?? query.get('query')
    return sql === null ? html(SQL_PAGE) : answerStatement(sql, runner)
  }
  if (request.method !== 'POST') return text(405, 'Send SQL by GET or POST')
  const sql = await readText(request)
  return sql === null ? TOO_LARGE : answerStatement(sql, runner)
}

/** The path and the query of a request's target; null for a target that is no path. */
const targetOf = ({ url }: IncomingMessage): URL | null =>
  url?.startsWith('/') ? URL.parse(url.replace(/^\/+/, '/'), 'http://torii') : null

const answer = async (request: IncomingMessage, options: ToriiServerOptions): Promise<Reply> => {
  const target = targetOf(request)
  if (target === null) return text(400, 'The target is no path')
  if (request.method === 'OPTIONS') return text(200, '')
  if (isGraphql(target.pathname)) return answerGraphql(request, target.searchParams, options)
  if (target.pathname.startsWith('/sql'))
    return answerSql(request, target.searchParams, options.sql)
  return WHO
}

const refuseUpgrade = (socket: Duplex): void =>
  void socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')

/** Serves on 127.0.0.1. Rejects with FatalError, for the user, when the port is taken. */
export const startToriiServer = (options: ToriiServerOptions): Promise<LocalServer> =>
  startLocalServer({
    port: options.port,
    service: 'Torii',
    portAdvice: null,
    connectionsMax: CONNECTIONS_MAX,
    onRequest: (request, response) => {
      answer(request, options).then(
        (reply) => send(response, reply),
        (error: unknown) => {
          // A client that went away while it sent is no error of the server's, and nobody is left
          // to answer.
          if (request.errored) response.destroy()
          else send(response, text(500, messageOf(error)))
        },
      )
    },
    onUpgrade: (request, socket, head) => {
      const target = targetOf(request)
      if (target === null || !isGraphql(target.pathname)) return refuseUpgrade(socket)
      options.handleUpgrade(request, socket, head)
    },
  })
