/**
 * The event log on EventStoreDB (23.10 and later). Streams are read by pages of revisions,
 * categories by pages of the log, both pulled by the reader; a live subscription to the server only
 * wakes the readers that wait at an end. So what the server pushes can be cut, repeated or lost, and
 * no reader loses an event.
 *
 * A log position is the byte at which the server's log holds an event: it orders events and counts
 * nothing.
 */
import { FatalError, RetryableError } from '../../domain/errors.ts'
import type {
  AppendOutcome,
  EventLog,
  ExpectedRevision,
  ReadCategoryOptions,
  ReadStreamOptions,
  RecordedEvent,
} from '../../domain/event-log/event-log.ts'
import {
  categoryName,
  pageLimit,
  readBounds,
  startAfter,
  streamName,
} from '../../domain/event-log/read-bounds.ts'
import { type StorableEvent, storableAppend } from '../../domain/event-log/storable-event.ts'
import { NEVER, until } from '../../domain/waiting/pause.ts'
import type { Retry } from '../../domain/waiting/persistently.ts'
import { createWakeUps, type Wait } from '../../domain/waiting/wake-ups.ts'
import { createFollow, type FollowedPage } from '../event-log/follow.ts'
import { createAppendLanes } from './append-lanes.ts'
import { refuseTooLarge } from './append-sizes.ts'
import { createBestEffortStreams } from './best-effort-streams.ts'
import { createEventStoreClient, type EventStoreClient, type ServerAnswer } from './client.ts'
import { parseConnectionString } from './connection-string.ts'
import type { LogPageOptions } from './paged-reads.ts'
import type { StartTimer } from './reading.ts'
import { createWakeFeed } from './wake-feed.ts'

export type EventStoreLogOptions = Readonly<{
  /**
   * A small append that is not answered by then fails as retryable, and its outcome is unknown; one
   * of 1 MiB has 16 s more. Default 10 s.
   */
  appendMsMax?: number
  /** A read that shows no sign of life for so long fails as retryable. Default 10 s. */
  readIdleMsMax?: number
  /** How often the live subscription is compared with the log's head. Default 2 s. */
  watchdogMs?: number
  /** Appends that may be under way at a time; one per stream. Default 64. */
  inFlightAppendsMax?: number
  /**
   * Appends that may wait for their turn; what comes beyond fails as retryable at once. Default
   * 10,000.
   */
  waitingAppendsMax?: number
  /** Of backoff. Default Math.random. */
  random?: () => number
  /** What the deadlines above run on. Default: the system's timers. */
  startTimer?: StartTimer
  /** Told of trouble that is tried again by itself. */
  onTrouble?: (retry: Retry) => void
  /** Told of the first success after failures. */
  onRecovered?: () => void
}>

const PAGE_EVENTS_MAX = 500
const CLOSE_MS_MAX = 2_000

/**
 * The log behind an `esdb://` or `esdb+discover://` URL. Connects when first used; a server that is
 * away is retryable.
 */
export const createEventStoreLog = (
  connectionString: string,
  options: EventStoreLogOptions = {},
): EventLog => {
  const { random = Math.random, onTrouble = () => {}, onRecovered = () => {} } = options
  const client = createEventStoreClient(parseConnectionString(connectionString), {
    appendMsMax: options.appendMsMax ?? 10_000,
    readIdleMsMax: options.readIdleMsMax ?? 10_000,
    ...(options.startTimer === undefined ? {} : { startTimer: options.startTimer }),
  })
  const closing = new AbortController()
  const wakeUps = createWakeUps()
  const feed = createWakeFeed({
    client,
    wakeUps,
    watchdogMs: options.watchdogMs ?? 2_000,
    random,
    onTrouble,
    onRecovered,
    signal: closing.signal,
  })
  const lanes = createAppendLanes(
    options.inFlightAppendsMax ?? 64,
    options.waitingAppendsMax ?? 10_000,
  )
  const { refuseOther, ...bestEffort } = createBestEffortStreams(client)
  const appendNow = createAppend(client)
  const append: EventLog['append'] = async (stream, expected, events) => {
    const storable = storableAppend(stream, expected, events)
    refuseTooLarge(stream, storable)
    const outcome = await lanes.run(stream, async () => {
      if (closing.signal.aborted) throw new FatalError('The event log is closed')
      if (expected === 'any') await refuseOther(stream)
      return appendNow(stream, expected, storable)
    })
    if (outcome.kind === 'appended') wakeUps.wake(stream)
    return outcome
  }
  return {
    append,
    ...readsOf(client),
    ...subscriptionsOf({
      client,
      follow: createFollow({ closing: closing.signal, random, onTrouble, onRecovered }),
      nextWakeUp: (isWanted) => feed.watch(wakeUps.next(isWanted)),
    }),
    ...bestEffort,
    close: async () => {
      closing.abort()
      await until(lanes.idle(), NEVER, CLOSE_MS_MAX)
      await client.close()
    },
  }
}

const readsOf = (
  client: EventStoreClient,
): Pick<EventLog, 'readStream' | 'readCategory' | 'readAll' | 'head' | 'logHead'> => {
  const logPage = async (
    prefix: string | null,
    { afterLogPosition, limit }: ReadCategoryOptions,
  ): Promise<readonly RecordedEvent[]> => {
    const after = startAfter(afterLogPosition)
    const page = await client.readLog({ prefix, after, eventsMax: pageLimit(limit) })
    return page.events
  }
  return {
    readStream: (stream, options = {}) => readPages(client, stream, options),
    readCategory: async (category, options) => logPage(`${categoryName(category)}-`, options),
    readAll: async (options) => logPage(null, options),
    head: async (stream) => {
      const [newest] = await client.readStream(streamName(stream), {
        direction: 'backwards',
        from: null,
        eventsMax: 1,
      })
      return newest?.revision ?? null
    },
    logHead: client.logHead,
  }
}

type Following = Readonly<{
  client: EventStoreClient
  follow: ReturnType<typeof createFollow>
  /** The next append to a stream that is wanted. */
  nextWakeUp: (isWanted: (stream: string) => boolean) => Wait
}>

const subscriptionsOf = ({
  client,
  follow,
  nextWakeUp,
}: Following): Pick<EventLog, 'subscribe' | 'subscribeCategory'> => ({
  subscribe: (stream, afterRevision, signal) => {
    const followed = streamName(stream)
    return follow(
      {
        readAfter: (revision) => readRevisions(client, followed, revision),
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
        readAfter: (after) => readLog(client, { prefix, after, eventsMax: PAGE_EVENTS_MAX }),
        nextWakeUp: () => nextWakeUp((name) => name.startsWith(prefix)),
      },
      afterLogPosition,
      signal,
    )
  },
})

const readLog = async (client: EventStoreClient, page: LogPageOptions): Promise<FollowedPage> => {
  const { events, isEnd } = await client.readLog(page)
  return { events, position: events.at(-1)?.logPosition ?? page.after, isEnd }
}

type AppendNow = (...given: Parameters<EventStoreClient['append']>) => Promise<AppendOutcome>

/**
 * The server answers a repeated append as it answered the first, with the position at which the
 * events stand. They were there before when the log reached so far before this append was sent,
 * which costs a look at its head each time.
 */
const createAppend = (client: EventStoreClient): AppendNow => {
  const lookAtHead = createSharedLook(client.logHead)
  return async (stream, expected, events) => {
    const headBefore = await lookAtHead()
    const answer = await client
      .append(stream, expected, events)
      .catch((error: unknown) => standingAnyway(client, { stream, expected, events, error }))
    if (answer.kind === 'conflict') return answer
    const { lastRevision, position } = answer
    if (position === null || position <= headBefore)
      return { kind: 'already-appended', lastRevision }
    return { kind: 'appended', lastRevision, lastLogPosition: position }
  }
}

type Unanswered = Readonly<{
  stream: string
  expected: ExpectedRevision
  events: readonly StorableEvent[]
  error: unknown
}>

/**
 * The answer to an append without a revision that was not answered, where its events are found among
 * the newest of its stream; throws the error where they are not. A server never answers such a
 * repeat when its order is another (server-rules.contract.ts), so to try again would never end.
 */
const standingAnyway = async (
  client: EventStoreClient,
  { stream, expected, events, error }: Unanswered,
): Promise<ServerAnswer> => {
  if (expected !== 'any' || !(error instanceof RetryableError)) throw error
  const newest = await client
    .readStream(stream, { direction: 'backwards', from: null, eventsMax: PAGE_EVENTS_MAX })
    .catch(() => []) // the append's own error says more
  const revisionById = new Map(newest.map(({ id, revision }) => [id, revision]))
  const revisions = events.flatMap(({ id }) => revisionById.get(id) ?? [])
  const lastRevision = revisions.at(-1)
  if (revisions.length < events.length || lastRevision === undefined) throw error
  return { kind: 'written', lastRevision, position: null }
}

/**
 * Requests that arrive during a read share the next one, never the one that is running: that may
 * have been answered before they asked.
 */
const createSharedLook = <T>(read: () => Promise<T>): (() => Promise<T>) => {
  let underWay: Promise<unknown> | null = null
  let next: Promise<T> | null = null
  const lookNow = (): Promise<T> => {
    next = null
    const reading = read()
    underWay = Promise.allSettled([reading]).then(() => {
      underWay = null
    })
    return reading
  }
  return () => {
    if (underWay === null) return lookNow()
    next ??= underWay.then(lookNow)
    return next
  }
}

const readRevisions = async (
  client: EventStoreClient,
  stream: string,
  after: number,
): Promise<FollowedPage> => {
  const events = await client.readStream(stream, {
    direction: 'forwards',
    from: after + 1,
    eventsMax: PAGE_EVENTS_MAX,
  })
  return {
    events,
    position: events.at(-1)?.revision ?? after,
    isEnd: events.length < PAGE_EVENTS_MAX,
  }
}

async function* readPages(
  client: EventStoreClient,
  stream: string,
  options: ReadStreamOptions,
): AsyncGenerator<readonly RecordedEvent[], void, undefined> {
  const name = streamName(stream)
  const { direction, from, limit } = readBounds(options)
  const step = direction === 'forwards' ? 1 : -1
  let next = from
  for (let left = limit; left > 0; ) {
    const eventsMax = Math.min(left, PAGE_EVENTS_MAX)
    const page = await client.readStream(name, { direction, from: next, eventsMax })
    if (page.length > 0) yield page
    next = (page.at(-1)?.revision ?? 0) + step
    if (page.length < eventsMax || next < 0) return
    left -= page.length
  }
}
