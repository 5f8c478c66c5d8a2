/**
 * Which events of a log are meant: all, a category or a stream, and of these a range of revisions
 * or of blocks.
 */
import { FatalError } from '../../../domain/errors.ts'
import type { EventLog, RecordedEvent } from '../../../domain/event-log/event-log.ts'

export type Streams =
  | Readonly<{ kind: 'all' }>
  | Readonly<{ kind: 'category'; category: string }>
  | Readonly<{ kind: 'stream'; stream: string }>

/** Both ends included; an end that is null is open. */
export type Range = Readonly<{ from: number | null; to: number | null }>

export type Selection = Readonly<{
  streams: Streams
  /** Revisions of one stream (positions, for a world's stream). */
  revisions?: Range
  /** Chain blocks, as told by `meta.block`: events that belong to no block are left out. */
  blocks?: Range
}>

/** The name of a selection for people and files: `log`, `world`, or the stream's. */
export const nameOfStreams = (streams: Streams): string =>
  streams.kind === 'all' ? 'log' : streams.kind === 'category' ? streams.category : streams.stream

/**
 * Throws FatalError when the log holds none of the streams: a misspelt name must not pass for an
 * empty stream.
 */
export const expectStreams = async (log: EventLog, streams: Streams): Promise<void> => {
  if (streams.kind === 'stream' && (await log.head(streams.stream)) === null) {
    throw new FatalError(`There is no stream ${streams.stream}`)
  }
  if (streams.kind === 'category') {
    const some = await log.readCategory(streams.category, { afterLogPosition: -1, limit: 1 })
    if (some.length === 0)
      throw new FatalError(`There is no stream of category ${streams.category}`)
  }
}

const PAGE_EVENTS_MAX = 1_000

/**
 * The selected events by pages, in log order, up to where the log ended when the reading began, so
 * that it ends also on a log that grows. Throws FatalError for a range of revisions over several
 * streams.
 */
export async function* selectedEvents(
  log: EventLog,
  selection: Selection,
): AsyncGenerator<readonly RecordedEvent[], void, undefined> {
  const { streams, revisions, blocks } = selection
  if (revisions !== undefined && streams.kind !== 'stream') {
    throw new FatalError('A range of positions needs one stream: every stream counts its own')
  }
  const pages =
    streams.kind === 'stream' ? streamPages(log, streams.stream, revisions) : logPages(log, streams)
  for await (const page of pages) {
    const events =
      blocks === undefined ? page : page.filter(({ meta }) => isWithin(blocks, meta.block))
    if (events.length > 0) yield events
  }
}

const isWithin = ({ from, to }: Range, value: unknown): boolean =>
  typeof value === 'number' && (from === null || value >= from) && (to === null || value <= to)

async function* streamPages(
  log: EventLog,
  stream: string,
  { from, to }: Range = { from: null, to: null },
): AsyncGenerator<readonly RecordedEvent[], void, undefined> {
  const head = await log.head(stream)
  if (head === null) return
  const first = from ?? 0
  const last = Math.min(to ?? head, head)
  if (last >= first) yield* log.readStream(stream, { from: first, limit: last - first + 1 })
}

async function* logPages(
  log: EventLog,
  streams: Exclude<Streams, { kind: 'stream' }>,
): AsyncGenerator<readonly RecordedEvent[], void, undefined> {
  const end = await log.logHead()
  for (let afterLogPosition = -1; afterLogPosition < end; ) {
    const options = { afterLogPosition, limit: PAGE_EVENTS_MAX }
    const page =
      streams.kind === 'all'
        ? await log.readAll(options)
        : await log.readCategory(streams.category, options)
    const last = page.at(-1)
    if (last === undefined) return
    afterLogPosition = last.logPosition
    yield last.logPosition <= end ? page : page.filter(({ logPosition }) => logPosition <= end)
  }
}
