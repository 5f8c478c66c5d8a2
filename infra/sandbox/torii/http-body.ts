/** Requests and responses of Torii's HTTP side. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { REQUEST_BYTES_MAX, readBody } from '../http/request-body.ts'

/** A body that is too large is read up to this many bytes; then the connection is cut. */
const DRAINED_BYTES_MAX = 16 << 20

/** The body as text; null when it is larger than a request may be. */
export const readText = (request: IncomingMessage): Promise<string | null> =>
  readBody(request, DRAINED_BYTES_MAX)

export type Reply = Readonly<{
  status: number
  type: 'application/json' | 'text/html' | 'text/plain'
  body: string
}>

export const json = (value: unknown, status = 200): Reply => ({
  status,
  type: 'application/json',
  body: JSON.stringify(value),
})
/** A GraphQL result. A result longer than a string may be becomes an error in the usual shape. */
export const graphqlResult = (result: unknown): Reply => {
  try {
    return json(result)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return json({
      data: null,
      errors: [{ message: 'The answer is too large: ask for a smaller page' }],
    })
  }
}
export const html = (body: string): Reply => ({ status: 200, type: 'text/html', body })
export const text = (status: number, body: string): Reply => ({ status, type: 'text/plain', body })

export const TOO_LARGE = text(413, `a request may have ${REQUEST_BYTES_MAX} bytes`)

/** When a client may ask again that was told to: by then what waits has had its turn or was refused. */
const RETRY_SECONDS = 5

export const busy = (what: string): Reply =>
  text(503, `Too many ${what} wait already: ask again in ${RETRY_SECONDS} seconds`)

/** Headers that a status calls for. */
const headersOf = (status: number): Readonly<Record<string, string>> => {
  if (status === 413 || status === 403) return { connection: 'close' }
  return status === 503 ? { 'retry-after': `${RETRY_SECONDS}` } : {}
}

export const send = (
  response: ServerResponse,
  { status, type, body }: Reply,
  cors: Readonly<Record<string, string>>,
): void => {
  response.writeHead(status, {
    ...cors,
    ...headersOf(status),
    'content-type': `${type}; charset=utf-8`,
    'x-content-type-options': 'nosniff',
    // The two pages run one script of their own and talk to their own server.
    'content-security-policy':
      "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'; frame-ancestors 'none'",
  })
  response.end(body)
}
