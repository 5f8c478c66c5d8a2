/** What a batch adds to the tables of one projection: rows and versions of rows, ready to be stored. */
import type { MemberValue } from '../../domain/worlds/definition.ts'
import type { AppendedTable, ColumnValue, ConstantTable, VersionedTable } from './table.ts'

/** Versions of the rows of one table, column by column, in the order of their positions. */
export type TableVersions = Readonly<{
  table: VersionedTable
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

/** Facts of one table, column by column. */
export type AppendedRows = Readonly<{
  table: AppendedTable
  /** Of the fact itself. */
  positions: number[]
  /** Of the end of its block. */
  blockPositions: number[]
  columns: ColumnValue[][]
}>

/** Rows of one table that may be there already, column by column; keys are distinct. */
export type ConstantRows = Readonly<{ table: ConstantTable; columns: ColumnValue[][] }>

/** At this position, everything changed that a subscriber sees under this key of a subject. */
export type ChangedKey = Readonly<{ position: number; subject: string; key: string }>

export type FoldedRows = Readonly<{
  /** Only tables in which something changed; so are the next two. */
  versions: readonly TableVersions[]
  appended: readonly AppendedRows[]
  constants: readonly ConstantRows[]
  changes: readonly ChangedKey[]
}>
