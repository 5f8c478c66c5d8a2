/**
 * What went wrong between this program and EventStoreDB, in words for people: gRPC and the client
 * library speak of status codes, of a "last error" that may be null, and often say nothing.
 */

/** Signs of a failure besides its message, as far as they are there. */
export type FailureSigns = Readonly<{ code: number | null; type: string | null }>

const PERMISSION_DENIED = 7
const UNAUTHENTICATED = 16

/** `14 UNAVAILABLE: ` before whatever else is said. */
const STATUS = /^\d+ ([A-Z_]+)(?:: ?|$)/
const NO_CONNECTION =
  /^No connection established\.?(?: Last error: (?:Error: )?(.*?)\.?)?(?: Resolution note: ?(.*?))?$/

/** The failure as a part of a sentence, without its full stop. */
export const readableFailure = (message: string, { code, type }: FailureSigns): string => {
  const said = message.replace(STATUS, '').trim().replace(/\.$/, '')
  if (code === UNAUTHENTICATED || type === 'access-denied')
    return code === PERMISSION_DENIED
      ? `the user of the URL may not do this (PERMISSION_DENIED: ${said})`
      : `the server does not accept the URL's user and password (UNAUTHENTICATED)`
  const connection = NO_CONNECTION.exec(said)
  if (connection !== null) return noConnection(connection.slice(1))
  return (
    KNOWN.find(([pattern]) => pattern.test(said))?.[1](said) ?? saidOrNamed(said, { code, type })
  )
}

const noConnection = (reasons: readonly (string | undefined)[]): string => {
  const told = reasons.filter(
    (reason) => reason !== undefined && reason !== '' && reason !== 'null',
  )
  return told.length === 0 ? 'no connection' : `no connection (${told.join('; ')})`
}

type Wording = readonly [pattern: RegExp, word: (said: string) => string]

const KNOWN: readonly Wording[] = [
  [/^Connection dropped$/, () => 'the connection was lost'],
  [/\b(ECONNRESET|EPIPE|socket hang up)\b/i, (said) => `the connection was lost (${said})`],
  [/RST_STREAM|^Premature close$/i, () => 'the server ended the call before it was answered'],
  [/^Deadline exceeded/i, () => 'no answer in time'],
  [/^Failed to discover/, (said) => `no member of the cluster answers (${said})`],
  [/exception was thrown by handler/i, () => 'the server failed and gave no reason'],
]

const BY_TYPE: Readonly<Record<string, string>> = {
  'deadline-exceeded': 'no answer in time',
  timeout: 'no answer in time',
  unavailable: 'the server is not available',
  'not-leader': 'the server is not the leader of its cluster',
  'maximum-append-size-exceeded': 'more than the server takes at once',
}

const saidOrNamed = (said: string, { code, type }: FailureSigns): string =>
  said !== '' ? said : (BY_TYPE[type ?? ''] ?? type ?? `code ${code}`)
