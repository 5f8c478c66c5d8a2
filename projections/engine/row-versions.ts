/**
 * The rows of one table while a batch is folded: what was loaded, what the facts made of it, and
 * one version of each changed row per block. A row that is written as it was has not changed.
 */
import type { MemberValue } from '../../domain/worlds/definition.ts'
import type { TableVersions } from './folded-batch.ts'
import type { RowValues, WorldTable } from './table.ts'

type Cell = {
  /** The row at the end of the previous block. */
  settled: RowValues | null
  now: RowValues | null
  writtenInBlock: boolean
  /** Index of the row's newest version in this batch. */
  version: number | null
}

export type RowVersions = Readonly<{
  versions: TableVersions
  read: (entityId: string) => RowValues | null
  write: (entityId: string, row: RowValues | null) => void
  /**
   * Ends a block: adds the versions, at its position, and the hexes from and to which the rows
   * changed.
   */
  settle: (position: number, changedHexes: Set<string>) => void
}>

export const createRowVersions = (
  table: WorldTable,
  loaded: ReadonlyMap<string, RowValues> | undefined,
): RowVersions => {
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
    const row = loaded?.get(entityId) ?? null
    const cell: Cell = { settled: row, now: row, writtenInBlock: false, version: null }
    cells.set(entityId, cell)
    return cell
  }

  return {
    versions,
    read: (entityId) => cellOf(entityId).now,
    write: (entityId, row) => {
      const cell = cellOf(entityId)
      cell.now = row
      if (cell.writtenInBlock) return
      cell.writtenInBlock = true
      written.push([entityId, cell])
    },
    settle: (position, changedHexes) => {
      for (const [entityId, cell] of written) {
        cell.writtenInBlock = false
        if (sameRow(cell.settled, cell.now)) continue
        addVersion(versions, entityId, position, cell)
        addHexes(table, cell, changedHexes)
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

const addHexes = ({ hex }: WorldTable, { settled, now }: Cell, changedHexes: Set<string>): void => {
  if (hex === null) return
  for (const row of [settled, now]) {
    const value = row?.[hex]
    if (typeof value === 'string') changedHexes.add(value)
  }
}
