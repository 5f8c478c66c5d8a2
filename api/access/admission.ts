/**
 * Which requests the server answers at all. A browser that reaches it also runs other people's
 * pages: Host is checked so that a page cannot reach the server under a name of its own (DNS
 * rebinding), Origin so that a foreign page can neither read nor open a socket, and Sec-Fetch-Site so
 * that it cannot even let the server work.
 */

/** Why a request is not answered. */
export type Refusal = Readonly<{
  status: 403 | 421
  code: 'FOREIGN_ORIGIN' | 'FOREIGN_HOST'
  message: string
}>

/** What a request or upgrade says of where it comes from; null where a header is absent. */
export type Whence = Readonly<{
  host: string | null
  origin: string | null
  /** Sec-Fetch-Site, which browsers send: how the page that asks is related to this server. */
  site: string | null
  /** Whether it opens one of this server's own pages for a person to see, and in no frame. */
  isVisit: boolean
}>

/** Returns null when it may pass. */
export type Admission = Readonly<{
  refusal: (whence: Whence) => Refusal | null
  /** Whether pages of an Origin may read answers. */
  mayRead: (origin: string) => boolean
}>

export type AdmissionOptions = Readonly<{
  /**
   * Host names beyond loopback, asked for with every request: a machine's addresses change. Pages
   * under these names may read, on any port.
   */
  hostNames?: (() => readonly string[]) | undefined
  /** Further Origins whose pages may read, as `https://dash.example`. */
  origins?: readonly string[] | undefined
}>

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

/** Admits loopback names on any port, and what the options name. */
export const createAdmission = ({
  hostNames = () => [],
  origins = [],
}: AdmissionOptions = {}): Admission => {
  const known: ReadonlySet<string> = new Set(origins)
  const isKnownHost = (host: string): boolean => {
    const name = nameOf(host)
    if (name === null) return false
    return LOOPBACK_NAMES.has(name) || hostNames().some((each) => nameOf(asHost(each)) === name)
  }
  const mayRead = (origin: string): boolean =>
    known.has(origin) || isKnownHost(hostOfOrigin(origin))
  return {
    mayRead,
    refusal: ({ host, origin, site, isVisit }) => {
      if (host !== null && !isKnownHost(host)) return FOREIGN_HOST
      if (origin !== null) return mayRead(origin) ? null : FOREIGN_ORIGIN
      return isForeignSite(site) && !isVisit ? FOREIGN_SITE : null
    },
  }
}

/**
 * A page can have images, frames and event streams fetched without an Origin, and although it reads
 * no answer, the work is done. Its own server is `same-origin`, and `none` is a person.
 */
const isForeignSite = (site: string | null): boolean =>
  site === 'cross-site' || site === 'same-site'

const FOREIGN_HOST: Refusal = {
  status: 421,
  code: 'FOREIGN_HOST',
  message: 'This server does not answer under that Host name',
}
const FOREIGN_ORIGIN: Refusal = {
  status: 403,
  code: 'FOREIGN_ORIGIN',
  message: 'Pages of that Origin may not use this server',
}
const FOREIGN_SITE: Refusal = {
  status: 403,
  code: 'FOREIGN_ORIGIN',
  message:
    'Pages of another site may only link to this server, and read what it answers to their Origin',
}

/**
 * Empty for `null`, which browsers send for pages without a place of their own, and for anything
 * but http(s).
 */
const hostOfOrigin = (origin: string): string => /^https?:\/\/([^/]+)$/i.exec(origin)?.[1] ?? ''
