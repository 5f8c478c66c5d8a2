/**
 * The projector against the least that any writer of the same rows has to do: the rows that the
 * read models hold in the end, current and history, inserted with bare INSERT … SELECT unnest into
 * tables of the same columns and indexes. The log is in memory, so that nothing but projecting is
 * measured.
 *
 * `npm run bench -- project [--events 100000] [--url postgres://…]`. The URL's database gets
 * schemas, dropped again.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Pool } from 'pg'
import { FatalError } from '../../../domain/errors.ts'
import type { EventLog, RecordedEvent } from '../../../domain/event-log/event-log.ts'
import { worldStream } from '../../../domain/world-stream/facts.ts'
import { createProjector } from '../../../projections/engine/projector.ts'
import { infiniteHexProjections as projections } from '../../../projections/worlds/infinite-hex-adventurers/registry.ts'
import { createMemoryChangeFeed } from '../../memory/change-feed.ts'
import { startPglite } from '../../pglite/pglite.ts'
import { createPool } from '../../postgres/pool.ts'
import { createProjectionStore, tableNames } from '../../postgres/read-models/projection-store.ts'
import {
  coreSchema,
  dropReadModels,
  ensureReadModels,
  projectionSchema,
} from '../../postgres/read-models/schema.ts'
import { markdownTable, perSecond, timed } from './measuring.testing.ts'
import { logOf, playedWorld } from './played-world.testing.ts'

const world = { chainId: '0x42454e4348', address: '0x1' } as const
const PREFIX = 'bench'
const BARE_SCHEMA = 'bench_bare_rows'
const BARE_ROWS_PER_STATEMENT = 10_000

export const measure = async (options: readonly string[]): Promise<string> => {
  const { values } = parseArgs({
    args: [...options],
    options: { url: { type: 'string' }, events: { type: 'string' } },
  })
  const events = playedWorld(Number(values.events ?? 100_000), worldStream(world))
  const rows: (readonly string[])[] = []
  const folder = mkdtempSync(join(tmpdir(), 'chronohex-bench-'))
  const pglite = await startPglite({ dataFolder: folder })
  rows.push(await measureDatabase('PGlite', createPool(pglite.connection), events))
  await pglite.close()
  rmSync(folder, { recursive: true, force: true })
  if (values.url !== undefined)
    rows.push(await measureDatabase('PostgreSQL', createPool(values.url), events))
  return markdownTable(
    ['database', 'events', 'rows', 'bare unnest', 'projector', 'time against bare'],
    rows,
  )
}

const measureDatabase = async (
  name: string,
  pool: Pool,
  events: readonly RecordedEvent[],
): Promise<readonly string[]> => {
  await dropReadModels(pool, projections, PREFIX)
  try {
    const projectMs = await timed(() => project(pool, events))
    const bare = await measureBareRows(pool)
    return [
      name,
      String(events.length),
      String(bare.rows),
      `${bare.ms.toFixed(0)} ms`,
      `${projectMs.toFixed(0)} ms, ${perSecond(events.length, projectMs)} events/s`,
      `${(projectMs / bare.ms).toFixed(2)} ×`,
    ]
  } finally {
    await dropReadModels(pool, projections, PREFIX)
    await pool.query(`DROP SCHEMA IF EXISTS ${BARE_SCHEMA} CASCADE`)
    await pool.end()
  }
}

/** Projects all events, tables included. */
const project = async (pool: Pool, events: readonly RecordedEvent[]): Promise<void> => {
  const place = await ensureReadModels(pool, world, projections, PREFIX)
  const feed = createMemoryChangeFeed()
  const stop = new AbortController()
  const projector = createProjector({
    log: logOf(events) as EventLog, // the projector only subscribes
    stream: worldStream(world),
    store: createProjectionStore(pool, place, projections),
    feed: { ...feed, publish: ({ position }) => position === events.length - 1 && stop.abort() },
  })
  await projector.run(stop.signal)
  if (projector.position() !== events.length - 1)
    throw new FatalError('The projector ended before the log')
}

/** Every table by its name in the bare schema and where its rows are. */
const TABLES = [
  ['points', `${coreSchema({ prefix: PREFIX })}.points`],
  ...projections.flatMap((projection) =>
    tableNames(projection).map((name) => [
      `${projection.name}_${name}`,
      `${projectionSchema({ prefix: PREFIX }, projection)}.${name}`,
    ]),
  ),
] as const

/** The rows of every table, as text, inserted again elsewhere. Only the inserting is timed. */
const measureBareRows = async (pool: Pool): Promise<Readonly<{ ms: number; rows: number }>> => {
  await pool.query(`DROP SCHEMA IF EXISTS ${BARE_SCHEMA} CASCADE; CREATE SCHEMA ${BARE_SCHEMA}`)
  let ms = 0
  let rows = 0
  for (const [table, source] of TABLES) {
    await pool.query(`CREATE TABLE ${BARE_SCHEMA}.${table} (LIKE ${source} INCLUDING ALL)`)
    const columns = await pool.query<{ name: string; type: string }>(
      `SELECT attname AS name, format_type(atttypid, null) AS type FROM pg_attribute
       WHERE attrelid = '${source}'::regclass AND attnum > 0 ORDER BY attnum`,
    )
    const names = columns.rows.map(({ name }) => `"${name}"`).join(', ')
    const arrays = columns.rows.map(({ type }, at) => `$${at + 1}::${type}[]`).join(', ')
    const insert = `INSERT INTO ${BARE_SCHEMA}.${table} (${names}) SELECT * FROM unnest(${arrays})`
    const aggregates = columns.rows
      .map(({ name }) => `array_agg("${name}")::text AS "${name}"`)
      .join(', ')
    const { rows: chunks } = await pool.query<Record<string, string>>(
      `SELECT ${aggregates}, count(*) AS chunk_rows
       FROM (SELECT *, (row_number() OVER () - 1) / ${BARE_ROWS_PER_STATEMENT} AS chunk FROM ${source}) AS numbered
       GROUP BY chunk ORDER BY chunk`,
    )
    for (const { chunk_rows: chunkRows, ...literals } of chunks) {
      ms += await timed(() => pool.query(insert, Object.values(literals)))
      rows += Number(chunkRows)
    }
  }
  return { ms, rows }
}
