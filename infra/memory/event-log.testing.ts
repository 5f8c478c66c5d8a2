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
import { createWakeUps } from '../../domain/waiting/wake-ups.ts'
import { createFollow, type FollowedPage } from '../event-log/follow.ts'

const PAGE_EVENTS_MAX = 500

const systemClock: Clock = { nowMs: () => Date.now() }

/** An empty log. `clock` gives `recordedAt`. */
export const createMemoryEventLog = (clock: Clock = systemClock): EventLog => {
  const log: RecordedEvent[] = []
  const streams = new Map<string, RecordedEvent[]>()
  const wakeUps = createWakeUps()
  const closing = new AbortController()
  const follow = createFollow({ closing: closing.signal })

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
    const recorded = recordedEvents(storable, {
      stream,
      revision,
      logPosition: log.length,
      nowMs: clock.nowMs(),
    })
    stored.push(...recorded)
    log.push(...recorded)
    streams.set(stream, stored)
    wakeUps.wake(stream)
    return { kind: 'appended', lastRevision: stored.length - 1, lastLogPosition: log.length - 1 }
  }

  const firstKept = (stream: string): number =>
    firstKeptRevision(streams.get(stream) ?? [], limits.get(stream) ?? {}, clock.nowMs())

  const readCategory: EventLog['readCategory'] = async (category, options) => {
    refuseWhenClosed()
    return categoryPage(log, category, options)
  }

  return {
    append,
    readStream: async function* (stream, options = {}) {
      refuseWhenClosed()
      yield* pagesOf(streams.get(streamName(stream)) ?? [], firstKept(stream), options)
    },
    readCategory,
    readAll: async ({ afterLogPosition, limit }) => {
      refuseWhenClosed()
      const first = startAfter(afterLogPosition) + 1
      return log.slice(first, first + pageLimit(limit))
    },
    subscribe: (stream, afterRevision, signal) => {
      const followed = streamName(stream)
      return follow(
        {
          readAfter: async (revision) => {
            refuseWhenClosed()
            return pageAfter(revision, streams.get(followed) ?? [], firstKept(followed))
          },
          nextWakeUp: () => wakeUps.next((name) => name === followed),
        },
        afterRevision,
        signal,
      )
    },
    subscribeCategory: (category, afterLogPosition, signal) => {
      const prefix = `${categoryName(category)}-`
      return follow(
        {
          readAfter: async (position) => {
            // Before the read: what comes during it belongs to the next page.
            const end = log.length - 1
            const events = await readCategory(category, {
              afterLogPosition: position,
              limit: PAGE_EVENTS_MAX,
            })
            const isEnd = events.length < PAGE_EVENTS_MAX
            return {
              events,
              position: isEnd ? end : (events.at(-1)?.logPosition ?? position),
              isEnd,
            }
          },
          nextWakeUp: () => wakeUps.next((name) => name.startsWith(prefix)),
        },
        afterLogPosition,
        signal,
      )
    },
    ...retentions,
    head: async (stream) => {
      refuseWhenClosed()
      return streams.get(streamName(stream))?.at(-1)?.revision ?? null
    },
    logHead: async () => {
      refuseWhenClosed()
      return log.length - 1
    },
    close: async () => closing.abort(),
  }
}

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
  stored: readonly RecordedEvent[],
  firstKept: number,
): FollowedPage => {
  const first = Math.max(revision + 1, firstKept)
  const events = stored.slice(first, first + PAGE_EVENTS_MAX)
  return {
    events,
    position: events.at(-1)?.revision ?? revision,
    isEnd: events.length < PAGE_EVENTS_MAX,
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
