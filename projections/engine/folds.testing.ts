/** Folds of a few blocks in tests, and what came of them as objects. */
import type { BlockEntry } from '../../domain/world-stream/entries.ts'
import { blockOf, completeBlocks } from '../worlds/infinite-hex-adventurers/world-blocks.testing.ts'
import type { TestFact } from '../worlds/infinite-hex-adventurers/world-facts.testing.ts'
import { foldBlocks, type TouchedRows, touchedRows } from './fold.ts'
import type { FoldedRows } from './folded-rows.ts'
import type { Projection } from './projection.ts'
import type { Column, RowValues, VersionedTable } from './table.ts'
import type { LoadedRows } from './unit-of-work.ts'

/** Blocks 1, 2, … of one transaction each, unless a fact says otherwise. */
export const blocksOf = (...blocks: readonly (readonly TestFact[])[]): readonly BlockEntry[] =>
  completeBlocks(blocks.map((facts, at) => blockOf(at + 1, facts)))

export type Rows = ReadonlyMap<VersionedTable, ReadonlyMap<string, RowValues>>

/** What a store that holds these rows loads of them. */
const loadedFrom = (rows: Rows, touched: TouchedRows): LoadedRows =>
  new Map(
    [...touched].map(([table, ids]) => [
      table,
      { touched: ids, rows: new Map([...(rows.get(table) ?? [])].filter(([id]) => ids.has(id))) },
    ]),
  )

/** What blocks make of these rows. */
export const foldOnto = (
  projection: Projection,
  rows: Rows,
  blocks: readonly BlockEntry[],
): FoldedRows => foldBlocks(projection, loadedFrom(rows, touchedRows(projection, blocks)), blocks)

/** What such blocks make of a world without rows. */
export const foldedBy =
  (projection: Projection) =>
  (...blocks: readonly (readonly TestFact[])[]): FoldedRows =>
    foldOnto(projection, new Map(), blocksOf(...blocks))

/** Rows as objects: position and columns. */
const objectsOf = (
  columns: readonly Column[],
  positions: readonly number[],
  values: readonly (readonly unknown[])[],
): Record<string, unknown>[] =>
  positions.map((position, at) => ({
    position,
    ...Object.fromEntries(columns.map(({ name }, index) => [name, values[index]?.[at]])),
  }))

/** Rows of the event tail, in order. */
export const eventsIn = ({ appended }: FoldedRows): Record<string, unknown>[] =>
  appended.flatMap(({ table, positions, blockPositions, columns }) =>
    objectsOf(table.columns, positions, columns).map((event, at) => ({
      ...event,
      blockPosition: blockPositions[at],
    })),
  )

/** Versions of a table as objects, in order. */
export const versionsOf = (batch: FoldedRows, name: string): Record<string, unknown>[] => {
  const found = batch.versions.find(({ table }) => table.name === name)
  if (found === undefined) return []
  return objectsOf(found.table.columns, found.positions, found.columns).map((row, at) => ({
    ...row,
    arrived: found.arrived[at],
    erased: found.erased[at],
    latest: found.latest[at],
  }))
}
