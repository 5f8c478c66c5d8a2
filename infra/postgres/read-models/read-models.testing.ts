/** Runs projectors in tests, and compares what read models hold. */
import { randomUUID } from 'node:crypto'
import type { Pool, PoolClient } from 'pg'
import { expect } from 'vitest'
import { isRejection } from '../../../domain/decider.ts'
import type { EventLog, RecordedEvent } from '../../../domain/event-log/event-log.ts'
import type { Felt } from '../../../domain/felt.ts'
import { type WorldId, worldStream } from '../../../domain/world-stream/facts.ts'
import type { Projection } from '../../../projections/engine/projection.ts'
import { createProjector, type ProjectorOptions } from '../../../projections/engine/projector.ts'
import type { ReadPoint } from '../../../projections/reads/points.ts'
import type { HexPart } from '../../../projections/worlds/infinite-hex-adventurers/hexes/queries.ts'
import { infiniteHexProjections } from '../../../projections/worlds/infinite-hex-adventurers/registry.ts'
import type { BlockAppends } from '../../../projections/worlds/infinite-hex-adventurers/world-blocks.testing.ts'
import {
  createWorldReads,
  type WorldReads,
} from '../../../projections/worlds/infinite-hex-adventurers/world-reads.ts'
import { createMemoryChangeFeed } from '../../memory/change-feed.ts'
import { createMemoryEventLog } from '../../memory/event-log.testing.ts'
import { createProjectionStore, tableNames } from './projection-store.ts'
import { createReadPool } from './read-pool.ts'
import { coreSchema, ensureReadModels, projectionSchema, type ReadModelPlace } from './schema.ts'

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

/** Appends a stream as a test made it. */
export const appendStream = (
  log: EventLog,
  world: WorldId,
  events: readonly RecordedEvent[],
): Promise<void> =>
  appendBlocks(
    log,
    world,
    events.map(({ id, type, data, meta }) => [{ id, type, data, meta }]),
  )

export type ProjectOptions = Readonly<{
  pool: Pool
  /** What the end is looked for through. Default: `pool`; a pool that is observed must not be. */
  watchPool?: Pool
  place: ReadModelPlace
  log: EventLog
  world: WorldId
  /** Default: all of the game. */
  projections?: readonly Projection[]
}> &
  Partial<Omit<ProjectorOptions, 'log' | 'stream' | 'store'>>

/**
 * Runs a projector until it has taken in the log up to `end`. Rejects with what the projector
 * rejects with.
 */
export const projectToEnd = async (options: ProjectOptions, end?: number | null): Promise<void> => {
  const { pool, watchPool = pool, place, log, world, ...others } = options
  const { projections = infiniteHexProjections, ...rest } = others
  const stream = worldStream(world)
  const target = end ?? (await log.head(stream)) ?? -1
  const stop = new AbortController()
  const feed = createMemoryChangeFeed()
  const store = createProjectionStore(pool, place, projections)
  const watched = createProjectionStore(watchPool, place, projections)
  const projector = createProjector({ log, stream, store, feed, ...rest })
  const reached = async (): Promise<void> => {
    const notices = feed.subscribe(stop.signal)
    const { position, building } = await watched.progress()
    if (position === target && building.length === 0) return
    for await (const notice of notices) if (notice.position === target) return
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
  const place = await ensureReadModels(pool, world, infiniteHexProjections)
  await projectToEnd({ pool, place, log, world })
  const reads = readsOf(pool, place, world, log)
  return { reads, place, world, log }
}

/** Reads of a world's read models as the API has them. */
export const readsOf = (
  pool: Pool,
  place: ReadModelPlace,
  world: WorldId,
  log: Pick<EventLog, 'head'>,
): WorldReads =>
  createWorldReads({
    pool: createReadPool(pool, place, infiniteHexProjections),
    world,
    logHead: () => log.head(worldStream(world)),
  })

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

/** What rows of a table are ordered by, as far as they have such columns. */
const ORDER = ['entity_id', 'position', 'subject', 'key', 'hex']

const rowsOf = async (pool: Pool, table: string, world: number): Promise<unknown[]> => {
  const { rows } = await pool.query<Record<string, unknown>>(
    `SELECT * FROM ${table} WHERE world = $1`,
    [world],
  )
  const orderOf = (row: Record<string, unknown>): string =>
    ORDER.map((column) => String(row[column] ?? '').padStart(70)).join()
  return rows
    .map(({ world: _, ...row }) => ({ order: orderOf(row), row }))
    .sort((a, b) => (a.order < b.order ? -1 : 1))
    .map(({ row }) => row)
}

/**
 * Every row of every table of a world, histories included, without the world's number and without
 * the head.
 */
export const contentsOf = async (
  pool: Pool,
  place: ReadModelPlace,
  projections: readonly Projection[] = infiniteHexProjections,
): Promise<Record<string, unknown[]>> => {
  const { world } = place
  const contents: Record<string, unknown[]> = {}
  for (const projection of projections) {
    const schema = projectionSchema(place, projection)
    for (const name of tableNames(projection))
      contents[`${projection.name}.${name}`] = await rowsOf(pool, `${schema}.${name}`, world)
  }
  const core = coreSchema(place)
  const progress = await pool.query(
    `SELECT position, final_number FROM ${core}.progress WHERE world = $1`,
    [world],
  )
  return {
    ...contents,
    points: await rowsOf(pool, `${core}.points`, world),
    progress: progress.rows,
  }
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
