/**
 * What a log on PostgreSQL cannot do without, and nothing else: a table with the same columns and
 * the same two unique keys, filled by one INSERT … SELECT unnest for each block, and read by a
 * cursor. Also the events that are appended.
 */
import { randomUUID } from 'node:crypto'
import type { NewEvent } from '../../../domain/event-log/event-log.ts'
import type { createPool } from '../../postgres/pool.ts'

export type Pool = ReturnType<typeof createPool>

/** Everything is in the schema `bench`, which is dropped and made anew. */
export const createBareLog = async (pool: Pool): Promise<void> => {
  await pool.query('DROP SCHEMA IF EXISTS bench CASCADE')
  await pool.query(TABLE)
}

/**
 * Appends after the revision `last` of the stream, whose first event is at the log position `base`.
 */
export const bareAppend = (
  pool: Pool,
  { stream, base, last }: Readonly<{ stream: number; base: number; last: number }>,
  events: readonly NewEvent[],
): Promise<unknown> =>
  pool.query(INSERT, [
    base + last,
    stream,
    last,
    events.map(({ id }) => id),
    events.map(({ type }) => type),
    events.map(({ data }) => JSON.stringify(data)),
    events.map(({ meta }) => JSON.stringify(meta)),
  ])

/** Reads a whole stream, a thousand rows at a time. */
export const bareRead = async (pool: Pool, stream: number): Promise<void> => {
  const client = await pool.connect()
  await client.query('BEGIN')
  await client.query(
    `DECLARE page CURSOR FOR SELECT * FROM bench.events WHERE stream = ${stream} ORDER BY revision`,
  )
  for (let rows = 1_000; rows === 1_000; )
    rows = (await client.query('FETCH 1000 FROM page')).rows.length
  await client.query('COMMIT')
  client.release()
}

/** The thousand events from a revision on. */
export const barePage = (pool: Pool, stream: number, first: number): Promise<unknown> =>
  pool.query(
    'SELECT * FROM bench.events WHERE stream = $1 AND revision BETWEEN $2::int AND $2::int + 999 ORDER BY revision',
    [stream, first],
  )

const TABLE = `
  CREATE SCHEMA bench;
  CREATE TABLE bench.events (
    log_position bigint PRIMARY KEY, recorded_at timestamptz NOT NULL, stream int NOT NULL, revision int NOT NULL,
    id uuid NOT NULL, type text COLLATE "C" NOT NULL, data json NOT NULL, meta json NOT NULL, UNIQUE (stream, revision)
  )`

const INSERT = `
  INSERT INTO bench.events
    SELECT $1::bigint + row.place, now(), $2::int, $3::int + row.place, row.id, row.type, row.data, row.meta
    FROM unnest($4::uuid[], $5::text[], $6::json[], $7::json[]) WITH ORDINALITY AS row (id, type, data, meta, place)`

/** Events of the size and shape of the world's own: about 300 bytes of data and 200 of meta. */
export const someBlock = (number: number, events: number): readonly NewEvent[] =>
  Array.from({ length: events }, (_, index) => ({
    id: randomUUID(),
    type: 'HexWritten',
    data: {
      entityId: FELT,
      keys: { coordinate: `0x${(number * 1_000 + index + 2 ** 40).toString(16)}` },
      values: {
        biome: 'Forest',
        is_discovered: true,
        discovery_block: number,
        discoverer: FELT,
        area_count: 5,
      },
    },
    meta: {
      schemaVersion: 1,
      block: number,
      transaction: FELT,
      transactionIndex: 0,
      eventIndex: index,
    },
  }))

const FELT = '0x7a5d9a6b8f9c1e2d3f4a5b6c7d8e9f0a1b2c3d4e5f60718293a4b5c6d7e8f9'
