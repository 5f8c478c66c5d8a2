/**
 * Where blocks come from. A source tells what the chain says; it neither decodes nor remembers.
 * Every adapter passes chain-source.contract.ts.
 */
import type { Felt } from '../../domain/felt.ts'
import type { Finality } from '../../domain/world-stream/facts.ts'

export type BlockHeader = Readonly<{
  number: number
  hash: Felt
  parentHash: Felt
  /** Seconds since 1970. */
  timestamp: number
  finality: Finality
}>

/** An event that the World contract emitted, as felts. */
export type RawWorldEvent = Readonly<{
  keys: readonly Felt[]
  data: readonly Felt[]
  transaction: Felt
  /** Place of the transaction in its block. */
  transactionIndex: number
  /** Place in the transaction's receipt, counted over the events of all contracts. */
  eventIndex: number
}>

/** A block with events of the world, in chain order (transaction, then event). */
export type SourceBlock = Readonly<{ header: BlockHeader; events: readonly RawWorldEvent[] }>

/**
 * Requests end with the signal's reason when it aborts. What may pass is thrown as RetryableError.
 */
export type ChainSource = Readonly<{
  chainId: (signal?: AbortSignal) => Promise<Felt>
  /** The newest accepted block; never a pre-confirmed one. Null on a chain without blocks. */
  head: (signal?: AbortSignal) => Promise<BlockHeader | null>
  /** Header at a height; null when there is no such block. */
  header: (number: number, signal?: AbortSignal) => Promise<BlockHeader | null>
  /**
   * Blocks from..to (inclusive) that have events of the world, ascending; the others are left out.
   */
  blocksWithEvents: (from: number, to: number, signal: AbortSignal) => AsyncIterable<SourceBlock>
}>
