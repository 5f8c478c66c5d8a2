/**
 * Which requests the server answers at all. A browser that reaches it also runs other people's
 * pages: Host is checked so that a page cannot reach the server under a name of its
 * own (DNS rebinding), and Origin so that a foreign page can neither read nor open a socket.
 */

/** Why a request is not answered. */
export type Refusal = Readonly<{
  status: 403 | 421
  code: 'FOREIGN_ORIGIN' | 'FOREIGN_HOST'
  message: string
}>

/**
 * Checks the two headers of a request or upgrade; null where a header is absent. Returns null when
 * they may pass.
 */
export type Admission = (host: string | null, origin: string | null) => Refusal | null

const LOOPBACK_NAMES: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])
const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i

/** The name of a Host header in the one spelling that URLs have; null when it is none. */
const nameOf = (host: string): string | null => {
  const name = HOST.exec(host)?.[1]?.replace(/\.$/, '')
  return name === undefined ? null : (URL.parse(`http://${name}`)?.hostname ?? null)
}

/** A name or an address, which may stand without its brackets, as Host headers have it. */
const asHost = (name: string): string =>
  name.includes(':') && !name.startsWith('[') ? `[${name}]` : name

/**
 * Admits loopback names on any port, and the further host names that there are when a request
 * comes: a machine's addresses change.
 */
export const createAdmission = (hostNames: () => readonly string[] = () => []): Admission => {
  const isKnownHost = (host: string): boolean => {
    const name = nameOf(host)
    if (name === null) return false
    return LOOPBACK_NAMES.has(name) || hostNames().some((known) => nameOf(asHost(known)) === name)
  }
  return (host, origin) => {
    if (host !== null && !isKnownHost(host)) {
      return {
        status: 421,
        code: 'FOREIGN_HOST',
        message: 'This server does not answer under that Host name',
      }
    }
    if (origin !== null && !isKnownHost(hostOfOrigin(origin))) {
      return {
        status: 403,
        code: 'FOREIGN_ORIGIN',
        message: 'Pages of that Origin may not use this server',
      }
    }
    return null
  }
}

/**
 * Empty for `null`, which browsers send for pages without a place of their own, and for anything
 * but http(s).
 */
const hostOfOrigin = (origin: string): string => /^https?:\/\/([^/]+)$/i.exec(origin)?.[1] ?? ''
