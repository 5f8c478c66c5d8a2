/**
 * Which requests may reach servers of this machine: those for its loopback names, from no web page
 * or from pages of this machine.
 */

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i
const LOOPBACK_ORIGIN = /^https?:\/\/(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i

/** Why a request must not be served; null when it may be. */
export const forbiddenBecause = (
  host: string | undefined,
  origin: string | undefined,
): string | null => {
  if (host === undefined || !LOOPBACK.test(host))
    return 'this Host is not served: the sandbox answers to loopback names'
  if (origin !== undefined && !LOOPBACK_ORIGIN.test(origin))
    return 'requests of this Origin are not served'
  return null
}
