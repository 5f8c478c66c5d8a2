/** The projector's store in PostgreSQL or in the embedded database. */
import type { Pool } from 'pg'
import { FatalError } from '../../../domain/errors.ts'
import type { Head } from '../../../domain/world-stream/head.ts'
import type { Projection } from '../../../projections/engine/projection.ts'
import type { Progress, ProjectionStore } from '../../../projections/engine/projection-store.ts'
import { classifiedPostgresError } from '../postgres-errors.ts'
import { createCommits } from './commits.ts'
import { createRowLoads } from './row-loads.ts'
import { rowTypes } from './row-types.ts'
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

  return {
    projections,
    progress,
    ...createRowLoads(pool, place),
    ...createCommits(pool, place, projections),
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
