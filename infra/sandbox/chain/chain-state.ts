/**
 * The part of the chain that changes with every block: sealing one, abandoning some, and reading
 * the state in between.
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
  simulateTransactions,
  viewAfter,
} from './execution.ts'
import type { Call, Game } from './game.ts'
import { type ModelUpgrades, NO_UPGRADES, upgradedModels, upgradesWith } from './model-upgrades.ts'
import { pastStates, type RestoreGame } from './past-states.ts'
import { noncesAfter, type PendingPool } from './pending-pool.ts'
import { viewUpgraded } from './upgraded-views.ts'

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
const upgradesAfter = (store: ChainStore, block: number): ModelUpgrades =>
  upgradesWith(NO_UPGRADES, store.injectedEvents(block))

/**
 * The game's state, the last header, and which models were upgraded. Throws FatalError on an empty
 * store.
 */
export const createState = ({ game, restoreGame, store }: ChainOptions) => {
  const head = store.head()
  if (head === null) throw new FatalError('The chain has no genesis block.')
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
 * Runs the transactions of a new block on the game and stores it. What fails here leaves the game
 * ahead of the disk.
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

/** Takes the state back to before a block, and says what stood in the blocks from there on. */
export const abandon = ({ restoreGame, store }: ChainOptions, state: ChainState, first: number) => {
  const dropped: AdmittedTransaction[] = []
  for (let number = first; number <= state.head.number; number += 1) {
    dropped.push(...store.transactions(number).map(admittedAgain))
  }
  const reorg = store.abandonFrom(first)
  state.head = store.head() as BlockHeader // block 0 is never abandoned
  state.game = restoreGame(store.rowsAt(state.head.number))
  state.upgrades = upgradesAfter(store, state.head.number)
  state.branch = store.reorgCount()
  return { dropped, reorg }
}

/** What was let in once is let in again; events that no call emitted were injected. */
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

export type StateReads = Readonly<{
  /** An account's nonce; null when there is no such account. */
  nonce: (address: Felt, at: StatePoint) => number | null
  /** What transactions would do in the block after a point; nothing stays. */
  simulate: (
    transactions: readonly AdmittedTransaction[],
    at: StatePoint,
  ) => readonly ExecutedTransaction[]
  /** Runs a read-only call. Throws CallReverted. */
  view: (call: Call, at: StatePoint) => readonly bigint[]
  upgrades: (at: StatePoint) => ModelUpgrades
  /** Upgrades after everything that waits, whenever a block takes it. */
  upgradesToCome: () => ModelUpgrades
  /** Null when no contract stands there. */
  classHashAt: (address: Felt, at: StatePoint) => Felt | null
  hasClass: (classHash: Felt, at: StatePoint) => boolean
  /**
   * The contracts that a block brought, or that the pre-confirmed one brings; genesis brings all
   * that are not upgrades.
   */
  deployedIn: (at: StatePoint) => readonly Readonly<{ address: Felt; classHash: Felt }>[]
}>

/** Reads of the state after any block, and after the pending transactions. */
export const stateReads = (
  { clock, store, worldAddress }: ChainOptions,
  state: ChainState,
  pool: PendingPool,
  classes: ReadonlyMap<Felt, Felt>,
  requireRunning: () => void,
): StateReads => {
  const gameAfter = (header: BlockHeader): Game =>
    header.hash === state.head.hash ? state.game : state.past(header)
  const upgradesBy = (transactions: readonly AdmittedTransaction[]): ModelUpgrades =>
    upgradesWith(
      state.upgrades,
      transactions.flatMap(({ injected = [] }) => injected),
    )
  const upgrades: StateReads['upgrades'] = (at) => {
    if (at === 'pre-confirmed') return upgradesBy(pool.preConfirmed())
    return at.after.hash === state.head.hash
      ? state.upgrades
      : upgradesAfter(store, at.after.number)
  }
  const deployedIn: StateReads['deployedIn'] = (at) => {
    const number = at === 'pre-confirmed' ? state.head.number + 1 : at.after.number
    if (number === 0) return Array.from(classes, ([address, classHash]) => ({ address, classHash }))
    const before = upgradesAfter(store, number - 1)
    return upgradedModels(upgrades(at)).filter(
      ({ selector, upgrade }) => upgrade > (before.get(selector) ?? 0),
    )
  }
  const viewBefore = (call: Call, at: StatePoint): readonly bigint[] => {
    if (at === 'pre-confirmed') {
      return viewAfter(
        state.game,
        pool.preConfirmed(),
        call,
        executionBlockAfter(state.head, clock),
      )
    }
    const { number, timestamp } = at.after
    return gameAfter(at.after).view(call, { caller: 0n, block: number, timestamp })
  }
  return {
    upgrades,
    upgradesToCome: () => upgradesBy(pool.all()),
    deployedIn,
    classHashAt: (address, at) =>
      classes.get(address) ??
      upgradedModels(upgrades(at)).find((upgraded) => upgraded.address === address)?.classHash ??
      null,
    hasClass: (classHash, at) =>
      [...classes.values()].includes(classHash) ||
      upgradedModels(upgrades(at)).some((upgraded) => upgraded.classHash === classHash),
    nonce: (address, at) => {
      const known = pool.nonce(address)
      if (at === 'pre-confirmed') return known?.preConfirmed ?? null
      if (known !== null && at.after.hash === state.head.hash) return known.latest
      return store.nonceAt(address, at.after.number) ?? (known === null ? null : 0)
    },
    simulate: (transactions, at) => {
      requireRunning()
      const before = at === 'pre-confirmed' ? pool.preConfirmed() : []
      const parent = at === 'pre-confirmed' ? state.head : at.after
      const emission = { worldAddress, upgrades: upgrades({ after: parent }) }
      const admitted = [...before, ...transactions]
      const block = executionBlockAfter(parent, clock)
      return simulateTransactions(gameAfter(parent), admitted, block, emission).transactions.slice(
        before.length,
      )
    },
    view: (call, at) => {
      requireRunning()
      return viewUpgraded(call, upgrades(at), (asked) => viewBefore(asked, at))
    },
  }
}
