/**
 * Block 0: the operator, who owns the game's namespace, initialises world generation as the live
 * deployment documents it (game.md §2.10). The block holds this one transaction, hashed and signed
 * like any other, so that the whole chain can be checked by the same rules.
 */
import { FatalError } from '../../../domain/errors.ts'
import { type Felt, feltOfShortString, parseFelt } from '../../../domain/felt.ts'
import { genesisCall } from '../game/create-game.ts'
import { textOfBlock } from '../store/text.ts'
import type { SandboxAccount } from './accounts.ts'
import { BEFORE_GENESIS, type Block, type BlockHeader } from './block.ts'
import { sealedHeader } from './block-sealing.ts'
import type { ChainStore } from './chain-store.ts'
import { contextOf, receiptOfEvents } from './execution.ts'
import type { Game } from './game.ts'
import { operatorTransaction } from './injection.ts'

/** The live deployment's global seed. */
const DEFAULT_SEED = 'WORLD_GEN_SEED_V1'

/**
 * The felt of a seed as users write it: a felt in hex or decimal, or else a short string; null
 * means the live world's seed.
 */
export const seedFelt = (seed: string | null): Felt => {
  const felt =
    seed === null ? feltOfShortString(DEFAULT_SEED) : (parseFelt(seed) ?? feltOfShortString(seed))
  // The game replaces a zero by its library's default, so zero would be a second name of one world.
  if (felt === null || felt === '0x0') {
    throw new FatalError(
      `"${seed}" is no seed: give a number from 1, or at most 31 ASCII characters.`,
    )
  }
  return felt
}

export type GenesisOptions = Readonly<{
  chainId: Felt
  worldAddress: Felt
  operator: SandboxAccount
  seed: Felt
  /** Seconds since 1970. */
  timestamp: number
}>

/**
 * Writes block 0 into an empty store and leaves the game in its state; returns the block's header.
 */
export const writeGenesis = (
  game: Game,
  store: Pick<ChainStore, 'commitBlock'>,
  options: GenesisOptions,
): BlockHeader => {
  const { chainId, operator, seed, timestamp, worldAddress } = options
  const calls = [genesisCall(BigInt(seed))]
  const { hash, transaction } = operatorTransaction(operator, chainId, 0, calls)
  const events = game.genesis(contextOf(operator.address, { number: 0, timestamp }))
  const receipt = receiptOfEvents(
    events,
    { calls, transaction },
    { worldAddress, upgrades: new Map() },
  )
  const transactions = [
    { hash, transaction, receipt, calls: [{ returned: [], events: events.length }] },
  ]
  const changedRows = game.takeChangedRows()
  const block: Block = {
    header: sealedHeader(BEFORE_GENESIS, {
      text: textOfBlock(transactions, changedRows),
      timestamp,
      branch: 0,
    }),
    transactions,
  }
  store.commitBlock(block, changedRows, new Map([[operator.address, 1]]))
  return block.header
}
