/**
 * What the projector needs of a database: the rows that a batch reads, and one transaction that
 * takes in all that the batch adds. Implemented in infra/postgres/read-models.
 */
import { FatalError } from '../../domain/errors.ts'
import type { Head } from '../../domain/world-stream/head.ts'
import type { TouchedRows } from './fold.ts'
import type { FoldedBatch } from './folded-batch.ts'
import type { LoadedRows } from './unit-of-work.ts'

/**
 * Another projector has moved the checkpoint of this world: whoever gets this must stop, and has
 * written nothing.
 */
export class ProjectorFenced extends FatalError {
  override name = 'ProjectorFenced'
}

export type Progress = Readonly<{
  /** Position of the last fact taken in; -1 for none. */
  position: number
  /** Number of the head block; null before the first. */
  headNumber: number | null
}>

export type ProjectionStore = Readonly<{
  progress: () => Promise<Progress>
  /** The current rows among those named; the others do not exist. */
  load: (touched: TouchedRows) => Promise<LoadedRows>
  /**
   * Moves the checkpoint from `from` to the batch's position, with all that the batch adds. Throws
   * ProjectorFenced.
   */
  commit: (from: number, batch: FoldedBatch, head: Head) => Promise<void>
  /**
   * Counts what the tables hold, so that queries are planned by it. A server does this by itself
   * minutes after a bulk load, and until then reads a whole world for each look-up.
   */
  refreshStatistics: () => Promise<void>
  /**
   * Moves the head alone, if the checkpoint stands at its position and the head is newer. Whether
   * it did.
   */
  advanceHead: (head: Head) => Promise<boolean>
}>
