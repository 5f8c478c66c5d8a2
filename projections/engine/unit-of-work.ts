/** What the handlers of a fold read and write. In memory only; nothing here waits. */
import type { MemberValue } from '../../domain/worlds/definition.ts'
import type { AppendedRows, ChangedKey, ConstantRows, FoldedRows } from './folded-rows.ts'
import {
  type ChangedKeys,
  createRowVersions,
  type LoadedTable,
  type RowVersions,
} from './row-versions.ts'
import {
  type AppendedTable,
  type ColumnValue,
  type ConstantTable,
  columnAt,
  type RowValues,
  type VersionedTable,
} from './table.ts'

/** What a handler may do. */
export type UnitOfWork = Readonly<{
  /** The row as the facts so far leave it; null when there is none. */
  read: (table: VersionedTable, entityId: string) => RowValues | null
  /** Null erases the row. Rows are never changed in place. */
  write: (table: VersionedTable, entityId: string, row: RowValues | null) => void
  /** Adds a fact at its own position; `values` in the order of the table's columns. */
  append: (table: AppendedTable, position: number, values: readonly ColumnValue[]) => void
  /** Adds a row unless its key, the first value, is there already. */
  keep: (table: ConstantTable, values: readonly ColumnValue[]) => void
  /**
   * A column of the row of that table that the current transaction wrote last; null when it wrote
   * none.
   */
  lastWritten: (table: VersionedTable, column: string) => MemberValue
}>

/** A unit of work with the means to drive it; the fold is its one caller. */
export type DrivenUnitOfWork = UnitOfWork &
  Readonly<{
    /** What is written from here on is of the point of history at this position. */
    openPoint: (position: number) => void
    /** Facts from here on belong to this transaction of the block. */
    enterTransaction: (index: number) => void
    closePoint: () => void
    finish: () => FoldedRows
  }>

/** Rows as they were before the batch. A table that is not in it cannot be reached. */
export type LoadedRows = ReadonlyMap<VersionedTable, LoadedTable>

const NOTHING_LOADED: LoadedTable = { touched: new Set(), rows: new Map() }

/** A unit of work over the rows that were loaded for a batch. */
export const createUnitOfWork = (loaded: LoadedRows): DrivenUnitOfWork => {
  const tables = new Map<VersionedTable, RowVersions>()
  const lastRows = new Map<VersionedTable, RowValues>()
  const appended = new Map<AppendedTable, AppendedRows>()
  const constants = createConstants()
  const changes: ChangedKey[] = []
  let position = -1
  let transaction = -1

  const rowsOf = (table: VersionedTable): RowVersions => {
    const known = tables.get(table)
    if (known !== undefined) return known
    const rows = createRowVersions(table, loaded.get(table) ?? NOTHING_LOADED)
    tables.set(table, rows)
    return rows
  }

  const appendedOf = (table: AppendedTable): AppendedRows => {
    const known = appended.get(table)
    if (known !== undefined) return known
    const columns = table.columns.map(() => [])
    const rows: AppendedRows = { table, positions: [], blockPositions: [], columns }
    appended.set(table, rows)
    return rows
  }

  const enterTransaction = (index: number): void => {
    if (index !== transaction) lastRows.clear()
    transaction = index
  }

  return {
    read: (table, entityId) => rowsOf(table).read(entityId),
    write: (table, entityId, row) => {
      rowsOf(table).write(entityId, row)
      if (row !== null) lastRows.set(table, row)
    },
    append: (table, at, values) => {
      const rows = appendedOf(table)
      rows.positions.push(at)
      rows.blockPositions.push(position)
      for (const [column, value] of values.entries()) rows.columns[column]?.push(value)
    },
    keep: constants.keep,
    lastWritten: (table, column) => lastRows.get(table)?.[columnAt(table, column)] ?? null,
    openPoint: (at) => {
      position = at
      enterTransaction(-1)
    },
    enterTransaction,
    closePoint: () => {
      const changed: ChangedKeys = new Map()
      for (const rows of tables.values()) rows.settle(position, changed)
      for (const [subject, keys] of [...changed].sort(bySubject))
        for (const key of [...keys].sort()) changes.push({ position, subject, key })
    },
    finish: () => ({
      versions: [...tables.values()]
        .map((rows) => rows.versions)
        .filter((each) => each.positions.length > 0),
      appended: [...appended.values()],
      constants: constants.rows(),
      changes,
    }),
  }
}

const bySubject = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  a < b ? -1 : 1

/** Rows of constant tables, each key once. */
const createConstants = () => {
  const byTable = new Map<ConstantTable, Readonly<{ keys: Set<ColumnValue>; rows: ConstantRows }>>()
  return {
    keep: (table: ConstantTable, values: readonly ColumnValue[]): void => {
      const known = byTable.get(table) ?? {
        keys: new Set(),
        rows: { table, columns: table.columns.map(() => []) },
      }
      byTable.set(table, known)
      const [key = null] = values
      if (known.keys.has(key)) return
      known.keys.add(key)
      for (const [column, value] of values.entries()) known.rows.columns[column]?.push(value)
    },
    rows: (): readonly ConstantRows[] => [...byTable.values()].map(({ rows }) => rows),
  }
}
