/**
 * Tables of read models as data. What a table is in SQL (current rows, history, indexes) is decided
 * in infra/postgres/read-models; what its rows mean, by the read model that it belongs to.
 *
 * A *versioned* table has one row per entity, and keeps every version of it by position. An
 * *appended* table keeps facts, each at its own position. A *constant* table holds what never
 * changes, once.
 */
import { assert } from '../../domain/errors.ts'
import type { Json } from '../../domain/event-log/event-log.ts'
import type { MemberValue } from '../../domain/worlds/definition.ts'

/**
 * How a column is kept. Felts, enum names and short texts are `text`, compared byte by byte; `u32`
 * and positions are `bigint` and come back as numbers; `u64` and `u128` come back as decimal text;
 * `geometry` is given as WKT in the game's plane.
 */
export type Storage =
  | 'text'
  | 'boolean'
  | 'integer'
  | 'bigint'
  | 'numeric(20)'
  | 'numeric(39)'
  | 'json'
  | 'geometry'

export type Column = Readonly<{ name: string; storage: Storage }>

/** Values of a row in column order; null where what a column belongs to has no row. */
export type RowValues = readonly MemberValue[]

/** A further index over current rows: SQL expressions of its columns, led by the world. */
export type Index = Readonly<{
  name: string
  on: string
  /** Rows that it is restricted to. */
  where?: string
}>

/**
 * What else is changed when a row is: the subject that a subscriber follows (`hex`), and the column
 * that names which one.
 */
export type ChangedSubject = Readonly<{ subject: string; column: number }>

/** `Row` only names the type by which the table's rows are read. */
export type VersionedTable<Row = unknown> = Readonly<{
  kind: 'versioned'
  name: string
  columns: readonly Column[]
  columnIndex: ReadonlyMap<string, number>
  /** Column by which rows are looked up, now and in the past. */
  lookup: number
  /** A column without which a row is not shown yet; null: every row is. */
  shownBy: number | null
  subjects: readonly ChangedSubject[]
  indexes: readonly Index[]
  /** Never there: it ties the table to the type of its rows. */
  row?: Row
}>

export type AppendedTable = Readonly<{
  kind: 'appended'
  name: string
  columns: readonly Column[]
  /** SQL expressions; the position follows by itself. */
  indexes: readonly Index[]
}>

/** The first column is the key. */
export type ConstantTable = Readonly<{
  kind: 'constant'
  name: string
  columns: readonly Column[]
  /** Column that is indexed by space. */
  geometry: string | null
}>

export type Table = VersionedTable | AppendedTable | ConstantTable

/** A value of a column of an appended or constant table. */
export type ColumnValue = MemberValue | Json

/** Place of a column by its name. Throws FatalError when the table has none of that name. */
export const columnAt = (
  { name, columnIndex }: Pick<VersionedTable, 'name' | 'columnIndex'>,
  column: string,
): number => {
  const at = columnIndex.get(column)
  assert(at !== undefined, `table ${name} has no column ${column}`)
  return at
}

export type VersionedSpec = Readonly<{
  columns: readonly Column[]
  lookup: string
  /** Default: every row is shown. */
  shownBy?: string
  /** Subjects by the column that names them. */
  subjects?: Readonly<Record<string, string>>
  indexes?: readonly Index[]
}>

/** A versioned table. A spec that does not fit itself is a bug: throws FatalError. */
export const versionedTable = <Row = unknown>(
  name: string,
  { columns, lookup, shownBy, subjects = {}, indexes = [] }: VersionedSpec,
): VersionedTable<Row> => {
  const columnIndex = new Map(columns.map((column, at) => [column.name, at]))
  assert(columnIndex.size === columns.length, `table ${name} has two columns of the same name`)
  const at = (column: string): number => columnAt({ name, columnIndex }, column)
  return {
    kind: 'versioned',
    name,
    columns,
    columnIndex,
    lookup: at(lookup),
    shownBy: shownBy === undefined ? null : at(shownBy),
    subjects: Object.entries(subjects).map(([subject, column]) => ({
      subject,
      column: at(column),
    })),
    indexes,
  }
}
