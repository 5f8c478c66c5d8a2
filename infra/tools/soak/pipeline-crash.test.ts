/**
 * The whole pipeline, dead between any two of its durable steps: chain → ingest → event log →
 * projector → read models on one database, at whose k-th statement the process dies, for every k.
 * The other durable steps have such tests of their own: a block of the sandbox in
 * infra/sandbox/store/store.test.ts, the steps of a command in commands/runner.test.ts.
 * ingest/ingester-crashes.test.ts dies at every call of ingest's ports.
 */
import type { Pool } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { FatalError } from '../../../domain/errors.ts'
import type { EventLog, RecordedEvent } from '../../../domain/event-log/event-log.ts'
import { feltOfNumber } from '../../../domain/felt.ts'
import { type WorldId, worldStream } from '../../../domain/world-stream/facts.ts'
import { ingest } from '../../../ingest/ingester.testing.ts'
import type { ChangeFeed } from '../../../projections/engine/change-feed.ts'
import type { ProjectionStore } from '../../../projections/engine/projection-store.ts'
import { createProjector } from '../../../projections/engine/projector.ts'
import { infiniteHexProjections } from '../../../projections/worlds/infinite-hex-adventurers/registry.ts'
import { createMemoryChangeFeed } from '../../memory/change-feed.ts'
import { createMemoryEventLog } from '../../memory/event-log.testing.ts'
import { type TestDatabase, testDatabase } from '../../postgres/database.testing.ts'
import { createPostgresEventLog } from '../../postgres/event-log/event-log.ts'
import { APPEND } from '../../postgres/event-log/rows.ts'
import { migrateEventLog } from '../../postgres/event-log/schema.ts'
import { createProjectionStore } from '../../postgres/read-models/projection-store.ts'
import {
  contentsOf,
  observedPool,
  projectToEnd,
} from '../../postgres/read-models/read-models.testing.ts'
import { ensureReadModels } from '../../postgres/read-models/schema.ts'
import { playedChain } from './played-chain.testing.ts'

/** Of the seeds tried, one whose players do most kinds of things in few blocks. */
const SEED = 8
const chain = playedChain({ seed: SEED, plays: 22 })
const blocksWithEvents = chain.blocks.filter(({ transactions }) => transactions.length > 0).length
const lastBlock = chain.blocks.length - 1

/** Some blocks are larger: they are appended in parts, so that a crash can leave half a block. */
const BLOCK_BYTES_MAX = 5_000

/**
 * The process dies at each of so many statements; at every one in the soak, which sets the variable.
 */
const STRIDE_STATEMENTS = process.env.CHRONOHEX_TEST_EVERY_STATEMENT === undefined ? 3 : 1

/** No run has as many; it keeps a run that never survives from going on for ever. */
const STATEMENTS_MAX = 1_000

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase('pglite')
  await migrateEventLog(database.pool)
})
afterAll(() => database.close())

/** Worlds that differ in nothing but their identity share the chain and the database. */
const worldOf = (number: number): WorldId => ({
  chainId: chain.chainId,
  address: feltOfNumber(number),
})

/**
 * One life of the process, started as the app starts it; ends once all is caught up. Rejects with
 * what killed it.
 */
const live = async (pool: Pool, world: WorldId, end: number): Promise<void> => {
  const place = await ensureReadModels(pool, world, infiniteHexProjections)
  const log = createPostgresEventLog(pool)
  const writer = await log.becomeWriter()
  const feed = createMemoryChangeFeed()
  const projector = createProjector({
    log,
    stream: worldStream(world),
    store: createProjectionStore(pool, place, infiniteHexProjections),
    feed,
  })
  const stop = new AbortController()
  const ingesting = ingest(chain, {
    log: writer,
    world,
    blockBytesMax: BLOCK_BYTES_MAX,
    onHead: projector.offerHead,
  })
  const watched = createProjectionStore(database.pool, place, infiniteHexProjections)
  const watching = caughtUp(watched, feed, end, stop.signal)
  const ended = await Promise.allSettled([
    ingesting,
    Promise.all([ingesting, watching]).finally(() => stop.abort()),
    projector.run(stop.signal).finally(() => stop.abort()),
  ])
  await log.close()
  for (const outcome of ended) if (outcome.status === 'rejected') throw outcome.reason
}

/**
 * Resolves when the read models hold the log up to `end` and their head is the chain's, or when the
 * signal aborts.
 */
const caughtUp = async (
  store: ProjectionStore,
  feed: ChangeFeed,
  end: number,
  signal: AbortSignal,
): Promise<void> => {
  const isThere = async (): Promise<boolean> => {
    const { position, head } = await store.progress()
    return position === end && head?.number === lastBlock
  }
  const notices = feed.subscribe(signal)
  if (await isThere()) return
  for await (const _ of notices) if (await isThere()) return
}

/**
 * Where a process dies: before its statement with this index reaches the database, or before the
 * answer reaches it.
 */
type Death = Readonly<{ at: 'before' | 'after'; index: number }>

class Died extends FatalError {
  override name = 'Died'
}

/**
 * A pool whose process dies as told: from then on nothing that it asks is answered. `diedAt`: the
 * statement, or null.
 */
const mortalPool = ({ at, index }: Death) => {
  let last: string | null = null
  const pool = observedPool(database.pool, (call, when) => {
    if (call.index === index && when === at) last = call.text
    if (last !== null) throw new Died(`${at} statement ${index}: ${last}`)
  })
  return { pool, diedAt: (): string | null => last }
}

/**
 * Lives until that death, then again until all is caught up. Gives the statement of the death; null
 * if it never came. The log's poll may meet it when all is done, and then no failure is left to
 * see.
 */
const dieAndRestart = async (death: Death, world: WorldId, end: number): Promise<string | null> => {
  const { pool, diedAt } = mortalPool(death)
  try {
    await live(pool, world, end)
  } catch (error) {
    if (!(error instanceof Died)) throw error
  }
  await live(database.pool, world, end)
  return diedAt()
}

type LoggedEvent = Pick<RecordedEvent, 'id' | 'type' | 'data' | 'meta' | 'revision'>

const loggedOf = async (
  log: Pick<EventLog, 'readStream'>,
  world: WorldId,
): Promise<LoggedEvent[]> => {
  const events: LoggedEvent[] = []
  for await (const page of log.readStream(worldStream(world)))
    events.push(
      ...page.map(({ id, type, data, meta, revision }) => ({ id, type, data, meta, revision })),
    )
  return events
}

/** The log of the world as ingest writes it into memory when nothing happens to it. */
const unharmedLog = async (world: WorldId): Promise<LoggedEvent[]> => {
  const log = createMemoryEventLog()
  await ingest(chain, { log, world })
  return loggedOf(log, world)
}

/**
 * Every row and version: as they stand, and as the same log gives them in tables that were empty.
 */
const readModelsOf = async (world: WorldId) => {
  const { pool } = database
  const place = await ensureReadModels(pool, world, infiniteHexProjections)
  const anew = await ensureReadModels(pool, world, infiniteHexProjections, 'replayed')
  await projectToEnd({ pool, place: anew, log: createPostgresEventLog(pool), world })
  return { live: await contentsOf(pool, place), replayed: await contentsOf(pool, anew) }
}

test.each([
  ['before it is executed', 'before', 1, 0],
  ['after it is executed', 'after', 1 + STATEMENTS_MAX, STRIDE_STATEMENTS >> 1],
] as const)(
  `the process may die at any statement, %s: a restart completes log and read models (seed ${SEED})`,
  async (_, at, firstWorld, firstIndex) => {
    const unharmed = worldOf(firstWorld)
    const end = (await unharmedLog(unharmed)).length - 1
    const statements: string[] = []
    const watched = observedPool(database.pool, ({ text }, when) => {
      if (when === 'before') statements.push(text)
    })
    await live(watched, unharmed, end)
    const expected = (await readModelsOf(unharmed)).live
    const deaths: string[] = []
    for (let index = firstIndex; index < STATEMENTS_MAX - 1; index += STRIDE_STATEMENTS) {
      const world = worldOf(firstWorld + 1 + index)
      const died = await dieAndRestart({ at, index }, world, end)
      const where = `died ${at} statement ${index}: ${died}`

      const logged = await loggedOf(createPostgresEventLog(database.pool), world)
      expect(logged.map(({ revision }) => revision)).toEqual([...logged.keys()])
      expect(new Set(logged.map(({ id }) => id)).size, where).toBe(logged.length)
      expect(logged, where).toEqual(await unharmedLog(world))
      const { live: rows, replayed } = await readModelsOf(world)
      expect(rows, where).toEqual(replayed)
      expect(rows, where).toEqual(expected)

      if (died === null) break
      deaths.push(died)
    }
    const times = (all: readonly string[], one: string) => all.filter((text) => text === one).length
    for (const [all, stride] of [
      [statements, 1],
      [deaths, STRIDE_STATEMENTS],
    ] as const) {
      expect(times(all, APPEND)).toBeGreaterThan(blocksWithEvents / stride)
      expect(times(all, 'COMMIT')).toBeGreaterThan(1 / stride)
    }
    expect(deaths.length).toBeLessThan(STATEMENTS_MAX - 1)
  },
)
