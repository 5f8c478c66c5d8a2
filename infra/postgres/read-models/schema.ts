/**
 * The read models in SQL. One schema holds what all projections of a world share: its points of
 * history, its head, its checkpoint. Each projection has a schema of its own, by name and version,
 * so that one is built beside the others. Valid on PostgreSQL 15 and on the embedded database.
 */
import type { Pool, PoolClient } from 'pg'
import { FatalError } from '../../../domain/errors.ts'
import { type WorldId, worldStream } from '../../../domain/world-stream/facts.ts'
import type { Projection } from '../../../projections/engine/projection.ts'
import type {
  AppendedTable,
  Column,
  ConstantTable,
  Index,
  Storage,
  Table,
  VersionedTable,
} from '../../../projections/engine/table.ts'
import { inTransaction } from '../pool.ts'

/** Where a world's read models are: the number that every key in their schemas begins with. */
export type ReadModelPlace = Readonly<{
  /** Begins the names of all their schemas. */
  prefix: string
  world: number
}>

const PREFIX = 'rm'
/** Raised with every change of the shared tables. */
const CORE_VERSION = 1

/** Schema of the tables that all projections share. */
export const coreSchema = ({ prefix }: Pick<ReadModelPlace, 'prefix'>): string =>
  `${prefix}_core_v${CORE_VERSION}`

/** Schema of a projection's tables. */
export const projectionSchema = (
  { prefix }: Pick<ReadModelPlace, 'prefix'>,
  { name, version }: Projection,
): string => `${prefix}_${name}_v${version}`

const TEXT = 'text COLLATE "C"'

/** Text is compared byte by byte, which is faster than any language's order. */
const columnType = (storage: Storage): string => {
  if (storage === 'text') return TEXT
  return storage === 'geometry' ? 'geometry(Polygon, 0)' : storage
}

const columnsOf = (columns: readonly Column[], more = ''): string =>
  columns.map(({ name, storage }) => `  "${name}" ${columnType(storage)}${more}`).join(',\n')

const indexOf = (schema: string, table: string, { name, on, where }: Index): string =>
  `CREATE INDEX IF NOT EXISTS ${name} ON ${schema}.${table} (world, ${on})${where === undefined ? '' : ` WHERE ${where}`};`

/**
 * Current rows leave room in their pages, so that most updates stay in place and touch no index. In
 * the history, `arrived` marks the first version of a row under its look-up value: the partial
 * index over them finds the candidates of a look-up in the past without passing over all their
 * other versions.
 */
const versionedDefinition = (
  schema: string,
  { name, columns, lookup, indexes }: VersionedTable,
): string => {
  const lookupColumn = columns[lookup]?.name
  const byLookup = { name: `${name}_by_${lookupColumn}`, on: `"${lookupColumn}"` }
  return `
CREATE TABLE IF NOT EXISTS ${schema}.${name} (
  world integer NOT NULL,
  entity_id ${TEXT} NOT NULL,
  position bigint NOT NULL,
${columnsOf(columns)},
  PRIMARY KEY (world, entity_id)
) WITH (fillfactor = 80);
${[byLookup, ...indexes].map((index) => indexOf(schema, name, index)).join('\n')}
CREATE TABLE IF NOT EXISTS ${schema}.${name}_history (
  world integer NOT NULL,
  entity_id ${TEXT} NOT NULL,
  position bigint NOT NULL,
  arrived boolean NOT NULL,
  erased boolean NOT NULL,
${columnsOf(columns)},
  PRIMARY KEY (world, entity_id, position)
);
CREATE INDEX IF NOT EXISTS ${name}_history_by_${lookupColumn}
  ON ${schema}.${name}_history (world, "${lookupColumn}", position, entity_id) WHERE arrived;`
}

/** block_position: of the end of the fact's block. retracted_at: of the block's retraction. */
const appendedDefinition = (schema: string, { name, columns, indexes }: AppendedTable): string => `
CREATE TABLE IF NOT EXISTS ${schema}.${name} (
  world integer NOT NULL,
  position bigint NOT NULL,
  block_position bigint NOT NULL,
  retracted_at bigint,
${columnsOf(columns)},
  PRIMARY KEY (world, position)
);
CREATE INDEX IF NOT EXISTS ${name}_by_retraction
  ON ${schema}.${name} (world, retracted_at, position DESC) WHERE retracted_at IS NOT NULL;
${indexes.map((index) => indexOf(schema, name, { ...index, on: `${index.on}, position` })).join('\n')}`

const constantDefinition = (schema: string, { name, columns, geometry }: ConstantTable): string => `
CREATE TABLE IF NOT EXISTS ${schema}.${name} (
  world integer NOT NULL,
${columnsOf(columns, ' NOT NULL')},
  PRIMARY KEY (world, "${columns[0]?.name}")
);${
  geometry === null
    ? ''
    : `\nCREATE INDEX IF NOT EXISTS ${name}_by_${geometry} ON ${schema}.${name} USING gist (${geometry});`
}`

const tableDefinition = (schema: string, table: Table): string => {
  switch (table.kind) {
    case 'versioned':
      return versionedDefinition(schema, table)
    case 'appended':
      return appendedDefinition(schema, table)
    case 'constant':
      return constantDefinition(schema, table)
    default:
      return table satisfies never
  }
}

/** Every statement that creates a projection's tables in its schema; repeatable. */
export const projectionDefinition = (projection: Projection, schema: string): string =>
  [
    `CREATE SCHEMA IF NOT EXISTS ${schema};`,
    ...projection.tables.map((table) => tableDefinition(schema, table)),
    `
-- What is seen under a key of a subject is another from this position on.
CREATE TABLE IF NOT EXISTS ${schema}.changes (
  world integer NOT NULL,
  subject ${TEXT} NOT NULL,
  position bigint NOT NULL,
  key ${TEXT} NOT NULL,
  PRIMARY KEY (world, subject, position, key)
);`,
  ].join('\n')

/** Every statement that creates the shared tables; repeatable. */
export const coreDefinition = (schema: string): string => `CREATE SCHEMA IF NOT EXISTS ${schema};
CREATE TABLE IF NOT EXISTS ${schema}.worlds (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name ${TEXT} NOT NULL UNIQUE
);
-- Checkpoint and head. position: of the last event taken in, -1 for none. The head is null while no block stands.
-- final_number: of the newest block that is accepted on L1.
CREATE TABLE IF NOT EXISTS ${schema}.progress (
  world integer PRIMARY KEY REFERENCES ${schema}.worlds,
  position bigint NOT NULL,
  head_number bigint,
  head_hash ${TEXT},
  head_time timestamptz,
  head_finality ${TEXT},
  final_number bigint
);
-- Points of history. A block's is its end, the position of its last fact; header: the position of its header, which is
-- its identity, since number and hash may come back after a retraction. A retraction's names the block that remains,
-- by header, number and so on; null when none does. retracted_at: where the block was retracted.
CREATE TABLE IF NOT EXISTS ${schema}.points (
  world integer NOT NULL,
  position bigint NOT NULL,
  kind ${TEXT} NOT NULL,
  header bigint,
  number bigint,
  hash ${TEXT},
  time timestamptz,
  finality ${TEXT},
  parent_hash ${TEXT},
  retracted_at bigint,
  PRIMARY KEY (world, position)
);
CREATE INDEX IF NOT EXISTS points_by_number ON ${schema}.points (world, number, position)
  WHERE kind = 'block' AND retracted_at IS NULL;
CREATE INDEX IF NOT EXISTS points_by_time ON ${schema}.points (world, time, position)
  WHERE kind = 'block' AND retracted_at IS NULL;
-- Which projections there are. position: of the last event taken in by one that is being built; null for a live one,
-- which is at the checkpoint.
CREATE TABLE IF NOT EXISTS ${schema}.projections (
  world integer NOT NULL,
  name ${TEXT} NOT NULL,
  version integer NOT NULL,
  position bigint,
  PRIMARY KEY (world, name, version)
);`

const checkedPrefix = (prefix: string): string => {
  if (/^[a-z][a-z0-9_]{0,20}$/.test(prefix)) return prefix
  throw new FatalError(`"${prefix}" is no name for schemas of read models`)
}

/**
 * Creates the tables if they are not there, and gives the world its number, its progress and an
 * entry for each projection. Harmless when repeated and when several processes do it at once. Needs
 * PostGIS installed, or the right to install it.
 */
export const ensureReadModels = (
  pool: Pool,
  world: WorldId,
  projections: readonly Projection[],
  prefix: string = PREFIX,
): Promise<ReadModelPlace> =>
  inTransaction(pool, 'Preparing the read models', async (client) => {
    const core = coreSchema({ prefix: checkedPrefix(prefix) })
    await client.query(`SELECT pg_advisory_xact_lock(hashtext('chronohex read models'))`)
    await client.query('CREATE EXTENSION IF NOT EXISTS postgis')
    await client.query(coreDefinition(core))
    for (const projection of projections)
      await client.query(projectionDefinition(projection, projectionSchema({ prefix }, projection)))
    const place = { prefix, world: await worldNumber(client, core, worldStream(world)) }
    await client.query(
      `INSERT INTO ${core}.progress (world, position) VALUES ($1, -1) ON CONFLICT DO NOTHING`,
      [place.world],
    )
    await enterProjections(client, core, place.world, projections)
    return place
  })

/**
 * Where a world's read models are; null unless the database holds them in the versions of these
 * projections. Creates nothing.
 */
export const findReadModels = (
  pool: Pool,
  world: WorldId,
  projections: readonly Projection[],
  prefix: string = PREFIX,
): Promise<ReadModelPlace | null> =>
  inTransaction(pool, 'Looking for the read models', async (client) => {
    const core = coreSchema({ prefix: checkedPrefix(prefix) })
    const { rows: schemas } = await client.query(
      'SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1',
      [core],
    )
    if (schemas.length === 0) return null
    const { rows } = await client.query<{ id: number }>(
      `SELECT id FROM ${core}.worlds WHERE name = $1 AND $4 = (
        SELECT count(*) FROM ${core}.projections AS entry
        JOIN unnest($2::text[], $3::integer[]) AS projection (name, version) USING (name, version)
        WHERE entry.world = worlds.id)`,
      [
        worldStream(world),
        projections.map(({ name }) => name),
        projections.map(({ version }) => version),
        projections.length,
      ],
    )
    return rows[0] === undefined ? null : { prefix, world: rows[0].id }
  })

/**
 * Gives new projections their entries: live at once in a world that nothing was taken in of yet,
 * else to be built from the start. Live ones of other versions are left where they stand.
 */
const enterProjections = async (
  client: PoolClient,
  core: string,
  world: number,
  projections: readonly Projection[],
): Promise<void> => {
  const given = [
    world,
    projections.map(({ name }) => name),
    projections.map(({ version }) => version),
  ]
  await client.query(
    `INSERT INTO ${core}.projections (world, name, version, position)
      SELECT world, projection.name, projection.version, nullif(-1, progress.position)
      FROM ${core}.progress, unnest($2::text[], $3::integer[]) AS projection (name, version)
      WHERE world = $1 ON CONFLICT DO NOTHING`,
    given,
  )
  await client.query(
    `UPDATE ${core}.projections AS entry SET position = progress.position
      FROM ${core}.progress
      WHERE entry.world = $1 AND progress.world = $1 AND entry.position IS NULL
        AND (entry.name, entry.version) NOT IN (SELECT * FROM unnest($2::text[], $3::integer[]))`,
    given,
  )
}

const worldNumber = async (client: PoolClient, core: string, name: string): Promise<number> => {
  await client.query(`INSERT INTO ${core}.worlds (name) VALUES ($1) ON CONFLICT DO NOTHING`, [name])
  const { rows } = await client.query<{ id: number }>(
    `SELECT id FROM ${core}.worlds WHERE name = $1`,
    [name],
  )
  const id = rows[0]?.id
  if (id === undefined)
    throw new FatalError(`World ${name} has no number although it was just given one`)
  return id
}

/** Drops all schemas under a prefix; read models can be projected again from the log. */
export const dropReadModels = async (
  pool: Pool,
  projections: readonly Projection[],
  prefix: string,
): Promise<void> => {
  const place = { prefix: checkedPrefix(prefix) }
  const schemas = projections.map((projection) => projectionSchema(place, projection))
  for (const schema of [...schemas, coreSchema(place)])
    await pool.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`)
}
