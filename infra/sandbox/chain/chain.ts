/**
 * The chain: takes transactions, seals them into blocks, and keeps every block on disk before
 * anyone can read it. A transaction runs when its block is sealed; until then it is pending, and
 * its pre-confirmed receipt comes from a simulation. Reading goes to the store; memory holds the
 * pending transactions, the nonces and the game's state.
 */
import { FatalError, messageOf } from '../../../domain/errors.ts'
import type { Felt } from '../../../domain/felt.ts'
import type { SandboxAccount } from './accounts.ts'
import { accountVerifiers, admit, isSignedBy, type Rejected } from './admission.ts'
import type { BlockHeader, ChainEvent, ExecutedTransaction } from './block.ts'
import type { BlockClock } from './block-clock.ts'
import {
  abandon,
  type ChainOptions,
  type ChainState,
  createState,
  executionBlockAfter,
  sealBlock,
} from './chain-state.ts'
import type { ChainStore, Reorg } from './chain-store.ts'
import { deployedClasses } from './deployed-classes.ts'
import { type AdmittedTransaction, simulateTransactions } from './execution.ts'
import type { Call } from './game.ts'
import { injectionOf, operatorTransaction } from './injection.ts'
import type { InvokeTransaction } from './invoke-transaction.ts'
import { createPendingPool, type PendingPool, type WaitingStatus } from './pending-pool.ts'
import { type StateReads, stateReads } from './state-reads.ts'

/** The block that would be sealed now. */
export type PreConfirmedBlock = Readonly<{
  number: number
  parentHash: Felt
  timestamp: number
  transactions: readonly ExecutedTransaction[]
}>

/** What watchers are told, after the change is on disk. */
export type ChainChange =
  | Readonly<{ kind: 'received'; hash: Felt; transaction: InvokeTransaction }>
  | Readonly<{ kind: 'sealed'; header: BlockHeader }>
  | Readonly<{ kind: 'reorged'; reorg: Reorg }>
  /** Blocks after `from` up to `to`. */
  | Readonly<{ kind: 'accepted-on-l1'; from: number; to: number }>
  /** Transactions were held at another status, or released. */
  | Readonly<{ kind: 'held' }>

export type Chain = StateReads &
  Readonly<{
    chainId: Felt
    worldAddress: Felt
    accounts: readonly SandboxAccount[]
    store: ChainStore
    clock: BlockClock
    head: () => BlockHeader
    /** Takes a transaction, to run it in one of the next blocks, or says why not. */
    submit: (transaction: InvokeTransaction) => Readonly<{ transactionHash: Felt }> | Rejected
    /**
     * Lets the operator send a transaction without calls whose receipt has these events; returns
     * its hash.
     */
    inject: (events: readonly ChainEvent[]) => Felt
    /** Lets the operator send a transaction of these calls; returns its hash. */
    order: (calls: readonly Call[]) => Felt
    /**
     * Seals the next block from the pending transactions, in the order of their arrival, and stores
     * it.
     */
    mine: () => BlockHeader
    /**
     * Abandons the last `depth` blocks and everything that they did. Their transactions wait again
     * when they are kept; otherwise they are forgotten, together with the pending ones whose nonces
     * followed theirs. Throws RangeError unless 1 ≤ depth ≤ `reorgDepthMax()`.
     */
    reorg: (depth: number, keepTransactions: boolean) => Reorg
    /**
     * How many of the last blocks can be abandoned: those after genesis and after the last one that
     * is accepted on L1.
     */
    reorgDepthMax: () => number
    /** Number of the last block that is accepted on L1; null before there is one. */
    l1Accepted: () => number | null
    /** Accepts this block and all before it on L1. Throws RangeError above the head. */
    acceptOnL1: (block: number) => void
    preConfirmed: () => PreConfirmedBlock
    /**
     * A pending transaction with its index among the pending ones; null when none has this hash.
     */
    pending: (
      hash: Felt,
    ) => Readonly<{ transaction: InvokeTransaction; index: number; status: WaitingStatus }> | null
    /**
     * Transactions that the coming block takes, in its order, whether they count as executed or
     * not.
     */
    candidates: () => readonly Pick<AdmittedTransaction, 'hash' | 'transaction'>[]
    /** Holds transactions that arrive from now on at a status; null releases them. */
    hold: PendingPool['hold']
    /** Null when there is no such account. */
    isValidSignature: (address: Felt, message: Felt, signature: readonly Felt[]) => boolean | null
    /**
     * Calls `watcher` with every change from now on; returns how to stop. Watchers must not throw.
     */
    watch: (watcher: (change: ChainChange) => void) => () => void
  }>

/** Simulates the pending transactions once per change of the head or of the pool. */
const preConfirmedView = (
  clock: BlockClock,
  pool: PendingPool,
  simulatePending: () => readonly ExecutedTransaction[],
  head: () => BlockHeader,
) => {
  let seen: { parent: BlockHeader; revision: number; block: PreConfirmedBlock } | null = null
  return (): PreConfirmedBlock => {
    const parent = head()
    if (seen?.parent === parent && seen.revision === pool.revision()) return seen.block
    const block = {
      ...executionBlockAfter(parent, clock),
      parentHash: parent.hash,
      transactions: simulatePending(),
    }
    seen = { parent, revision: pool.revision(), block }
    return block
  }
}

/** What the changes of the chain need besides its state: the pool, the guard and the watchers. */
type Changing = Readonly<{
  options: ChainOptions
  state: ChainState
  pool: PendingPool
  guard: ReturnType<typeof createGuard>
  tell: (change: ChainChange) => void
}>

/** Admitting transactions. */
const admissions = (
  { options, pool, guard, tell }: Changing,
  facts: Parameters<typeof admit>[1],
): Pick<Chain, 'submit' | 'inject' | 'order'> => {
  const {
    accounts: [operator],
    chainId,
    pendingTransactionsMax,
  } = options
  const accept = (admitted: AdmittedTransaction): Felt => {
    pool.add(admitted)
    tell({ kind: 'received', hash: admitted.hash, transaction: admitted.transaction })
    return admitted.hash
  }
  return {
    submit: (transaction) => {
      guard.requireRunning()
      if (pool.size() >= pendingTransactionsMax) {
        const reason = `${pendingTransactionsMax} transactions wait for a block already`
        return { rejected: 'UNEXPECTED_ERROR', reason }
      }
      const admitted = admit(transaction, facts)
      return 'rejected' in admitted ? admitted : { transactionHash: accept(admitted) }
    },
    inject: (events) => {
      guard.requireRunning()
      return accept(injectionOf(operator, chainId, pool.nextNonce(operator.address), events))
    },
    order: (calls) => {
      guard.requireRunning()
      return accept({
        ...operatorTransaction(operator, chainId, pool.nextNonce(operator.address), calls),
        calls,
      })
    },
  }
}

type BlockChanges = Pick<Chain, 'mine' | 'reorg' | 'reorgDepthMax' | 'l1Accepted' | 'acceptOnL1'>

/** Adding blocks at the end of the chain, taking them away, and making them final. */
const blockChanges = ({ options, state, pool, guard, tell }: Changing): BlockChanges => {
  const reorgDepthMax = (): number => state.head.number - (state.l1Accepted ?? 0)
  return {
    reorgDepthMax,
    l1Accepted: () => state.l1Accepted,
    mine: () => {
      const block = guard.run(() => sealBlock(options, state, pool.next()))
      pool.settle(block.transactions)
      tell({ kind: 'sealed', header: block.header })
      return block.header
    },
    reorg: (depth, keepTransactions) => {
      guard.requireRunning()
      if (!Number.isSafeInteger(depth) || depth < 1 || depth > reorgDepthMax()) {
        throw new RangeError(`A reorg can be 1 to ${reorgDepthMax()} blocks deep, not ${depth}`)
      }
      const { dropped, reorg } = guard.run(() =>
        abandon(options, state, state.head.number - depth + 1),
      )
      pool.rewind(options.store.nonces(), keepTransactions ? dropped : [])
      tell({ kind: 'reorged', reorg })
      return reorg
    },
    acceptOnL1: (block) => {
      guard.requireRunning()
      if (block > state.head.number)
        throw new RangeError(`There is no block ${block} to accept on L1`)
      const from = state.l1Accepted ?? -1
      if (block <= from) return
      options.store.acceptOnL1(block)
      state.l1Accepted = block
      tell({ kind: 'accepted-on-l1', from, to: block })
    },
  }
}

/**
 * Continues from the store's last block; the game must hold that block's state. Throws FatalError
 * on an empty store.
 */
export const createChain = (options: ChainOptions): Chain => {
  const { accounts, chainId, clock, store, worldAddress } = options
  const state = createState(options)
  const pool = createPendingPool(
    store.nonces(),
    accounts.map(({ address }) => address),
  )
  const guard = createGuard()
  const { tell, watch } = createWatchers()
  const verifierOf = accountVerifiers(accounts)
  const changing = { options, state, pool, guard, tell }
  const reads = stateReads({
    options,
    state,
    pool,
    classes: deployedClasses(accounts),
    requireRunning: guard.requireRunning,
  })
  const runningHead = (): BlockHeader => {
    guard.requireRunning()
    return state.head
  }
  const simulatePending = (): readonly ExecutedTransaction[] => {
    const { game, head, upgrades } = state
    const block = executionBlockAfter(head, clock)
    return simulateTransactions(game, pool.preConfirmed(), block, { worldAddress, upgrades })
      .transactions
  }
  return {
    chainId,
    worldAddress,
    accounts,
    store,
    clock,
    watch,
    head: () => state.head,
    ...reads,
    ...blockChanges(changing),
    ...admissions(changing, {
      chainId,
      verifierOf,
      nextNonce: pool.nextNonce,
      replaceable: (address, nonce) => pool.replaceable(address, nonce)?.transaction ?? null,
      isContract: (address) => reads.classHashAt(address, { after: state.head }) !== null,
      isKnown: (hash) => pool.find(hash) !== null || store.hasTransaction(hash),
    }),
    preConfirmed: preConfirmedView(clock, pool, simulatePending, runningHead),
    pending: (hash) => {
      const found = pool.find(hash)
      return found === null ? null : { ...found, transaction: found.admitted.transaction }
    },
    candidates: pool.next,
    hold: (status) => {
      pool.hold(status)
      tell({ kind: 'held' })
    },
    isValidSignature: (address, message, signature) => {
      const verifier = verifierOf(address)
      return verifier === null ? null : isSignedBy(verifier, message, signature)
    },
  }
}

const createWatchers = () => {
  const watchers = new Set<(change: ChainChange) => void>()
  return {
    tell: (change: ChainChange): void => {
      for (const watcher of watchers) watcher(change)
    },
    watch: (watcher: (change: ChainChange) => void) => {
      watchers.add(watcher)
      return () => void watchers.delete(watcher)
    },
  }
}

/**
 * A change that failed half-way leaves the game in a state that belongs to no block: nothing may be
 * read from it any more.
 */
const createGuard = () => {
  let halted: FatalError | null = null
  const requireRunning = (): void => {
    if (halted !== null) throw halted
  }
  return {
    requireRunning,
    run: <T>(change: () => T): T => {
      requireRunning()
      try {
        return change()
      } catch (error) {
        halted =
          error instanceof FatalError ? error : new FatalError(messageOf(error), { cause: error })
        throw halted
      }
    },
  }
}
