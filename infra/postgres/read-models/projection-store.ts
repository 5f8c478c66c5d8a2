/**
 * The projector's store: rows, versions, facts, checkpoint and head move in one transaction, which
 * only the checkpoint's holder commits.
 */
import type { Pool, PoolClient } from 'pg'
import { FatalError } from '../../../domain/errors.ts'
import type { BlockEntry } from '../../../domain/world-stream/entries.ts'
import type { Head } from '../../../domain/world-stream/head.ts'
import type { TouchedRows } from '../../../projections/engine/fold.ts'
import type { FoldedRows } from '../../../projections/engine/folded-rows.ts'
import type { Projection } from '../../../projections/engine/projection.ts'
import {
  type Batch,
  type Progress,
  type ProjectionStore,
  ProjectorFenced,
  type Retraction,
} from '../../../projections/engine/projection-store.ts'
import type { LoadedTable } from '../../../projections/engine/row-versions.ts'
import type {
  Column,
  ColumnValue,
  RowValues,
  Table,
  VersionedTable,
} from '../../../projections/engine/table.ts'
import type { LoadedRows } from '../../../projections/engine/unit-of-work.ts'
import { jsonArray, plainArray, textArray } from '../array-literal.ts'
import { inTransaction } from '../pool.ts'
import { classifiedPostgresError } from '../postgres-errors.ts'
import { rowTypes } from './row-types.ts'
import { coreSchema, projectionSchema, type ReadModelPlace } from './schema.ts'
import {
  coreStatements,
  insertChanges,
  loadBeforeStatement,
  loadStatement,
  retractFacts,
  writeStatement,
} from './statements.ts'

type LoadText = (schema: string, table: VersionedTable) => string

/** The store of one world's read models. */
export const createProjectionStore = (
  pool: Pool,
  place: ReadModelPlace,
  projections: readonly Projection[],
): ProjectionStore => {
  const { world } = place
  const core = coreStatements(coreSchema(place))
  const schemaOf = (projection: Projection): string => projectionSchema(place, projection)

  const query = async <Row extends object>(
    text: string,
    values: readonly unknown[],
  ): Promise<Row[]> => {
    try {
      return (await pool.query<Row>({ text, values: [...values], types: rowTypes })).rows
    } catch (error) {
      throw classifiedPostgresError(error, 'Reading the read models')
    }
  }

  const loadTable = async (
    text: string,
    touched: ReadonlySet<string>,
    more: readonly unknown[],
  ): Promise<LoadedTable> => {
    const values = [world, textArray([...touched]), ...more]
    const config = { text, values, types: rowTypes, rowMode: 'array' } as const
    const { rows } = await pool.query<[string, ...RowValues]>(config)
    return { touched, rows: new Map(rows.map(([entityId, ...row]) => [entityId, row])) }
  }

  const loadAll = async (
    projection: Projection,
    touched: TouchedRows,
    textOf: LoadText,
    more: readonly unknown[] = [],
  ): Promise<LoadedRows> => {
    const schema = schemaOf(projection)
    const loaded = [...touched].map(
      async ([table, ids]) => [table, await loadTable(textOf(schema, table), ids, more)] as const,
    )
    try {
      return new Map(await Promise.all(loaded))
    } catch (error) {
      throw classifiedPostgresError(error, 'Loading rows of the read models')
    }
  }

  const progress = async (): Promise<Progress> => {
    const [row] = await query<Nullable<Head> & { position: number }>(core.progress, [world])
    if (row === undefined)
      throw new FatalError(`World ${world} has no progress in schema ${coreSchema(place)}`)
    const entries = await query<Entry>(core.building, [world])
    const building = projections.flatMap((projection) => {
      const { name, version } = projection
      const entry = entries.find((each) => each.name === name && each.version === version)
      return entry === undefined ? [] : [{ projection, position: entry.position }]
    })
    return { position: row.position, head: headIn(row), building }
  }

  return {
    projections,
    progress,
    load: (projection, touched) => loadAll(projection, touched, loadStatement),
    loadBefore: (projection, touched, position) =>
      loadAll(projection, touched, loadBeforeStatement, [position]),
    commit: (batch) =>
      inTransaction(pool, 'Storing a batch of the read models', async (client) => {
        const moved = await client.query(core.moveCheckpoint, [
          world,
          ...checkpointMove(batch, projections),
        ])
        if (moved.rowCount === 0) {
          throw new ProjectorFenced(
            `The checkpoint of world ${world} is no longer at position ${batch.from}, or another program keeps its read models`,
          )
        }
        const { blocks, retractions } = batch
        if (blocks.length + retractions.length > 0)
          await client.query(core.insertPoints, [world, ...pointColumns(blocks, retractions)])
        for (const { block, entry } of retractions)
          if (block !== null)
            await client.query(core.retractPoint, [world, block.position, entry.position])
        for (const [projection, rows] of batch.rows)
          await writeRows(client, { world, schema: schemaOf(projection), projection }, rows, batch)
      }),
    commitBuilding: ({ projection, from, to, retractions, rows }) =>
      inTransaction(pool, `Building ${projection.name}`, async (client) => {
        const { name, version } = projection
        const moved = await client.query(core.moveBuilding, [world, name, version, from, to])
        if (moved.rowCount === 0)
          throw new ProjectorFenced(`Another projector builds ${name} of world ${world}`)
        const where = { world, schema: schemaOf(projection), projection }
        await writeRows(client, where, rows, { retractions })
      }),
    join: async ({ name, version }) => (await query(core.join, [world, name, version])).length > 0,
    refreshStatistics: async () => {
      const tables = projections.flatMap((projection) =>
        tableNames(projection).map((name) => `${schemaOf(projection)}.${name}`),
      )
      await query(`ANALYZE ${[`${coreSchema(place)}.points`, ...tables].join(', ')}`, [])
    },
    advanceHead: async ({ number, hash, timestamp, finality, position }) => {
      const values = [world, position, number, hash, timestamp, finality]
      return (await query(core.moveHead, values)).length > 0
    },
  }
}

type Nullable<T> = { [K in keyof T]: T[K] | null }
type Entry = Readonly<{ name: string; version: number; position: number }>

const headIn = ({
  number,
  hash,
  timestamp,
  finality,
  position,
}: Nullable<Head> & Readonly<{ position: number }>): Head | null =>
  number === null || hash === null || timestamp === null || finality === null
    ? null
    : { number, hash, timestamp, finality, position }

const checkpointMove = (
  { from, to, head, finalNumber }: Batch,
  projections: readonly Projection[],
): readonly unknown[] => [
  from,
  to,
  projections.map(({ name }) => name),
  projections.map(({ version }) => version),
  head?.number ?? null,
  head?.hash ?? null,
  head?.timestamp ?? null,
  head?.finality ?? null,
  finalNumber,
]

/** Tables of a projection's schema, histories included. */
export const tableNames = ({ tables }: Projection): string[] => [
  ...tables.flatMap(({ kind, name }) =>
    kind === 'versioned' ? [name, `${name}_history`] : [name],
  ),
  'changes',
]

/** A point of history, with what it says of the block that is the newest from there on. */
type PointRow = Readonly<{
  position: number
  kind: 'block' | 'retraction'
  header: number | null
  block: Pick<Head, 'number' | 'hash' | 'timestamp' | 'finality'> | null
  parentHash: string | null
}>

const pointColumns = (
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

type WritePlace = Readonly<{ world: number; schema: string; projection: Projection }>

const writeRows = async (
  client: PoolClient,
  { world, schema, projection }: WritePlace,
  { versions, appended, constants, changes }: FoldedRows,
  { retractions }: Pick<Batch, 'retractions'>,
): Promise<void> => {
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
