/** Transactions that wait for a block, and the nonces of all accounts: after the last block, and after those that wait. */
import type { Felt } from '../../domain/felt.ts'
import type { ExecutedTransaction } from './block.ts'
import type { AdmittedTransaction } from './execution.ts'

export const BLOCK_TRANSACTIONS_MAX = 500
/** Default for the transactions that may wait for a block. */
export const PENDING_TRANSACTIONS_MAX = 2_000

export type PendingPool = Readonly<{
  size: () => number
  /** Raised by every change: what was derived from the pool holds while it stays. */
  revision: () => number
  /** Those that the next block takes, in the order of their arrival. */
  next: () => readonly AdmittedTransaction[]
  /** Null when it does not wait here. `index` counts from the front. */
  find: (hash: Felt) => Readonly<{ admitted: AdmittedTransaction; index: number }> | null
  add: (admitted: AdmittedTransaction) => void
  /** The nonce that the account's next transaction must carry. */
  nextNonce: (address: Felt) => number
  /** Null when there is no such account. */
  nonce: (address: Felt) => Readonly<{ latest: number; preConfirmed: number }> | null
  /** Takes from the front what a block has sealed. */
  settle: (transactions: readonly ExecutedTransaction[]) => void
  /**
   * Begins anew after a reorg, at these nonces: `returned` wait again, then those that waited already. Whatever has no
   * longer the right nonce is dropped.
   */
  rewind: (nonces: ReadonlyMap<Felt, number>, returned: readonly AdmittedTransaction[]) => void
}>

/** Nonces that accounts have after these transactions: a reverted one spends its nonce too. */
export const noncesAfter = (transactions: readonly ExecutedTransaction[]): ReadonlyMap<Felt, number> =>
  new Map(transactions.map(({ transaction }) => [transaction.sender_address, Number(BigInt(transaction.nonce)) + 1]))

/** A pool of accounts at their nonces after the last block; those without a nonce have sent nothing. */
export const createPendingPool = (stored: ReadonlyMap<Felt, number>, accounts: readonly Felt[]): PendingPool => {
  const latest = new Map(accounts.map((address) => [address, stored.get(address) ?? 0]))
  const reserved = new Map(latest)
  const waiting: AdmittedTransaction[] = []
  let revision = 0
  const nextNonce = (address: Felt): number => reserved.get(address) ?? 0
  const add = (admitted: AdmittedTransaction): void => {
    const { sender_address } = admitted.transaction
    waiting.push(admitted)
    reserved.set(sender_address, nextNonce(sender_address) + 1)
    revision += 1
  }
  return {
    size: () => waiting.length,
    revision: () => revision,
    next: () => waiting.slice(0, BLOCK_TRANSACTIONS_MAX),
    find: (hash) => {
      const index = waiting.findIndex((admitted) => admitted.hash === hash)
      const admitted = waiting[index]
      return admitted === undefined ? null : { admitted, index }
    },
    add,
    nextNonce,
    nonce: (address) => {
      const [now, after] = [latest.get(address), reserved.get(address)]
      return now === undefined || after === undefined ? null : { latest: now, preConfirmed: after }
    },
    settle: (transactions) => {
      waiting.splice(0, transactions.length)
      for (const [address, nonce] of noncesAfter(transactions)) latest.set(address, nonce)
      revision += 1
    },
    rewind: (nonces, returned) => {
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
