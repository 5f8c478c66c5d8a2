/**
 * The event log in PostgreSQL or in the embedded database: the same code on both. Reads go by
 * ranges of revisions, which have no gaps. Subscriptions are woken by this process's own appends at
 * once. Those of other processes are found by a poll of the log's head, and where `signals` are on,
 * told of in milliseconds.
 */
import type { Pool } from 'pg'
import { FatalError, RetryableError } from '../../../domain/errors.ts'
import type { EventLog } from '../../../domain/event-log/event-log.ts'
import { categoryName, streamName } from '../../../domain/event-log/read-bounds.ts'
import { checkedRetention, refuseAny, refuseToLimit } from '../../../domain/event-log/retention.ts'
import { type StorableEvent, storableAppend } from '../../../domain/event-log/storable-event.ts'
import type { Retry } from '../../../domain/waiting/persistently.ts'
import { createWakeUps, type Wait } from '../../../domain/waiting/wake-ups.ts'
import { createFollow, type Follow } from '../../event-log/follow.ts'
import { jsonArray, plainArray, textArray } from '../array-literal.ts'
import { classifiedPostgresError } from '../postgres-errors.ts'
import { createAppendSignals } from './append-signals.ts'
import { createHeadPoll } from './head-poll.ts'
import {
  PAGE_EVENTS_MAX,
  type ReadRows,
  readCategoryPage,
  readLogHead,
  readRevisionsAfter,
  readsBy,
} from './reads.ts'
import {
  APPEND,
  type AppendRow,
  LIMIT_STREAM,
  NEXT_EPOCH,
  outcomeOf,
  RETENTION,
  rowsQuery,
} from './rows.ts'

export type PostgresEventLogOptions = Readonly<{
  /**
   * How often waiting subscriptions look for appends of other processes; one query for all of them.
   * Default 250 ms.
   */
  pollIntervalMs?: number
  /**
   * Whether processes wake each other by LISTEN and NOTIFY, over one connection of the pool that
   * each log keeps from its first append or subscription on. Only on a real server. Default false.
   */
  signals?: boolean
  /**
   * Told of trouble that is tried again by itself: a subscription's read, or the connection for
   * signals, that failed.
   */
  onTrouble?: (retry: Retry) => void
  /** Told of the first success after failures. */
  onRecovered?: () => void
}>

export type PostgresEventLog = EventLog &
  Readonly<{
    /**
     * Becomes the writer: the same log, whose appends the database refuses (`Fenced`) once another
     * process has become the writer. Appends of the log itself are not fenced: small streams are
     * guarded by their revisions.
     */
    becomeWriter: () => Promise<EventLog>
  }>

/**
 * The log in a migrated database (`migrateEventLog`). Closing it ends its subscriptions and leaves
 * the pool open.
 */
export const createPostgresEventLog = (
  pool: Pool,
  options: PostgresEventLogOptions = {},
): PostgresEventLog => {
  const closing = new AbortController()
  const rows = rowsOf(pool, closing.signal)
  const wakeUps = createWakeUps()
  const poll = createHeadPoll({
    wakeUps,
    intervalMs: options.pollIntervalMs ?? 250,
    readHead: () => readLogHead(rows),
  })
  const signals =
    options.signals === true ? createAppendSignals({ ...options, pool, wakeUps }) : null
  const appends = appendsBy(rows, (stream, firstPosition, lastPosition) => {
    poll.sawAppend(firstPosition, lastPosition)
    wakeUps.wake(stream)
    signals?.announce(stream)
  })
  const subscriptions = subscriptionsBy({
    rows,
    follow: createFollow({ ...options, closing: closing.signal }),
    nextWakeUp: (isWanted) => {
      signals?.listen()
      return poll.watch(wakeUps.next(isWanted))
    },
  })

  const log: EventLog = {
    append: appends(null),
    ...readsBy(rows),
    ...subscriptions,
    ...retentionBy(rows),
    close: async () => {
      closing.abort()
      poll.stop()
      await signals?.stop()
    },
  }
  const becomeWriter = async (): Promise<EventLog> => {
    const [row] = await rows<readonly [number]>(NEXT_EPOCH, [])
    if (row === undefined)
      throw new FatalError('The event log has no head row: its schema is damaged')
    return { ...log, append: appends(row[0]) }
  }
  return { ...log, becomeWriter }
}

const rowsOf =
  (pool: Pool, closing: AbortSignal): ReadRows =>
  async <Row extends readonly unknown[]>(text: string, values: readonly unknown[]) => {
    if (closing.aborted) throw new FatalError('The event log is closed')
    try {
      const result = await pool.query(rowsQuery(text, values))
      // Each statement stands beside the type of its rows.
      return result.rows as readonly unknown[] as readonly Row[]
    } catch (error) {
      throw classifiedPostgresError(error, 'The event log')
    }
  }

/** Told of each append that stored something, with the log positions of its events. */
type SawAppend = (stream: string, firstPosition: number, lastPosition: number) => void

/**
 * Appends as the writer of an epoch: the database refuses them once a later epoch has begun. Null:
 * not fenced.
 */
const appendsBy =
  (rows: ReadRows, sawAppend: SawAppend) =>
  (epoch: number | null): EventLog['append'] =>
  async (stream, expected, events) => {
    const storable = storableAppend(stream, expected, events)
    const expectedRevision =
      typeof expected === 'number' ? expected : expected === 'no-stream' ? -1 : -2
    const values = [stream, expectedRevision, epoch, ...columnsOf(storable)]
    const [row] = await rows<AppendRow>(APPEND, values)
    if (row === undefined) throw new RetryableError(`The append to ${stream} was not answered`)
    if (row[0] === 'not-best-effort') throw refuseAny(stream)
    const outcome = outcomeOf(row)
    if (outcome.kind === 'appended') {
      const { lastLogPosition } = outcome
      sawAppend(stream, lastLogPosition - events.length + 1, lastLogPosition)
    }
    return outcome
  }

const columnsOf = (events: readonly StorableEvent[]): readonly string[] => [
  plainArray(events.map(({ id }) => id)),
  textArray(events.map(({ type }) => type)),
  jsonArray(events.map(({ data }) => data)),
  jsonArray(events.map(({ meta }) => meta)),
]

type Following = Readonly<{
  rows: ReadRows
  follow: Follow
  /** The next append to a stream that is wanted. */
  nextWakeUp: (isWanted: (stream: string) => boolean) => Wait
}>

const subscriptionsBy = ({
  rows,
  follow,
  nextWakeUp,
}: Following): Pick<EventLog, 'subscribe' | 'subscribeCategory'> => ({
  subscribe: (stream, afterRevision, signal) => {
    const followed = streamName(stream)
    return follow(
      {
        readAfter: (revision) => readRevisionsAfter(rows, followed, revision),
        nextWakeUp: () => nextWakeUp((name) => name === followed),
      },
      afterRevision,
      signal,
    )
  },
  subscribeCategory: (category, afterLogPosition, signal) => {
    const prefix = `${categoryName(category)}-`
    return follow(
      {
        readAfter: (after) => readCategoryPage(rows, category, after, PAGE_EVENTS_MAX),
        nextWakeUp: () => nextWakeUp((name) => name.startsWith(prefix)),
      },
      afterLogPosition,
      signal,
    )
  },
})

const retentionBy = (rows: ReadRows): Pick<EventLog, 'limitStream' | 'retention'> => ({
  limitStream: async (stream, retention) => {
    const { eventsMax = null, ageSecondsMax = null } = checkedRetention(stream, retention)
    const [row] = await rows<readonly [boolean]>(LIMIT_STREAM, [stream, eventsMax, ageSecondsMax])
    if (row?.[0] !== true) throw refuseToLimit(stream)
  },
  retention: async (stream) => {
    const [row] = await rows<readonly [number | null, number | null]>(RETENTION, [
      streamName(stream),
    ])
    if (row === undefined) return null
    const [eventsMax, ageSecondsMax] = row
    return {
      ...(eventsMax === null ? {} : { eventsMax }),
      ...(ageSecondsMax === null ? {} : { ageSecondsMax }),
    }
  },
})
