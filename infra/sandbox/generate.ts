/**
 * Writes a played world's whole chain to disk, as fast as it can be played: for benchmarks, replays and demonstrations.
 * Nothing is signed and hashes of transactions are SHA-256 cut to a felt, which no client can tell without the keys; ids
 * of the game and of its rows are exact. The same seed gives the same file, byte for byte.
 */
import { existsSync } from 'node:fs'
import { FatalError } from '../../domain/errors.ts'
import type { Felt } from '../../domain/felt.ts'
import { SANDBOX_CHAIN_ID } from '../../domain/sandbox-chain.ts'
import { infiniteHexAdventurers } from '../../domain/worlds/infinite-hex-adventurers.ts'
import { sandboxAccounts } from './accounts.ts'
import { type BlockHeader, commitmentOf, type ExecutedTransaction, sealHeader } from './block.ts'
import { contextOf, type Emission, executedOf } from './execution.ts'
import { GAS_PRICES, L1_DATA_GAS, l2GasOf } from './fees.ts'
import { createGame } from './game/create-game.ts'
import { type CallResult, CallReverted, type Game, type StoredRow } from './game.ts'
import { seedFelt, writeGenesis } from './genesis.ts'
import { calldataOfCalls, type InvokeTransaction } from './invoke-transaction.ts'
import { noncesAfter } from './pending-pool.ts'
import { createPopulation, type Deed, type Population } from './population.ts'
import { LOCKSTEP_GENESIS_TIMESTAMP } from './sandbox-node.ts'
import { type BlockCommit, type ChainStore, openStore } from './store.ts'

export type GenerateOptions = Readonly<{
  /** A file that does not exist yet. */
  file: string
  /** Blocks after genesis. */
  blocks: number
  /** A felt or a short string; null is the live world's. */
  seed: string | null
  /** Default: 250, which make about 50 events a block. */
  bots?: number
  /** Told after every batch of blocks. */
  onProgress?: (done: Readonly<{ blocks: number; events: number }>) => void
}>

export type Generated = Readonly<{ blocks: number; transactions: number; events: number; head: BlockHeader }>

const BOTS_DEFAULT = 250
const BLOCKS_MAX = 10_000_000
const BOTS_MAX = 100_000
/** Blocks over which the bots come into the world, so that they do not all act at once. */
const JOIN_BLOCKS = 40
/** Blocks and events that wait to be written in one transaction of the database. */
const BATCH_BLOCKS_MAX = 512
const BATCH_EVENTS_MAX = 20_000

const hex = (value: number): Felt => `0x${value.toString(16)}`

const unsignedTransaction = ({ account, call }: Deed, nonce: number): InvokeTransaction => {
  const calldata = calldataOfCalls([call])
  return {
    type: 'INVOKE',
    version: '0x3',
    sender_address: account,
    calldata: [...calldata],
    signature: [],
    nonce: hex(nonce),
    resource_bounds: {
      l1_gas: { max_amount: '0x0', max_price_per_unit: '0x0' },
      l2_gas: { max_amount: hex(l2GasOf(1, calldata.length)), max_price_per_unit: GAS_PRICES.l2_gas.price_in_fri },
      l1_data_gas: { max_amount: hex(L1_DATA_GAS), max_price_per_unit: GAS_PRICES.l1_data_gas.price_in_fri },
    },
    tip: '0x0',
    paymaster_data: [],
    account_deployment_data: [],
    nonce_data_availability_mode: 'L1',
    fee_data_availability_mode: 'L1',
  }
}

/** Everything that one block of a played world takes. */
type Played = Readonly<{ game: Game; population: Population; nonces: Map<Felt, number>; emission: Emission }>

const playDeed = (
  { game, population, nonces, emission }: Played,
  deed: Deed,
  at: Readonly<{ number: number; timestamp: number }>,
): ExecutedTransaction => {
  const nonce = nonces.get(deed.account) ?? 0
  nonces.set(deed.account, nonce + 1)
  const transaction = unsignedTransaction(deed, nonce)
  const hash = commitmentOf(['CHRONOHEX_TRANSACTION', deed.account, `${nonce}`, ...transaction.calldata])
  const outcome = outcomeOf(game, deed, at)
  population.settle(deed, at.number, outcome instanceof CallReverted ? [] : outcome.flatMap(({ events }) => events))
  return executedOf({ hash, transaction, calls: [deed.call] }, outcome, emission)
}

const outcomeOf = (
  game: Game,
  { account, call }: Deed,
  at: Readonly<{ number: number; timestamp: number }>,
): readonly CallResult[] | CallReverted => {
  try {
    return game.execute([call], contextOf(account, at))
  } catch (error) {
    if (error instanceof CallReverted) return error
    throw error
  }
}

const playBlock = (played: Played, parent: BlockHeader): BlockCommit => {
  const at = { number: parent.number + 1, timestamp: parent.timestamp + 1 }
  const transactions = played.population.deeds(parent.number).map((deed) => playDeed(played, deed, at))
  const changedRows = played.game.takeChangedRows()
  played.population.see(changedRows)
  const header = sealHeader(parent, at.timestamp, transactions, changedRows)
  return { block: { header, transactions }, changedRows, nonces: noncesAfter(transactions) }
}

const checkCount = (name: string, value: number, max: number): void => {
  if (!Number.isSafeInteger(value) || value < 1 || value > max) {
    throw new FatalError(`A generated world has 1 to ${max} ${name}, not ${value}.`)
  }
}

/** A game at genesis, with the rows that it has then. */
const genesis = (store: ChainStore): Readonly<{ game: Game; rows: Iterable<StoredRow> }> => {
  const [operator] = sandboxAccounts(store.seed, 0)
  const seed = BigInt(store.seed)
  const game = createGame({ namespaceOwner: BigInt(operator.address), seed })
  const { worldAddress } = infiniteHexAdventurers
  const timestamp = LOCKSTEP_GENESIS_TIMESTAMP
  writeGenesis(game, store, { chainId: SANDBOX_CHAIN_ID, worldAddress, operator, seed: store.seed, timestamp })
  return { game, rows: store.rowsAt(0) }
}

const play = (store: ChainStore, { blocks, bots = BOTS_DEFAULT, onProgress }: GenerateOptions): Generated => {
  const { game, rows } = genesis(store)
  // The population's own randomness takes the low bits of the seed; the world takes all of it.
  const population = createPopulation(Number(BigInt.asUintN(32, BigInt(store.seed))), bots, JOIN_BLOCKS)
  population.see(rows)
  const emission = { worldAddress: infiniteHexAdventurers.worldAddress, upgrades: new Map() }
  const played: Played = { game, population, nonces: new Map(), emission }
  let head = store.head() as BlockHeader // genesis was just written
  const total = { transactions: 0, events: 0 }
  let batch: BlockCommit[] = []
  let batchEvents = 0
  for (let block = 1; block <= blocks; block += 1) {
    const commit = playBlock(played, head)
    head = commit.block.header
    total.transactions += head.transactionCount
    total.events += head.eventCount
    batch.push(commit)
    batchEvents += head.eventCount
    if (batch.length < BATCH_BLOCKS_MAX && batchEvents < BATCH_EVENTS_MAX && block < blocks) continue
    store.commitBlocks(batch)
    batch = []
    batchEvents = 0
    onProgress?.({ blocks: block, events: total.events })
  }
  return { blocks, ...total, head }
}

/**
 * Generates a world's chain. Throws FatalError, for the user, when an option is wrong or the file is there already. A file
 * that could not be finished is damaged: throw it away.
 */
export const generateChain = (options: GenerateOptions): Generated => {
  const { file, seed, blocks, bots = BOTS_DEFAULT } = options
  checkCount('blocks', blocks, BLOCKS_MAX)
  checkCount('bots', bots, BOTS_MAX)
  if (existsSync(file)) throw new FatalError(`${file} exists already; a generated world goes into a new file.`)
  const wanted = {
    chainId: SANDBOX_CHAIN_ID,
    worldAddress: infiniteHexAdventurers.worldAddress,
    seed: seedFelt(seed),
    defaultSeed: seedFelt(null),
  }
  const store = openStore(file, wanted, 'none')
  try {
    return play(store, options)
  } finally {
    store.close()
  }
}
