/**
 * The event log in memory: the model that the other adapters are held to, and the log of tests.
 * Nothing survives it.
 */
import type { Clock } from '../../domain/clock.ts'
import { FatalError } from '../../domain/errors.ts'
import type {
  AppendOutcome,
  EventLog,
  ExpectedRevision,
  Json,
  NewEvent,
  ReadCategoryOptions,
  ReadStreamOptions,
  RecordedEvent,
  Retention,
} from '../../domain/event-log/event-log.ts'
import {
  categoryName,
  pageLimit,
  readBounds,
  startAfter,
  streamName,
} from '../../domain/event-log/read-bounds.ts'
import { checkedRetention, refuseAny, refuseToLimit } from '../../domain/event-log/retention.ts'
import { type StorableEvent, storableAppend } from '../../domain/event-log/storable-event.ts'
import { createWakeUps, type WakeUps } from '../../domain/waiting/wake-ups.ts'
import { createFollow, type Follow, type FollowedPage } from '../event-log/follow.ts'

const PAGE_EVENTS_MAX = 500

const systemClock: Clock = { nowMs: () => Date.now() }

/** An empty log. `clock` gives `recordedAt`. */
export const createMemoryEventLog = (clock: Clock = systemClock): EventLog => {
  const log: RecordedEvent[] = []
  const streams = new Map<string, RecordedEvent[]>()
  const wakeUps = createWakeUps()
  const closing = new AbortController()
  const refuseWhenClosed = (): void => {
    if (closing.signal.aborted) throw new FatalError('The event log is closed')
  }
  const { limits, ...retentions } = createRetentions((stream) => {
    refuseWhenClosed()
    return streams.has(stream)
  })

  const append: EventLog['append'] = async (stream, expected, events) => {
    refuseWhenClosed()
    const storable = storableAppend(stream, expected, events)
    const stored = streams.get(stream) ?? []
    if (expected === 'any' && !limits.has(stream)) throw refuseAny(stream)
    const revision = revisionOf(expected, stored.length - 1)
    const outcome = outcomeWithoutWriting(stored, revision, events)
    if (outcome !== null) return outcome
    const place = { stream, revision, logPosition: log.length, nowMs: clock.nowMs() }
    const recorded = recordedEvents(storable, place)
    stored.push(...recorded)
    log.push(...recorded)
    streams.set(stream, stored)
    wakeUps.wake(stream)
    return { kind: 'appended', lastRevision: stored.length - 1, lastLogPosition: log.length - 1 }
  }

  const contents: Contents = {
    events: () => {
      refuseWhenClosed()
      return log
    },
    stream: (name) => {
      refuseWhenClosed()
      const stored = streams.get(name) ?? []
      return { stored, firstKept: firstKeptRevision(stored, limits.get(name) ?? {}, clock.nowMs()) }
    },
  }
  return {
    append,
    ...readsOf(contents),
    ...subscriptionsOf(contents, createFollow({ closing: closing.signal }), wakeUps),
    ...retentions,
    close: async () => closing.abort(),
  }
}

/** What the log holds now. Both throw FatalError once it is closed. */
type Contents = Readonly<{
  events: () => readonly RecordedEvent[]
  /** `firstKept`: what lies below has gone from a best-effort stream. */
  stream: (name: string) => Readonly<{ stored: readonly RecordedEvent[]; firstKept: number }>
}>

const readsOf = ({
  events,
  stream,
}: Contents): Pick<EventLog, 'readStream' | 'readCategory' | 'readAll' | 'head' | 'logHead'> => ({
  readStream: async function* (name, options = {}) {
    const { stored, firstKept } = stream(streamName(name))
    yield* pagesOf(stored, firstKept, options)
  },
  readCategory: async (category, options) => categoryPage(events(), category, options),
  readAll: async ({ afterLogPosition, limit }) => {
    const log = events()
    const first = startAfter(afterLogPosition) + 1
    return log.slice(first, first + pageLimit(limit))
  },
  head: async (name) => stream(streamName(name)).stored.at(-1)?.revision ?? null,
  logHead: async () => events().length - 1,
})

const subscriptionsOf = (
  { events, stream }: Contents,
  follow: Follow,
  wakeUps: WakeUps,
): Pick<EventLog, 'subscribe' | 'subscribeCategory'> => ({
  subscribe: (name, afterRevision, signal) => {
    const followed = streamName(name)
    return follow(
      {
        readAfter: async (revision) => pageAfter(revision, stream(followed)),
        nextWakeUp: () => wakeUps.next((woken) => woken === followed),
      },
      afterRevision,
      signal,
    )
  },
  subscribeCategory: (category, afterLogPosition, signal) => {
    const prefix = `${categoryName(category)}-`
    return follow(
      {
        readAfter: async (position) => categoryPageAfter(events(), category, position),
        nextWakeUp: () => wakeUps.next((woken) => woken.startsWith(prefix)),
      },
      afterLogPosition,
      signal,
    )
  },
})

type Retentions = Pick<EventLog, 'limitStream' | 'retention'> &
  Readonly<{ limits: ReadonlyMap<string, Retention> }>

const createRetentions = (hasEvents: (stream: string) => boolean): Retentions => {
  const limits = new Map<string, Retention>()
  return {
    limits,
    limitStream: async (stream, retention) => {
      const checked = checkedRetention(stream, retention)
      if (hasEvents(stream) && !limits.has(stream)) throw refuseToLimit(stream)
      limits.set(stream, checked)
    },
    retention: async (stream) => limits.get(streamName(stream)) ?? null,
  }
}

const revisionOf = (expected: ExpectedRevision, last: number): number => {
  if (expected === 'any') return last
  return expected === 'no-stream' ? -1 : expected
}

const pageAfter = (
  revision: number,
  { stored, firstKept }: ReturnType<Contents['stream']>,
): FollowedPage => {
  const first = Math.max(revision + 1, firstKept)
  const events = stored.slice(first, first + PAGE_EVENTS_MAX)
  return {
    events,
    position: events.at(-1)?.revision ?? revision,
    isEnd: events.length < PAGE_EVENTS_MAX,
  }
}

const categoryPageAfter = (
  log: readonly RecordedEvent[],
  category: string,
  position: number,
): FollowedPage => {
  const limit = PAGE_EVENTS_MAX
  const events = categoryPage(log, category, { afterLogPosition: position, limit })
  const isEnd = events.length < limit
  return {
    events,
    position: isEnd ? log.length - 1 : (events.at(-1)?.logPosition ?? position),
    isEnd,
  }
}

const categoryPage = (
  log: readonly RecordedEvent[],
  category: string,
  { afterLogPosition, limit }: ReadCategoryOptions,
): readonly RecordedEvent[] => {
  const prefix = `${categoryName(category)}-`
  const eventsMax = pageLimit(limit)
  const page: RecordedEvent[] = []
  for (
    let position = startAfter(afterLogPosition) + 1;
    position < log.length && page.length < eventsMax;
    position += 1
  ) {
    const event = log[position]
    if (event?.stream.startsWith(prefix)) page.push(event)
  }
  return page
}

/**
 * EventStoreDB's rule for exact expectations: by id and place, never by content. Null: the batch is
 * to be written.
 */
const outcomeWithoutWriting = (
  stored: readonly RecordedEvent[],
  expected: number,
  events: readonly NewEvent[],
): AppendOutcome | null => {
  const last = stored.length - 1
  if (expected === last) return null
  const isRepeat =
    expected < last && events.every((event, index) => stored[expected + 1 + index]?.id === event.id)
  if (isRepeat) return { kind: 'already-appended', lastRevision: expected + events.length }
  return { kind: 'conflict', actual: last < 0 ? null : last }
}

/**
 * What a best-effort stream has let go of is hidden here, and stays in memory. The last event is
 * always kept.
 */
const firstKeptRevision = (
  stored: readonly RecordedEvent[],
  { eventsMax, ageSecondsMax }: Retention,
  nowMs: number,
): number => {
  const byCount = eventsMax === undefined ? 0 : stored.length - eventsMax
  const oldestMs = ageSecondsMax === undefined ? null : nowMs - ageSecondsMax * 1_000
  const byAge =
    oldestMs === null ? 0 : stored.findIndex(({ recordedAt }) => recordedAt.getTime() > oldestMs)
  return Math.max(0, byCount, byAge < 0 ? stored.length - 1 : byAge)
}

function* pagesOf(
  stored: readonly RecordedEvent[],
  first: number,
  options: ReadStreamOptions,
): Iterable<readonly RecordedEvent[]> {
  const { direction, from, limit } = readBounds(options)
  const last = stored.length - 1
  const isForwards = direction === 'forwards'
  let next = isForwards ? Math.max(from ?? 0, first) : Math.min(from ?? last, last)
  for (let left = limit; left > 0 && next >= first && next < stored.length; ) {
    const size = Math.min(left, PAGE_EVENTS_MAX)
    const page = isForwards
      ? stored.slice(next, next + size)
      : stored.slice(Math.max(first, next - size + 1), next + 1).reverse()
    yield page
    next += isForwards ? page.length : -page.length
    left -= page.length
  }
}

/**
 * The events with the places that follow `revision`. Frozen, so that no reader can change what
 * others read.
 */
const recordedEvents = (
  events: readonly StorableEvent[],
  at: Readonly<{ stream: string; revision: number; logPosition: number; nowMs: number }>,
): readonly RecordedEvent[] =>
  events.map(({ id, type, data, meta }, index) =>
    Object.freeze({
      id,
      type,
      data: frozenJson(data),
      meta: frozenJson(meta),
      stream: at.stream,
      revision: at.revision + 1 + index,
      logPosition: at.logPosition + index,
      recordedAt: new Date(at.nowMs),
    }),
  )

const frozenJson = (text: string): RecordedEvent['data'] => deepFreeze(JSON.parse(text))

const deepFreeze = <Value extends Json>(value: Value): Value => {
  if (typeof value !== 'object' || value === null) return value
  for (const member of Object.values(value)) deepFreeze(member)
  return Object.freeze(value)
}
