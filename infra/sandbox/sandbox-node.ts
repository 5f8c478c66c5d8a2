/**
 * One sandbox node in this thread: game, chain, disk and JSON-RPC, without a socket. Tests step it block by block;
 * sandbox-worker.ts serves it.
 */
import type { Clock } from '../../domain/clock.ts'
import { FatalError } from '../../domain/errors.ts'
import { type Felt, feltOfShortString } from '../../domain/felt.ts'
import { infiniteHexAdventurers } from '../../domain/worlds/infinite-hex-adventurers.ts'
import { type SandboxAccount, sandboxAccounts } from './accounts.ts'
import type { BlockHeader } from './block.ts'
import { blockClock } from './block-clock.ts'
import { startBlockTimer } from './block-timer.ts'
import { type Chain, createChain, PENDING_TRANSACTIONS_MAX } from './chain.ts'
import type { Game } from './game.ts'
import { seedFelt, writeGenesis } from './genesis.ts'
import { answerJsonRpc } from './json-rpc.ts'
import { type ChainStore, openStore } from './store.ts'

export const SANDBOX_CHAIN_ID = feltOfShortString('CHRONOHEX_SANDBOX') as Felt // ASCII, 17 characters

/** 1 January 2026: where a lockstep world begins, so that the same inputs give the same chain. */
export const LOCKSTEP_GENESIS_TIMESTAMP = 1_767_225_600

export type SandboxOptions = Readonly<{
  /** The chain's file; null keeps it in memory. */
  dataFile: string | null
  /**
   * Milliseconds between blocks, empty ones included. 0: a block per transaction, and by `dev_generateBlock`. Null:
   * lockstep, a block by `dev_generateBlock` alone, one second after its parent.
   */
  blockTimeMs: number | null
  /** A felt or a short string; null is the seed of the file, and of the live deployment when the file is new. */
  seed: string | null
  botAccounts: number
  /** Seconds since 1970; default: now, or LOCKSTEP_GENESIS_TIMESTAMP in lockstep. */
  genesisTimestamp?: number
  /** Transactions that may wait for a block; default PENDING_TRANSACTIONS_MAX. */
  pendingTransactionsMax?: number
}>

/** What the node takes from outside, so that tests bring their own. */
export type SandboxParts = Readonly<{
  /** A fresh game, not yet at genesis. */
  createGame: (options: Readonly<{ namespaceOwner: bigint; seed: bigint }>) => Game
  clock: Clock
  /** Told of what ends the node: a block that could not be built or stored. Never more than once. */
  onFailure: (error: FatalError) => void
}>

export type SandboxNode = Readonly<{
  chain: Chain
  accounts: readonly SandboxAccount[]
  /** Answers the text of a JSON-RPC request or batch; null to a notification. */
  handle: (request: string) => string | null
  /** Seals a block now. Throws FatalError when it cannot, and from then on always. */
  mine: () => BlockHeader
  /** Calls `listener` with each block sealed from now on, after it is on disk; returns how to stop. */
  onSealed: (listener: (header: BlockHeader) => void) => () => void
  close: () => void
}>

const genesisTimestampOf = ({ blockTimeMs, genesisTimestamp }: SandboxOptions, clock: Clock): number =>
  genesisTimestamp ?? (blockTimeMs === null ? LOCKSTEP_GENESIS_TIMESTAMP : Math.floor(clock.nowMs() / 1000))

/** Brings game and store to the same block: genesis on a new file, else the stored state. */
const openChain = (options: SandboxOptions, parts: SandboxParts, store: ChainStore): Chain => {
  const accounts = sandboxAccounts(store.seed, options.botAccounts)
  const [operator] = accounts
  const world = { chainId: SANDBOX_CHAIN_ID, worldAddress: infiniteHexAdventurers.worldAddress }
  const game = parts.createGame({ namespaceOwner: BigInt(operator.address), seed: BigInt(store.seed) })
  if (store.head() === null) {
    const timestamp = genesisTimestampOf(options, parts.clock)
    writeGenesis(game, store, { ...world, operator, seed: store.seed, timestamp })
  } else {
    game.load(store.rows())
  }
  const clock = blockClock(options.blockTimeMs === null ? null : parts.clock)
  const { pendingTransactionsMax = PENDING_TRANSACTIONS_MAX } = options
  return createChain({ ...world, accounts, game, store, clock, pendingTransactionsMax })
}

const checkBlockTime = (blockTimeMs: number | null): void => {
  if (blockTimeMs !== null && !(Number.isSafeInteger(blockTimeMs) && blockTimeMs >= 0 && blockTimeMs <= 3_600_000)) {
    throw new FatalError(`The block time must be 0 to 3600000 whole milliseconds, not ${blockTimeMs}.`)
  }
}

/** Calls `onFailure` once, with the first FatalError that it sees; everything else is a bug that one request met. */
const failOnce = (onFailure: SandboxParts['onFailure']): ((error: unknown) => void) => {
  let failed = false
  return (error) => {
    if (failed || !(error instanceof FatalError)) return
    failed = true
    onFailure(error)
  }
}

/** Tells listeners of every block that is sealed, however that came about. */
const observed = (chain: Chain) => {
  const listeners = new Set<(header: BlockHeader) => void>()
  return {
    mine: (): BlockHeader => {
      const header = chain.mine()
      for (const listener of listeners) listener(header)
      return header
    },
    onSealed: (listener: (header: BlockHeader) => void) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

/** Opens or creates a sandbox. Throws FatalError, with a message for the user, when the file or an option is wrong. */
export const createSandbox = (options: SandboxOptions, parts: SandboxParts): SandboxNode => {
  checkBlockTime(options.blockTimeMs)
  const store = openStore(options.dataFile, {
    chainId: SANDBOX_CHAIN_ID,
    worldAddress: infiniteHexAdventurers.worldAddress,
    seed: options.seed === null ? null : seedFelt(options.seed),
    defaultSeed: seedFelt(null),
  })
  try {
    const chain = openChain(options, parts, store)
    const { mine, onSealed } = observed(chain)
    const fail = failOnce(parts.onFailure)
    const submit: Chain['submit'] = (transaction) => {
      const submission = chain.submit(transaction)
      if (options.blockTimeMs === 0 && 'transactionHash' in submission) mine()
      return submission
    }
    const timer = options.blockTimeMs ? startBlockTimer(options.blockTimeMs, mine, fail) : null
    const rpc = { context: { chain, mine, submit }, onError: fail }
    return {
      chain,
      accounts: chain.accounts,
      mine,
      onSealed,
      handle: (request) => answerJsonRpc(rpc, request),
      close: () => {
        timer?.stop()
        store.close()
      },
    }
  } catch (error) {
    store.close()
    throw error
  }
}
