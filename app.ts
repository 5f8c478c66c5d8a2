/**
 * The composition root: the only place where adapters are made and joined. Reads top to bottom as
 * the system starts: the data folder, the chain and the database, the log, ingest, read models,
 * commands, the API, the bots.
 */
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { headAskedFor } from './agents/ask.ts'
import { runGuests } from './agents/runner.ts'
import { createUtilityBots } from './agents/worlds/infinite-hex-adventurers/bots.ts'
import { type Api, createApi } from './api/api.ts'
import { createClient } from './api/client/client.ts'
import { createDashboard, type Dashboard } from './api/dashboard/bundle.ts'
import { infiniteHexApi } from './api/graphql/worlds/infinite-hex-adventurers/world-api.ts'
import { type ApiServer, serveApi } from './api/http/server.ts'
import { createStaticFiles } from './api/http/static-files.ts'
import type { CommandGate } from './commands/command-gate.ts'
import { createPendingCommands } from './commands/pending.ts'
import { runCommands } from './commands/runner.ts'
import { createCommandGate } from './commands/submit.ts'
import type { EventLog } from './domain/event-log/event-log.ts'
import type { Felt } from './domain/felt.ts'
import { SANDBOX_CHAIN_ID } from './domain/sandbox-chain.ts'
import { createOutages, type Outages, reportingRarely } from './domain/waiting/outage.ts'
import { type WorldId, worldStream } from './domain/world-stream/facts.ts'
import { infiniteHexAdventurers } from './domain/worlds/infinite-hex-adventurers/definition.ts'
import { createGraphqlActor } from './infra/agents/graphql-actor.ts'
import { waitingAloud } from './infra/event-log/open-event-log.ts'
import { createMemoryChangeFeed } from './infra/memory/change-feed.ts'
import { createHeadFeed, type HeadFeed } from './infra/memory/head-feed.ts'
import { createProjectionStore } from './infra/postgres/read-models/projection-store.ts'
import { createReadPool } from './infra/postgres/read-models/read-pool.ts'
import type { Config } from './infra/run/config.ts'
import { type DataLayout, dataLayout } from './infra/run/data-layout.ts'
import {
  type Endpoints,
  endpointsOf,
  removeEndpoints,
  writeEndpoints,
} from './infra/run/endpoints.ts'
import { exposureOf, hostNamesOf } from './infra/run/exposure.ts'
import { holdDataFolder } from './infra/run/hold-folder.ts'
import { ingestTold, pollMsOf, runIngest } from './infra/run/ingest-loop.ts'
import { type OpenedWorld, openWorld } from './infra/run/open-world.ts'
import { operatorToken } from './infra/run/operator-token.ts'
import { expectFreePorts } from './infra/run/ports.ts'
import { processMetrics } from './infra/run/process-metrics.ts'
import { whenReady } from './infra/run/ready.ts'
import { allStarted, type Run, runLoop, type Started, startParts } from './infra/run/start.ts'
import { beginWorld } from './infra/run/start-over.ts'
import { type RunningSandbox, startSandbox } from './infra/sandbox/sandbox.ts'
import { createJsonRpcClient } from './infra/starknet/json-rpc-client.ts'
import { createRpcSource } from './infra/starknet/rpc-source.ts'
import { createTransactionSender } from './infra/starknet/transaction-sender.ts'
import { expectWholeChain } from './ingest/cursor.ts'
import { createIngester } from './ingest/ingester.ts'
import { createSourceWatch, type SourceWatch } from './ingest/source-watch.ts'
import type { ChainSource } from './ingest/sources/chain-source.ts'
import type { ChangeFeed } from './projections/engine/change-feed.ts'
import { createProjector, type Projector } from './projections/engine/projector.ts'
import { patientLogHead } from './projections/reads/log-head.ts'
import { infiniteHexProjections } from './projections/worlds/infinite-hex-adventurers/registry.ts'
import {
  createWorldReads,
  type WorldReads,
} from './projections/worlds/infinite-hex-adventurers/world-reads.ts'
import { upcastingLog } from './schemas/events/upcasting-log.ts'
import { createWorldDecoder } from './schemas/worlds/decode.ts'

export type { Endpoints } from './infra/run/endpoints.ts'

/** The game that this system plays; the tools beside it (main.ts) learn it from here. */
export const game = { definition: infiniteHexAdventurers, projections: infiniteHexProjections }

/** Commands of one account that may be under way at a time. */
const PENDING_COMMANDS_PER_ACCOUNT_MAX = 32
/** Accounts derived for bots at every start, so that fewer or more `--bots` find the same ones. */
const BOT_ACCOUNTS_MIN = 16
/** The whole stop is promised within 5 s (main.ts). */
const STOP_STEP_MS_MAX = 2_000
const STOP_MS_MAX = 4_500
/** The same bots play the same game in the same world. */
const BOT_SEED = 1

export type App = Started<
  Readonly<{
    endpoints: Endpoints
    /** Answers API requests without a socket. */
    fetch: Api['fetch']
    /** Accounts that bots may act with, those of `--bots` first. */
    botAccounts: readonly Felt[]
  }>
>

export type AppOptions = Readonly<{
  /** Told of each step of the start, and of trouble that will be tried again. */
  progress: (line: string) => void
  /** Gives the start up: it then rejects. No effect on what has started. */
  signal: AbortSignal
  /**
   * For tests: a block by `dev_generateBlock` alone, and no bots but those that the caller runs.
   */
  lockstep?: boolean
  /** For tests: the part of the log that is this system's own. */
  withinLog?: (log: EventLog) => EventLog
}>

/** The world that is followed and played, by all that is known of it. */
const GAME = {
  definition: infiniteHexAdventurers,
  projections: infiniteHexProjections,
  createReads: createWorldReads,
  api: infiniteHexApi,
  createBots: createUtilityBots,
}

/** The sandbox plays this one world. */
const WORLD: WorldId = { chainId: SANDBOX_CHAIN_ID, address: GAME.definition.worldAddress }

/** What the parts of a start hand on. */
type Start = Run &
  Readonly<{
    config: Config
    layout: DataLayout
    options: AppOptions
    outages: Outages
    token: string
  }>

const openChain = async ({
  config,
  layout,
  shutdown,
  options,
  fail,
}: Start): Promise<RunningSandbox> => {
  const sandbox = await startSandbox({
    dataFile: layout.chainFile,
    rpcPort: config.rpcPort,
    blockTimeMs: options.lockstep ? null : config.blockTimeMs,
    seed: config.seed,
    botAccounts: Math.max(BOT_ACCOUNTS_MIN, config.bots),
    ...(config.toriiPort === null ? {} : { torii: { port: config.toriiPort, rawEvents: true } }),
    onFailure: fail,
  })
  shutdown.add('sandbox chain', sandbox.close)
  options.progress(`The sandbox chain answers at ${sandbox.rpcUrl}`)
  if (sandbox.toriiUrl !== null) options.progress(`Torii answers at ${sandbox.toriiUrl}`)
  return sandbox
}

type Opened = OpenedWorld<RunningSandbox>

const sourceOf = ({ rpcUrl }: RunningSandbox): ChainSource =>
  createRpcSource({ client: createJsonRpcClient({ url: rpcUrl }), worldAddress: WORLD.address })

/** Chain, database and log of the data folder, which belong together. */
const openParts = (start: Start): Promise<Opened> =>
  openWorld({
    ...start,
    ...start.options,
    logUrl: start.config.log,
    world: WORLD,
    projections: GAME.projections,
    openChain: () => openChain(start),
    expectOwnLog: (log, chain) =>
      expectWholeChain({ source: sourceOf(chain), log, world: WORLD }, start.signal),
  })

type Followed = Readonly<{
  reads: WorldReads
  feed: ChangeFeed
  heads: HeadFeed
  projector: Projector
  watch: SourceWatch
}>

/**
 * Ingest and projector: the chain's facts into the log, the log into the read models; no start
 * mixes different ones.
 */
const followWorld = async (start: Start, { storage, place, chain }: Opened): Promise<Followed> => {
  const { outages, options } = start
  const { progress } = options
  const { pool, readers, log, becomeWriter } = storage
  const stream = worldStream(WORLD)
  const source = sourceOf(chain)
  const feed = createMemoryChangeFeed()
  const heads = createHeadFeed()
  const projector = createProjector({
    log,
    stream,
    store: createProjectionStore(pool, place, GAME.projections),
    feed,
    ...outages.of('Read models'),
    onBuilding: ({ name }, position, target) =>
      progress(`Building read model ${name}: ${position + 1} of ${target + 1} events`),
  })
  const watch = createSourceWatch({ source, reached: () => projector.head()?.number ?? null })
  const ingester = createIngester({
    source: sourceOf(chain),
    log: upcastingLog(await becomeWriter()),
    world: WORLD,
    decode: createWorldDecoder(GAME.definition),
    onHead: (head) => {
      projector.offerHead(head)
      heads.publish(head)
    },
    ...ingestTold(outages.of('Ingest'), watch),
    pollMs: pollMsOf(options.lockstep ? null : start.config.blockTimeMs),
  })
  runLoop(start, 'projector', projector.run)
  runLoop(start, 'ingest', (signal) => runIngest(ingester, watch, progress, signal))
  runLoop(start, 'source watch', watch.run)
  const readPool = createReadPool(readers, place, GAME.projections, start.shutdown.begun)
  const logHead = patientLogHead(() => log.head(stream))
  const reads = GAME.createReads({ pool: readPool, world: WORLD, logHead })
  return { reads, feed, heads, projector, watch }
}

/** The write side: what is asked for is recorded, signed, sent, and followed to its end. */
const openCommands = (
  start: Start,
  { storage: { log }, chain }: Opened,
  { heads }: Followed,
): CommandGate => {
  const pending = createPendingCommands(PENDING_COMMANDS_PER_ACCOUNT_MAX)
  const sender = createTransactionSender({
    rpc: createJsonRpcClient({ url: chain.rpcUrl }),
    chainId: chain.chainId,
    accounts: chain.accounts,
  })
  const shared = { log, definition: GAME.definition, pending }
  runLoop(start, 'commands', (signal) =>
    runCommands(
      {
        ...shared,
        worldStream: worldStream(WORLD),
        sender,
        heads,
        random: Math.random,
        outage: start.outages.of('Commands'),
      },
      signal,
    ),
  )
  return createCommandGate({
    ...shared,
    accounts: sender.accounts,
    places: pending.places,
    newId: randomUUID,
  })
}

type Serving = Readonly<{ api: Api; server: ApiServer }>

/** The API and the dashboard on their port. */
const serve = async (
  start: Start,
  followed: Followed,
  gate: CommandGate,
  dashboard: Dashboard,
): Promise<Serving> => {
  const { config, shutdown, token } = start
  const report = reportingRarely(start.outages, 'API')
  const api = createApi({
    ...followed,
    gate,
    world: GAME.api,
    operatorToken: token,
    source: followed.watch.state,
    report: (message, error) => {
      if (!shutdown.begun.aborted) report(message, error)
    },
    hostNames: hostNamesOf(config),
    origins: config.allowOrigins,
    dashboard: createStaticFiles(dashboard),
    registry: processMetrics(followed.projector),
  })
  const server = await serveApi(api, config)
  for (const line of exposureOf(config.host, server.port)) start.options.progress(line)
  shutdown.add('API', server.close)
  return { api, server }
}

/**
 * Bots play through the public API, as anybody could: in this process, so through its handler
 * instead of a socket.
 */
const playBots = (start: Start, botAccounts: readonly Felt[], { api, server }: Serving): void => {
  const accounts = botAccounts.slice(0, start.config.bots)
  if (accounts.length === 0 || start.options.lockstep) return
  const client = createClient({ url: server.graphqlUrl, token: start.token, fetch: api.fetch })
  const random = Math.random
  const act = createGraphqlActor(client, random)
  const bots = () => GAME.createBots({ ask: client.query, act, accounts, seed: BOT_SEED })
  const readHead = headAskedFor(client.query)
  const watching = { readHead, nowMs: Date.now, random, outage: start.outages.of('Bots') }
  runLoop(start, 'bots', (signal) => runGuests(bots, watching, signal))
  start.options.progress(`${accounts.length} bots play`)
}

const assemble = async (start: Start) => {
  const { config, layout, shutdown, options } = start
  removeEndpoints(layout.endpointsFile) // a killed process has left its own
  await beginWorld(layout, config, waitingAloud(start))
  const isNew = !existsSync(layout.databaseFolder)
  const doing = isNew ? 'Making a new world (usually ten seconds or less)' : 'Opening the world'
  options.progress(`${doing} in ${layout.folder}`)
  const dashboard = createDashboard({ cacheFolder: layout.dashboardCacheFolder })
  const [opened] = await allStarted(start, [openParts(start), dashboard])
  const { chain } = opened
  const followed = await followWorld(start, opened)
  const gate = openCommands(start, opened, followed)
  const serving = await serve(start, followed, gate, await dashboard)
  options.progress('Catching up with the chain')
  await whenReady(serving.api.missing, followed.watch, options.signal)
  options.signal.throwIfAborted()
  const botAccounts = chain.accounts
    .filter(({ role }) => role === 'bot')
    .map(({ address }) => address)
  playBots(start, botAccounts, serving)
  const endpoints = endpointsOf(start, chain, serving.server)
  writeEndpoints(layout.endpointsFile, endpoints)
  shutdown.add('endpoints file', () => removeEndpoints(layout.endpointsFile))
  return { endpoints, fetch: serving.api.fetch, botAccounts }
}

/**
 * Starts everything and resolves when it is ready. Rejects with a FatalError whose message is for
 * the user when a part cannot start (a taken port, a data folder in use or damaged); what had
 * started is then stopped again.
 */
export const startApp = (config: Config, options: AppOptions): Promise<App> => {
  const layout = dataLayout(config.dataFolder)
  const { signal } = options
  return startParts({ signal, stepMsMax: STOP_STEP_MS_MAX, msMax: STOP_MS_MAX }, async (run) => {
    holdDataFolder(layout, run.shutdown)
    await expectFreePorts(config)
    const token = operatorToken(layout.tokenFile)
    const outages = createOutages(options.progress)
    const ours = { ...options, signal: run.signal }
    return assemble({ ...run, config, layout, token, outages, options: ours })
  })
}
