/**
 * The read models in SQL: for every table of the projection its current rows and the history of
 * their versions, and beside them blocks, event tail, changed hexes, geometry and progress. One
 * schema per version of the projection, so that a new version is built beside the old one. Valid on
 * PostgreSQL 15 and on the embedded database.
 */
import type { Pool } from 'pg'
import { FatalError } from '../../../domain/errors.ts'
import { type WorldId, worldStream } from '../../../domain/world-stream/facts.ts'
import type { MemberType } from '../../../domain/worlds/definition.ts'
import { type Projection, worldProjection } from '../../../projections/engine/projection.ts'
import type { Column, WorldTable } from '../../../projections/engine/table.ts'
import { inTransaction } from '../pool.ts'

/** Where a world's read models are: a schema, and the number that every key in it begins with. */
export type ReadModelPlace = Readonly<{ schema: string; world: number }>

/** Schema of a projection's version. */
export const readModelSchema = (projection: Projection = worldProjection): string =>
  `rm_v${projection.version}`

/**
 * Type of a column in casts and array parameters. Felts and enum names are text: one spelling,
 * equal as strings.
 */
export const sqlType = (
  type: MemberType,
): 'text' | 'boolean' | 'integer' | 'bigint' | 'numeric' => {
  switch (type) {
    case 'bool':
      return 'boolean'
    case 'u8':
    case 'u16':
      return 'integer'
    case 'u32':
      return 'bigint'
    case 'u64':
    case 'u128':
      return 'numeric'
    default:
      return 'text'
  }
}

/**
 * u64 and u128 in digits; felts are compared byte by byte, which is faster than any language's
 * order.
 */
const columnType = (type: MemberType): string => {
  if (type === 'u64') return 'numeric(20)'
  if (type === 'u128') return 'numeric(39)'
  return sqlType(type) === 'text' ? 'text COLLATE "C"' : sqlType(type)
}

const columnsOf = (columns: readonly Column[]): string =>
  columns.map(({ name, type }) => `  "${name}" ${columnType(type)}`).join(',\n')

/**
 * Current rows leave room in their pages, so that most updates stay in place and touch no index. In
 * the history, `arrived` marks the first version of a row under its look-up value: the partial
 * index over them finds the candidates of a look-up in the past without passing over all their
 * other versions.
 */
const versionedTable = (schema: string, { name, columns, lookup }: WorldTable): string => {
  const lookupColumn = columns[lookup]?.name
  return `
CREATE TABLE IF NOT EXISTS ${schema}.${name} (
  world integer NOT NULL,
  entity_id text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
${columnsOf(columns)},
  PRIMARY KEY (world, entity_id)
) WITH (fillfactor = 80);
CREATE INDEX IF NOT EXISTS ${name}_by_${lookupColumn} ON ${schema}.${name} (world, "${lookupColumn}");
CREATE TABLE IF NOT EXISTS ${schema}.${name}_history (
  world integer NOT NULL,
  entity_id text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  arrived boolean NOT NULL,
  erased boolean NOT NULL,
${columnsOf(columns)},
  PRIMARY KEY (world, entity_id, position)
);
CREATE INDEX IF NOT EXISTS ${name}_history_by_${lookupColumn}
  ON ${schema}.${name}_history (world, "${lookupColumn}", position, entity_id) WHERE arrived;`
}

/** Ids in numerical order are in order of length, then of text. */
const furtherIndexes = (schema: string): string => `
CREATE INDEX IF NOT EXISTS adventurers_by_id
  ON ${schema}.adventurers (world, length(adventurer_id), adventurer_id);
CREATE INDEX IF NOT EXISTS adventurers_by_owner
  ON ${schema}.adventurers (world, owner, length(adventurer_id), adventurer_id);
CREATE INDEX IF NOT EXISTS hex_decay_by_owner
  ON ${schema}.hex_decay (world, owner_adventurer_id) WHERE owner_adventurer_id <> '0x0';`

const factTables = (schema: string): string => `
CREATE TABLE IF NOT EXISTS ${schema}.worlds (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text COLLATE "C" NOT NULL UNIQUE
);
-- Checkpoint and head. position: of the last fact taken in, -1 for none; the head is null before the first block.
CREATE TABLE IF NOT EXISTS ${schema}.progress (
  world integer PRIMARY KEY REFERENCES ${schema}.worlds,
  position bigint NOT NULL,
  head_number bigint,
  head_hash text COLLATE "C",
  head_time timestamptz
);
-- position: of the block's last fact. It identifies the block; number and hash may come back after a retraction.
CREATE TABLE IF NOT EXISTS ${schema}.blocks (
  world integer NOT NULL,
  position bigint NOT NULL,
  number bigint NOT NULL,
  hash text COLLATE "C" NOT NULL,
  parent_hash text COLLATE "C" NOT NULL,
  time timestamptz NOT NULL,
  finality text COLLATE "C" NOT NULL,
  event_count integer NOT NULL,
  PRIMARY KEY (world, position)
);
CREATE INDEX IF NOT EXISTS blocks_by_number ON ${schema}.blocks (world, number, position);
CREATE INDEX IF NOT EXISTS blocks_by_time ON ${schema}.blocks (world, time, position);
CREATE TABLE IF NOT EXISTS ${schema}.events (
  world integer NOT NULL,
  position bigint NOT NULL,
  block_position bigint NOT NULL,
  type text COLLATE "C" NOT NULL,
  transaction text COLLATE "C" NOT NULL,
  hex text COLLATE "C",
  adventurer text COLLATE "C",
  data json NOT NULL,
  PRIMARY KEY (world, position)
);
CREATE INDEX IF NOT EXISTS events_by_type ON ${schema}.events (world, type, position);
CREATE INDEX IF NOT EXISTS events_by_hex ON ${schema}.events (world, hex, position) WHERE hex IS NOT NULL;
CREATE INDEX IF NOT EXISTS events_by_adventurer
  ON ${schema}.events (world, adventurer, position) WHERE adventurer IS NOT NULL;
CREATE TABLE IF NOT EXISTS ${schema}.hex_changes (
  world integer NOT NULL,
  position bigint NOT NULL,
  hex text COLLATE "C" NOT NULL,
  PRIMARY KEY (world, position, hex)
);
-- A hex never moves: stored once. Planar: pointy-top hexes of circumradius 1, y downwards.
CREATE TABLE IF NOT EXISTS ${schema}.hex_geometry (
  world integer NOT NULL,
  hex text COLLATE "C" NOT NULL,
  q integer NOT NULL,
  r integer NOT NULL,
  h3 text COLLATE "C" NOT NULL,
  outline geometry(Polygon, 0) NOT NULL,
  PRIMARY KEY (world, hex)
);
CREATE INDEX IF NOT EXISTS hex_geometry_by_outline ON ${schema}.hex_geometry USING gist (outline);`

/** Every statement that creates the read models of a projection in a schema; repeatable. */
export const readModelDefinition = (projection: Projection, schema: string): string =>
  [
    `CREATE SCHEMA IF NOT EXISTS ${schema};`,
    factTables(schema),
    ...projection.tables.map((table) => versionedTable(schema, table)),
    furtherIndexes(schema),
  ].join('\n')

const checkedSchema = (schema: string): string => {
  if (/^[a-z][a-z0-9_]{0,50}$/.test(schema)) return schema
  throw new FatalError(`"${schema}" is no name for a schema of read models`)
}

/**
 * Creates the tables if they are not there, and gives the world its number and its progress.
 * Harmless when repeated and when several processes do it at once. Needs PostGIS installed, or the
 * right to install it.
 */
export const ensureReadModels = (
  pool: Pool,
  world: WorldId,
  schema: string = readModelSchema(),
): Promise<ReadModelPlace> =>
  inTransaction(pool, 'Preparing the read models', async (client) => {
    checkedSchema(schema)
    await client.query(`SELECT pg_advisory_xact_lock(hashtext('chronohex read models'))`)
    await client.query('CREATE EXTENSION IF NOT EXISTS postgis')
    await client.query(readModelDefinition(worldProjection, schema))
    const name = worldStream(world)
    await client.query(`INSERT INTO ${schema}.worlds (name) VALUES ($1) ON CONFLICT DO NOTHING`, [
      name,
    ])
    const { rows } = await client.query<{ id: number }>(
      `SELECT id FROM ${schema}.worlds WHERE name = $1`,
      [name],
    )
    const id = rows[0]?.id
    if (id === undefined)
      throw new FatalError(`World ${name} has no number although it was just given one`)
    await client.query(
      `INSERT INTO ${schema}.progress (world, position) VALUES ($1, -1) ON CONFLICT DO NOTHING`,
      [id],
    )
    return { schema, world: id }
  })

/**
 * Drops a schema of read models with all that is in it; they can be projected again from the log.
 */
export const dropReadModels = async (pool: Pool, schema: string): Promise<void> => {
  await pool.query(`DROP SCHEMA IF EXISTS ${checkedSchema(schema)} CASCADE`)
}
