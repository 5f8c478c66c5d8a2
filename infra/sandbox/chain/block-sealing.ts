/**
 * The header of a new block, and what its hash commits to. The hash is the sandbox's own: the same
 * inputs give the same hash on every machine, and any other content another hash, but it is not the
 * formula of the public networks. It covers a block in the text in which the block is stored.
 */
import { hash as digestOf } from 'node:crypto'
import type { Felt } from '../../../domain/felt.ts'
import type { BlockText, RowText, TransactionText } from '../store/text.ts'
import type { BlockHeader } from './block.ts'

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

/** What a new block holds besides its place behind its parent. */
export type UnsealedBlock = Readonly<{
  text: BlockText
  /** Seconds since 1970. */
  timestamp: number
  /** Reorgs before this block. */
  branch: number
}>

/** The header of the block that follows `parent`. */
export const sealedHeader = (
  parent: Pick<BlockHeader, 'number' | 'hash' | 'newRoot'>,
  { branch, text: { rows, transactions }, timestamp }: UnsealedBlock,
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
