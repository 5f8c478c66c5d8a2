/** Runs projectors in tests, and compares what read models hold. */
import { randomUUID } from 'node:crypto'
import type { Pool, PoolClient } from 'pg'
import { expect } from 'vitest'
import { isRejection } from '../../../domain/decider.ts'
import type { EventLog } from '../../../domain/event-log/event-log.ts'
import type { Felt } from '../../../domain/felt.ts'
import { type WorldId, worldStream } from '../../../domain/world-stream/facts.ts'
import { createProjector, type ProjectorOptions } from '../../../projections/engine/projector.ts'
import type { BlockAppends } from '../../../projections/engine/world-blocks.testing.ts'
import type { HexPart, ReadPoint, WorldReads } from '../../../projections/world-reads.ts'
import { worldTables } from '../../../projections/world-tables.ts'
import { createMemoryChangeFeed } from '../../memory/change-feed.ts'
import { createMemoryEventLog } from '../../memory/event-log.testing.ts'
import { createProjectionStore } from './projection-store.ts'
import { ensureReadModels, type ReadModelPlace } from './schema.ts'
import { createWorldReads } from './world-reads.ts'

/** A world of its own, so that tests share tables without meeting. */
export const newTestWorld = (): WorldId => ({
  chainId: '0x54455354',
  address: `0x1${randomUUID().replaceAll('-', '')}` as Felt,
})

/** Appends the blocks that are not in the log yet. */
export const appendBlocks = async (
  log: EventLog,
  world: WorldId,
  appends: BlockAppends,
): Promise<void> => {
  const stream = worldStream(world)
  let revision = -1
  for (const events of appends) {
    const outcome = await log.append(stream, revision < 0 ? 'no-stream' : revision, events)
    expect(outcome.kind).not.toBe('conflict')
    revision += events.length
  }
}

export type ProjectOptions = Readonly<{
  pool: Pool
  place: ReadModelPlace
  log: EventLog
  world: WorldId
}> &
  Partial<Omit<ProjectorOptions, 'log' | 'stream' | 'store'>>

/**
 * Runs a projector until it has taken in the log up to `end`. Rejects with what the projector
 * rejects with.
 */
export const projectToEnd = async (options: ProjectOptions, end?: number | null): Promise<void> => {
  const { pool, place, log, world, ...rest } = options
  const stream = worldStream(world)
  const target = end ?? (await log.head(stream)) ?? -1
  const stop = new AbortController()
  const feed = createMemoryChangeFeed()
  const store = createProjectionStore(pool, place)
  const projector = createProjector({ log, stream, store, feed, ...rest })
  const reached = async (): Promise<void> => {
    const notices = feed.subscribe(stop.signal)
    if ((await store.progress()).position === target) return
    for await (const { position } of notices) if (position === target) return
  }
  const endBoth = (): void => stop.abort()
  const ended = await Promise.allSettled([
    projector.run(stop.signal).finally(endBoth),
    reached().finally(endBoth),
  ])
  for (const outcome of ended) if (outcome.status === 'rejected') throw outcome.reason
}

export type TestReading = Readonly<{
  reads: WorldReads
  place: ReadModelPlace
  world: WorldId
  log: EventLog
}>

/** Reads of a world whose log has these blocks, all of them projected. */
export const testReading = async (pool: Pool, appends: BlockAppends): Promise<TestReading> => {
  const world = newTestWorld()
  const log = createMemoryEventLog()
  await appendBlocks(log, world, appends)
  const place = await ensureReadModels(pool, world)
  await projectToEnd({ pool, place, log, world })
  const reads = createWorldReads({
    pool,
    place,
    world,
    logHead: () => log.head(worldStream(world)),
  })
  return { reads, place, world, log }
}

/** Every part that can be asked for. */
export const ALL_PARTS: ReadonlySet<HexPart> = new Set([
  'areas',
  'plants',
  'decay',
  'claim',
  'adventurers',
  'economics',
  'inventory',
  'reservations',
])
export const ADVENTURER_PARTS = new Set(['economics', 'inventory', 'reservations'] as const)

/** The point that `at` names, which must not be refused. */
export const pointAt = async (
  reads: WorldReads,
  at?: Parameters<WorldReads['resolve']>[0],
): Promise<ReadPoint> => {
  const point = await reads.resolve(at)
  if (isRejection(point)) throw new Error(point.reason)
  return point as ReadPoint // not a rejection
}

const factTables = {
  blocks: 'position',
  events: 'position',
  hex_changes: 'position, hex',
  hex_geometry: 'hex',
} as const

/**
 * Every row of every table of a world, histories included, without the world's number and without
 * the head.
 */
export const contentsOf = async (
  pool: Pool,
  { schema, world }: ReadModelPlace,
): Promise<Record<string, unknown[]>> => {
  const ordered: Record<string, string> = { ...factTables }
  for (const { name } of worldTables) {
    ordered[name] = 'entity_id'
    ordered[`${name}_history`] = 'entity_id, position'
  }
  const contents: Record<string, unknown[]> = {}
  for (const [table, order] of Object.entries(ordered)) {
    const { rows } = await pool.query(
      `SELECT * FROM ${schema}.${table} WHERE world = $1 ORDER BY ${order}`,
      [world],
    )
    contents[table] = rows.map(({ world: _, ...row }: Record<string, unknown>) => row)
  }
  const progress = await pool.query(`SELECT position FROM ${schema}.progress WHERE world = $1`, [
    world,
  ])
  return { ...contents, progress: progress.rows }
}

export type DatabaseCall = Readonly<{ index: number; text: string }>

/**
 * The pool, with every statement and every connection announced before (`'before'`) and after
 * (`'after'`) it happens. What the observer throws is what the caller gets.
 */
export const observedPool = (
  pool: Pool,
  observe: (call: DatabaseCall, when: 'before' | 'after') => void,
): Pool => {
  let calls = 0
  const observed = async <T>(text: string, work: () => Promise<T>): Promise<T> => {
    const call = { index: calls, text }
    calls += 1
    observe(call, 'before')
    const result = await work()
    observe(call, 'after')
    return result
  }
  const textOf = (query: unknown): string =>
    typeof query === 'string' ? query : (query as Readonly<{ text: string }>).text
  const observedQuery = (client: Pool | PoolClient) => (query: never, values?: never) =>
    observed(textOf(query), () => client.query(query, values) as unknown as Promise<unknown>)
  return {
    query: observedQuery(pool),
    connect: async () => {
      const client = await pool.connect()
      return { query: observedQuery(client), release: (error?: boolean) => client.release(error) }
    },
  } as unknown as Pool // the store calls nothing else
}
