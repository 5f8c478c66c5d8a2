/**
 * The rows of one table while a batch is folded: what was loaded, what the facts made of it, and
 * one version of each changed row per point of history. A row that is written as it was has not
 * changed.
 */
import { assert } from '../../domain/errors.ts'
import type { MemberValue } from '../../domain/worlds/definition.ts'
import type { TableVersions } from './folded-rows.ts'
import type { RowValues, VersionedTable } from './table.ts'

type Cell = {
  /** The row at the last point. */
  settled: RowValues | null
  now: RowValues | null
  isWritten: boolean
  /** Index of the row's newest version in this batch. */
  version: number | null
}

/** Keys that changed, by subject. */
export type ChangedKeys = Map<string, Set<string>>

export type RowVersions = Readonly<{
  versions: TableVersions
  read: (entityId: string) => RowValues | null
  write: (entityId: string, row: RowValues | null) => void
  /** Ends a point: adds the versions, at its position, and the keys under which rows changed. */
  settle: (position: number, changed: ChangedKeys) => void
}>

/** What was loaded of a table: all rows that can be reached, and those of them that exist. */
export type LoadedTable = Readonly<{
  touched: ReadonlySet<string>
  rows: ReadonlyMap<string, RowValues>
}>

/** The rows of one table over what was loaded of it. */
export const createRowVersions = (table: VersionedTable, loaded: LoadedTable): RowVersions => {
  const cells = new Map<string, Cell>()
  const written: [string, Cell][] = []
  const versions: TableVersions = {
    table,
    entityIds: [],
    positions: [],
    arrived: [],
    erased: [],
    latest: [],
    columns: table.columns.map(() => []),
  }

  const cellOf = (entityId: string): Cell => {
    const known = cells.get(entityId)
    if (known !== undefined) return known
    assert(
      loaded.touched.has(entityId),
      `a handler reached row ${entityId} of ${table.name}, which it had not named`,
    )
    const row = loaded.rows.get(entityId) ?? null
    const cell: Cell = { settled: row, now: row, isWritten: false, version: null }
    cells.set(entityId, cell)
    return cell
  }

  return {
    versions,
    read: (entityId) => cellOf(entityId).now,
    write: (entityId, row) => {
      const cell = cellOf(entityId)
      cell.now = row
      if (cell.isWritten) return
      cell.isWritten = true
      written.push([entityId, cell])
    },
    settle: (position, changed) => {
      for (const [entityId, cell] of written) {
        cell.isWritten = false
        if (sameRow(cell.settled, cell.now)) continue
        addVersion(versions, entityId, position, cell)
        addKeys(table, cell, changed)
        cell.settled = cell.now
      }
      written.length = 0
    },
  }
}

const sameRow = (a: RowValues | null, b: RowValues | null): boolean => {
  if (a === null || b === null) return a === b
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return false
  return true
}

const addVersion = (
  versions: TableVersions,
  entityId: string,
  position: number,
  cell: Cell,
): void => {
  const { lookup } = versions.table
  const { settled, now } = cell
  if (cell.version !== null) versions.latest[cell.version] = false
  cell.version = versions.positions.length
  versions.entityIds.push(entityId)
  versions.positions.push(position)
  versions.arrived.push(now !== null && settled?.[lookup] !== now[lookup])
  versions.erased.push(now === null)
  versions.latest.push(true)
  for (let at = 0; at < versions.columns.length; at += 1) {
    // Rows have the table's columns.
    versions.columns[at]?.push(now === null ? null : (now[at] as MemberValue))
  }
}

const addKeys = (
  { subjects }: VersionedTable,
  { settled, now }: Cell,
  changed: ChangedKeys,
): void => {
  for (const { subject, column } of subjects) {
    for (const row of [settled, now]) {
      const key = row?.[column]
      if (typeof key !== 'string') continue
      const keys = changed.get(subject)
      if (keys === undefined) changed.set(subject, new Set([key]))
      else keys.add(key)
    }
  }
}
