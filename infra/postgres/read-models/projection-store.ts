/**
 * The projector's store: rows, versions, facts, checkpoint and head move in one transaction, which
 * only the checkpoint's holder commits.
 */
import type { Pool } from 'pg'
import { FatalError } from '../../../domain/errors.ts'
import type { Head } from '../../../domain/world-stream/head.ts'
import type { Projection } from '../../../projections/engine/projection.ts'
import {
  type Batch,
  type BuildingBatch,
  type Progress,
  type ProjectionStore,
  ProjectorFenced,
} from '../../../projections/engine/projection-store.ts'
import { inTransaction } from '../pool.ts'
import { classifiedPostgresError } from '../postgres-errors.ts'
import { createRowLoads } from './row-loads.ts'
import { rowTypes } from './row-types.ts'
import { pointColumns, writeRows } from './row-writes.ts'
import { coreSchema, projectionSchema, type ReadModelPlace } from './schema.ts'
import { coreStatements } from './statements.ts'

/** The store of one world's read models. */
export const createProjectionStore = (
  pool: Pool,
  place: ReadModelPlace,
  projections: readonly Projection[],
): ProjectionStore => {
  const { world } = place
  const core = coreStatements(coreSchema(place))

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

  const commit = (batch: Batch): Promise<void> =>
    inTransaction(pool, 'Storing a batch of the read models', async (client) => {
      const { from, blocks, retractions } = batch
      const moved = await client.query(core.moveCheckpoint, [
        world,
        ...checkpointMove(batch, projections),
      ])
      if (moved.rowCount === 0) {
        throw new ProjectorFenced(
          `The checkpoint of world ${world} is no longer at position ${from}, or another program keeps its read models`,
        )
      }
      if (blocks.length + retractions.length > 0)
        await client.query(core.insertPoints, [world, ...pointColumns(blocks, retractions)])
      for (const { block, entry } of retractions)
        if (block !== null)
          await client.query(core.retractPoint, [world, block.position, entry.position])
      for (const [projection, rows] of batch.rows)
        await writeRows(client, place, { projection, rows, retractions })
    })

  const commitBuilding = (batch: BuildingBatch): Promise<void> =>
    inTransaction(pool, `Building ${batch.projection.name}`, async (client) => {
      const { from, to, projection } = batch
      const { name, version } = projection
      const moved = await client.query(core.moveBuilding, [world, name, version, from, to])
      if (moved.rowCount === 0)
        throw new ProjectorFenced(`Another projector builds ${name} of world ${world}`)
      await writeRows(client, place, batch)
    })

  return {
    projections,
    progress,
    ...createRowLoads(pool, place),
    commit,
    commitBuilding,
    join: async ({ name, version }) => (await query(core.join, [world, name, version])).length > 0,
    refreshStatistics: async () => {
      await query(`ANALYZE ${allTables(place, projections).join(', ')}`, [])
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

/** Every table that a batch reads or adds to, with its schema. */
const allTables = (place: ReadModelPlace, projections: readonly Projection[]): string[] => [
  `${coreSchema(place)}.points`,
  ...projections.flatMap((projection) =>
    tableNames(projection).map((name) => `${projectionSchema(place, projection)}.${name}`),
  ),
]

/** Tables of a projection's schema, histories included. */
export const tableNames = ({ tables }: Projection): string[] => [
  ...tables.flatMap(({ kind, name }) =>
    kind === 'versioned' ? [name, `${name}_history`] : [name],
  ),
  'changes',
]
