/**
 * Which requests may reach servers of this machine: those for its loopback names, from no web page
 * or from pages of this machine.
 */
import type { IncomingHttpHeaders } from 'node:http'

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i
const LOOPBACK_ORIGIN = /^https?:\/\/(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i

/**
 * Why a request must not be served; null when it may be. A page of another site may also ask
 * without an Origin, as for a picture: then its browser says so in a header of its own.
 */
export const forbiddenBecause = ({
  host,
  origin,
  'sec-fetch-site': site,
}: IncomingHttpHeaders): string | null => {
  if (host === undefined || !LOOPBACK.test(host))
    return 'this Host is not served: the sandbox answers to loopback names'
  if (origin !== undefined && !LOOPBACK_ORIGIN.test(origin))
    return 'requests of this Origin are not served'
  if (origin === undefined && site === 'cross-site')
    return 'requests of pages of other sites are not served'
  return null
}

/** Headers that let a page of an admitted Origin read the answer; none for a request of no page. */
export const corsHeaders = (origin: string | undefined, methods: string): Record<string, string> =>
  origin === undefined
    ? {}
    : {
        'access-control-allow-origin': origin,
        'access-control-allow-methods': methods,
        'access-control-allow-headers': 'content-type',
        vary: 'Origin',
      }
