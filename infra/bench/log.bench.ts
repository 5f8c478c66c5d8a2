/**
 * The event log against the statements that it cannot do without, on the same database, in turns: appends in blocks of
 * 50 against a bare INSERT … SELECT unnest of the same rows into the same columns with the same two unique keys; a paged
 * read against a bare cursor; and how soon a waiting subscription has an event.
 *
 * `npm run bench -- log [--events 60000] [--url postgres://…]`. The URL's database gets a schema, which is dropped again.
 */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Pool } from 'pg'
import type { EventLog, NewEvent } from '../../domain/event-log.ts'
import { startPglite } from '../pglite/pglite.ts'
import { createPostgresEventLog } from '../postgres/event-log.ts'
import { migrateEventLog } from '../postgres/event-log-schema.ts'
import { createPool } from '../postgres/pool.ts'
import { markdownTable, perSecond, quantile, timed } from './measuring.ts'

const blockEvents = 50
const rounds = 9
const wakeUps = 200

export const measure = async (options: readonly string[]): Promise<string> => {
  const { values } = parseArgs({ args: [...options], options: { url: { type: 'string' }, events: { type: 'string' } } })
  const events = Number(values.events ?? 60_000)
  const rows: (readonly string[])[] = []
  const folder = mkdtempSync(join(tmpdir(), 'chronohex-bench-'))
  const pglite = await startPglite({ dataFolder: folder })
  rows.push(...(await measureDatabase('PGlite', createPool(pglite.connection), { events, signals: false })))
  await pglite.close()
  rmSync(folder, { recursive: true, force: true })
  if (values.url !== undefined) {
    rows.push(...(await measureDatabase('PostgreSQL', createPool(values.url), { events, signals: true })))
  }
  return markdownTable(['database', 'what', 'bare', 'event log', 'ratio (median of rounds)'], rows)
}

type Amount = Readonly<{ events: number; signals: boolean }>

const measureDatabase = async (
  name: string,
  pool: Pool,
  { events, signals }: Amount,
): Promise<readonly (readonly string[])[]> => {
  await pool.query('DROP SCHEMA IF EXISTS event_log, bench CASCADE')
  await migrateEventLog(pool)
  await pool.query(BARE_TABLE)
  const log = createPostgresEventLog(pool, { signals })
  const other = createPostgresEventLog(pool, { signals })
  const roundEvents = Math.ceil(events / rounds / blockEvents) * blockEvents
  try {
    const appends = await measureAppends(log, pool, roundEvents)
    const reads = await measureReads(log, pool)
    const own = await measureWakeUps(log, log)
    const others = signals ? [['append to subscriber of another log', await measureWakeUps(log, other)] as const] : []
    return [
      [name, `append, blocks of ${blockEvents}`, ...comparison(roundEvents, appends)],
      [name, 'paged read', ...comparison(roundEvents * (rounds + 1), reads)],
      ...[['append to subscriber', own] as const, ...others].map(([what, delays]) => [
        name,
        what,
        '',
        `p50 ${quantile(delays).toFixed(1)} ms, p95 ${quantile(delays, 0.95).toFixed(1)} ms`,
        '',
      ]),
    ]
  } finally {
    await Promise.all([log.close(), other.close()])
    await pool.query('DROP SCHEMA IF EXISTS event_log, bench CASCADE')
    await pool.end()
  }
}

/** Milliseconds of one round each, for the same number of events. */
type Round = Readonly<{ bareMs: number; logMs: number }>

const comparison = (events: number, measured: readonly Round[]): readonly string[] => [
  `${perSecond(events, quantile(measured.map(({ bareMs }) => bareMs)))} events/s`,
  `${perSecond(events, quantile(measured.map(({ logMs }) => logMs)))} events/s`,
  quantile(measured.map(({ bareMs, logMs }) => bareMs / logMs)).toFixed(2),
]

/** The first round warms both up and is not counted. */
const measureAppends = async (log: EventLog, pool: Pool, roundEvents: number): Promise<readonly Round[]> => {
  const measured: Round[] = []
  for (let round = 0; round <= rounds; round += 1) {
    const blocks = Array.from({ length: roundEvents / blockEvents }, (_, block) =>
      someBlock(round * roundEvents + block),
    )
    let next = round * roundEvents
    const bare = () =>
      timed(async () => {
        for (const block of blocks) {
          await pool.query(BARE_INSERT, bareRow(next, block))
          next += block.length
        }
      })
    let last = round * roundEvents - 1
    const ours = () =>
      timed(async () => {
        for (const block of blocks) {
          await log.append(STREAM, last < 0 ? 'no-stream' : last, block)
          last += block.length
        }
      })
    measured.push(await inTurns(round, bare, ours))
  }
  return measured.slice(1)
}

const measureReads = async (log: EventLog, pool: Pool): Promise<readonly Round[]> => {
  const measured: Round[] = []
  for (let round = 0; round <= rounds; round += 1) {
    const ours = () =>
      timed(async () => {
        for await (const page of log.readStream(STREAM)) if (page.length === 0) throw new Error('An empty page')
      })
    measured.push(await inTurns(round, () => timed(() => readByCursor(pool)), ours))
  }
  return measured.slice(1)
}

const inTurns = async (round: number, bare: () => Promise<number>, ours: () => Promise<number>): Promise<Round> => {
  if (round % 2 === 0) {
    const bareMs = await bare()
    return { bareMs, logMs: await ours() }
  }
  const logMs = await ours()
  return { bareMs: await bare(), logMs }
}

const readByCursor = async (pool: Pool): Promise<void> => {
  const client = await pool.connect()
  await client.query('BEGIN')
  await client.query('DECLARE page CURSOR FOR SELECT * FROM bench.events ORDER BY stream, revision')
  for (let rows = 1_000; rows === 1_000; ) rows = (await client.query('FETCH 1000 FROM page')).rows.length
  await client.query('COMMIT')
  client.release()
}

/** From the call of an append to its event in a waiting subscription. */
const measureWakeUps = async (writer: EventLog, reader: EventLog): Promise<readonly number[]> => {
  const stream = `bench-${randomUUID()}`
  const abort = new AbortController()
  const reading = reader.subscribe(stream, -1, abort.signal)[Symbol.asyncIterator]()
  const delays: number[] = []
  await reading.next()
  for (let revision = -1; revision < wakeUps - 1; revision += 1) {
    const events = reading.next()
    const start = performance.now()
    await writer.append(stream, revision < 0 ? 'no-stream' : revision, someBlock(revision).slice(0, 1))
    await events
    delays.push(performance.now() - start)
    await reading.next() // caught up
  }
  abort.abort()
  return delays
}

const STREAM = 'world-bench-0x1'

const BARE_TABLE = `
  CREATE SCHEMA bench;
  CREATE TABLE bench.events (
    log_position bigint PRIMARY KEY, recorded_at timestamptz NOT NULL, stream int NOT NULL, revision int NOT NULL,
    id uuid NOT NULL, type text COLLATE "C" NOT NULL, data json NOT NULL, meta json NOT NULL, UNIQUE (stream, revision)
  )`

const BARE_INSERT = `
  INSERT INTO bench.events
    SELECT $1::bigint + row.place, now(), 1, $1::bigint + row.place, row.id, row.type, row.data, row.meta
    FROM unnest($2::uuid[], $3::text[], $4::json[], $5::json[]) WITH ORDINALITY AS row (id, type, data, meta, place)`

const bareRow = (next: number, events: readonly NewEvent[]): unknown[] => [
  next - 1,
  events.map(({ id }) => id),
  events.map(({ type }) => type),
  events.map(({ data }) => JSON.stringify(data)),
  events.map(({ meta }) => JSON.stringify(meta)),
]

/** Events of the size and shape of the world's own: about 300 bytes of data and 200 of meta. */
const someBlock = (number: number): readonly NewEvent[] =>
  Array.from({ length: blockEvents }, (_, index) => ({
    id: randomUUID(),
    type: 'HexWritten',
    data: {
      entityId: FELT,
      keys: { coordinate: `0x${(number * 1_000 + index + 2 ** 40).toString(16)}` },
      values: { biome: 'Forest', is_discovered: true, discovery_block: number, discoverer: FELT, area_count: 5 },
    },
    meta: { schemaVersion: 1, block: number, transaction: FELT, transactionIndex: 0, eventIndex: index },
  }))

const FELT = '0x7a5d9a6b8f9c1e2d3f4a5b6c7d8e9f0a1b2c3d4e5f60718293a4b5c6d7e8f9'
