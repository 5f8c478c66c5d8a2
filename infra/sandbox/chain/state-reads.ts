/** Reads of the state after any block, and after the pending transactions. */
import type { Felt } from '../../../domain/felt.ts'
import type { BlockHeader, ExecutedTransaction } from './block.ts'
import {
  type ChainOptions,
  type ChainState,
  executionBlockAfter,
  type StatePoint,
  upgradesAfter,
} from './chain-state.ts'
import { type AdmittedTransaction, simulateTransactions, viewAfter } from './execution.ts'
import type { Call, Game } from './game.ts'
import { type ModelUpgrades, upgradedModels, upgradesWith } from './model-upgrades.ts'
import type { PendingPool } from './pending-pool.ts'
import { viewUpgraded } from './upgraded-views.ts'

/** Which contracts there are, and which of them come from upgrades of models. */
export type ContractReads = Readonly<{
  upgrades: (at: StatePoint) => ModelUpgrades
  /** Upgrades after all pending transactions, whichever block takes them. */
  upgradesToCome: () => ModelUpgrades
  /** Null when no contract stands there. */
  classHashAt: (address: Felt, at: StatePoint) => Felt | null
  hasClass: (classHash: Felt, at: StatePoint) => boolean
  /**
   * The contracts that a block deployed, or that the pre-confirmed one deploys; genesis deploys all
   * that are not upgrades.
   */
  deployedIn: (at: StatePoint) => readonly Readonly<{ address: Felt; classHash: Felt }>[]
}>

export type StateReads = ContractReads &
  Readonly<{
    /** An account's nonce; null when there is no such account. */
    nonce: (address: Felt, at: StatePoint) => number | null
    /** What transactions would do in the block after a point; nothing stays. */
    simulate: (
      transactions: readonly AdmittedTransaction[],
      at: StatePoint,
    ) => readonly ExecutedTransaction[]
    /** Runs a read-only call. Throws CallReverted. */
    view: (call: Call, at: StatePoint) => readonly bigint[]
  }>

export type StateReadsOptions = Readonly<{
  options: ChainOptions
  state: ChainState
  pool: PendingPool
  /** Class hash by address of everything deployed at genesis. */
  classes: ReadonlyMap<Felt, Felt>
  /** Throws when the state can no longer be read. */
  requireRunning: () => void
}>

const contractReads = ({
  options: { store },
  state,
  pool,
  classes,
}: StateReadsOptions): ContractReads => {
  const upgradesBy = (transactions: readonly AdmittedTransaction[]): ModelUpgrades =>
    upgradesWith(
      state.upgrades,
      transactions.flatMap(({ injected = [] }) => injected),
    )
  const upgrades: ContractReads['upgrades'] = (at) => {
    if (at === 'pre-confirmed') return upgradesBy(pool.preConfirmed())
    return at.after.hash === state.head.hash
      ? state.upgrades
      : upgradesAfter(store, at.after.number)
  }
  return {
    upgrades,
    upgradesToCome: () => upgradesBy(pool.all()),
    classHashAt: (address, at) =>
      classes.get(address) ??
      upgradedModels(upgrades(at)).find((upgraded) => upgraded.address === address)?.classHash ??
      null,
    hasClass: (classHash, at) =>
      [...classes.values()].includes(classHash) ||
      upgradedModels(upgrades(at)).some((upgraded) => upgraded.classHash === classHash),
    deployedIn: (at) => {
      const number = at === 'pre-confirmed' ? state.head.number + 1 : at.after.number
      if (number === 0)
        return Array.from(classes, ([address, classHash]) => ({ address, classHash }))
      const before = upgradesAfter(store, number - 1)
      return upgradedModels(upgrades(at)).filter(
        ({ selector, upgrade }) => upgrade > (before.get(selector) ?? 0),
      )
    },
  }
}

export const stateReads = (given: StateReadsOptions): StateReads => {
  const { options, state, pool, requireRunning } = given
  const { clock, store, worldAddress } = options
  const contracts = contractReads(given)
  const gameAfter = (header: BlockHeader): Game =>
    header.hash === state.head.hash ? state.game : state.past(header)
  /** The view as if no model had been upgraded. */
  const viewBeforeUpgrades = (call: Call, at: StatePoint): readonly bigint[] => {
    if (at === 'pre-confirmed') {
      const block = executionBlockAfter(state.head, clock)
      return viewAfter(state.game, pool.preConfirmed(), call, block)
    }
    const { number, timestamp } = at.after
    return gameAfter(at.after).view(call, { caller: 0n, block: number, timestamp })
  }
  return {
    ...contracts,
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
      const emission = { worldAddress, upgrades: contracts.upgrades({ after: parent }) }
      const admitted = [...before, ...transactions]
      const block = executionBlockAfter(parent, clock)
      const simulated = simulateTransactions(gameAfter(parent), admitted, block, emission)
      return simulated.transactions.slice(before.length)
    },
    view: (call, at) => {
      requireRunning()
      return viewUpgraded(call, contracts.upgrades(at), (asked) => viewBeforeUpgrades(asked, at))
    },
  }
}
