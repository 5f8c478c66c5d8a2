/**
 * Where the chain keeps its blocks: the port that the chain needs, implemented on a SQLite file by
 * infra/sandbox/store/store.ts. A block is one transaction of the file, durable before `commitBlock` returns.
 * Rows and nonces are kept with every version, so that the state after any block can be restored.
 * Every method throws FatalError when the file cannot be read or written.
 */
import type { Felt } from '../../../domain/felt.ts'
import type { Block, BlockHeader, ChainEvent, ExecutedTransaction } from './block.ts'
import type { StoredRow } from './game.ts'

/**
 * Place of an event on the chain: block, transaction in the block, event in the receipt; all from
 * 0.
 */
export type EventPlace = Readonly<{ block: number; transaction: number; event: number }>

export type StoredEvent = EventPlace &
  ChainEvent &
  Readonly<{ blockHash: Felt; transactionHash: Felt }>
export type StoredTransaction = ExecutedTransaction & Readonly<{ block: number; index: number }>

export type BlockReference = Readonly<{ number: number; hash: Felt }>

/** The blocks that were abandoned, first and last included. */
export type Reorg = Readonly<{ first: BlockReference; last: BlockReference }>

export type ChainStore = Readonly<{
  /** The seed of the world in the file. */
  seed: Felt
  /** The last block's header; null on a fresh file. */
  head: () => BlockHeader | null
  commitBlock: (
    block: Block,
    changedRows: readonly StoredRow[],
    nonces: ReadonlyMap<Felt, number>,
  ) => void
  /**
   * Deletes a block and all after it with everything that they changed, and records that this
   * happened.
   */
  abandonFrom: (first: number) => Reorg
  /** Number of reorgs that the chain has seen. */
  reorgCount: () => number
  /** Number of the last block that is accepted on L1; null before there is one. */
  l1Accepted: () => number | null
  acceptOnL1: (block: number) => void
  /** Null when there is no such block. */
  header: (number: number) => BlockHeader | null
  headerByHash: (hash: Felt) => BlockHeader | null
  /** A block's transactions in order, with their receipts. */
  transactions: (block: number) => readonly ExecutedTransaction[]
  /** Hashes of a block's transactions in order. */
  transactionHashes: (block: number) => readonly Felt[]
  transactionByHash: (hash: Felt) => StoredTransaction | null
  transactionAt: (block: number, index: number) => StoredTransaction | null
  hasTransaction: (hash: Felt) => boolean
  /** At most `limit` events from a place on, up to the end of block `toBlock`, in chain order. */
  events: (from: EventPlace, toBlock: number, limit: number) => readonly StoredEvent[]
  /**
   * Every row of the world's state after a block, in the order in which they were first written.
   */
  rowsAt: (block: number) => Iterable<StoredRow>
  /** An account's nonce after a block; null before its first transaction. */
  nonceAt: (address: Felt, block: number) => number | null
  /** Nonces after the last block. */
  nonces: () => ReadonlyMap<Felt, number>
  /** Injected events (injection.ts) up to the end of a block, in chain order. */
  injectedEvents: (toBlock: number) => readonly ChainEvent[]
  close: () => void
}>
