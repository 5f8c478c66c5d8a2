/** What the handlers of a fold read and write. In memory only; nothing here waits. */
import { assert } from '../../domain/errors.ts'
import type { Felt } from '../../domain/felt.ts'
import type { BlockIngested } from '../../domain/world-stream/facts.ts'
import type { MemberValue } from '../../domain/worlds/definition.ts'
import type { BlockRow, EventRow, FoldedBatch, HexChange } from './folded-batch.ts'
import { createRowVersions, type RowVersions } from './row-versions.ts'
import type { RowValues, WorldTable } from './table.ts'

/** What a handler may do. */
export type UnitOfWork = Readonly<{
  /** The row as the facts so far leave it; null when there is none. */
  read: (table: WorldTable, entityId: Felt) => RowValues | null
  /** Null erases the row. Rows are never changed in place. */
  write: (table: WorldTable, entityId: Felt, row: RowValues | null) => void
  /**
   * A column of the row of that table that the current transaction wrote last; null when it wrote
   * none.
   */
  lastWritten: (table: string, column: string) => MemberValue
  /** Position of the end of the current block. */
  blockPosition: () => number
  appendEvent: (event: EventRow) => void
}>

/** A unit of work with the means to drive it; the fold is its one caller. */
export type DrivenUnitOfWork = UnitOfWork &
  Readonly<{
    openBlock: (header: BlockIngested, position: number) => void
    /** Facts from here on belong to this transaction of the block. */
    enterTransaction: (index: number) => void
    countUnread: () => void
    closeBlock: () => void
    finish: () => FoldedBatch
  }>

/** Rows as they were before the batch, by table and entity. What is not in it does not exist. */
export type LoadedRows = ReadonlyMap<WorldTable, ReadonlyMap<string, RowValues>>

/** A unit of work over the rows that were loaded for a batch. */
export const createUnitOfWork = (loaded: LoadedRows): DrivenUnitOfWork => {
  const tables = new Map<WorldTable, RowVersions>()
  const lastRows = new Map<string, Readonly<{ table: WorldTable; row: RowValues }>>()
  const blocks: BlockRow[] = []
  const events: EventRow[] = []
  const hexChanges: HexChange[] = []
  let unreadFacts = 0
  let position = -1
  let transaction = -1

  const rowsOf = (table: WorldTable): RowVersions => {
    const known = tables.get(table)
    if (known !== undefined) return known
    const rows = createRowVersions(table, loaded.get(table))
    tables.set(table, rows)
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
      if (row !== null) lastRows.set(table.name, { table, row })
    },
    lastWritten: (tableName, column) => {
      const last = lastRows.get(tableName)
      if (last === undefined) return null
      const at = last.table.columnIndex.get(column)
      assert(at !== undefined, `${tableName} has a column ${column}`)
      return last.row[at] as MemberValue // the index is of the same table
    },
    blockPosition: () => position,
    appendEvent: (event) => events.push(event),
    openBlock: (header, end) => {
      position = end
      enterTransaction(-1)
      blocks.push({ position, header })
    },
    enterTransaction,
    countUnread: () => {
      unreadFacts += 1
    },
    closeBlock: () => {
      const changedHexes = new Set<string>()
      for (const rows of tables.values()) rows.settle(position, changedHexes)
      for (const hex of [...changedHexes].sort()) hexChanges.push({ position, hex })
    },
    finish: () => {
      const versions = [...tables.values()]
        .map((rows) => rows.versions)
        .filter((each) => each.positions.length > 0)
      return { position, blocks, events, versions, hexChanges, unreadFacts }
    },
  }
}
