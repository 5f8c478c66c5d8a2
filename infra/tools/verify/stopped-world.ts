/**
 * The world of a system that is not running, beside a node of its chain: the read models of a data
 * folder, and the contracts as they were at the very block that these have reached.
 */
import { existsSync } from 'node:fs'
import { FatalError, RetryableError } from '../../../domain/errors.ts'
import { persistently } from '../../../domain/waiting/persistently.ts'
import { type WorldId, worldStream } from '../../../domain/world-stream/facts.ts'
import type { Head } from '../../../domain/world-stream/head.ts'
import type { WorldDefinition } from '../../../domain/worlds/definition.ts'
import type { BlockHeader, ChainSource } from '../../../ingest/sources/chain-source.ts'
import type { Projection } from '../../../projections/engine/projection.ts'
import { createProjectionStore } from '../../postgres/read-models/projection-store.ts'
import { findReadModels } from '../../postgres/read-models/schema.ts'
import { createStoredModels, type StoredModels } from '../../postgres/read-models/stored-models.ts'
import { type DataLayout, dataLayout } from '../../run/data-layout.ts'
import { openEmbeddedDatabase } from '../../run/embedded-database.ts'
import { createShutdown, type Shutdown } from '../../run/shutdown.ts'
import { startSandbox } from '../../sandbox/sandbox.ts'
import { createJsonRpcClient } from '../../starknet/json-rpc-client.ts'
import { createRpcSource } from '../../starknet/rpc-source.ts'
import type { CallView } from './contract-rows.ts'
import { nodeCalls } from './node-calls.ts'

/** Which world, and which node is to be asked about it. */
export type StoppedWorldPlace = Readonly<{
  dataFolder: string
  /** A node of the world's chain; null: the sandbox chain in the same folder. */
  nodeUrl: string | null
}>

/** Read models and contracts at one block. */
export type StoppedWorld = Readonly<{
  readModels: StoredModels
  /** The newest block that the read models cover. */
  head: Head
  /** Asks the node for the state after that block. */
  call: CallView
  close: () => Promise<void>
}>

/** What is looked for, and what gives the opening and later calls up. */
export type StoppedWorldOptions = Readonly<{
  game: Readonly<{ definition: WorldDefinition; projections: readonly Projection[] }>
  signal: AbortSignal
}>

const STOP_STEP_MS_MAX = 5_000
/** A tool does not wait for a node that is away; its user can. */
const NODE_FAILURES_MAX = 3

/**
 * Opens the folder's database and reaches the node. Throws FatalError where there is nothing to
 * compare, or a chain that is not the read models'; RetryableError where the node is out of reach
 * or has not come so far; `DataFolderInUse` while the system runs.
 */
export const openStoppedWorld = async (
  { dataFolder, nodeUrl }: StoppedWorldPlace,
  options: StoppedWorldOptions,
): Promise<StoppedWorld> => {
  const layout = dataLayout(dataFolder)
  if (!existsSync(layout.databaseFolder)) throw new FatalError(`There is no world in ${dataFolder}`)
  const shutdown = createShutdown({ stepMsMax: STOP_STEP_MS_MAX })
  const close = async (): Promise<void> => {
    const faults = await shutdown.close()
    if (faults.length > 0) throw new FatalError(`Closing ${dataFolder}: ${faults.join('; ')}`)
  }
  try {
    return { ...(await join(layout, nodeUrl, shutdown, options)), close }
  } catch (error) {
    await shutdown.close()
    throw error
  }
}

const join = async (
  layout: DataLayout,
  nodeUrl: string | null,
  shutdown: Shutdown,
  { game, signal }: StoppedWorldOptions,
): Promise<Omit<StoppedWorld, 'close'>> => {
  const { definition, projections } = game
  const pool = await openEmbeddedDatabase(layout, shutdown)
  const rpc = createJsonRpcClient({ url: nodeUrl ?? (await serveOwnChain(layout, shutdown)) })
  const source = createRpcSource({ client: rpc, worldAddress: definition.worldAddress })
  const chainId = await asked(() => source.chainId(signal), signal)
  const world: WorldId = { chainId, address: definition.worldAddress }
  const place = await findReadModels(pool, world, projections)
  if (place === null) {
    throw new FatalError(
      `${layout.folder} holds no read models of ${worldStream(world)}, the world of this node, in the versions of this program`,
    )
  }
  const { head, building } = await createProjectionStore(pool, place, projections).progress()
  if (head === null) throw new FatalError(`The read models in ${layout.folder} hold no block yet`)
  if (building.length > 0) {
    const names = building.map(({ projection }) => projection.name).join(', ')
    throw new FatalError(
      `The read models in ${layout.folder} are not whole: ${names} is still being built. Start the system until it is ready`,
    )
  }
  await expectBlock(source, head, signal)
  return {
    readModels: createStoredModels({ pool, place, definition, projections }),
    head,
    call: nodeCalls(rpc, { block_hash: head.hash }, signal),
  }
}

/** Serves the folder's own sandbox chain, which makes no blocks meanwhile; resolves with its URL. */
const serveOwnChain = async ({ folder, chainFile }: DataLayout, shutdown: Shutdown) => {
  if (!existsSync(chainFile)) {
    throw new FatalError(`${folder} holds no sandbox chain: name a node of its chain (--against)`)
  }
  const sandbox = await startSandbox({
    dataFile: chainFile,
    rpcPort: 0,
    blockTimeMs: null,
    seed: null,
    botAccounts: 0,
  })
  shutdown.add('sandbox chain', sandbox.close)
  return sandbox.rpcUrl
}

const asked = <T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> =>
  persistently(ask, signal, { failuresMax: NODE_FAILURES_MAX })

const expectBlock = async (
  source: ChainSource,
  { number, hash }: Head,
  signal: AbortSignal,
): Promise<void> => {
  const header: BlockHeader | null = await asked(() => source.header(number, signal), signal)
  if (header === null) {
    throw new RetryableError(`The node has no block ${number}, which the read models have reached`)
  }
  if (header.hash !== hash) {
    throw new FatalError(
      `Block ${number} of the node is ${header.hash}, and that of the read models is ${hash}: they are of two chains`,
    )
  }
}
