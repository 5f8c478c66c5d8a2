/**
 * The projector's statements as text: at most one read and one write for every table that a batch
 * touches, whatever its size. Rows come as one array a column.
 */
import type { Column, Storage, Table, VersionedTable } from '../../../projections/engine/table.ts'

/** Type of a column in casts and array parameters. */
const arrayType = (storage: Storage): string => {
  if (storage === 'json' || storage === 'geometry') return 'text[]'
  return storage.startsWith('numeric') ? 'numeric[]' : `${storage}[]`
}

/** How a value of a column comes out of its array. */
const fromArray = ({ name, storage }: Column): string => {
  if (storage === 'json') return `"${name}"::json`
  return storage === 'geometry' ? `ST_GeomFromText("${name}", 0)` : `"${name}"`
}

const namesOf = (columns: readonly Column[]): string =>
  columns.map(({ name }) => `"${name}"`).join(', ')

/** `$2::bigint[], $3::text[], …`, the first parameter being the world. */
const arrays = (types: readonly string[]): string =>
  types.map((type, at) => `$${at + 2}::${type}`).join(', ')

/**
 * `OFFSET 0` keeps it at one probe of the key per row, whatever the planner knows about the table.
 */
export const loadStatement = (schema: string, { name, columns }: VersionedTable): string =>
  `SELECT loaded.* FROM unnest($2::text[]) AS wanted (id) CROSS JOIN LATERAL (
      SELECT entity_id, ${namesOf(columns)} FROM ${schema}.${name}
      WHERE world = $1 AND entity_id = wanted.id
      OFFSET 0
    ) AS loaded`

/** The versions that were valid before position $3. */
export const loadBeforeStatement = (schema: string, { name, columns }: VersionedTable): string =>
  `SELECT loaded.entity_id, ${namesOf(columns)} FROM unnest($2::text[]) AS wanted (id) CROSS JOIN LATERAL (
      SELECT entity_id, erased, ${namesOf(columns)} FROM ${schema}.${name}_history
      WHERE world = $1 AND entity_id = wanted.id AND position < $3
      ORDER BY position DESC LIMIT 1
    ) AS loaded WHERE NOT loaded.erased`

const versionsStatement = (schema: string, { name, columns }: VersionedTable): string => {
  const list = namesOf(columns)
  const types = ['text[]', 'bigint[]', 'boolean[]', 'boolean[]', 'boolean[]']
  const all = [...types, ...columns.map(({ storage }) => arrayType(storage))]
  const updated = columns.map((column) => `"${column.name}" = excluded."${column.name}"`)
  return `WITH version AS MATERIALIZED (
      SELECT * FROM unnest(${arrays(all)})
        AS version (entity_id, position, arrived, erased, latest, ${list})
    ), kept AS (
      INSERT INTO ${schema}.${name}_history (world, entity_id, position, arrived, erased, ${list})
      SELECT $1, entity_id, position, arrived, erased, ${list} FROM version
    ), gone AS (
      DELETE FROM ${schema}.${name} AS current USING version
      WHERE current.world = $1 AND current.entity_id = version.entity_id AND version.latest AND version.erased
    )
    INSERT INTO ${schema}.${name} (world, entity_id, position, ${list})
    SELECT $1, entity_id, position, ${list} FROM version WHERE latest AND NOT erased
    ON CONFLICT (world, entity_id) DO UPDATE
      SET position = excluded.position, ${updated.join(', ')}`
}

/**
 * Adds rows: of a versioned table all versions to the history, and the current rows are brought to
 * the latest ones; the columns are sent once.
 */
export const writeStatement = (schema: string, table: Table): string => {
  const { name, columns } = table
  const list = namesOf(columns)
  const values = columns.map(fromArray).join(', ')
  const types = columns.map(({ storage }) => arrayType(storage))
  switch (table.kind) {
    case 'versioned':
      return versionsStatement(schema, table)
    case 'appended':
      return `INSERT INTO ${schema}.${name} (world, position, block_position, ${list})
        SELECT $1, position, block_position, ${values}
        FROM unnest(${arrays(['bigint[]', 'bigint[]', ...types])}) AS fact (position, block_position, ${list})`
    case 'constant':
      return `INSERT INTO ${schema}.${name} (world, ${list})
        SELECT $1, ${values} FROM unnest(${arrays(types)}) AS row (${list})
        ON CONFLICT DO NOTHING`
    default:
      return table satisfies never
  }
}

/** Statements that name no table of a projection. */
export const coreStatements = (core: string) => ({
  progress: `SELECT position, head_number AS number, head_hash AS hash,
      extract(epoch FROM head_time)::bigint AS timestamp, head_finality AS finality
    FROM ${core}.progress WHERE world = $1`,
  building: `SELECT name, version, position FROM ${core}.projections
    WHERE world = $1 AND position IS NOT NULL`,
  /** $4, $5: names and versions of the projections that the batch is for; all have to be live. */
  moveCheckpoint: `UPDATE ${core}.progress
    SET position = $3, head_number = $6, head_hash = $7, head_time = to_timestamp($8), head_finality = $9,
      final_number = greatest(final_number, $10)
    WHERE world = $1 AND position = $2 AND cardinality($4::text[]) = (
      SELECT count(*) FROM ${core}.projections AS entry
      JOIN unnest($4::text[], $5::integer[]) AS live (name, version) USING (name, version)
      WHERE entry.world = $1 AND entry.position IS NULL)`,
  moveBuilding: `UPDATE ${core}.projections SET position = $5
    WHERE world = $1 AND name = $2 AND version = $3 AND position = $4`,
  join: `UPDATE ${core}.projections AS entry SET position = NULL FROM ${core}.progress
    WHERE entry.world = $1 AND entry.name = $2 AND entry.version = $3
      AND progress.world = $1 AND entry.position = progress.position
    RETURNING entry.name`,
  moveHead: `UPDATE ${core}.progress
    SET head_number = $3, head_hash = $4, head_time = to_timestamp($5), head_finality = $6
    WHERE world = $1 AND position = $2 AND (head_hash, head_finality) IS DISTINCT FROM ($4, $6)
    RETURNING world`,
  insertPoints: `INSERT INTO ${core}.points
      (world, position, kind, header, number, hash, time, finality, parent_hash)
    SELECT $1, position, kind, header, number, hash, to_timestamp(time), finality, parent_hash
    FROM unnest($2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::bigint[], $8::text[], $9::text[])
      AS point (position, kind, header, number, hash, time, finality, parent_hash)`,
  retractPoint: `UPDATE ${core}.points SET retracted_at = $3 WHERE world = $1 AND position = $2`,
})

/** Facts of a block whose header and end stand at $3 and $4. */
export const retractFacts = (schema: string, table: string): string =>
  `UPDATE ${schema}.${table} SET retracted_at = $2
    WHERE world = $1 AND position > $3 AND position <= $4`

export const insertChanges = (schema: string): string =>
  `INSERT INTO ${schema}.changes (world, subject, position, key)
    SELECT $1, subject, position, key
    FROM unnest($2::text[], $3::bigint[], $4::text[]) AS change (subject, position, key)`
