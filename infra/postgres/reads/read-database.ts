/**
 * The read models as Kysely sees them. Queries by look-up column are the same for every table and for now and the past,
 * so they are written once here; what is particular to one question stands in the other modules of this folder.
 */
import { type Generated, Kysely, PostgresDialect, sql } from 'kysely'
import type { Pool } from 'pg'
import type { JsonObject } from '../../../domain/event-log.ts'
import type { Felt } from '../../../domain/felt.ts'
import type { Finality } from '../../../domain/world-log.ts'
import { type WorldRow, type WorldTableName, worldTable } from '../../../projections/world-tables.ts'
import { classifiedPostgresError } from '../postgres-errors.ts'
import type { ReadModelPlace } from '../read-model-schema.ts'
import { rowTypes } from '../row-types.ts'

type Versioned<T extends WorldTableName> = WorldRow<T> & { world: number; entity_id: Felt; position: number }

/** Tables by name. Histories are read through `rowsAt` alone. */
export type ReadModelTables = { [T in WorldTableName]: Versioned<T> } & {
  worlds: { id: Generated<number>; name: string }
  progress: {
    world: number
    position: number
    head_number: number | null
    head_hash: Felt | null
    head_time: Date | null
  }
  blocks: {
    world: number
    position: number
    number: number
    hash: Felt
    parent_hash: Felt
    time: Date
    finality: Finality
    event_count: number
  }
  events: {
    world: number
    position: number
    block_position: number
    type: string
    transaction: Felt
    hex: Felt | null
    adventurer: Felt | null
    data: JsonObject
  }
  hex_changes: { world: number; position: number; hex: Felt }
}

/** A connection or pool, and the place of the world's tables. Query builders must say `where world`. */
export type ReadDatabase = Readonly<{ db: Kysely<ReadModelTables>; place: ReadModelPlace }>

/** Kysely on the pool's connections, with the types of the read models' columns. */
export const openReadDatabase = (pool: Pool, place: ReadModelPlace): ReadDatabase => {
  const dialect = new PostgresDialect({
    pool: {
      connect: async () => {
        const client = await classified(() => pool.connect())
        return {
          query: (text: string, values: readonly unknown[]) =>
            classified(() => client.query({ text, values: [...values], types: rowTypes })),
          release: () => client.release(),
        }
      },
      end: async () => {}, // the pool belongs to whoever made it
    } as unknown as Pool, // the dialect calls nothing else as long as no cursor is asked for
  })
  return { db: new Kysely<ReadModelTables>({ dialect }).withSchema(place.schema), place }
}

const classified = async <T>(query: () => Promise<T>): Promise<T> => {
  try {
    return await query()
  } catch (error) {
    throw classifiedPostgresError(error, 'Reading the read models')
  }
}

/** Which rows to read: those of now, or those that were valid at the end of a block. */
export type RowsAt = 'now' | Readonly<{ position: number }>

/** Rows whose look-up column has one of the values, in no particular order; none whose keys the chain has not told. */
export const rowsByLookup = async <T extends WorldTableName>(
  { db, place: { schema, world } }: ReadDatabase,
  name: T,
  values: readonly string[],
  at: RowsAt,
): Promise<WorldRow<T>[]> => {
  if (values.length === 0) return []
  const { columns, lookup } = worldTable(name)
  const lookupColumn = sql.ref(columns[lookup]?.name ?? '')
  const table = sql.table(`${schema}.${name}`)
  const history = sql.table(`${schema}.${name}_history`)
  const wanted = sql`${lookupColumn} = ANY (${[...values]}::text[])`
  const isKeyed = sql`${sql.ref(columns[0]?.name ?? '')} IS NOT NULL`
  const query =
    at === 'now'
      ? sql<WorldRow<T>>`SELECT * FROM ${table} WHERE world = ${world} AND ${wanted} AND ${isKeyed}`
      : sql<WorldRow<T>>`
          SELECT version.* FROM (
            SELECT DISTINCT entity_id FROM ${history}
            WHERE world = ${world} AND ${wanted} AND arrived AND position <= ${at.position}
          ) AS candidate CROSS JOIN LATERAL (
            SELECT * FROM ${history}
            WHERE world = ${world} AND entity_id = candidate.entity_id AND position <= ${at.position}
            ORDER BY position DESC LIMIT 1
          ) AS version WHERE NOT erased AND ${wanted} AND ${isKeyed}`
  return (await query.execute(db)).rows
}

/** Rows of the given entities, in no particular order; none whose keys the chain has not told. */
export const rowsByEntity = async <T extends WorldTableName>(
  { db, place: { schema, world } }: ReadDatabase,
  name: T,
  entityIds: readonly Felt[],
  at: RowsAt,
): Promise<WorldRow<T>[]> => {
  if (entityIds.length === 0) return []
  const table = sql.table(`${schema}.${name}`)
  const history = sql.table(`${schema}.${name}_history`)
  const wanted = sql`${[...entityIds]}::text[]`
  const isKeyed = sql`${sql.ref(worldTable(name).columns[0]?.name ?? '')} IS NOT NULL`
  const query =
    at === 'now'
      ? sql<WorldRow<T>>`SELECT * FROM ${table} WHERE world = ${world} AND entity_id = ANY (${wanted}) AND ${isKeyed}`
      : sql<WorldRow<T>>`
          SELECT version.* FROM unnest(${wanted}) AS wanted (entity_id) CROSS JOIN LATERAL (
            SELECT * FROM ${history}
            WHERE world = ${world} AND entity_id = wanted.entity_id AND position <= ${at.position}
            ORDER BY position DESC LIMIT 1
          ) AS version WHERE NOT erased AND ${isKeyed}`
  return (await query.execute(db)).rows
}
