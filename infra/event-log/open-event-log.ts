/**
 * Which event log a URL stands for. Choosing one is a URL and nothing else: all of them pass the
 * same contract.
 */
import { FatalError, messageOf, RetryableError } from '../../domain/errors.ts'
import type { EventLog } from '../../domain/event-log/event-log.ts'
import type { Outages } from '../../domain/waiting/outage.ts'
import { persistently, type Retry } from '../../domain/waiting/persistently.ts'
import { describeConnection, parseConnectionString } from '../eventstoredb/connection-string.ts'
import { createEventStoreLog } from '../eventstoredb/event-log.ts'
import { createPostgresEventLog, type PostgresEventLog } from '../postgres/event-log/event-log.ts'
import { expectEventLog, migrateEventLog } from '../postgres/event-log/schema.ts'
import { createPool } from '../postgres/pool.ts'

export type OpenedEventLog = Readonly<{
  log: EventLog
  /**
   * The same log for the writer of the world's stream. On PostgreSQL the database refuses the
   * appends of a writer that was replaced; on EventStoreDB the exact revision of every append does
   * it, and this is the log itself.
   */
  becomeWriter: () => Promise<EventLog>
  /** Where the log is, without credentials. */
  place: string
  /** Ends the log and the connections that were made for it; the embedded database stays open. */
  close: () => Promise<void>
}>

export type OpenEventLogOptions = Readonly<{
  signal: AbortSignal
  /**
   * Told of tries that failed while the server is waited for, and later of connections that were
   * lost and are made again.
   */
  onTrouble?: (retry: Retry) => void
  /** Told of the first success after failures. */
  onRecovered?: () => void
  /**
   * How long to wait for a server that is away before giving up with a RetryableError. Default 60
   * s.
   */
  startMsMax?: number
  /**
   * False: a PostgreSQL database without a log is refused instead of being given one, and a role
   * that may only read will do. Default true.
   */
  mayCreate?: boolean
}>

/** Options that tell of tries that failed as an outage of the event log. */
export const waitingAloud = ({
  signal,
  outages,
}: Readonly<{ signal: AbortSignal; outages: Outages }>): OpenEventLogOptions => {
  const { onRetry, onRecovered } = outages.of('Event log')
  return { signal, onTrouble: onRetry, onRecovered }
}

type Pool = ReturnType<typeof createPool>

/** Whether a text names a log by URL; otherwise it is a data folder. */
export const isLogUrl = (place: string): boolean => /^[a-z][a-z+]*:\/\//.test(place)

/**
 * Opens the log behind `esdb://…`, `esdb+discover://…` or `postgres://…`, or the embedded
 * database's own (null), and prepares its schema. `embedded` may be null where a URL is given.
 * Resolves once the log answers. Throws FatalError for any other URL.
 */
export const openEventLog = async (
  url: string | null,
  embedded: Pool | null,
  options: OpenEventLogOptions,
): Promise<OpenedEventLog> => {
  if (url === null) {
    if (embedded === null)
      throw new FatalError('Neither a log URL nor an embedded database was given')
    const log = createPostgresEventLog(embedded)
    const opening = { pool: embedded, log, place: 'the embedded database' }
    return openPostgresLog({ ...opening, closePool: async () => {} }, options)
  }
  const scheme = url.slice(0, url.indexOf(':'))
  switch (scheme) {
    case 'postgres':
    case 'postgresql': {
      const pool = createPool(url)
      const log = createPostgresEventLog(pool, { signals: true, ...troubleOf(options) })
      const opening = { pool, log, place: placeOf(url), closePool: () => pool.end() }
      return openPostgresLog(opening, options)
    }
    case 'esdb':
    case 'esdb+discover':
      return openEventStoreLog(url, options)
    default:
      throw new FatalError(
        'A log URL begins with esdb://, esdb+discover:// or postgres://; without one the log is in the embedded database',
      )
  }
}

const placeOf = (url: string): string => {
  const { protocol, host, pathname } = new URL(url)
  return `${protocol}//${host}${pathname}`
}

type PostgresOpening = Readonly<{
  pool: Pool
  log: PostgresEventLog
  place: string
  closePool: () => Promise<void>
}>

const openPostgresLog = async (
  { pool, log, place, closePool }: PostgresOpening,
  options: OpenEventLogOptions,
): Promise<OpenedEventLog> => {
  const close = async (): Promise<void> => {
    await log.close()
    await closePool()
  }
  const prepare = options.mayCreate === false ? expectEventLog : migrateEventLog
  await whenItAnswers(() => prepare(pool).catch(throwPlaced(place)), close, options)
  return { log, becomeWriter: log.becomeWriter, place, close }
}

/** PostgreSQL says what it refuses, but not which server says it. */
const throwPlaced =
  (place: string) =>
  (error: unknown): never => {
    const text = `${place}: ${messageOf(error)}`
    throw error instanceof RetryableError
      ? new RetryableError(text, { cause: error })
      : new FatalError(text, { cause: error })
  }

const openEventStoreLog = async (
  url: string,
  options: OpenEventLogOptions,
): Promise<OpenedEventLog> => {
  const log = createEventStoreLog(url, troubleOf(options))
  await whenItAnswers(log.logHead, log.close, options)
  return {
    log,
    becomeWriter: async () => log,
    place: describeConnection(parseConnectionString(url)),
    close: log.close,
  }
}

type Told = Pick<OpenEventLogOptions, 'onTrouble' | 'onRecovered'>

const troubleOf = ({ onTrouble, onRecovered }: Told): Told => ({
  ...(onTrouble === undefined ? {} : { onTrouble }),
  ...(onRecovered === undefined ? {} : { onRecovered }),
})

/**
 * Asks until an answer comes, the time is over, or the signal aborts; a log that cannot be used is
 * closed again.
 */
const whenItAnswers = async (
  ask: () => Promise<unknown>,
  close: () => Promise<void>,
  { signal, onTrouble, onRecovered, startMsMax = 60_000 }: OpenEventLogOptions,
): Promise<void> => {
  try {
    await persistently(ask, signal, { msMax: startMsMax, onRetry: onTrouble, onRecovered })
  } catch (error) {
    await close()
    throw error
  }
}
