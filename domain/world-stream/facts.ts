/**
 * What the world's canonical stream contains: per block that has events of the world, one
 * `BlockIngested` and then the block's facts in chain order, appended together; between blocks, what
 * became of them (`BlockRetracted`, `FinalityAdvanced`) and how far the chain was covered
 * (`HeadReached`). The revision in this stream is the *position*: the one axis of world history,
 * equal on every log adapter. It is read by entries.ts.
 */
import type { JsonObject, RecordedEvent } from '../event-log/event-log.ts'
import type { Felt } from '../felt.ts'
import { shortStringOf } from '../felt.ts'
import type { Fields, MemberValue } from '../worlds/definition.ts'

/** A world is one World contract on one chain. */
export type WorldId = Readonly<{ chainId: Felt; address: Felt }>

/** A chain id as text where it is a printable short string (`SN_MAIN`), else its felt. */
export const chainName = (chainId: Felt): string => {
  const text = shortStringOf(chainId)
  return text !== null && /^[A-Za-z0-9_]+$/.test(text) ? text : chainId
}

export const worldStream = ({ chainId, address }: WorldId): string =>
  `world-${chainName(chainId)}-${address}`

export type Finality = 'PRE_CONFIRMED' | 'ACCEPTED_ON_L2' | 'ACCEPTED_ON_L1'

/**
 * Header of a block that has events of the world; `eventCount` facts follow it before the block is
 * complete.
 */
export type BlockIngested = Readonly<{
  number: number
  hash: Felt
  parentHash: Felt
  /** Seconds since 1970, as the chain gives it. */
  timestamp: number
  finality: Finality
  eventCount: number
}>

/**
 * A block of the stream. Its identity is the position of its header: number and hash may come back
 * after a retraction.
 */
export type BlockRef = Readonly<{
  /** Of its `BlockIngested`. */
  position: number
}> &
  Pick<BlockIngested, 'number' | 'hash' | 'timestamp' | 'finality'>

/**
 * The chain dropped a block; the log keeps it. The newest block that still stands is retracted
 * first, one event each, and each names the block that remains: null when none does. A block of
 * which only a part was written can be retracted, too.
 */
export type BlockRetracted = Readonly<{ retracted: BlockRef; remaining: BlockRef | null }>

/** All blocks up to this one that still stand are accepted on L1: they will not be retracted. */
export type FinalityAdvanced = Readonly<{ number: number; hash: Felt }>

/**
 * How far the chain was covered when nothing else was to be told for a while. It carries no fact
 * about the world.
 */
export type HeadReached = Pick<BlockIngested, 'number' | 'hash' | 'timestamp' | 'finality'>

/**
 * `<Model>Written`: the whole row. `keys` is null when the chain told only the entity id
 * (StoreUpdateRecord).
 */
export type ModelWritten = Readonly<{ entityId: Felt; keys: Fields | null; values: Fields }>
/** `<Model>MemberWritten`: one member of a row. */
export type ModelMemberWritten = Readonly<{ entityId: Felt; member: string; value: MemberValue }>
/** `<Model>Erased`: the row reads as zeros from now on. */
export type ModelErased = Readonly<{ entityId: Felt }>

/** `UndecodedWorldEvent`: kept raw, never dropped. `reason` says what was wrong and where. */
export type UndecodedWorldEvent = Readonly<{
  reason: string
  keys: readonly Felt[]
  data: readonly Felt[]
}>

/** `meta` of every fact that came from the chain. */
export type ChainMeta = Readonly<{
  schemaVersion: number
  block: number
  transaction: Felt
  /** Place of the transaction in its block. */
  transactionIndex: number
  /** Place of the event in its transaction's receipt, counted over all contracts. */
  eventIndex: number
  /** System contract that emitted a game event; absent on model writes. */
  system?: Felt
}>

export const BLOCK_INGESTED = 'BlockIngested'
export const BLOCK_RETRACTED = 'BlockRetracted'
export const FINALITY_ADVANCED = 'FinalityAdvanced'
export const HEAD_REACHED = 'HeadReached'
export const UNDECODED_WORLD_EVENT = 'UndecodedWorldEvent'

/** A decoded fact, before it has a place in the log. */
export type WorldFact = Readonly<{ type: string; data: JsonObject }>

// Written by ingest only.
export const chainMetaOf = (event: RecordedEvent): ChainMeta => event.meta as unknown as ChainMeta
