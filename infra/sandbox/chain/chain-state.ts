/**
 * The part of the chain that changes with every block: sealing one, and abandoning some. Its reads
 * are in state-reads.ts.
 */
import { FatalError, messageOf } from '../../../domain/errors.ts'
import type { Felt } from '../../../domain/felt.ts'
import { textOfBlock } from '../store/text.ts'
import type { SandboxAccount } from './accounts.ts'
import type { Block, BlockHeader, ExecutedTransaction } from './block.ts'
import type { BlockClock } from './block-clock.ts'
import { sealedHeader } from './block-sealing.ts'
import type { ChainStore } from './chain-store.ts'
import {
  type AdmittedTransaction,
  admittedOf,
  type ExecutionBlock,
  executeTransactions,
} from './execution.ts'
import type { Game } from './game.ts'
import { type ModelUpgrades, NO_UPGRADES, upgradesWith } from './model-upgrades.ts'
import { pastStates, type RestoreGame } from './past-states.ts'
import { noncesAfter } from './pending-pool.ts'

/** The state after a sealed block, or after the pending transactions. */
export type StatePoint = Readonly<{ after: BlockHeader }> | 'pre-confirmed'

export type ChainOptions = Readonly<{
  chainId: Felt
  worldAddress: Felt
  /** The operator first. */
  accounts: readonly [SandboxAccount, ...SandboxAccount[]]
  game: Game
  restoreGame: RestoreGame
  store: ChainStore
  clock: BlockClock
  pendingTransactionsMax: number
}>

export const executionBlockAfter = (parent: BlockHeader, clock: BlockClock): ExecutionBlock => ({
  number: parent.number + 1,
  timestamp: clock.peek(parent.timestamp),
})

/** Which models were upgraded up to the end of a block. */
export const upgradesAfter = (store: ChainStore, block: number): ModelUpgrades =>
  upgradesWith(NO_UPGRADES, store.injectedEvents(block))

const headOf = (store: ChainStore): BlockHeader => {
  const head = store.head()
  if (head === null) throw new FatalError('The chain has no genesis block.')
  return head
}

/**
 * The game's state, the last header, and which models were upgraded. Throws FatalError on an empty
 * store.
 */
export const createState = ({ game, restoreGame, store }: ChainOptions) => {
  const head = headOf(store)
  return {
    game,
    head,
    upgrades: upgradesAfter(store, head.number),
    /** Reorgs so far. */
    branch: store.reorgCount(),
    /** Number of the last block that is accepted on L1; null before there is one. */
    l1Accepted: store.l1Accepted(),
    past: pastStates(store, restoreGame),
  }
}
export type ChainState = ReturnType<typeof createState>

/**
 * Runs the transactions of a new block on the game and stores the block. A failure here leaves the
 * game ahead of the disk.
 */
export const sealBlock = (
  { clock, store, worldAddress }: ChainOptions,
  state: ChainState,
  admitted: readonly AdmittedTransaction[],
): Block => {
  const { game, head } = state
  const at = { number: head.number + 1, timestamp: clock.take(head.timestamp) }
  try {
    const { transactions, upgrades } = executeTransactions(game, admitted, at, {
      ...state,
      worldAddress,
    })
    const changedRows = game.takeChangedRows()
    const block = {
      header: sealedHeader(head, {
        text: textOfBlock(transactions, changedRows),
        timestamp: at.timestamp,
        branch: state.branch,
      }),
      transactions,
    }
    store.commitBlock(block, changedRows, noncesAfter(transactions))
    state.upgrades = upgrades
    state.head = block.header
    return block
  } catch (error) {
    if (error instanceof FatalError) throw error
    throw new FatalError(`Block ${at.number} could not be built: ${messageOf(error)}`, {
      cause: error,
    })
  }
}

/**
 * Takes the state back to before block `first`. Returns the reorg and the transactions of the
 * abandoned blocks.
 */
export const abandon = ({ restoreGame, store }: ChainOptions, state: ChainState, first: number) => {
  const dropped: AdmittedTransaction[] = []
  for (let number = first; number <= state.head.number; number += 1) {
    dropped.push(...store.transactions(number).map(admittedAgain))
  }
  const reorg = store.abandonFrom(first)
  state.head = headOf(store)
  state.game = restoreGame(store.rowsAt(state.head.number))
  state.upgrades = upgradesAfter(store, state.head.number)
  state.branch = store.reorgCount()
  return { dropped, reorg }
}

/**
 * A transaction that was admitted once is admitted again; one without calls carried injected
 * events.
 */
const admittedAgain = ({
  hash,
  transaction,
  receipt,
}: ExecutedTransaction): AdmittedTransaction => {
  const admitted = admittedOf(hash, transaction)
  if (admitted === null)
    throw new FatalError(`Transaction ${hash} was stored, but its calldata are no calls`)
  return admitted.calls.length === 0 ? { ...admitted, injected: receipt.events } : admitted
}
