/**
 * The event log in PostgreSQL or in the embedded database: the same code on both. Reads go by
 * ranges of revisions, which have no gaps. Subscriptions are woken by this process's own appends at
 * once. Those of other processes are found by a poll of the log's head, and where `signals` are on,
 * told of in milliseconds.
 */
import type { Pool } from 'pg'
import { FatalError, RetryableError } from '../../../domain/errors.ts'
import type {
  EventLog,
  ReadStreamOptions,
  RecordedEvent,
} from '../../../domain/event-log/event-log.ts'
import {
  categoryName,
  pageLimit,
  readBounds,
  startAfter,
  streamName,
} from '../../../domain/event-log/read-bounds.ts'
import { checkedRetention, refuseAny, refuseToLimit } from '../../../domain/event-log/retention.ts'
import { type StorableEvent, storableAppend } from '../../../domain/event-log/storable-event.ts'
import type { Retry } from '../../../domain/waiting/persistently.ts'
import { createWakeUps, type Wait } from '../../../domain/waiting/wake-ups.ts'
import { createFollow, type FollowedPage } from '../../event-log/follow.ts'
import { jsonArray, plainArray, textArray } from '../array-literal.ts'
import { classifiedPostgresError } from '../postgres-errors.ts'
import { createAppendSignals } from './append-signals.ts'
import { createHeadPoll } from './head-poll.ts'
import {
  APPEND,
  type AppendRow,
  CATEGORY_PAGE,
  type CategoryRow,
  type EventRow,
  eventOfCategoryRow,
  LIMIT_STREAM,
  LOG_HEAD,
  LOG_RANGE,
  NEXT_EPOCH,
  outcomeOf,
  RETENTION,
  recordedEvent,
  rowsQuery,
  STREAM_HEAD,
  STREAM_PAGE,
  STREAM_RANGE,
} from './rows.ts'

const PAGE_EVENTS_MAX = 1_000

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
  const follow = createFollow({ ...options, closing: closing.signal })
  const rows: ReadRows = async <Row extends readonly unknown[]>(
    text: string,
    values: readonly unknown[],
  ) => {
    if (closing.signal.aborted) throw new FatalError('The event log is closed')
    try {
      const result = await pool.query(rowsQuery(text, values))
      // Each statement stands beside the type of its rows.
      return result.rows as readonly unknown[] as readonly Row[]
    } catch (error) {
      throw classifiedPostgresError(error, 'The event log')
    }
  }

  const wakeUps = createWakeUps()
  const poll = createHeadPoll({
    wakeUps,
    intervalMs: options.pollIntervalMs ?? 250,
    readHead: () => readLogHead(rows),
  })
  const signals =
    options.signals === true ? createAppendSignals({ ...options, pool, wakeUps }) : null
  const nextWakeUp = (matches: (stream: string) => boolean): Wait => {
    signals?.listen()
    return poll.watch(wakeUps.next(matches))
  }

  const appendAs =
    (epoch: number | null): EventLog['append'] =>
    async (stream, expected, events) => {
      const storable = storableAppend(stream, expected, events)
      const expectedRevision =
        typeof expected === 'number' ? expected : expected === 'no-stream' ? -1 : -2
      const [row] = await rows<AppendRow>(APPEND, [
        stream,
        expectedRevision,
        epoch,
        ...columnsOf(storable),
      ])
      if (row === undefined) throw new RetryableError(`The append to ${stream} was not answered`)
      if (row[0] === 'not-best-effort') throw refuseAny(stream)
      const outcome = outcomeOf(row)
      if (outcome.kind === 'appended') {
        poll.sawAppend(outcome.lastLogPosition - events.length + 1, outcome.lastLogPosition)
        wakeUps.wake(stream)
        signals?.announce(stream)
      }
      return outcome
    }

  const log: EventLog = {
    append: appendAs(null),
    readStream: (stream, readOptions = {}) => readPages(rows, stream, readOptions),
    readCategory: async (category, { afterLogPosition, limit }) =>
      (
        await readCategoryPage(
          rows,
          categoryName(category),
          startAfter(afterLogPosition),
          pageLimit(limit),
        )
      ).events,
    readAll: async ({ afterLogPosition, limit }) =>
      (await rows<EventRow>(LOG_RANGE, [startAfter(afterLogPosition), pageLimit(limit)])).map(
        recordedEvent,
      ),
    subscribe: (stream, afterRevision, signal) => {
      const followed = streamName(stream)
      const readRevisions = async (revision: number): Promise<FollowedPage> => {
        const last = revision + PAGE_EVENTS_MAX
        const events = await readPage(rows, followed, revision + 1, last)
        return {
          events,
          position: events.at(-1)?.revision ?? revision,
          isEnd: isEndOf(events, last),
        }
      }
      return follow(
        {
          readAfter: readRevisions,
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
    ...retentionBy(rows),
    head: async (stream) => readHead(rows, streamName(stream)),
    logHead: () => readLogHead(rows),
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
    return { ...log, append: appendAs(row[0]) }
  }
  return { ...log, becomeWriter }
}

type ReadRows = <Row extends readonly unknown[]>(
  text: string,
  values: readonly unknown[],
) => Promise<readonly Row[]>

const columnsOf = (events: readonly StorableEvent[]): readonly string[] => [
  plainArray(events.map(({ id }) => id)),
  textArray(events.map(({ type }) => type)),
  jsonArray(events.map(({ data }) => data)),
  jsonArray(events.map(({ meta }) => meta)),
]

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

const readHead = async (rows: ReadRows, stream: string): Promise<number | null> =>
  (await rows<readonly [number | null]>(STREAM_HEAD, [stream]))[0]?.[0] ?? null

/** Log position of the last event of all, -1 when there is none. */
const readLogHead = async (rows: ReadRows): Promise<number> =>
  (await rows<readonly [number]>(LOG_HEAD, []))[0]?.[0] ?? -1

/** The events with revisions from `first` to `last`, both included, ascending. */
const readRange = async (
  rows: ReadRows,
  stream: string,
  first: number,
  last: number,
): Promise<RecordedEvent[]> =>
  (await rows<EventRow>(STREAM_RANGE, [stream, first, last])).map(recordedEvent)

/**
 * From `first` on as many as a page to `last` holds, or from what a best-effort stream has kept.
 */
const readPage = async (
  rows: ReadRows,
  stream: string,
  first: number,
  last: number,
): Promise<RecordedEvent[]> =>
  (await rows<EventRow>(STREAM_PAGE, [stream, first, last])).map(recordedEvent)

const isEndOf = (page: readonly RecordedEvent[], last: number): boolean =>
  (page.at(-1)?.revision ?? -1) < last

async function* readPages(
  rows: ReadRows,
  stream: string,
  options: ReadStreamOptions,
): AsyncGenerator<readonly RecordedEvent[], void, undefined> {
  const name = streamName(stream)
  const { direction, from, limit } = readBounds(options)
  let left = limit
  if (direction === 'forwards') {
    for (let next = from ?? 0; left > 0; ) {
      const size = Math.min(left, PAGE_EVENTS_MAX)
      const page = await readPage(rows, name, next, next + size - 1)
      if (page.length > 0) yield page
      if (isEndOf(page, next + size - 1)) return
      next = (page.at(-1)?.revision ?? next) + 1
      left -= page.length
    }
    return
  }
  if (left === 0) return
  const last = (await readHead(rows, name)) ?? -1
  for (let next = Math.min(from ?? last, last); left > 0 && next >= 0; ) {
    const size = Math.min(left, PAGE_EVENTS_MAX, next + 1)
    const page = await readRange(rows, name, next - size + 1, next)
    if (page.length > 0) yield page.reverse()
    if (page.length < size) return // a best-effort stream has let go of what comes before
    next -= size
    left -= size
  }
}

const readCategoryPage = async (
  rows: ReadRows,
  category: string,
  after: number,
  limit: number,
): Promise<FollowedPage> => {
  const page = await rows<CategoryRow>(CATEGORY_PAGE, [category, after, limit])
  const events = page.flatMap(eventOfCategoryRow)
  const isEnd = events.length < limit
  return { events, position: (isEnd ? page[0]?.[0] : events.at(-1)?.logPosition) ?? after, isEnd }
}
