/**
 * A server that plays Torii 1.8 for clients of the sandbox, and not a client of Torii: it keeps an
 * index of the sandbox's chain in a real SQLite file and serves it as GraphQL and SQL. It behaves
 * as Torii does in its order, its page size, its ids and what it leaves out (torii-and-starknet.md
 * §1, §2); each of Torii's further defects can be switched on by itself. It is no part of the
 * engine, which reads the chain.
 */
import path from 'node:path'
import type { Clock } from '../../../domain/clock.ts'
import type { WorldDefinition } from '../../../domain/worlds/definition.ts'
import type { BlockFeed } from './block-feed.ts'
import { type Change, createBlockWriter } from './block-writer.ts'
import { createChangeBroker } from './change-broker.ts'
import { createBudget, REQUEST_ROWS_MAX } from './graphql/budget.ts'
import type { ToriiContext } from './graphql/context.ts'
import { createToriiSchema } from './graphql/schema.ts'
import { graphqlResult } from './http-body.ts'
import { startToriiServer } from './http-server.ts'
import { createIndexFolder } from './index-folder.ts'
import { createIndexReader } from './index-reader.ts'
import { startIndexer } from './indexer.ts'
import { operationRequestOf, runOperation } from './operations.ts'
import { NO_DEFECTS, type ToriiOptions } from './options.ts'
import { type ToriiWorld, toriiWorldOf } from './records.ts'
import { createSqlRunner, type SqlLimits } from './sql-runner.ts'
import { createIndexFile, openForReading } from './tables.ts'
import { createToriiSocket } from './web-socket.ts'

export type ToriiParts = Readonly<{
  definition: WorldDefinition
  feed: BlockFeed
  clock: Clock
  /** Told of what ends the indexer: a full disk, a bug. */
  onFailure: (error: unknown) => void
  /** How long a statement of /sql may run, and wait for its turn: 10 s each by default. */
  sqlLimits?: Partial<SqlLimits>
  /** Longest time of a GraphQL request, default 10 s. */
  requestMsMax?: number
  /** Time from a registration until the schema includes it; default 1 s, as in Torii. */
  rebuildMs?: number
}>

export type RunningTorii = Readonly<{
  /**
   * `http://127.0.0.1:<port>`; GraphQL is at /graphql, its WebSocket at /graphql/ws, SQL at /sql.
   */
  url: string
  port: number
  /** Resolves once this block, and all before it, can be queried. */
  indexed: (block: number) => Promise<void>
  /** Stops serving and deletes the index. */
  close: () => Promise<void>
}>

/** The index file, in a folder of its own that is removed with it. */
const openIndex = (parts: ToriiParts) => {
  const folder = createIndexFolder()
  const file = path.join(folder.path, 'torii.db')
  const world = toriiWorldOf(parts.definition)
  const database = createIndexFile(file, world)
  const readable = openForReading(file)
  return {
    file,
    world,
    database,
    reader: createIndexReader(readable, world),
    close: () => {
      readable.close()
      database.close()
      folder.remove()
    },
  }
}

type Index = ReturnType<typeof openIndex>

const REBUILD_MS = 1_000

/**
 * The GraphQL schema of everything that was registered when it was last built. As in Torii, it is
 * rebuilt some time after a registration, once for all registrations in between; then `onRebuilt`
 * is called.
 */
const rebuiltSchema = (world: ToriiWorld, rebuildMs: number, onRebuilt: () => void) => {
  let schema = createToriiSchema(world)
  let timer: NodeJS.Timeout | null = null
  const rebuild = (): void => {
    timer = null
    schema = createToriiSchema(world)
    onRebuilt()
  }
  return {
    now: () => schema,
    onChanges: (changes: readonly Change[]): void => {
      if (timer === null && changes.some(({ topic }) => topic === 'model'))
        timer = setTimeout(rebuild, rebuildMs)
    },
    stop: (): void => clearTimeout(timer ?? undefined),
  }
}

const serve = async (
  index: Index,
  options: ToriiOptions,
  parts: ToriiParts,
): Promise<RunningTorii> => {
  const { clock, feed, onFailure, rebuildMs = REBUILD_MS, requestMsMax, sqlLimits } = parts
  const { file, world, database, reader } = index
  const defects = { ...NO_DEFECTS, ...options.defects }
  const broker = createChangeBroker()
  const schema = rebuiltSchema(world, rebuildMs, () => sockets.cut('The schema was rebuilt'))
  const createContext = (): ToriiContext => ({
    reader,
    broker,
    defects,
    budget: createBudget(clock.nowMs, REQUEST_ROWS_MAX, requestMsMax),
  })
  const sql = options.sql === false ? null : createSqlRunner(file, sqlLimits)
  const sockets = createToriiSocket({ schema: schema.now, createContext, onFailure })
  const server = await startToriiServer({
    port: options.port,
    sql,
    handleUpgrade: sockets.handleUpgrade,
    graphql: async (body) => {
      const request = operationRequestOf(body)
      return request === null
        ? null
        : graphqlResult(await runOperation(schema.now(), createContext(), request))
    },
  })
  const historical = new Set(options.historical)
  const writer = createBlockWriter(database, world, {
    rawEvents: options.rawEvents ?? false,
    transactions: options.transactions ?? false,
    historical,
    defects,
    clock,
    isWatched: broker.isWatched,
  })
  const publish = (changes: readonly Change[]): void => {
    broker.publish(changes)
    schema.onChanges(changes)
  }
  const preConfirmed = options.preConfirmed ?? true
  const indexer = startIndexer({
    database,
    writer,
    feed,
    preConfirmed,
    defects,
    historical,
    publish,
    onFailure,
  })
  return {
    url: server.url,
    port: server.port,
    indexed: indexer.indexed,
    close: async () => {
      await indexer.close()
      schema.stop()
      broker.close()
      await sockets.close()
      await server.close()
      await sql?.close()
      index.close()
    },
  }
}

/**
 * Starts a Torii on 127.0.0.1; it indexes the chain from block 0 on. Rejects with FatalError when
 * the port is taken.
 */
export const startTorii = async (
  options: ToriiOptions,
  parts: ToriiParts,
): Promise<RunningTorii> => {
  const index = openIndex(parts)
  try {
    return await serve(index, options, parts)
  } catch (error) {
    index.close()
    throw error
  }
}
