/**
 * Blocks of the sandbox chain, and what a block's hash commits to. The hash is the sandbox's own: the same inputs give
 * the same hash on every machine, and any other content another hash, but it is not the formula of the public networks.
 */
import { createHash } from 'node:crypto'
import { type Felt, feltOfShortString } from '../../domain/felt.ts'
import { poseidonOfSpan } from '../../schemas/starknet.ts'
import type { StoredRow } from './game.ts'
import type { InvokeTransaction } from './invoke-transaction.ts'

export type ChainEvent = Readonly<{ from_address: Felt; keys: readonly Felt[]; data: readonly Felt[] }>

/** What a transaction did. `revertReason` is null when it succeeded; a reverted one has no events. */
export type Receipt = Readonly<{ revertReason: string | null; l2Gas: number; events: readonly ChainEvent[] }>

export type ExecutedTransaction = Readonly<{ hash: Felt; transaction: InvokeTransaction; receipt: Receipt }>

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
}>

export type Block = Readonly<{ header: BlockHeader; transactions: readonly ExecutedTransaction[] }>

/** What stands in a block's place in the parent's role when there is none. */
export const BEFORE_GENESIS = {
  number: -1,
  hash: '0x0',
  newRoot: '0x0',
  timestamp: 0,
} as const satisfies Partial<BlockHeader>

const COMMITMENT_BITS = 250n
const DOMAIN_TAG = BigInt(feltOfShortString('CHRONOHEX_BLOCK') as Felt) // ASCII, below 31 characters

/** SHA-256 of lines, cut to a felt: commitments over many felts, where Poseidon would cost a hundred times as much. */
const commitmentOf = (lines: Iterable<string>): Felt => {
  const digest = createHash('sha256')
  for (const line of lines) digest.update(`${line}\n`)
  return `0x${(BigInt(`0x${digest.digest('hex')}`) & ((1n << COMMITMENT_BITS) - 1n)).toString(16)}`
}

const receiptLine = ({ hash, receipt }: ExecutedTransaction): string =>
  JSON.stringify([hash, receipt.revertReason, receipt.l2Gas, receipt.events])

const rowLine = (row: StoredRow): string =>
  [row.modelSelector, row.entityId, '|', ...row.keys, '|', ...row.values].join(' ')

/** Header of the block that follows `parent` with these transactions and changed rows. */
export const sealHeader = (
  parent: Pick<BlockHeader, 'number' | 'hash' | 'newRoot'>,
  timestamp: number,
  transactions: readonly ExecutedTransaction[],
  changedRows: readonly StoredRow[],
): BlockHeader => {
  const stateDiffCommitment = commitmentOf(changedRows.map(rowLine))
  const unhashed = {
    number: parent.number + 1,
    parentHash: parent.hash,
    timestamp,
    transactionCount: transactions.length,
    eventCount: transactions.reduce((count, { receipt }) => count + receipt.events.length, 0),
    stateDiffLength: changedRows.length,
    transactionCommitment: commitmentOf(transactions.map(({ hash }) => hash)),
    receiptCommitment: commitmentOf(transactions.map(receiptLine)),
    stateDiffCommitment,
    newRoot: commitmentOf([parent.newRoot, stateDiffCommitment]),
  }
  return { ...unhashed, hash: blockHash(unhashed) }
}

/** Poseidon over the header's fields in the order of their declaration; the commitments cover the content. */
export const blockHash = (header: Omit<BlockHeader, 'hash'>): Felt => {
  const hash = poseidonOfSpan([
    DOMAIN_TAG,
    BigInt(header.number),
    BigInt(header.parentHash),
    BigInt(header.timestamp),
    BigInt(header.transactionCount),
    BigInt(header.eventCount),
    BigInt(header.stateDiffLength),
    BigInt(header.transactionCommitment),
    BigInt(header.receiptCommitment),
    BigInt(header.newRoot),
  ])
  return `0x${hash.toString(16)}`
}
