/**
 * The chain as clients see it. Usually that is the whole chain; a stale node, withheld blocks and a
 * replay show it only up to an earlier block, as if the rest had not happened yet.
 */
import type { Felt } from '../../../domain/felt.ts'
import type { BlockHeader } from './block.ts'
import type { Chain, PreConfirmedBlock } from './chain.ts'
import type { StatePoint } from './chain-state.ts'
import type { StoredTransaction } from './chain-store.ts'

export type VisibleChain = Readonly<{
  head: () => BlockHeader
  /** Null above the visible head. */
  header: (number: number) => BlockHeader | null
  headerByHash: (hash: Felt) => BlockHeader | null
  /** A transaction of a visible block. */
  transactionByHash: (hash: Felt) => StoredTransaction | null
  /** Transactions that wait for the coming block, executed or not; none while blocks are hidden. */
  candidates: Chain['candidates']
  /**
   * Without transactions while blocks are hidden, because the pending ones do not follow the
   * visible head.
   */
  preConfirmed: () => PreConfirmedBlock
  /** The state at the pre-confirmed block. */
  preConfirmedState: () => StatePoint
  /** The last block that is accepted on L1; null when there is none. */
  l1Accepted: () => BlockHeader | null
  /** Whether a block is accepted on L1. */
  isOnL1: (block: number) => boolean
  /** Whether some blocks are not visible. */
  isBehind: () => boolean
}>

/** `cap` gives the number of the last visible block, or null when all are visible. */
export const createVisibleChain = (chain: Chain, cap: () => number | null): VisibleChain => {
  const { store } = chain
  const limit = (): number => Math.min(cap() ?? Number.POSITIVE_INFINITY, chain.head().number)
  const isBehind = (): boolean => limit() < chain.head().number
  const upToLimit = (header: BlockHeader | null): BlockHeader | null =>
    header !== null && header.number <= limit() ? header : null
  const head = (): BlockHeader => {
    const seen = isBehind() ? store.header(limit()) : chain.head()
    return seen ?? chain.head() // every block up to the head exists
  }
  return {
    head,
    isBehind,
    l1Accepted: () => {
      const accepted = chain.l1Accepted()
      return accepted === null ? null : store.header(Math.min(accepted, limit()))
    },
    isOnL1: (block) => block <= (chain.l1Accepted() ?? -1),
    header: (number) => (number > limit() ? null : store.header(number)),
    headerByHash: (hash) => upToLimit(store.headerByHash(hash)),
    transactionByHash: (hash) => {
      const found = store.transactionByHash(hash)
      return found !== null && found.block <= limit() ? found : null
    },
    candidates: () => (isBehind() ? [] : chain.candidates()),
    preConfirmed: () => {
      if (!isBehind()) return chain.preConfirmed()
      const { number, hash, timestamp } = head()
      return { number: number + 1, parentHash: hash, timestamp, transactions: [] }
    },
    preConfirmedState: () => (isBehind() ? { after: head() } : 'pre-confirmed'),
  }
}
