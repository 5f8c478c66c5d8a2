/**
 * The chain: takes transactions, seals them into blocks, and keeps every block on disk before anyone can read it. A
 * transaction runs when its block is sealed; until then it is pending, and its pre-confirmed receipt is what a
 * simulation says. Reading goes to the store; memory holds the pending transactions, the nonces and the game's state.
 */
import { FatalError, messageOf } from '../../domain/errors.ts'
import type { Felt } from '../../domain/felt.ts'
import type { SandboxAccount } from './accounts.ts'
import { type AdmissionFacts, accountVerifiers, admit, isSignedBy, type Rejected } from './admission.ts'
import { type Block, type BlockHeader, type ExecutedTransaction, sealHeader } from './block.ts'
import type { BlockClock } from './block-clock.ts'
import { deployedClasses } from './contracts.ts'
import { type AdmittedTransaction, type ExecutionBlock, executeTransaction, simulateTransactions } from './execution.ts'
import type { Call, Game } from './game.ts'
import type { InvokeTransaction } from './invoke-transaction.ts'
import type { ChainStore } from './store.ts'

export const BLOCK_TRANSACTIONS_MAX = 500
/** Default for the transactions that may wait for a block. */
export const PENDING_TRANSACTIONS_MAX = 2_000

/** The block that would be sealed now. */
export type PreConfirmedBlock = Readonly<{
  number: number
  parentHash: Felt
  timestamp: number
  transactions: readonly ExecutedTransaction[]
}>

export type Chain = Readonly<{
  chainId: Felt
  worldAddress: Felt
  accounts: readonly SandboxAccount[]
  store: ChainStore
  clock: BlockClock
  head: () => BlockHeader
  /** Takes a transaction, to be run in one of the next blocks, or says why not. */
  submit: (transaction: InvokeTransaction) => Readonly<{ transactionHash: Felt }> | Rejected
  /** Seals the next block from the pending transactions, in the order of their arrival, and stores it. */
  mine: () => BlockHeader
  preConfirmed: () => PreConfirmedBlock
  /** A transaction that waits for a block, with its place among them; null when there is none. */
  pending: (hash: Felt) => Readonly<{ transaction: InvokeTransaction; index: number }> | null
  /** An account's nonce after the last block, and after the pending transactions; null when there is no such account. */
  nonce: (address: Felt) => Readonly<{ latest: number; preConfirmed: number }> | null
  /** Null when there is no such account. */
  isValidSignature: (address: Felt, message: Felt, signature: readonly Felt[]) => boolean | null
  /** What transactions would do in the next block, alone or after the pending ones; nothing stays. */
  simulate: (
    transactions: readonly AdmittedTransaction[],
    after: 'latest' | 'pre-confirmed',
  ) => readonly ExecutedTransaction[]
  /** Null when no contract stands there. */
  classHashAt: (address: Felt) => Felt | null
  hasClass: (classHash: Felt) => boolean
  /** Runs a read-only call on the state after the last block. Throws CallReverted. */
  view: (call: Call) => readonly bigint[]
}>

export type ChainOptions = Readonly<{
  chainId: Felt
  worldAddress: Felt
  accounts: readonly SandboxAccount[]
  game: Game
  store: ChainStore
  clock: BlockClock
  pendingTransactionsMax: number
}>

type Pending = AdmittedTransaction[]

const nextExecutionBlock = (head: BlockHeader, timestamp: number): ExecutionBlock => ({
  number: head.number + 1,
  timestamp,
})

/** Nonces after the last block, and after the transactions that wait. */
const nonceBook = (stored: ReadonlyMap<Felt, number>, accounts: readonly SandboxAccount[]) => {
  const latest = new Map(accounts.map(({ address }) => [address, stored.get(address) ?? 0]))
  const next = new Map(latest)
  return {
    of: (address: Felt) => {
      const [now, after] = [latest.get(address), next.get(address)]
      return now === undefined || after === undefined ? null : { latest: now, preConfirmed: after }
    },
    next: (address: Felt): number => next.get(address) ?? 0,
    reserve: (address: Felt): void => {
      next.set(address, (next.get(address) ?? 0) + 1)
    },
    spend: (nonces: ReadonlyMap<Felt, number>): void => {
      for (const [address, nonce] of nonces) latest.set(address, nonce)
    },
  }
}

/** Nonces that accounts have after these transactions: a reverted one spends its nonce too. */
export const noncesAfter = (transactions: readonly ExecutedTransaction[]): ReadonlyMap<Felt, number> =>
  new Map(transactions.map(({ transaction }) => [transaction.sender_address, Number(BigInt(transaction.nonce)) + 1]))

/** Simulates the pending transactions once per change of head or of what waits. */
const preConfirmedView = (options: ChainOptions, pending: Pending, head: () => BlockHeader) => {
  let seen: { head: BlockHeader; count: number; block: PreConfirmedBlock } | null = null
  return (): PreConfirmedBlock => {
    const parent = head()
    if (seen?.head === parent && seen.count === pending.length) return seen.block
    const timestamp = options.clock.peek(parent.timestamp)
    const admitted = pending.slice(0, BLOCK_TRANSACTIONS_MAX)
    const block = {
      number: parent.number + 1,
      parentHash: parent.hash,
      timestamp,
      transactions: simulateTransactions(
        options.game,
        admitted,
        nextExecutionBlock(parent, timestamp),
        options.worldAddress,
      ),
    }
    seen = { head: parent, count: pending.length, block }
    return block
  }
}

/** Runs the transactions of a new block on the game and stores it. What fails here leaves the game ahead of the disk. */
const sealBlock = (options: ChainOptions, parent: BlockHeader, admitted: readonly AdmittedTransaction[]): Block => {
  const { game, store, worldAddress } = options
  const timestamp = options.clock.take(parent.timestamp)
  const at = nextExecutionBlock(parent, timestamp)
  try {
    const transactions = admitted.map((transaction) => executeTransaction(game, transaction, at, worldAddress))
    const changedRows = game.takeChangedRows()
    const block = { header: sealHeader(parent, timestamp, transactions, changedRows), transactions }
    store.commitBlock(block, changedRows, noncesAfter(transactions))
    return block
  } catch (error) {
    if (error instanceof FatalError) throw error
    throw new FatalError(`Block ${at.number} could not be built: ${messageOf(error)}`, { cause: error })
  }
}

/** Goes on from the store's last block; the game must hold that block's state. Throws FatalError on an empty store. */
export const createChain = (options: ChainOptions): Chain => {
  const { accounts, chainId, game, store, worldAddress, clock } = options
  let head = store.head()
  if (head === null) throw new FatalError('The chain has no genesis block.')
  let halted: FatalError | null = null
  const current = (): BlockHeader => head as BlockHeader // set above, and only ever replaced by a later block
  /** A block that failed half-way leaves the game in a state that no block has: nothing may be read from it. */
  const requireRunning = (): void => {
    if (halted !== null) throw halted
  }
  const running = (): BlockHeader => {
    requireRunning()
    return current()
  }
  const pending: Pending = []
  const nonces = nonceBook(store.nonces(), accounts)
  const verifierOf = accountVerifiers(accounts)
  const classes = deployedClasses(accounts)
  const placeOf = (hash: Felt): number => pending.findIndex((admitted) => admitted.hash === hash)
  const facts: AdmissionFacts = {
    chainId,
    verifierOf,
    nextNonce: nonces.next,
    isKnown: (hash) => placeOf(hash) >= 0 || store.hasTransaction(hash),
  }
  return {
    chainId,
    worldAddress,
    accounts,
    store,
    clock,
    head: current,
    submit: (transaction) => {
      requireRunning()
      if (pending.length >= options.pendingTransactionsMax) {
        return {
          rejected: 'UNEXPECTED_ERROR',
          reason: `${options.pendingTransactionsMax} transactions wait for a block already`,
        }
      }
      const admitted = admit(transaction, facts)
      if ('rejected' in admitted) return admitted
      pending.push(admitted)
      nonces.reserve(transaction.sender_address)
      return { transactionHash: admitted.hash }
    },
    mine: () => {
      requireRunning()
      const admitted = pending.slice(0, BLOCK_TRANSACTIONS_MAX)
      try {
        const block = sealBlock(options, current(), admitted)
        pending.splice(0, admitted.length)
        nonces.spend(noncesAfter(block.transactions))
        head = block.header
        return block.header
      } catch (error) {
        halted = error as FatalError // sealBlock throws nothing else
        throw error
      }
    },
    preConfirmed: preConfirmedView(options, pending, running),
    pending: (hash) => {
      const index = placeOf(hash)
      const found = pending[index]
      return found === undefined ? null : { transaction: found.transaction, index }
    },
    nonce: nonces.of,
    isValidSignature: (address, message, signature) => {
      const verifier = verifierOf(address)
      return verifier === null ? null : isSignedBy(verifier, message, signature)
    },
    classHashAt: (address) => classes.get(address) ?? null,
    hasClass: (classHash) => [...classes.values()].includes(classHash),
    view: (call) => {
      const { number, timestamp } = running()
      return game.view(call, { caller: 0n, block: number, timestamp })
    },
    simulate: (transactions, after) => {
      const before = after === 'latest' ? [] : pending.slice(0, BLOCK_TRANSACTIONS_MAX)
      const parent = running()
      const at = nextExecutionBlock(parent, clock.peek(parent.timestamp))
      return simulateTransactions(game, [...before, ...transactions], at, worldAddress).slice(before.length)
    },
  }
}
