/** Reads of the log: streams by ranges of revisions, categories by pages of log positions. */
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
import type { FollowedPage } from '../../event-log/follow.ts'
import {
  CATEGORY_PAGE,
  type CategoryRow,
  type EventRow,
  eventOfCategoryRow,
  LOG_HEAD,
  LOG_RANGE,
  recordedEvent,
  STREAM_HEAD,
  STREAM_PAGE,
  STREAM_RANGE,
} from './rows.ts'

export const PAGE_EVENTS_MAX = 1_000

/** Runs a statement and gives its rows, each an array of columns as the statement's type says. */
export type ReadRows = <Row extends readonly unknown[]>(
  text: string,
  values: readonly unknown[],
) => Promise<readonly Row[]>

export const readsBy = (
  rows: ReadRows,
): Pick<EventLog, 'readStream' | 'readCategory' | 'readAll' | 'head' | 'logHead'> => ({
  readStream: (stream, options = {}) => readPages(rows, stream, options),
  readCategory: async (category, { afterLogPosition, limit }) => {
    const after = startAfter(afterLogPosition)
    const page = await readCategoryPage(rows, categoryName(category), after, pageLimit(limit))
    return page.events
  },
  readAll: async ({ afterLogPosition, limit }) => {
    const range = await rows<EventRow>(LOG_RANGE, [startAfter(afterLogPosition), pageLimit(limit)])
    return range.map(recordedEvent)
  },
  head: async (stream) => readHead(rows, streamName(stream)),
  logHead: () => readLogHead(rows),
})

/** The page of a stream after a revision, for one that follows it. */
export const readRevisionsAfter = async (
  rows: ReadRows,
  stream: string,
  revision: number,
): Promise<FollowedPage> => {
  const last = revision + PAGE_EVENTS_MAX
  const events = await readPage(rows, stream, revision + 1, last)
  return { events, position: events.at(-1)?.revision ?? revision, isEnd: isEndOf(events, last) }
}

const readHead = async (rows: ReadRows, stream: string): Promise<number | null> =>
  (await rows<readonly [number | null]>(STREAM_HEAD, [stream]))[0]?.[0] ?? null

/** Log position of the last event of all, -1 when there is none. */
export const readLogHead = async (rows: ReadRows): Promise<number> =>
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

export const readCategoryPage = async (
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
