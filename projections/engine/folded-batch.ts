/**
 * What a batch of complete blocks adds to the read models: rows and versions of rows, ready to be
 * stored.
 */
import type { JsonObject } from '../../domain/event-log/event-log.ts'
import type { Felt } from '../../domain/felt.ts'
import type { BlockIngested } from '../../domain/world-stream/facts.ts'
import type { MemberValue } from '../../domain/worlds/definition.ts'
import type { WorldTable } from './table.ts'

/** A block as a row: `position` is its end, the position of its last fact. */
export type BlockRow = Readonly<{ position: number; header: BlockIngested }>

/** A game event as a row. */
export type EventRow = Readonly<{
  /** Its own position. */
  position: number
  /** Position of the end of its block. */
  blockPosition: number
  type: string
  data: JsonObject
  transaction: Felt
  hex: Felt | null
  adventurer: Felt | null
}>

/** Versions of the rows of one table, column by column, in the order of their blocks. */
export type TableVersions = Readonly<{
  table: WorldTable
  entityIds: string[]
  positions: number[]
  /** The version is the first of its row under this value of the look-up column. */
  arrived: boolean[]
  /** The version says that there is no row any more; its columns are null. */
  erased: boolean[]
  /** No later version of its row is in this batch. */
  latest: boolean[]
  columns: MemberValue[][]
}>

/** A hex whose views changed in the block that ends at `position`. */
export type HexChange = Readonly<{ position: number; hex: string }>

export type FoldedBatch = Readonly<{
  /** Where the last block ends: the checkpoint after this batch. */
  position: number
  blocks: readonly BlockRow[]
  events: readonly EventRow[]
  /** Only tables in which something changed. */
  versions: readonly TableVersions[]
  hexChanges: readonly HexChange[]
  /**
   * Facts that changed nothing because nobody here can read them (`isReadable`); they stay in the
   * log.
   */
  unreadFacts: number
}>
