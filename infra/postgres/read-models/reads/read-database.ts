/**
 * The read models as Kysely sees them. Queries by look-up column are the same for every table, in
 * the present and in the past, so they are written once here; what is particular to one question
 * stands in the other modules of this folder.
 */
import { type Generated, Kysely, PostgresDialect, type RawBuilder, sql } from 'kysely'
import type { Pool } from 'pg'
import type { JsonObject } from '../../../../domain/event-log/event-log.ts'
import type { Felt } from '../../../../domain/felt.ts'
import type { Finality } from '../../../../domain/world-stream/facts.ts'
import {
  type WorldRow,
  type WorldTableName,
  worldTable,
} from '../../../../projections/world-tables.ts'
import { classifiedPostgresError } from '../../postgres-errors.ts'
import { rowTypes } from '../row-types.ts'
import type { ReadModelPlace } from '../schema.ts'

type Versioned<T extends WorldTableName> = WorldRow<T> & {
  world: number
  entity_id: Felt
  position: number
}

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

/**
 * A connection or pool, and the place of the world's tables. Query builders must say `where world`.
 */
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

/**
 * Rows whose look-up column has one of the values, which are distinct; in no particular order, and
 * none whose keys the chain has not told. In the past, the candidates are the rows that ever
 * arrived at a value; those that had moved on by then are left out.
 */
export const rowsByLookup = async <T extends WorldTableName>(
  database: ReadDatabase,
  name: T,
  values: readonly string[],
  at: RowsAt,
): Promise<WorldRow<T>[]> => {
  if (values.length === 0) return []
  const { columns, lookup } = worldTable(name)
  const column = columns[lookup]?.name ?? ''
  if (at === 'now') return currentRows(database, name, column, values)
  const candidates = sql`
    SELECT DISTINCT arrival.entity_id
    FROM unnest(${[...values]}::text[]) AS wanted (value) CROSS JOIN LATERAL (
      SELECT entity_id FROM ${historyOf(database, name)}
      WHERE world = ${database.place.world} AND ${sql.ref(column)} = wanted.value
        AND arrived AND position <= ${at.position}
      OFFSET 0
    ) AS arrival`
  const rows = await versionsAt(database, name, candidates, at.position)
  const wanted: ReadonlySet<unknown> = new Set(values)
  return rows.filter((row) => wanted.has(row[column as keyof typeof row]))
}

/**
 * Rows of the given entities, which are distinct; in no particular order, none whose keys the chain
 * has not told.
 */
export const rowsByEntity = async <T extends WorldTableName>(
  database: ReadDatabase,
  name: T,
  entityIds: readonly Felt[],
  at: RowsAt,
): Promise<WorldRow<T>[]> => {
  if (entityIds.length === 0) return []
  if (at === 'now') return currentRows(database, name, 'entity_id', entityIds)
  return versionsAt(
    database,
    name,
    sql`SELECT unnest(${[...entityIds]}::text[]) AS entity_id`,
    at.position,
  )
}

const historyOf = ({ place }: ReadDatabase, name: WorldTableName): RawBuilder<unknown> =>
  sql.table(`${place.schema}.${name}_history`)

/** The first key is null as long as the chain has told no key of the row. */
const isKeyed = (name: WorldTableName): RawBuilder<unknown> =>
  sql`${sql.ref(`version.${worldTable(name).columns[0]?.name}`)} IS NOT NULL`

/**
 * `OFFSET 0` keeps the planner from turning the probes, one per value, into anything else: whatever
 * it knows or does not know about the tables, a look-up costs what it returns. For 12,481 hexes, `=
 * ANY` took up to four times as long.
 */
const currentRows = async <T extends WorldTableName>(
  { db, place: { schema, world } }: ReadDatabase,
  name: T,
  column: string,
  values: readonly string[],
): Promise<WorldRow<T>[]> => {
  const query = sql<WorldRow<T>>`
    SELECT version.* FROM unnest(${[...values]}::text[]) AS wanted (value) CROSS JOIN LATERAL (
      SELECT * FROM ${sql.table(`${schema}.${name}`)}
      WHERE world = ${world} AND ${sql.ref(column)} = wanted.value
      OFFSET 0
    ) AS version WHERE ${isKeyed(name)}`
  return (await query.execute(db)).rows
}

/** The versions of the candidates that were valid at a position. */
const versionsAt = async <T extends WorldTableName>(
  database: ReadDatabase,
  name: T,
  candidates: RawBuilder<unknown>,
  position: number,
): Promise<WorldRow<T>[]> => {
  const query = sql<WorldRow<T>>`
    SELECT version.* FROM (${candidates}) AS candidate CROSS JOIN LATERAL (
      SELECT * FROM ${historyOf(database, name)}
      WHERE world = ${database.place.world} AND entity_id = candidate.entity_id AND position <= ${position}
      ORDER BY position DESC LIMIT 1
    ) AS version WHERE NOT version.erased AND ${isKeyed(name)}`
  return (await query.execute(database.db)).rows
}
