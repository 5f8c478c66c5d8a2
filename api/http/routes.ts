/**
 * What is served beside GraphQL, each by its path: health, readiness, metrics, the schema's text,
 * the dashboard.
 */
import type { Registry } from 'prom-client'
import { type ReportError, refusalResponse } from '../errors.ts'
import type { Readiness } from './readiness.ts'

/** GraphQL over HTTP and WebSocket, and GraphiQL for browsers. */
export const GRAPHQL_PATH = '/graphql'

/** Answers requests for its own paths, null for all others. */
export type DashboardHandler = (request: Request) => Promise<Response | null>

/** Answers what is not GraphQL; null for GraphQL itself. */
export type Router = (request: Request, path: string) => Promise<Response | null>

/** What is served; `dashboard` is null where none is. */
export type RouterOptions = Readonly<{
  readiness: Readiness
  registry: Registry
  schemaText: string
  graphiqlPage: () => Promise<string>
  dashboard: DashboardHandler | null
  report: ReportError
}>

/** A router over the given parts. */
export const createRouter = (options: RouterOptions): Router => {
  const { readiness, registry, schemaText, graphiqlPage, dashboard, report } = options
  const pages: Readonly<Record<string, () => Promise<Response>>> = {
    '/health': async () => json(200, { status: 'ok' }),
    '/ready': () => readyResponse(readiness, report),
    '/metrics': async () => text(await registry.metrics(), registry.contentType),
    '/schema.graphql': async () => text(schemaText, 'text/plain; charset=utf-8'),
  }
  return async (request, path) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    if (path === GRAPHQL_PATH) {
      return isRead && wantsPage(request) ? page(await graphiqlPage()) : null
    }
    const serve = pages[path]
    if (serve !== undefined) return isRead ? serve() : methodRefused()
    const answer = dashboard === null ? null : await dashboard(request)
    return answer ?? refusalResponse(404, 'NOT_FOUND', 'There is nothing at this path')
  }
}

/** Browsers navigate with text/html first; GraphQL clients do not name it. */
const wantsPage = (request: Request): boolean =>
  request.headers.get('accept')?.includes('text/html') ?? false

const methodRefused = (): Response => {
  const response = refusalResponse(405, 'BAD_REQUEST', 'Only GET is served here')
  response.headers.set('allow', 'GET, HEAD')
  return response
}

const readyResponse = async (readiness: Readiness, report: ReportError): Promise<Response> => {
  try {
    const missing = await readiness()
    return json(missing.length === 0 ? 200 : 503, { ready: missing.length === 0, missing })
  } catch (error) {
    report('Readiness could not be checked', error)
    return json(503, { ready: false, missing: ['The read models cannot be read'] })
  }
}

const COMMON_HEADERS = { 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' }

const json = (status: number, body: object): Response =>
  new Response(JSON.stringify(body), {
    status,
    headers: { ...COMMON_HEADERS, 'content-type': 'application/json; charset=utf-8' },
  })

const text = (body: string, contentType: string): Response =>
  new Response(body, { headers: { ...COMMON_HEADERS, 'content-type': contentType } })

/** The page brings everything along, and may ask nobody but this server for anything. */
const PAGE_POLICY =
  "default-src 'self' 'unsafe-inline' data: blob:; connect-src 'self'; frame-ancestors 'none'"

const page = (html: string): Response =>
  new Response(html, {
    headers: {
      ...COMMON_HEADERS,
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': PAGE_POLICY,
    },
  })
