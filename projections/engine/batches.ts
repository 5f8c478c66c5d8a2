/**
 * Batches: how entries of the world's stream are cut for one transaction, and what they make of the
 * rows of projections. A batch holds blocks or retractions, never both: a retraction restores what
 * was before its block, and that is looked up in the database alone.
 */
import type { BlockEntry, RetractionEntry, WorldEntry } from '../../domain/world-stream/entries.ts'
import type { Head } from '../../domain/world-stream/head.ts'
import { blockAt, type StreamReader } from '../../domain/world-stream/tail.ts'
import {
  foldBlocks,
  foldRetractions,
  type RowsToRestore,
  type TouchedRows,
  touchedRows,
} from './fold.ts'
import type { FoldedRows } from './folded-rows.ts'
import type { Projection } from './projection.ts'
import type { ProjectionStore, Retraction } from './projection-store.ts'

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

/** The retracted blocks, read again from the log. */
export const retractionsOf = async (
  log: StreamReader,
  stream: string,
  { retractions }: EntryBatch,
): Promise<readonly Retraction[]> => {
  const found: Retraction[] = []
  for (const entry of retractions)
    found.push({ entry, block: await blockAt(log, stream, entry.retracted.position) })
  return found
}

/** What a batch adds to one projection. */
export const foldBatch = async (
  store: Pick<ProjectionStore, 'load' | 'loadBefore'>,
  projection: Projection,
  blocks: readonly BlockEntry[],
  retractions: readonly Retraction[],
): Promise<FoldedRows> => {
  if (retractions.length > 0) return foldRestored(store, projection, retractions)
  const loaded = await store.load(projection, touchedRows(projection, blocks))
  return foldBlocks(projection, loaded, blocks)
}

const foldRestored = async (
  store: Pick<ProjectionStore, 'load' | 'loadBefore'>,
  projection: Projection,
  retractions: readonly Retraction[],
): Promise<FoldedRows> => {
  const blocks: BlockEntry[] = []
  const toRestore: RowsToRestore[] = []
  for (const { entry, block } of retractions) {
    if (block === null) continue
    blocks.push(block)
    const touched: TouchedRows = touchedRows(projection, [block])
    const before = await store.loadBefore(projection, touched, block.headerPosition)
    toRestore.push({ position: entry.position, before })
  }
  const loaded = await store.load(projection, touchedRows(projection, blocks))
  return foldRetractions(loaded, toRestore)
}
