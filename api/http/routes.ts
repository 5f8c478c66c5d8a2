/**
 * What is served beside GraphQL, each by its path: health, readiness, metrics, the schema's text,
 * the dashboard.
 */
import type { Registry } from 'prom-client'
import { type ReportError, refusalResponse } from '../errors.ts'
import { methodRefused } from './method-refused.ts'
import type { Readiness } from './readiness.ts'
import { createStaticFiles, type FileHandler } from './static-files.ts'

/** GraphQL over HTTP and WebSocket, and GraphiQL for browsers. */
export const GRAPHQL_PATH = '/graphql'
/** The dashboard's page: what it shows stands behind the `#`. */
export const DASHBOARD_PATH = '/'
/** Below it are the files that GraphiQL's page names. */
export const GRAPHIQL_FILES_PATH = `${GRAPHQL_PATH}/files/`

/** Answers what is not GraphQL; null for GraphQL itself. */
export type Router = (request: Request, path: string) => Promise<Response | null>

/** What is served; `dashboard` is null where none is. */
export type RouterOptions = Readonly<{
  readiness: Readiness
  registry: Registry
  schemaText: string
  /** Answers at the path of GraphQL with a page, and at those below with its files. */
  graphiql: FileHandler
  dashboard: FileHandler | null
  report: ReportError
}>

/** A router over the given parts. */
export const createRouter = (options: RouterOptions): Router => {
  const { readiness, registry, schemaText, graphiql, dashboard, report } = options
  const pages: Readonly<Record<string, () => Promise<Response>>> = {
    '/health': async () => json(200, { status: 'ok' }),
    '/ready': () => readyResponse(readiness, report),
    '/metrics': async () => text(await registry.metrics(), registry.contentType),
  }
  const schema = createStaticFiles([
    { path: '/schema.graphql', type: 'text/plain', text: schemaText, isImmutable: false },
  ])
  return async (request, path) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    if (path === GRAPHQL_PATH) {
      return isRead && wantsPage(request) ? graphiql(request) : null
    }
    const serve = pages[path]
    if (serve !== undefined) return isRead ? serve() : methodRefused()
    const answers = [schema, path.startsWith(GRAPHIQL_FILES_PATH) ? graphiql : null, dashboard]
    for (const files of answers) {
      const answer = await files?.(request)
      if (answer) return answer
    }
    return refusalResponse(404, 'NOT_FOUND', 'There is nothing at this path')
  }
}

/** Browsers navigate with text/html first; GraphQL clients do not name it. */
const wantsPage = (request: Request): boolean =>
  request.headers.get('accept')?.includes('text/html') ?? false

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
