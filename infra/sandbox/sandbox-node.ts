/**
 * One sandbox node in this thread: game, chain, disk and JSON-RPC, without a socket. Tests step it
 * block by block; sandbox-worker.ts serves it.
 */
import { existsSync } from 'node:fs'
import type { Clock } from '../../domain/clock.ts'
import { FatalError } from '../../domain/errors.ts'
import { SANDBOX_CHAIN_ID } from '../../domain/sandbox-chain.ts'
import { infiniteHexAdventurers } from '../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { type SandboxAccount, sandboxAccounts } from './chain/accounts.ts'
import type { BlockHeader } from './chain/block.ts'
import { blockClock } from './chain/block-clock.ts'
import { startBlockTimer } from './chain/block-timer.ts'
import { type Chain, createChain } from './chain/chain.ts'
import type { ChainStore } from './chain/chain-store.ts'
import { createFaults, type Faults } from './chain/faults.ts'
import type { Game, StoredRow } from './chain/game.ts'
import { seedFelt, writeGenesis } from './chain/genesis.ts'
import { PENDING_TRANSACTIONS_MAX } from './chain/pending-pool.ts'
import { createVisibleChain, type VisibleChain } from './chain/visible-chain.ts'
import { createReplay, type Replay } from './played/replay.ts'
import { type Quirks, type RpcContext, SPEC_VERSIONS, type SpecVersion } from './rpc/context.ts'
import type { RpcEndpoint } from './rpc/endpoint.ts'
import { answerJsonRpc } from './rpc/json-rpc.ts'
import { createSubscriptions } from './rpc/subscriptions.ts'
import { openStore } from './store/store.ts'

/** 1 January 2026: where a lockstep world begins, so that the same inputs give the same chain. */
export const LOCKSTEP_GENESIS_TIMESTAMP = 1_767_225_600

export type SandboxOptions = Readonly<{
  /** The chain's file; null keeps it in memory. */
  dataFile: string | null
  /**
   * Milliseconds between blocks, empty ones included. 0: a block for each transaction and each
   * `dev_generateBlock`. Null: lockstep, where only `dev_generateBlock` seals a block, one second
   * after its parent.
   */
  blockTimeMs: number | null
  /**
   * A felt or a short string; null means the seed of the file, or the live deployment's when the
   * file is new.
   */
  seed: string | null
  botAccounts: number
  /** Seconds since 1970; default: now, or LOCKSTEP_GENESIS_TIMESTAMP in lockstep. */
  genesisTimestamp?: number
  /**
   * Version of JSON-RPC on paths that name none; default 0.10.0, which clients expect unless they
   * ask for another one.
   */
  specVersion?: SpecVersion
  /** Whose deviations from the specification are reproduced; default none. */
  quirks?: Quirks | null
  /**
   * Replays the file's chain from genesis at this many blocks a second, and accepts no
   * transactions. `dev_generateBlock` shows one block more; `sandbox_replay` sets another speed.
   * The file does not change.
   */
  replay?: Readonly<{ blocksPerSecond: number }> | null
  /** Transactions that may wait for a block; default PENDING_TRANSACTIONS_MAX. */
  pendingTransactionsMax?: number
}>

/** What the node is given from outside, so that tests can replace it. */
export type SandboxParts = Readonly<{
  /** A fresh game, not yet at genesis. */
  createGame: (options: Readonly<{ namespaceOwner: bigint; seed: bigint }>) => Game
  clock: Clock
  /** Told once of what ends the node: a block that could not be built or stored. */
  onFailure: (error: FatalError) => void
}>

export type SandboxNode = RpcEndpoint &
  Readonly<{
    chain: Chain
    accounts: readonly SandboxAccount[]
    /** The part of the chain that may be shown now. */
    visible: VisibleChain
    /** What goes wrong on demand. */
    faults: Faults
    /**
     * Answers the text of a JSON-RPC request or batch in the default version; null for a
     * notification.
     */
    handle: (request: string) => string | null
    /** Seals a block now. Throws FatalError when it cannot, and on every later call. */
    mine: () => BlockHeader
    /**
     * Calls `listener` with each block sealed from now on, after it is on disk; returns how to
     * stop.
     */
    onSealed: (listener: (header: BlockHeader) => void) => () => void
    close: () => void
  }>

const genesisTimestampOf = (
  { blockTimeMs, genesisTimestamp }: SandboxOptions,
  clock: Clock,
): number =>
  genesisTimestamp ??
  (blockTimeMs === null ? LOCKSTEP_GENESIS_TIMESTAMP : Math.floor(clock.nowMs() / 1000))

/** Brings game and store to the same block: genesis for a new file, else the stored state. */
const openChain = (options: SandboxOptions, parts: SandboxParts, store: ChainStore): Chain => {
  const accounts = sandboxAccounts(store.seed, options.botAccounts)
  const [operator] = accounts
  const world = { chainId: SANDBOX_CHAIN_ID, worldAddress: infiniteHexAdventurers.worldAddress }
  const freshGame = (): Game =>
    parts.createGame({ namespaceOwner: BigInt(operator.address), seed: BigInt(store.seed) })
  const restoreGame = (rows: Iterable<StoredRow>): Game => {
    const restored = freshGame()
    restored.load(rows)
    return restored
  }
  const game = freshGame()
  const head = store.head()
  if (head === null) {
    const timestamp = genesisTimestampOf(options, parts.clock)
    writeGenesis(game, store, { ...world, operator, seed: store.seed, timestamp })
  } else {
    game.load(store.rowsAt(head.number))
  }
  const clock = blockClock(options.blockTimeMs === null ? null : parts.clock)
  const { pendingTransactionsMax = PENDING_TRANSACTIONS_MAX } = options
  return createChain({
    ...world,
    accounts,
    game,
    restoreGame,
    store,
    clock,
    pendingTransactionsMax,
  })
}

const checkBlockTime = (blockTimeMs: number | null): void => {
  if (
    blockTimeMs !== null &&
    !(Number.isSafeInteger(blockTimeMs) && blockTimeMs >= 0 && blockTimeMs <= 3_600_000)
  ) {
    throw new FatalError(
      `The block time must be 0 to 3600000 whole milliseconds, not ${blockTimeMs}.`,
    )
  }
}

/**
 * Calls `onFailure` once, with the first FatalError; every other error is a bug that concerns one
 * request.
 */
const failOnce = (onFailure: SandboxParts['onFailure']): ((error: unknown) => void) => {
  let failed = false
  return (error) => {
    if (failed || !(error instanceof FatalError)) return
    failed = true
    onFailure(error)
  }
}

/**
 * Opens or creates a sandbox. Throws FatalError, with a message for the user, when the file or an
 * option is wrong.
 */
export const createSandbox = (options: SandboxOptions, parts: SandboxParts): SandboxNode => {
  checkBlockTime(options.blockTimeMs)
  const isReplay = options.replay != null
  if (isReplay && !(options.dataFile !== null && existsSync(options.dataFile))) {
    throw new FatalError(`There is no chain to replay: ${options.dataFile ?? 'no file was named'}.`)
  }
  const wanted = {
    chainId: SANDBOX_CHAIN_ID,
    worldAddress: infiniteHexAdventurers.worldAddress,
    seed: options.seed === null ? null : seedFelt(options.seed),
    defaultSeed: seedFelt(null),
  }
  // A replay writes nothing, and without a journal the file stays the same, byte for byte.
  const store = openStore(options.dataFile, wanted, isReplay ? 'none' : 'every-block')
  try {
    return createNode(
      options,
      openChain(options, parts, store),
      parts.clock,
      failOnce(parts.onFailure),
    )
  } catch (error) {
    store.close()
    throw error
  }
}

/**
 * The version of the specification that a path names, or the default if it names none; null when
 * that version is not served.
 */
const specOfPath = (path: string, otherwise: SpecVersion): SpecVersion | null => {
  const minor = /\/v0_(\d+)(?:_\d+)?\/?(?:\?|$)/.exec(path)?.[1]
  if (minor === undefined) return otherwise
  return SPEC_VERSIONS.find((version) => version.split('.')[1] === minor) ?? null
}

/** Makes the chain's blocks appear: seals them, or shows those of a replay one by one. */
type Driver = Readonly<{
  mine: () => BlockHeader
  submit: Chain['submit']
  /** Number of the last block so far. */
  head: () => number
  replay: Replay | null
  stop: () => void
}>

const liveDriver = (
  { blockTimeMs }: SandboxOptions,
  chain: Chain,
  flush: () => void,
  fail: (error: unknown) => void,
): Driver => {
  const mine = (): BlockHeader => {
    flush()
    return chain.mine()
  }
  const timer = blockTimeMs ? startBlockTimer(blockTimeMs, mine, fail) : null
  return {
    mine,
    submit: (transaction) => {
      const submission = chain.submit(transaction)
      if (blockTimeMs === 0 && 'transactionHash' in submission) mine()
      return submission
    },
    head: () => chain.head().number,
    replay: null,
    stop: () => timer?.stop(),
  }
}

const replayDriver = (
  blocksPerSecond: number,
  chain: Chain,
  { nowMs }: Clock,
  onShown: () => void,
): Driver => {
  const replay = createReplay({ blocksPerSecond, lastBlock: chain.head().number, nowMs, onShown })
  return {
    mine: () => {
      replay.step()
      // Every block up to the head exists.
      return chain.store.header(replay.shownTo()) ?? chain.head()
    },
    submit: () => ({ rejected: 'UNEXPECTED_ERROR', reason: 'a replay takes no transactions' }),
    head: replay.shownTo,
    replay,
    stop: replay.stop,
  }
}

/** What serves a chain: JSON-RPC in each version, subscriptions and faults. */
const createNode = (
  options: SandboxOptions,
  chain: Chain,
  clock: Clock,
  fail: (error: unknown) => void,
): SandboxNode => {
  const { blockTimeMs, quirks = null, replay = null, specVersion = '0.10.0' } = options
  const faults = createFaults()
  const subscriptions = createSubscriptions({
    watch: chain.watch,
    onShown: faults.onShown,
    onError: fail,
  })
  const driver =
    replay === null
      ? liveDriver(options, chain, subscriptions.flush, fail)
      : replayDriver(replay.blocksPerSecond, chain, clock, faults.shown)
  const visible = createVisibleChain(chain, () =>
    driver.replay === null
      ? faults.cap(driver.head())
      : (faults.cap(driver.head()) ?? driver.head()),
  )
  const context: Omit<RpcContext, 'spec'> = {
    chain,
    visible,
    faults,
    quirks,
    hasPreConfirmed: !(quirks === 'katana' && blockTimeMs === 0),
    replay: driver.replay,
    minesInstantly: driver.replay === null && blockTimeMs === 0,
    mine: driver.mine,
    submit: driver.submit,
    disconnect: subscriptions.disconnect,
  }
  const contextOf = (path: string): RpcContext => ({
    ...context,
    spec: specOfPath(path, specVersion) ?? specVersion,
  })
  const answer: SandboxNode['answer'] = (text, path) =>
    answerJsonRpc({ context: contextOf(path), onError: fail }, text)
  return {
    chain,
    visible,
    faults,
    accounts: chain.accounts,
    mine: driver.mine,
    onSealed: (listener) =>
      chain.watch((change) => change.kind === 'sealed' && listener(change.header)),
    serves: (path) => specOfPath(path, specVersion) !== null,
    answer,
    handle: (request) => answer(request, '/').text,
    connect: (port, path) => subscriptions.connect(port, contextOf(path)),
    close: () => {
      driver.stop()
      subscriptions.close()
      chain.store.close()
    },
  }
}
