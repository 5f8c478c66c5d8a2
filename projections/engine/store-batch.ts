/** What batches make of the rows of projections, and how that is stored. */
import type { BlockEntry } from '../../domain/world-stream/entries.ts'
import type { Head } from '../../domain/world-stream/head.ts'
import { blockAt } from '../../domain/world-stream/tail.ts'
import { type BatchSource, type EntryBatch, headAfter } from './entry-batch.ts'
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

/** Up to where read models are, and the newest block that stands there. */
export type Checkpoint = Readonly<{
  /** Of the last event taken in; -1 for none. */
  position: number
  head: Head | null
}>

export type BatchTarget = Pick<BatchSource, 'log' | 'stream'> & Readonly<{ store: ProjectionStore }>

/**
 * Stores a batch that follows on a checkpoint in all live projections; the checkpoint after it.
 * `offered`: how far ingest has covered the chain, which counts if the batch ends there. Throws
 * ProjectorFenced.
 */
export const storeBatch = async (
  target: BatchTarget,
  { position: from, head: before }: Checkpoint,
  batch: EntryBatch,
  offered: Head | null,
): Promise<Checkpoint> => {
  const { store } = target
  const { position, blocks, finalNumber } = batch
  const head = offered?.position === position ? offered : headAfter(before, batch)
  const retractions = await retractionsOf(target, batch)
  const rows = await Promise.all(
    store.projections.map(
      async (projection) =>
        [projection, await foldBatch(store, projection, blocks, retractions)] as const,
    ),
  )
  await store.commit({ from, to: position, blocks, retractions, finalNumber, head, rows })
  return { position, head }
}

/** Stores a batch after position `from` in a projection that is being built. Throws ProjectorFenced. */
export const storeBuildingBatch = async (
  target: BatchTarget,
  projection: Projection,
  from: number,
  batch: EntryBatch,
): Promise<void> => {
  const retractions = await retractionsOf(target, batch)
  const rows = await foldBatch(target.store, projection, batch.blocks, retractions)
  await target.store.commitBuilding({ projection, from, to: batch.position, retractions, rows })
}

/** The retracted blocks, read again from the log. */
const retractionsOf = async (
  { log, stream }: BatchTarget,
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
