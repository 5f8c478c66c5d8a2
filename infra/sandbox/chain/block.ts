/**
 * Blocks of the sandbox chain: their headers, and their transactions with what those did. What a
 * block's hash commits to is in block-sealing.ts.
 */
import type { Felt } from '../../../domain/felt.ts'
import type { InvokeTransaction } from './invoke-transaction.ts'

export type ChainEvent = Readonly<{
  from_address: Felt
  keys: readonly Felt[]
  data: readonly Felt[]
}>

/**
 * What a transaction did. `revertReason` is null when it succeeded; a reverted one has no events.
 */
export type Receipt = Readonly<{
  revertReason: string | null
  l2Gas: number
  events: readonly ChainEvent[]
}>

/** What one call of a transaction returned, and how many of the receipt's events it emitted. */
export type CallTrace = Readonly<{ returned: readonly Felt[]; events: number }>

export type ExecutedTransaction = Readonly<{
  hash: Felt
  transaction: InvokeTransaction
  receipt: Receipt
  /** One per call; none when the transaction was reverted. */
  calls: readonly CallTrace[]
}>

export type BlockHeader = Readonly<{
  number: number
  hash: Felt
  /** Zero for block 0. */
  parentHash: Felt
  /** Seconds since 1970; never before the parent's. */
  timestamp: number
  transactionCount: number
  eventCount: number
  /** Number of rows that the block changed. */
  stateDiffLength: number
  transactionCommitment: Felt
  receiptCommitment: Felt
  stateDiffCommitment: Felt
  /** Chains the state differences of all blocks so far. */
  newRoot: Felt
  /** Reorgs before this block: the same content on another branch has another hash. */
  branch: number
}>

export type Block = Readonly<{ header: BlockHeader; transactions: readonly ExecutedTransaction[] }>

/** What block 0 has for a parent. */
export const BEFORE_GENESIS = {
  number: -1,
  hash: '0x0',
  newRoot: '0x0',
  timestamp: 0,
  branch: 0,
} as const satisfies Partial<BlockHeader>
