/** How what a batch adds gets into the tables: one array a column, one statement a table. */
import type { PoolClient } from 'pg'
import type { BlockEntry } from '../../../domain/world-stream/entries.ts'
import type { Head } from '../../../domain/world-stream/head.ts'
import type { FoldedRows } from '../../../projections/engine/folded-rows.ts'
import type { Projection } from '../../../projections/engine/projection.ts'
import type { Retraction } from '../../../projections/engine/projection-store.ts'
import type { Column, ColumnValue, Table } from '../../../projections/engine/table.ts'
import { jsonArray, plainArray, textArray } from '../array-literal.ts'
import { projectionSchema, type ReadModelPlace } from './schema.ts'
import { insertChanges, retractFacts, writeStatement } from './statements.ts'

/** A point of history, with what it says of the block that is the newest from there on. */
type PointRow = Readonly<{
  position: number
  kind: 'block' | 'retraction'
  header: number | null
  block: Pick<Head, 'number' | 'hash' | 'timestamp' | 'finality'> | null
  parentHash: string | null
}>

/** Points of history as parameters of `insertPoints`. */
export const pointColumns = (
  blocks: readonly BlockEntry[],
  retractions: readonly Retraction[],
): string[] => {
  const points: PointRow[] = [
    ...blocks.map(({ position, headerPosition, header }) => ({
      position,
      kind: 'block' as const,
      header: headerPosition,
      block: header,
      parentHash: header.parentHash,
    })),
    ...retractions.map(({ entry: { position, remaining } }) => ({
      position,
      kind: 'retraction' as const,
      header: remaining?.position ?? null,
      block: remaining,
      parentHash: null,
    })),
  ]
  return [
    plainArray(points.map(({ position }) => position)),
    textArray(points.map(({ kind }) => kind)),
    plainArray(points.map(({ header }) => header)),
    plainArray(points.map(({ block }) => block?.number ?? null)),
    textArray(points.map(({ block }) => block?.hash ?? null)),
    plainArray(points.map(({ block }) => block?.timestamp ?? null)),
    textArray(points.map(({ block }) => block?.finality ?? null)),
    textArray(points.map(({ parentHash }) => parentHash)),
  ]
}

export type RowsToWrite = Readonly<{
  projection: Projection
  rows: FoldedRows
  retractions: readonly Retraction[]
}>

/** Writes what a batch adds to one projection. */
export const writeRows = async (
  client: PoolClient,
  place: ReadModelPlace,
  { projection, rows: folded, retractions }: RowsToWrite,
): Promise<void> => {
  const { world } = place
  const schema = projectionSchema(place, projection)
  const { versions, appended, constants, changes } = folded
  const write = (table: Table, columns: readonly string[]) =>
    client.query(writeStatement(schema, table), [world, ...columns])
  for (const rows of appended) {
    const { table, positions, blockPositions } = rows
    const places = [plainArray(positions), plainArray(blockPositions)]
    await write(table, [...places, ...valueColumns(table.columns, rows.columns)])
  }
  for (const { table, columns } of constants)
    await write(table, valueColumns(table.columns, columns))
  for (const rows of versions) {
    const { table, entityIds, positions, arrived, erased, latest } = rows
    await write(table, [
      textArray(entityIds),
      plainArray(positions),
      plainArray(arrived),
      plainArray(erased),
      plainArray(latest),
      ...valueColumns(table.columns, rows.columns),
    ])
  }
  if (changes.length > 0) {
    await client.query(insertChanges(schema), [
      world,
      textArray(changes.map(({ subject }) => subject)),
      plainArray(changes.map(({ position }) => position)),
      textArray(changes.map(({ key }) => key)),
    ])
  }
  for (const { entry, block } of retractions) {
    if (block === null) continue
    for (const { kind, name } of projection.tables) {
      if (kind !== 'appended') continue
      const range = [block.headerPosition, block.position]
      await client.query(retractFacts(schema, name), [world, entry.position, ...range])
    }
  }
}

/** One array literal a column. */
const valueColumns = (
  columns: readonly Column[],
  values: readonly (readonly ColumnValue[])[],
): string[] =>
  columns.map(({ storage }, at) => {
    const column = values[at] ?? []
    if (storage === 'json') return jsonArray(column.map((value) => JSON.stringify(value)))
    return storage === 'text' || storage === 'geometry'
      ? textArray(column as (string | null)[]) // felts, enum names and texts
      : plainArray(column as (number | boolean | string | null)[]) // the other storages
  })
