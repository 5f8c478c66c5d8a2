/**
 * What the projector needs of a database: the rows that a batch reads, and one transaction that
 * takes in all that the batch adds. Implemented in infra/postgres/read-models.
 */
import { FatalError } from '../../domain/errors.ts'
import type { BlockEntry, RetractionEntry } from '../../domain/world-stream/entries.ts'
import type { Head } from '../../domain/world-stream/head.ts'
import type { TouchedRows } from './fold.ts'
import type { FoldedRows } from './folded-rows.ts'
import type { Projection } from './projection.ts'
import type { LoadedRows } from './unit-of-work.ts'

/**
 * Another projector has moved the checkpoint of this world. The projector that gets this has written
 * nothing, and must stop.
 */
export class ProjectorFenced extends FatalError {
  override name = 'ProjectorFenced'
}

/** A projection that is behind the others and being built up to them. */
export type Building = Readonly<{
  projection: Projection
  /** Position of the last event that it has taken in; -1 for none. */
  position: number
}>

export type Progress = Readonly<{
  /** Position of the last event that the live projections have taken in; -1 for none. */
  position: number
  head: Head | null
  /** Those of the store's projections that are not live yet. */
  building: readonly Building[]
}>

/** A block that no longer stands, as far as it was complete. */
export type Retraction = Readonly<{
  entry: RetractionEntry
  /** The block; null when it was never complete, and so never projected. */
  block: BlockEntry | null
}>

/** What the entries from one position to another add. */
export type Batch = Readonly<{
  /** Checkpoint before the batch … */
  from: number
  /** … and after it. */
  to: number
  blocks: readonly BlockEntry[]
  retractions: readonly Retraction[]
  /** Number of the newest block that the batch says to be accepted on L1; null for none. */
  finalNumber: number | null
  /** The head after the batch; null when no block stands. */
  head: Head | null
  rows: readonly (readonly [Projection, FoldedRows])[]
}>

/** The same for one projection that is being built; points of history are there already. */
export type BuildingBatch = Pick<Batch, 'from' | 'to' | 'retractions'> &
  Readonly<{ projection: Projection; rows: FoldedRows }>

export type ProjectionStore = Readonly<{
  /** The projections that this store keeps, live or being built. */
  projections: readonly Projection[]
  progress: () => Promise<Progress>
  /** The current rows among those named; the others do not exist. */
  load: (projection: Projection, touched: TouchedRows) => Promise<LoadedRows>
  /** The same rows as they were before `position`. */
  loadBefore: (
    projection: Projection,
    touched: TouchedRows,
    position: number,
  ) => Promise<LoadedRows>
  /**
   * Moves the checkpoint of the live projections, with all that the batch adds. Throws
   * ProjectorFenced.
   */
  commit: (batch: Batch) => Promise<void>
  /** Moves the checkpoint of a projection that is being built. Throws ProjectorFenced. */
  commitBuilding: (batch: BuildingBatch) => Promise<void>
  /** Makes a projection live that has reached the others' checkpoint; false when it has not. */
  join: (projection: Projection) => Promise<boolean>
  /**
   * Counts what the tables hold, so that queries are planned by it. A server does this by itself
   * minutes after a bulk load, and until then reads a whole world for each look-up.
   */
  refreshStatistics: () => Promise<void>
  /**
   * Moves the head alone, if the checkpoint stands at its position and the head so far is another
   * block or of another finality. Whether it did.
   */
  advanceHead: (head: Head) => Promise<boolean>
}>
