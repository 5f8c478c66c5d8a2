/**
 * Transactions that wait for a block, and the nonces of all accounts: after the last block, and
 * after the waiting transactions.
 */
import type { Felt } from '../../../domain/felt.ts'
import type { ExecutedTransaction } from './block.ts'
import type { AdmittedTransaction } from './execution.ts'

export const BLOCK_TRANSACTIONS_MAX = 500
/** Default for the number of transactions that may wait for a block. */
export const PENDING_TRANSACTIONS_MAX = 2_000

/**
 * Where transactions can be held: in the mempool, or chosen for the coming block but not executed.
 */
export type HeldStatus = 'RECEIVED' | 'CANDIDATE'
/** How far a waiting transaction has come. */
export type WaitingStatus = HeldStatus | 'PRE_CONFIRMED'

export type PendingPool = Readonly<{
  size: () => number
  /** Raised by every change: what was derived from the pool is valid until it is raised again. */
  revision: () => number
  /** All waiting transactions, in the order of their arrival. */
  all: () => readonly AdmittedTransaction[]
  /** Transactions that the next block takes. */
  next: () => readonly AdmittedTransaction[]
  /** Transactions of the next block that count as executed: the front of `next`. */
  preConfirmed: () => readonly AdmittedTransaction[]
  /** Null when no waiting transaction has this hash. `index` counts from the front. */
  find: (
    hash: Felt,
  ) => Readonly<{ admitted: AdmittedTransaction; index: number; status: WaitingStatus }> | null
  /**
   * Holds transactions that arrive from now on at a status: no block takes those held at RECEIVED.
   * Null releases all of them.
   */
  hold: (status: HeldStatus | null) => void
  /** Adds a transaction at the end; one with the nonce of a waiting transaction takes its place. */
  add: (admitted: AdmittedTransaction) => void
  /** The account's transaction with this nonce if no block has chosen it yet; else null. */
  replaceable: (address: Felt, nonce: Felt) => AdmittedTransaction | null
  /** The nonce that the account's next transaction must carry. */
  nextNonce: (address: Felt) => number
  /** Null when there is no such account. */
  nonce: (address: Felt) => Readonly<{ latest: number; preConfirmed: number }> | null
  /** Removes the transactions that a block has sealed from the front. */
  settle: (transactions: readonly ExecutedTransaction[]) => void
  /**
   * Begins anew at these nonces after a reorg: `returned` wait again, and after them the
   * transactions that were waiting. A transaction that no longer has the next nonce is dropped.
   * While transactions are held, those that wait again are held too.
   */
  rewind: (nonces: ReadonlyMap<Felt, number>, returned: readonly AdmittedTransaction[]) => void
}>

/** Nonces that accounts have after these transactions; a reverted one uses up its nonce too. */
export const noncesAfter = (
  transactions: readonly ExecutedTransaction[],
): ReadonlyMap<Felt, number> =>
  new Map(
    transactions.map(({ transaction }) => [
      transaction.sender_address,
      Number(BigInt(transaction.nonce)) + 1,
    ]),
  )

/** Nonces of all accounts: after the last block, and after the waiting transactions. */
const createNonces = (stored: ReadonlyMap<Felt, number>, accounts: readonly Felt[]) => {
  const latest = new Map(accounts.map((address) => [address, stored.get(address) ?? 0]))
  const reserved = new Map(latest)
  const next = (address: Felt): number => reserved.get(address) ?? 0
  return {
    next,
    reserve: (address: Felt): void => void reserved.set(address, next(address) + 1),
    /** After the last block; null when there is no such account. */
    latest: (address: Felt): number | null => latest.get(address) ?? null,
    settle: (nonces: ReadonlyMap<Felt, number>): void => {
      for (const [address, nonce] of nonces) latest.set(address, nonce)
    },
    /** Begins anew at these nonces; an account without one has sent nothing. */
    rewind: (nonces: ReadonlyMap<Felt, number>): void => {
      for (const address of latest.keys()) {
        latest.set(address, nonces.get(address) ?? 0)
        reserved.set(address, nonces.get(address) ?? 0)
      }
    },
  }
}

/** How far the waiting transactions have come; some may be held. */
const createProgress = (waiting: readonly AdmittedTransaction[]) => {
  let held: HeldStatus | null = null
  const heldHashes = new Set<Felt>()
  /** Index of the first held transaction; everything after it arrived later. */
  const heldFrom = (): number => {
    const at = heldHashes.size === 0 ? -1 : waiting.findIndex(({ hash }) => heldHashes.has(hash))
    return at === -1 ? waiting.length : at
  }
  const statusAt = (index: number): WaitingStatus => {
    if (index >= BLOCK_TRANSACTIONS_MAX) return 'RECEIVED'
    return index < heldFrom() ? 'PRE_CONFIRMED' : (held ?? 'PRE_CONFIRMED')
  }
  return {
    hold: (status: HeldStatus | null): void => {
      held = status
      if (status === null) heldHashes.clear()
    },
    /** Holds a new transaction while new ones are held. */
    arrive: ({ hash }: AdmittedTransaction): void => {
      if (held !== null) heldHashes.add(hash)
    },
    leave: (hash: Felt): void => void heldHashes.delete(hash),
    leaveAll: (): void => heldHashes.clear(),
    /** Transactions that the next block takes. */
    next: (): readonly AdmittedTransaction[] =>
      waiting.slice(
        0,
        Math.min(BLOCK_TRANSACTIONS_MAX, held === 'RECEIVED' ? heldFrom() : waiting.length),
      ),
    /** Transactions of the next block that count as executed. */
    preConfirmed: (): readonly AdmittedTransaction[] =>
      waiting.slice(0, Math.min(BLOCK_TRANSACTIONS_MAX, heldFrom())),
    statusAt,
    /** The account's transaction with this nonce if no block takes it yet; else null. */
    inMempool: (address: Felt, nonce: Felt): AdmittedTransaction | null => {
      const at = waiting.findIndex(
        ({ transaction }) => transaction.sender_address === address && transaction.nonce === nonce,
      )
      return at !== -1 && statusAt(at) === 'RECEIVED' ? (waiting[at] ?? null) : null
    },
  }
}

/**
 * A pool of accounts at their nonces after the last block; accounts without a nonce have sent
 * nothing.
 */
export const createPendingPool = (
  stored: ReadonlyMap<Felt, number>,
  accounts: readonly Felt[],
): PendingPool => {
  const waiting: AdmittedTransaction[] = []
  const nonces = createNonces(stored, accounts)
  const progress = createProgress(waiting)
  let revision = 0

  const replaceable = (address: Felt, nonce: Felt): AdmittedTransaction | null =>
    // Most transactions come with the next nonce, which no waiting one has.
    BigInt(nonce) >= BigInt(nonces.next(address)) ? null : progress.inMempool(address, nonce)

  const add = (admitted: AdmittedTransaction): void => {
    const { nonce, sender_address } = admitted.transaction
    const replaced = replaceable(sender_address, nonce)
    revision += 1
    progress.arrive(admitted)
    if (replaced !== null) {
      waiting.splice(waiting.indexOf(replaced), 1, admitted)
      progress.leave(replaced.hash)
      return
    }
    waiting.push(admitted)
    nonces.reserve(sender_address)
  }

  return {
    size: () => waiting.length,
    revision: () => revision,
    all: () => waiting,
    next: progress.next,
    preConfirmed: progress.preConfirmed,
    find: (hash) => {
      const index = waiting.findIndex((admitted) => admitted.hash === hash)
      const admitted = waiting[index]
      return admitted === undefined ? null : { admitted, index, status: progress.statusAt(index) }
    },
    hold: (status) => {
      progress.hold(status)
      revision += 1
    },
    add,
    replaceable,
    nextNonce: nonces.next,
    nonce: (address) => {
      const latest = nonces.latest(address)
      if (latest === null) return null
      const executed = progress
        .preConfirmed()
        .filter(({ transaction }) => transaction.sender_address === address)
      return { latest, preConfirmed: latest + executed.length }
    },
    settle: (transactions) => {
      for (const { hash } of waiting.splice(0, transactions.length)) progress.leave(hash)
      nonces.settle(noncesAfter(transactions))
      revision += 1
    },
    rewind: (stored, returned) => {
      progress.leaveAll()
      nonces.rewind(stored)
      for (const admitted of [...returned, ...waiting.splice(0)]) {
        const { nonce, sender_address } = admitted.transaction
        if (BigInt(nonce) === BigInt(nonces.next(sender_address))) add(admitted)
      }
      revision += 1
    },
  }
}
