/**
 * A running system for `readers.bench.ts`, in a process of its own so that it can be kept to one
 * core: a world that was played before, its API, and a chain that goes on at a steady rate, each
 * block appended when its time has come. For each `measure` that the parent sends, it tells how many
 * milliseconds each block took from then to the read models.
 *
 * Arguments: what Settings has, as JSON.
 */
import { createApi } from '../../../api/api.ts'
import { infiniteHexApi } from '../../../api/graphql/worlds/infinite-hex-adventurers/world-api.ts'
import { serveApi } from '../../../api/http/server.ts'
import { createWriteSide } from '../../../commands/write-side.testing.ts'
import type { NewEvent } from '../../../domain/event-log/event-log.ts'
import { urgently } from '../../../domain/waiting/give-way.ts'
import { NEVER, pause } from '../../../domain/waiting/pause.ts'
import { BLOCK_INGESTED, worldStream } from '../../../domain/world-stream/facts.ts'
import { createProjector } from '../../../projections/engine/projector.ts'
import { infiniteHexProjections as projections } from '../../../projections/worlds/infinite-hex-adventurers/registry.ts'
import { createWorldReads } from '../../../projections/worlds/infinite-hex-adventurers/world-reads.ts'
import { createMemoryChangeFeed } from '../../memory/change-feed.ts'
import { startPglite } from '../../pglite/pglite.ts'
import { createPostgresEventLog } from '../../postgres/event-log/event-log.ts'
import { migrateEventLog } from '../../postgres/event-log/schema.ts'
import { createPool } from '../../postgres/pool.ts'
import { createProjectionStore } from '../../postgres/read-models/projection-store.ts'
import { createReadPool } from '../../postgres/read-models/read-pool.ts'
import { ensureReadModels } from '../../postgres/read-models/schema.ts'
import { playedWorld } from './played-world.testing.ts'

export type Settings = Readonly<{
  /** Folder of an embedded database, or the URL of a server. */
  folder: string | null
  url: string | null
  eventsBefore: number
  eventsPerSecond: number
}>

export type Told =
  | Readonly<{ url: string }>
  | Readonly<{ latenciesMs: readonly number[]; failure: string | null }>

/** Room for the blocks of all measures. */
const BLOCKS_AFTER_MAX = 1_000
const EVENTS_PER_BLOCK_MAX = 60
const WORLD = { chainId: '0x42454e4348', address: '0x1' } as const
const EVENTS_PER_APPEND = 1_000

const start = async (settings: Settings): Promise<void> => {
  const { folder, url, eventsBefore, eventsPerSecond } = settings
  const place = url ?? (await startPglite({ dataFolder: folder ?? '' })).connection
  const pool = createPool(place)
  const readers = createPool(place, { isForReaders: true })
  await migrateEventLog(pool)
  const log = createPostgresEventLog(pool)
  const writer = await log.becomeWriter()
  const stream = worldStream(WORLD)
  const readModels = await ensureReadModels(pool, WORLD, projections)
  const feed = createMemoryChangeFeed()
  const projector = createProjector({
    log,
    stream,
    store: createProjectionStore(pool, readModels, projections),
    feed,
  })
  const reads = createWorldReads({
    pool: createReadPool(readers, readModels, projections),
    world: WORLD,
    logHead: () => log.head(stream),
  })
  const played = playedWorld(eventsBefore + BLOCKS_AFTER_MAX * EVENTS_PER_BLOCK_MAX, stream)
  let events = played
    .splice(0)
    .map(({ id, type, data, meta }): NewEvent => ({ id, type, data, meta }))
  const firstBlock = events.findIndex(
    ({ type }, at) => at >= eventsBefore && type === BLOCK_INGESTED,
  )
  let revision = -1
  const append = async (some: readonly NewEvent[]): Promise<void> => {
    await writer.append(stream, revision < 0 ? 'no-stream' : revision, some)
    revision += some.length
  }
  void projector.run(NEVER)
  for (let at = 0; at < firstBlock; at += EVENTS_PER_APPEND)
    await append(events.slice(at, Math.min(firstBlock, at + EVENTS_PER_APPEND)))
  while (projector.position() !== revision) await pause(10, NEVER)
  await pool.query('VACUUM ANALYZE')
  events = events.slice(firstBlock) // what is held here would make every collection of garbage longer

  const { gate } = createWriteSide()
  const api = createApi({
    reads,
    feed,
    gate,
    world: infiniteHexApi,
    operatorToken: 'none',
    report: (message, error) => process.stderr.write(`${message}: ${String(error)}\n`),
  })
  const server = await serveApi(api, { port: 0, host: '127.0.0.1' })

  const nextBlock = (): readonly NewEvent[] => {
    const end = events.findIndex(({ type }, at) => at > 0 && type === BLOCK_INGESTED)
    return events.splice(0, end)
  }
  let onReached: () => void = () => {}
  /** Resolves when the read models are at the position. */
  const reached = async (position: number): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>()
    onReached = () => {
      if ((projector.position() ?? -1) >= position) resolve()
    }
    onReached()
    await promise
  }
  const follow = async (): Promise<void> => {
    for await (const _ of feed.subscribe(NEVER)) onReached()
  }
  void follow()

  /** Milliseconds from when each of so many blocks was due to its read models. */
  const measure = async (blocks: number): Promise<readonly number[]> => {
    const latenciesMs: number[] = []
    let dueMs = performance.now()
    for (let measured = 0; measured < blocks; measured += 1) {
      const block = nextBlock()
      dueMs += (block.length / eventsPerSecond) * 1_000
      await pause(Math.max(0, dueMs - performance.now()), NEVER)
      const fromMs = performance.now()
      await urgently(() => append(block)) // as ingest does
      await reached(revision)
      latenciesMs.push(performance.now() - Math.min(fromMs, dueMs))
    }
    return latenciesMs
  }

  process.on('message', ({ blocks }: Readonly<{ blocks: number }>) => {
    measure(blocks).then(
      (latenciesMs) => tell({ latenciesMs, failure: null }),
      (error: unknown) => tell({ latenciesMs: [], failure: String(error) }),
    )
  })
  process.on('disconnect', () => process.exit(0))
  tell({ url: `http://127.0.0.1:${server.port}/graphql` })
}

const tell = (told: Told): void => void process.send?.(told)

await start(JSON.parse(process.argv[2] ?? '{}') as Settings) // as the parent writes them
