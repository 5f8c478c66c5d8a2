/**
 * A world that a population plays from genesis on, block by block, in the text in which blocks are
 * stored. The same seed plays the same world.
 */
import { type Felt, spellFelt } from '../../../domain/felt.ts'
import { infiniteHexAdventurers } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { effectOf } from '../chain/execution.ts'
import { type CallResult, CallReverted } from '../chain/game.ts'
import { calldataOfCalls } from '../chain/invoke-transaction.ts'
import { NO_UPGRADES } from '../chain/model-upgrades.ts'
import { createGame } from '../game/create-game.ts'
import { createPopulation, type Deed } from '../population/population.ts'
import { type EffectText, type RowText, textOfEffect, textOfRow } from '../store/text.ts'

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

/** What an account called, and the outcome. */
export type PlayedTransaction = Readonly<{
  sender: Felt
  nonce: number
  calldata: readonly Felt[]
  effect: EffectText
}>

/** A block that is not part of a chain yet. */
export type PlayedBlock = Readonly<{
  timestamp: number
  transactions: readonly PlayedTransaction[]
  rows: readonly RowText[]
}>

/** Blocks over which the bots come into the world, so that they do not all act at once. */
const JOIN_BLOCKS = 40
/** A batch is full when it reaches one of these. */
const BATCH_BLOCKS_MAX = 512
const BATCH_EVENTS_MAX = 500

const { worldAddress } = infiniteHexAdventurers
const EMISSION = { worldAddress, upgrades: NO_UPGRADES } as const

/** Each call gives the next blocks; none after the last. */
export const createPlayedWorld = (options: WorldOptions): (() => readonly PlayedBlock[]) => {
  const { namespaceOwner, seed, bots, blocks, genesisTimestamp } = options
  const game = createGame({ namespaceOwner, seed })
  game.genesis({ caller: namespaceOwner, block: 0, timestamp: genesisTimestamp })
  game.takeChangedRows()
  // The population's randomness takes the low bits of the seed; the world takes all of it.
  const playerSeed = Number(BigInt.asUintN(32, seed))
  const population = createPopulation({
    seed: playerSeed,
    bots,
    joinBlocks: JOIN_BLOCKS,
    read: game.read,
  })
  const nonces = new Map<bigint, number>()
  let last = 0

  const outcomeOf = (
    { account, call }: Deed,
    block: number,
  ): readonly CallResult[] | CallReverted => {
    try {
      return game.execute([call], { caller: account, block, timestamp: genesisTimestamp + block })
    } catch (error) {
      if (error instanceof CallReverted) return error
      throw error
    }
  }

  const playDeed = (deed: Deed, block: number): PlayedTransaction => {
    const { account, call } = deed
    const nonce = nonces.get(account) ?? 0
    nonces.set(account, nonce + 1)
    const outcome = outcomeOf(deed, block)
    population.settle(deed, outcome)
    const calldata = calldataOfCalls([call])
    const effect = effectOf({ calls: [call], transaction: { calldata } }, outcome, EMISSION)
    return { sender: spellFelt(account), nonce, calldata, effect: textOfEffect(effect) }
  }

  return () => {
    const batch: PlayedBlock[] = []
    let events = 0
    while (last < blocks && batch.length < BATCH_BLOCKS_MAX && events < BATCH_EVENTS_MAX) {
      const transactions = population.deeds(last).map((deed) => playDeed(deed, last + 1))
      last += 1
      events += transactions.reduce((count, { effect }) => count + effect.eventCount, 0)
      const rows = game.takeChangedRows().map(textOfRow)
      batch.push({ timestamp: genesisTimestamp + last, transactions, rows })
    }
    return batch
  }
}
