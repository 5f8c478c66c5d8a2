/**
 * A stopped system's data folder, opened for examination: is the log exactly what the chain says,
 * are the read models exactly what the log says, and are they what the contracts say?
 */
import { createHash } from 'node:crypto'
import type { RecordedEvent } from '../../../domain/event-log/event-log.ts'
import { NEVER } from '../../../domain/waiting/pause.ts'
import { type WorldId, worldStream } from '../../../domain/world-stream/facts.ts'
import { infiniteHexAdventurers } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { createIngester } from '../../../ingest/ingester.ts'
import { infiniteHexProjections } from '../../../projections/worlds/infinite-hex-adventurers/registry.ts'
import { createWorldDecoder } from '../../../schemas/worlds/decode.ts'
import { createMemoryEventLog } from '../../memory/event-log.testing.ts'
import { startPglite } from '../../pglite/pglite.ts'
import { createPostgresEventLog } from '../../postgres/event-log/event-log.ts'
import { migrateEventLog } from '../../postgres/event-log/schema.ts'
import { createPool } from '../../postgres/pool.ts'
import { contentsOf, projectToEnd } from '../../postgres/read-models/read-models.testing.ts'
import {
  dropReadModels,
  ensureReadModels,
  type ReadModelPlace,
} from '../../postgres/read-models/schema.ts'
import { createStoredModels } from '../../postgres/read-models/stored-models.ts'
import { dataLayout } from '../../run/data-layout.ts'
import { startSandbox } from '../../sandbox/sandbox.ts'
import { createJsonRpcClient } from '../../starknet/json-rpc-client.ts'
import { createRpcSource } from '../../starknet/rpc-source.ts'
import { nodeCalls } from '../verify/node-calls.ts'
import { type VerifyReport, verifyReadModels } from '../verify/verify.ts'

const { worldAddress: address, namespace } = infiniteHexAdventurers

export type StoredWorld = Readonly<{
  pool: ReturnType<typeof createPool>
  place: ReadModelPlace
  /**
   * What is wrong with the log: gaps, duplicates, anything that the chain does not say or that is
   * missing.
   */
  logFaults: () => Promise<readonly string[]>
  /** Names of the tables that differ from a projection of the whole log into new tables. */
  tablesUnlikeReplay: () => Promise<readonly string[]>
  /**
   * Every projected row against the World's `entities` view. Meaningful when the read models
   * reached the chain's head.
   */
  compareWithContracts: () => Promise<VerifyReport>
  /** Types of the world's events, with one event of each, and all events of the types asked for. */
  events: () => Promise<readonly RecordedEvent[]>
  close: () => Promise<void>
}>

const allEvents = async (
  pages: AsyncIterable<readonly RecordedEvent[]>,
): Promise<RecordedEvent[]> => {
  const events: RecordedEvent[] = []
  for await (const page of pages) events.push(...page)
  return events
}

const digestOf = ({ id, type, data, meta, revision }: RecordedEvent): string =>
  createHash('sha256')
    .update(JSON.stringify([revision, id, type, data, meta]))
    .digest('hex')

/** Ingests the chain up to the block where the log ends, into memory. */
const ingestAnew = async (
  rpcUrl: string,
  world: WorldId,
  end: number,
): Promise<readonly RecordedEvent[]> => {
  const log = createMemoryEventLog()
  const done = new AbortController()
  const ingester = createIngester({
    source: createRpcSource({
      client: createJsonRpcClient({ url: rpcUrl }),
      worldAddress: world.address,
    }),
    log,
    world,
    decode: createWorldDecoder(infiniteHexAdventurers),
    onHead: ({ position }) => {
      if (position >= end) done.abort()
    },
  })
  await ingester.run(done.signal)
  return allEvents(log.readStream(worldStream(world)))
}

const logFaultsOf = (
  stored: readonly RecordedEvent[],
  anew: readonly RecordedEvent[],
): string[] => {
  const faults = stored.flatMap(({ revision }, at) =>
    revision === at ? [] : [`position ${at} holds revision ${revision}`],
  )
  const ids = new Set(stored.map(({ id }) => id))
  if (ids.size !== stored.length)
    faults.push(`${stored.length - ids.size} events stand in the log twice`)
  const differing = stored.filter((event, at) => {
    const other = anew[at]
    return other === undefined || digestOf(other) !== digestOf(event)
  })
  if (differing.length > 0)
    faults.push(
      `${differing.length} events are not what the chain says, first ${differing[0]?.revision}`,
    )
  return faults
}

/** Opens what a system left behind. Nothing else may use the folder meanwhile. */
export const openStoredWorld = async (dataFolder: string): Promise<StoredWorld> => {
  const layout = dataLayout(dataFolder)
  const [pglite, sandbox] = await Promise.all([
    startPglite({ dataFolder: layout.databaseFolder }),
    startSandbox({
      dataFile: layout.chainFile,
      rpcPort: 0,
      blockTimeMs: null,
      seed: null,
      botAccounts: 0,
    }),
  ])
  const pool = createPool(pglite.connection)
  await migrateEventLog(pool)
  const log = createPostgresEventLog(pool)
  const world: WorldId = { chainId: sandbox.chainId, address: sandbox.worldAddress }
  const projections = infiniteHexProjections
  const place = await ensureReadModels(pool, world, projections)
  const definition = infiniteHexAdventurers
  const storedModels = createStoredModels({ pool, place, definition, projections })
  const rpc = createJsonRpcClient({ url: sandbox.rpcUrl })
  const events = () => allEvents(log.readStream(worldStream(world)))

  return {
    pool,
    place,
    events,
    logFaults: async () => {
      const stored = await events()
      return logFaultsOf(stored, await ingestAnew(sandbox.rpcUrl, world, stored.length - 1))
    },
    tablesUnlikeReplay: async () => {
      const prefix = 'replayed'
      await dropReadModels(pool, projections, prefix)
      const replayed = await ensureReadModels(pool, world, projections, prefix)
      // What a restart does first: go on from the checkpoint.
      await projectToEnd({ pool, place, log, world })
      await projectToEnd({ pool, place: replayed, log, world })
      const [live, anew] = [await contentsOf(pool, place), await contentsOf(pool, replayed)]
      await dropReadModels(pool, projections, prefix)
      return Object.keys(live).filter(
        (table) => JSON.stringify(live[table]) !== JSON.stringify(anew[table]),
      )
    },
    compareWithContracts: () =>
      verifyReadModels({
        world: { address, namespace },
        call: nodeCalls(rpc, 'latest', NEVER),
        models: storedModels.models,
        projectedRows: storedModels.rowsOf,
      }),
    close: async () => {
      await log.close()
      await pool.end()
      await Promise.all([pglite.close(), sandbox.close()])
    },
  }
}
