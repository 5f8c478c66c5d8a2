/**
 * A world that a population plays from genesis on, block by block, in the text in which blocks are stored. The same seed
 * plays the same world. Nothing is signed, and hashes of transactions are SHA-256 cut to a felt, which no client can tell
 * without the keys; ids of the game and of its rows are exact.
 */
import type { Felt } from '../../domain/felt.ts'
import { infiniteHexAdventurers } from '../../domain/worlds/infinite-hex-adventurers.ts'
import { commitmentOf, type ExecutedTransaction } from './block.ts'
import { executedOf } from './execution.ts'
import { createGame } from './game/create-game.ts'
import { type CallResult, CallReverted } from './game.ts'
import { noncesAfter } from './pending-pool.ts'
import { createPopulation, type Deed } from './population/population.ts'
import { type BlockText, textOfBlock } from './store-text.ts'
import { unsignedTransaction } from './unsigned-transaction.ts'

export type WorldOptions = Readonly<{
  /** Global seed of the world: above 0. */
  seed: bigint
  namespaceOwner: bigint
  bots: number
  /** Blocks after genesis. */
  blocks: number
  /** Seconds since 1970; the blocks after it follow a second apart. */
  genesisTimestamp: number
}>

/** A block that is not part of a chain yet, with the nonces that its senders have after it. */
export type PlayedBlock = Readonly<{ timestamp: number; text: BlockText; nonces: ReadonlyMap<Felt, number> }>

/** Blocks over which the bots come into the world, so that they do not all act at once. */
const JOIN_BLOCKS = 40
/** A batch is full when it has one of these. */
const BATCH_BLOCKS_MAX = 512
const BATCH_EVENTS_MAX = 500

const { worldAddress } = infiniteHexAdventurers
const EMISSION = { worldAddress, upgrades: new Map() } as const

/** The next blocks at every call; none after the last. */
export const createPlayedWorld = (options: WorldOptions): (() => readonly PlayedBlock[]) => {
  const { namespaceOwner, seed, bots, blocks, genesisTimestamp } = options
  const game = createGame({ namespaceOwner, seed })
  game.genesis({ caller: namespaceOwner, block: 0, timestamp: genesisTimestamp })
  game.takeChangedRows()
  // The population's own randomness takes the low bits of the seed; the world takes all of it.
  const playerSeed = Number(BigInt.asUintN(32, seed))
  const population = createPopulation({ seed: playerSeed, bots, joinBlocks: JOIN_BLOCKS, read: game.read })
  const nonces = new Map<bigint, number>()
  let last = 0

  const outcomeOf = ({ account, call }: Deed, block: number): readonly CallResult[] | CallReverted => {
    try {
      return game.execute([call], { caller: account, block, timestamp: genesisTimestamp + block })
    } catch (error) {
      if (error instanceof CallReverted) return error
      throw error
    }
  }

  const playDeed = (deed: Deed, block: number): ExecutedTransaction => {
    const { account, call } = deed
    const nonce = nonces.get(account) ?? 0
    nonces.set(account, nonce + 1)
    const outcome = outcomeOf(deed, block)
    population.settle(deed, outcome)
    const transaction = unsignedTransaction(account, nonce, call)
    const { calldata, sender_address } = transaction
    const hash = commitmentOf(['CHRONOHEX_TRANSACTION', sender_address, transaction.nonce, ...calldata])
    return executedOf({ hash, transaction, calls: [call] }, outcome, EMISSION)
  }

  return () => {
    const batch: PlayedBlock[] = []
    let events = 0
    while (last < blocks && batch.length < BATCH_BLOCKS_MAX && events < BATCH_EVENTS_MAX) {
      const transactions = population.deeds(last).map((deed) => playDeed(deed, last + 1))
      last += 1
      events += transactions.reduce((count, { receipt }) => count + receipt.events.length, 0)
      const text = textOfBlock(transactions, game.takeChangedRows())
      batch.push({ timestamp: genesisTimestamp + last, text, nonces: noncesAfter(transactions) })
    }
    return batch
  }
}
