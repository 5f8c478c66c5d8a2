/**
 * Blocks of the sandbox chain, and what a block's hash commits to. The hash is the sandbox's own:
 * the same inputs give the same hash on every machine, and any other content another hash, but it
 * is not the formula of the public networks.
 */
import { hash as digestOf } from 'node:crypto'
import type { Felt } from '../../../domain/felt.ts'
import { type BlockText, type RowText, type TransactionText, textOfBlock } from '../store/text.ts'
import type { StoredRow } from './game.ts'
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

/** What one call of a transaction returned, and how many of the receipt's events are its. */
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

/** What stands in a block's place in the parent's role when there is none. */
export const BEFORE_GENESIS = {
  number: -1,
  hash: '0x0',
  newRoot: '0x0',
  timestamp: 0,
  branch: 0,
} as const satisfies Partial<BlockHeader>

/** 250 bits: every such number is a felt. */
const COMMITMENT_MASK = (1n << 250n) - 1n

/**
 * SHA-256 of lines, cut to a felt. Poseidon would cost many times as much and prove nothing here.
 */
export const commitmentOf = (lines: readonly string[]): Felt => {
  const digest = digestOf('sha256', `${lines.join('\n')}\n`)
  return `0x${(BigInt(`0x${digest}`) & COMMITMENT_MASK).toString(16)}`
}

const receiptLine = ({ hash, l2Gas, revertReason, eventCount, events }: TransactionText): string =>
  `${hash} ${l2Gas} ${JSON.stringify(revertReason)} ${eventCount}\n${events}`

const rowLine = ({ model, entityId, keys, values }: RowText): string =>
  `${model} ${entityId}|${keys}|${values}`

/** Header of the block that follows `parent` and holds this. */
export const sealText = (
  parent: Pick<BlockHeader, 'number' | 'hash' | 'newRoot'>,
  timestamp: number,
  { rows, transactions }: BlockText,
  branch: number,
): BlockHeader => {
  const stateDiffCommitment = commitmentOf(rows.map(rowLine))
  const unhashed = {
    number: parent.number + 1,
    parentHash: parent.hash,
    timestamp,
    transactionCount: transactions.length,
    eventCount: transactions.reduce((count, { eventCount }) => count + eventCount, 0),
    stateDiffLength: rows.length,
    transactionCommitment: commitmentOf(transactions.map(({ hash }) => hash)),
    receiptCommitment: commitmentOf(transactions.map(receiptLine)),
    stateDiffCommitment,
    newRoot: commitmentOf([parent.newRoot, stateDiffCommitment]),
    branch,
  }
  return { ...unhashed, hash: blockHash(unhashed) }
}

/** Header of the block that follows `parent` with these transactions and changed rows. */
export const sealHeader = (
  parent: Pick<BlockHeader, 'number' | 'hash' | 'newRoot'>,
  timestamp: number,
  transactions: readonly ExecutedTransaction[],
  changedRows: readonly StoredRow[],
  branch = 0,
): BlockHeader => sealText(parent, timestamp, textOfBlock(transactions, changedRows), branch)

/** Over the header's fields; the commitments among them cover the content. */
const blockHash = (header: Omit<BlockHeader, 'hash'>): Felt =>
  commitmentOf([
    'CHRONOHEX_BLOCK',
    `${header.number} ${header.timestamp} ${header.branch}`,
    header.parentHash,
    `${header.transactionCount} ${header.eventCount} ${header.stateDiffLength}`,
    header.transactionCommitment,
    header.receiptCommitment,
    header.newRoot,
  ])
