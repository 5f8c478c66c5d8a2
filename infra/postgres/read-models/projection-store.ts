/**
 * The statements of the projector: at most one read and one write for every table that a batch
 * touches, whatever its size. Rows, versions, facts, checkpoint and head move in one transaction,
 * which only the checkpoint's holder commits.
 */
import type { Pool, PoolClient } from 'pg'
import { FatalError } from '../../../domain/errors.ts'
import type { Felt } from '../../../domain/felt.ts'
import type {
  BlockRow,
  EventRow,
  FoldedBatch,
  HexChange,
  TableVersions,
} from '../../../projections/engine/folded-batch.ts'
import {
  type Progress,
  type ProjectionStore,
  ProjectorFenced,
} from '../../../projections/engine/projection-store.ts'
import type { RowValues, WorldTable } from '../../../projections/engine/table.ts'
import { worldTables } from '../../../projections/world-tables.ts'
import { jsonArray, plainArray, textArray } from '../array-literal.ts'
import { inTransaction } from '../pool.ts'
import { classifiedPostgresError } from '../postgres-errors.ts'
import { hexGeometry } from './hex-outline.ts'
import { rowTypes } from './row-types.ts'
import { type ReadModelPlace, sqlType } from './schema.ts'

/** The store of one world's read models. */
export const createProjectionStore = (pool: Pool, place: ReadModelPlace): ProjectionStore => {
  const statements = createStatements(place.schema)
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
  return {
    progress: async () => {
      const [row] = await query<Progress>(statements.progress, [place.world])
      if (row === undefined)
        throw new FatalError(`World ${place.world} has no progress in schema ${place.schema}`)
      return row
    },
    load: async (touched) => {
      const loaded = [...touched].map(async ([table, ids]) => {
        const values = [place.world, textArray([...ids])]
        const config = {
          text: statements.load(table),
          values,
          types: rowTypes,
          rowMode: 'array',
        } as const
        const { rows } = await pool.query<[string, ...RowValues]>(config)
        return [table, new Map(rows.map(([entityId, ...row]) => [entityId, row]))] as const
      })
      try {
        return new Map(await Promise.all(loaded))
      } catch (error) {
        throw classifiedPostgresError(error, 'Loading rows of the read models')
      }
    },
    commit: (from, batch, head) =>
      inTransaction(pool, 'Storing a batch of the read models', async (client) => {
        const moved = await client.query(statements.moveCheckpoint, [
          place.world,
          from,
          batch.position,
          head.number,
          head.hash,
          head.timestamp,
        ])
        if (moved.rowCount === 0) {
          throw new ProjectorFenced(
            `The checkpoint of world ${place.world} is no longer at position ${from}`,
          )
        }
        await insertFacts(client, statements, place.world, batch)
        for (const versions of batch.versions) {
          await client.query(statements.write(versions.table), [
            place.world,
            ...versionColumns(versions),
          ])
        }
      }),
    refreshStatistics: async () => {
      await query(statements.refreshStatistics, [])
    },
    advanceHead: async ({ number, hash, timestamp, position }) => {
      const rows = await query(statements.moveHead, [
        place.world,
        position,
        number,
        hash,
        timestamp,
      ])
      return rows.length > 0
    },
  }
}

const insertFacts = async (
  client: PoolClient,
  statements: Statements,
  world: number,
  { blocks, events, hexChanges, versions }: FoldedBatch,
): Promise<void> => {
  await client.query(statements.insertBlocks, [world, ...blockColumns(blocks)])
  if (events.length > 0)
    await client.query(statements.insertEvents, [world, ...eventColumns(events)])
  if (hexChanges.length > 0)
    await client.query(statements.insertHexChanges, [world, ...hexChangeColumns(hexChanges)])
  const geometry = geometryColumns(versions)
  if (geometry !== null) await client.query(statements.insertGeometry, [world, ...geometry])
}

const blockColumns = (blocks: readonly BlockRow[]): string[] => [
  plainArray(blocks.map(({ position }) => position)),
  plainArray(blocks.map(({ header }) => header.number)),
  textArray(blocks.map(({ header }) => header.hash)),
  textArray(blocks.map(({ header }) => header.parentHash)),
  plainArray(blocks.map(({ header }) => header.timestamp)),
  textArray(blocks.map(({ header }) => header.finality)),
  plainArray(blocks.map(({ header }) => header.eventCount)),
]

const eventColumns = (events: readonly EventRow[]): string[] => [
  plainArray(events.map(({ position }) => position)),
  plainArray(events.map(({ blockPosition }) => blockPosition)),
  textArray(events.map(({ type }) => type)),
  textArray(events.map(({ transaction }) => transaction)),
  textArray(events.map(({ hex }) => hex)),
  textArray(events.map(({ adventurer }) => adventurer)),
  jsonArray(events.map(({ data }) => JSON.stringify(data))),
]

const hexChangeColumns = (changes: readonly HexChange[]): string[] => [
  plainArray(changes.map(({ position }) => position)),
  textArray(changes.map(({ hex }) => hex)),
]

/**
 * Hexes whose geometry is stored: those that were discovered and those that have a controller or
 * decay.
 */
const TABLES_OF_MAPPED_HEXES: ReadonlySet<string> = new Set(['hexes', 'hex_decay'])

/**
 * Geometry of hexes that may be new; null when there are none. Those that are stored already change
 * nothing.
 */
const geometryColumns = (versions: readonly TableVersions[]): string[] | null => {
  const hexes = versions
    .filter(({ table }) => TABLES_OF_MAPPED_HEXES.has(table.name))
    .flatMap(
      ({ table, columns, arrived }) => columns[table.lookup]?.filter((_, at) => arrived[at]) ?? [],
    )
  const rows = [...new Set(hexes)].flatMap((hex) =>
    typeof hex === 'string' ? (hexGeometry(hex as Felt) ?? []) : [],
  )
  if (rows.length === 0) return null
  return [
    textArray(rows.map(({ hex }) => hex)),
    plainArray(rows.map(({ q }) => q)),
    plainArray(rows.map(({ r }) => r)),
    textArray(rows.map(({ h3 }) => h3)),
    textArray(rows.map(({ outline }) => outline)),
  ]
}

const versionColumns = ({
  table,
  entityIds,
  positions,
  arrived,
  erased,
  latest,
  columns,
}: TableVersions): string[] => [
  textArray(entityIds),
  plainArray(positions),
  plainArray(arrived),
  plainArray(erased),
  plainArray(latest),
  ...columns.map((values, at) =>
    sqlType(table.columns[at]?.type ?? 'felt') === 'text'
      ? textArray(values as (string | null)[]) // felts and enum names
      : plainArray(values),
  ),
]

type Statements = ReturnType<typeof createStatements>

const allTables: readonly string[] = [
  ...['progress', 'blocks', 'events', 'hex_changes', 'hex_geometry'],
  ...worldTables.flatMap(({ name }) => [name, `${name}_history`]),
]

const createStatements = (schema: string) => ({
  progress: `SELECT position, head_number AS "headNumber" FROM ${schema}.progress WHERE world = $1`,
  moveCheckpoint: `UPDATE ${schema}.progress
    SET position = $3, head_number = $4, head_hash = $5, head_time = to_timestamp($6)
    WHERE world = $1 AND position = $2`,
  moveHead: `UPDATE ${schema}.progress
    SET head_number = $3, head_hash = $4, head_time = to_timestamp($5)
    WHERE world = $1 AND position = $2 AND (head_number IS NULL OR head_number < $3)
    RETURNING world`,
  insertBlocks: `INSERT INTO ${schema}.blocks
      (world, position, number, hash, parent_hash, time, finality, event_count)
    SELECT $1, position, number, hash, parent_hash, to_timestamp(time), finality, event_count
    FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::integer[])
      AS block (position, number, hash, parent_hash, time, finality, event_count)`,
  insertEvents: `INSERT INTO ${schema}.events
      (world, position, block_position, type, transaction, hex, adventurer, data)
    SELECT $1, position, block_position, type, transaction, hex, adventurer, data::json
    FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
      AS event (position, block_position, type, transaction, hex, adventurer, data)`,
  insertHexChanges: `INSERT INTO ${schema}.hex_changes (world, position, hex)
    SELECT $1, position, hex FROM unnest($2::bigint[], $3::text[]) AS change (position, hex)`,
  insertGeometry: `INSERT INTO ${schema}.hex_geometry (world, hex, q, r, h3, outline)
    SELECT $1, hex, q, r, h3, ST_GeomFromText(outline, 0)
    FROM unnest($2::text[], $3::integer[], $4::integer[], $5::text[], $6::text[]) AS hex (hex, q, r, h3, outline)
    ON CONFLICT DO NOTHING`,
  refreshStatistics: `ANALYZE ${allTables.map((table) => `${schema}.${table}`).join(', ')}`,
  load: remembered((table) => loadStatement(schema, table)),
  write: remembered((table) => writeStatement(schema, table)),
})

/** A statement's text per table, built once. */
const remembered = (build: (table: WorldTable) => string): ((table: WorldTable) => string) => {
  const texts = new Map<WorldTable, string>()
  return (table) => {
    const known = texts.get(table)
    if (known !== undefined) return known
    const text = build(table)
    texts.set(table, text)
    return text
  }
}

const namesOf = ({ columns }: WorldTable): string[] => columns.map(({ name }) => `"${name}"`)

/**
 * `OFFSET 0` keeps it at one probe of the key per row, whatever the planner knows about the table.
 */
const loadStatement = (schema: string, table: WorldTable): string =>
  `SELECT loaded.* FROM unnest($2::text[]) AS wanted (id) CROSS JOIN LATERAL (
      SELECT entity_id, ${namesOf(table).join(', ')} FROM ${schema}.${table.name}
      WHERE world = $1 AND entity_id = wanted.id
      OFFSET 0
    ) AS loaded`

/**
 * Adds all versions to the history, and brings the current rows to the latest ones; the columns are
 * sent once.
 */
const writeStatement = (schema: string, table: WorldTable): string => {
  const names = namesOf(table)
  const list = names.join(', ')
  const arrays = [
    'text',
    'bigint',
    'boolean',
    'boolean',
    'boolean',
    ...table.columns.map(({ type }) => sqlType(type)),
  ]
  return `WITH version AS MATERIALIZED (
      SELECT * FROM unnest(${arrays.map((type, at) => `$${at + 2}::${type}[]`).join(', ')})
        AS version (entity_id, position, arrived, erased, latest, ${list})
    ), kept AS (
      INSERT INTO ${schema}.${table.name}_history (world, entity_id, position, arrived, erased, ${list})
      SELECT $1, entity_id, position, arrived, erased, ${list} FROM version
    ), gone AS (
      DELETE FROM ${schema}.${table.name} AS current USING version
      WHERE current.world = $1 AND current.entity_id = version.entity_id AND version.latest AND version.erased
    )
    INSERT INTO ${schema}.${table.name} (world, entity_id, position, ${list})
    SELECT $1, entity_id, position, ${list} FROM version WHERE latest AND NOT erased
    ON CONFLICT (world, entity_id) DO UPDATE
      SET position = excluded.position, ${names.map((name) => `${name} = excluded.${name}`).join(', ')}`
}
