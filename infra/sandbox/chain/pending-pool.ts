/**
 * Transactions that wait for a block, and the nonces of all accounts: after the last block, and
 * after those that wait.
 */
import type { Felt } from '../../../domain/felt.ts'
import type { ExecutedTransaction } from './block.ts'
import type { AdmittedTransaction } from './execution.ts'

export const BLOCK_TRANSACTIONS_MAX = 500
/** Default for the transactions that may wait for a block. */
export const PENDING_TRANSACTIONS_MAX = 2_000

/**
 * Where transactions can be made to stay: in the mempool, or chosen for the coming block and not
 * run.
 */
export type HeldStatus = 'RECEIVED' | 'CANDIDATE'
/** How far a transaction has come that waits for its block. */
export type WaitingStatus = HeldStatus | 'PRE_CONFIRMED'

export type PendingPool = Readonly<{
  size: () => number
  /** Raised by every change: what was derived from the pool holds while it stays. */
  revision: () => number
  /** All that wait, in the order of their arrival. */
  all: () => readonly AdmittedTransaction[]
  /** Those that the next block takes. */
  next: () => readonly AdmittedTransaction[]
  /** Those of the next block that count as run already: the front of `next`. */
  preConfirmed: () => readonly AdmittedTransaction[]
  /** Null when it does not wait here. `index` counts from the front. */
  find: (
    hash: Felt,
  ) => Readonly<{ admitted: AdmittedTransaction; index: number; status: WaitingStatus }> | null
  /**
   * Keeps what arrives from now on at a status: no block takes it while that is RECEIVED. Null lets
   * all of it go on.
   */
  hold: (status: HeldStatus | null) => void
  /** Adds a transaction at the end; one with the nonce of a waiting one takes that one's place. */
  add: (admitted: AdmittedTransaction) => void
  /**
   * The account's transaction with this nonce that is not chosen for a block yet; null without one.
   */
  replaceable: (address: Felt, nonce: Felt) => AdmittedTransaction | null
  /** The nonce that the account's next transaction must carry. */
  nextNonce: (address: Felt) => number
  /** Null when there is no such account. */
  nonce: (address: Felt) => Readonly<{ latest: number; preConfirmed: number }> | null
  /** Takes from the front what a block has sealed. */
  settle: (transactions: readonly ExecutedTransaction[]) => void
  /**
   * Begins anew after a reorg, at these nonces: `returned` wait again, then those that waited
   * already. Whatever has no longer the right nonce is dropped. While transactions are held, those
   * that wait again are held too.
   */
  rewind: (nonces: ReadonlyMap<Felt, number>, returned: readonly AdmittedTransaction[]) => void
}>

/** Nonces that accounts have after these transactions: a reverted one spends its nonce too. */
export const noncesAfter = (
  transactions: readonly ExecutedTransaction[],
): ReadonlyMap<Felt, number> =>
  new Map(
    transactions.map(({ transaction }) => [
      transaction.sender_address,
      Number(BigInt(transaction.nonce)) + 1,
    ]),
  )

/**
 * A pool of accounts at their nonces after the last block; those without a nonce have sent nothing.
 */
export const createPendingPool = (
  stored: ReadonlyMap<Felt, number>,
  accounts: readonly Felt[],
): PendingPool => {
  const latest = new Map(accounts.map((address) => [address, stored.get(address) ?? 0]))
  const reserved = new Map(latest)
  const waiting: AdmittedTransaction[] = []
  let revision = 0
  let held: HeldStatus | null = null
  const heldHashes = new Set<Felt>()
  /** Index of the first that is held; what comes after it arrived later. */
  const heldFrom = (): number => {
    const at = heldHashes.size === 0 ? -1 : waiting.findIndex(({ hash }) => heldHashes.has(hash))
    return at === -1 ? waiting.length : at
  }
  const nextNonce = (address: Felt): number => reserved.get(address) ?? 0
  const next = (): readonly AdmittedTransaction[] =>
    waiting.slice(
      0,
      Math.min(BLOCK_TRANSACTIONS_MAX, held === 'RECEIVED' ? heldFrom() : waiting.length),
    )
  const preConfirmed = (): readonly AdmittedTransaction[] =>
    waiting.slice(0, Math.min(BLOCK_TRANSACTIONS_MAX, heldFrom()))
  const statusAt = (index: number): WaitingStatus => {
    if (index >= BLOCK_TRANSACTIONS_MAX) return 'RECEIVED'
    return index < heldFrom() ? 'PRE_CONFIRMED' : (held ?? 'PRE_CONFIRMED')
  }
  const replaceable = (address: Felt, nonce: Felt): AdmittedTransaction | null => {
    // Most transactions come with the next nonce, which nothing that waits has.
    if (BigInt(nonce) >= BigInt(nextNonce(address))) return null
    const at = waiting.findIndex(
      ({ transaction }) => transaction.sender_address === address && transaction.nonce === nonce,
    )
    return at !== -1 && statusAt(at) === 'RECEIVED' ? (waiting[at] ?? null) : null
  }
  const add = (admitted: AdmittedTransaction): void => {
    const { nonce, sender_address } = admitted.transaction
    const replaced = replaceable(sender_address, nonce)
    revision += 1
    if (held !== null) heldHashes.add(admitted.hash)
    if (replaced !== null) {
      waiting.splice(waiting.indexOf(replaced), 1, admitted)
      heldHashes.delete(replaced.hash)
      return
    }
    waiting.push(admitted)
    reserved.set(sender_address, nextNonce(sender_address) + 1)
  }
  return {
    size: () => waiting.length,
    revision: () => revision,
    all: () => waiting,
    next,
    preConfirmed,
    find: (hash) => {
      const index = waiting.findIndex((admitted) => admitted.hash === hash)
      const admitted = waiting[index]
      return admitted === undefined ? null : { admitted, index, status: statusAt(index) }
    },
    hold: (status) => {
      held = status
      if (status === null) heldHashes.clear()
      revision += 1
    },
    add,
    replaceable,
    nextNonce,
    nonce: (address) => {
      const now = latest.get(address)
      if (now === undefined) return null
      const run = preConfirmed().filter(({ transaction }) => transaction.sender_address === address)
      return { latest: now, preConfirmed: now + run.length }
    },
    settle: (transactions) => {
      for (const { hash } of waiting.splice(0, transactions.length)) heldHashes.delete(hash)
      for (const [address, nonce] of noncesAfter(transactions)) latest.set(address, nonce)
      revision += 1
    },
    rewind: (nonces, returned) => {
      heldHashes.clear()
      for (const address of latest.keys()) {
        latest.set(address, nonces.get(address) ?? 0)
        reserved.set(address, nonces.get(address) ?? 0)
      }
      for (const admitted of [...returned, ...waiting.splice(0)]) {
        const { nonce, sender_address } = admitted.transaction
        if (BigInt(nonce) === BigInt(nextNonce(sender_address))) add(admitted)
      }
      revision += 1
    },
  }
}
