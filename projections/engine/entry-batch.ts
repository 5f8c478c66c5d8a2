/**
 * Batches: how entries of the world's stream are cut for one transaction each. A batch holds blocks
 * or retractions, never both: a retraction restores what was before its block, and that is looked up
 * in the database alone.
 */
import type { EventLog } from '../../domain/event-log/event-log.ts'
import {
  type BlockEntry,
  createEntryReader,
  type RetractionEntry,
  type WorldEntry,
} from '../../domain/world-stream/entries.ts'
import type { Head } from '../../domain/world-stream/head.ts'

/** Retractions of one batch. */
const RETRACTIONS_MAX = 16

/** Entries that follow each other; at least one. */
export type EntryBatch = Readonly<{
  /** End of the last entry. */
  position: number
  blocks: readonly BlockEntry[]
  retractions: readonly RetractionEntry[]
  /** Number of the newest block that is said to be accepted on L1; null for none. */
  finalNumber: number | null
  /** What the entries say of the head; undefined: nothing. */
  head: Head | null | undefined
}>

export type EntryCutter = Readonly<{
  /** Takes the next entry, and gives the batches that it ends. */
  add: (entry: WorldEntry) => Iterable<EntryBatch>
  /** The batch that was begun, if one was. */
  rest: () => Iterable<EntryBatch>
}>

type OpenBatch = { -readonly [K in keyof EntryBatch]: EntryBatch[K] } & {
  blocks: BlockEntry[]
  retractions: RetractionEntry[]
}

/**
 * Cuts batches of about `eventsMax` events. An entry is never cut: one that is larger by itself is a
 * batch of its own.
 */
export const createEntryCutter = (eventsMax: number): EntryCutter => {
  let open: OpenBatch | null = null
  let events = 0

  const isFullFor = (entry: WorldEntry, { blocks, retractions }: OpenBatch): boolean => {
    if (entry.kind === 'block') return retractions.length > 0 || events + sizeOf(entry) > eventsMax
    if (entry.kind === 'retraction')
      return blocks.length > 0 || retractions.length >= RETRACTIONS_MAX
    return false
  }

  function* rest(): Generator<EntryBatch, void, undefined> {
    if (open !== null) yield open
    open = null
    events = 0
  }

  function* add(entry: WorldEntry): Generator<EntryBatch, void, undefined> {
    if (open !== null && isFullFor(entry, open)) yield* rest()
    open ??= { position: -1, blocks: [], retractions: [], finalNumber: null, head: undefined }
    take(entry, open)
    events += sizeOf(entry)
    if (events >= eventsMax) yield* rest()
  }

  return { add, rest }
}

const sizeOf = (entry: WorldEntry): number => (entry.kind === 'block' ? 1 + entry.facts.length : 1)

const take = (entry: WorldEntry, batch: OpenBatch): void => {
  const { position } = entry
  batch.position = position
  if (batch.head) batch.head = { ...batch.head, position }
  switch (entry.kind) {
    case 'block':
      batch.blocks.push(entry)
      batch.head = headOf(entry.header, position)
      return
    case 'retraction':
      batch.retractions.push(entry)
      batch.head = entry.remaining === null ? null : headOf(entry.remaining, position)
      return
    case 'finality':
      batch.finalNumber = entry.number
      return
    case 'head':
      batch.head = headOf(entry, position)
      return
    default:
      entry satisfies never
  }
}

const headOf = (
  { number, hash, timestamp, finality }: Omit<Head, 'position'>,
  position: number,
): Head => ({ number, hash, timestamp, finality, position })

/** The head after a batch that follows on `before`. */
export const headAfter = (before: Head | null, { head, position }: EntryBatch): Head | null =>
  head === undefined ? before && { ...before, position } : head

export type BatchSource = Readonly<{
  log: Pick<EventLog, 'subscribe' | 'readStream'>
  /** The world's stream (`worldStream`). */
  stream: string
  /**
   * Events per transaction; a block that has more is still taken whole. A decoded fact is below 2
   * KiB, so this bounds bytes too. Default 10,000.
   */
  batchEventsMax?: number
}>

const BATCH_EVENTS_MAX = 10_000

/** What follows in the stream, in batches, until the signal aborts. */
export async function* batchesAfter(
  { log, stream, batchEventsMax = BATCH_EVENTS_MAX }: BatchSource,
  from: number,
  signal: AbortSignal,
): AsyncGenerator<EntryBatch, void, undefined> {
  const reader = createEntryReader({ after: from })
  const cutter = createEntryCutter(batchEventsMax)
  for await (const message of log.subscribe(stream, from, signal)) {
    if (message.kind === 'events') {
      for (const entry of reader.take(message.events)) yield* cutter.add(entry)
    } else yield* cutter.rest()
  }
}

/** The same up to a position that is the end of an entry. */
export async function* batchesUpTo(
  { log, stream, batchEventsMax = BATCH_EVENTS_MAX }: BatchSource,
  from: number,
  target: number,
): AsyncGenerator<EntryBatch, void, undefined> {
  if (target <= from) return
  const reader = createEntryReader({ after: from })
  const cutter = createEntryCutter(batchEventsMax)
  for await (const page of log.readStream(stream, { from: from + 1, limit: target - from })) {
    for (const entry of reader.take(page)) yield* cutter.add(entry)
  }
  yield* cutter.rest()
}
