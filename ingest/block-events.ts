/**
 * What a block of the chain becomes in the log: one `BlockIngested`, then its facts in chain order,
 * in as few appends as the limit allows. Pure: the same block gives the same events, ids and cuts,
 * so a repeated append is recognised.
 */
import type { JsonObject, NewEvent } from '../domain/event-log/event-log.ts'
import type { Felt } from '../domain/felt.ts'
import type { WorldFact } from '../domain/world-stream/facts.ts'
import {
  BLOCK_INGESTED,
  type BlockIngested,
  type ChainMeta,
  type WorldId,
} from '../domain/world-stream/facts.ts'
import { uuidV5 } from '../schemas/crypto/uuid.ts'
import { schemaVersionOf } from '../schemas/events/upcast.ts'
import type { RawWorldEvent, SourceBlock } from './sources/chain-source.ts'

/**
 * Decodes an event of the World contract; total (schemas/worlds/decode.ts). `system`: who emitted a
 * game event.
 */
export type DecodeWorldEvent = (
  event: RawWorldEvent,
) => WorldFact & Readonly<{ system: Felt | null }>

/**
 * Namespace of the ids of everything that came from a chain. Constant for ever: other ids would be
 * other events.
 */
const CHAIN_EVENTS = '6f0c1ad2-b3f2-4e6c-9a1d-0f6d5f1f7c3e'

const chainEventId = (
  { chainId, address }: WorldId,
  ...place: readonly (string | number)[]
): string => uuidV5(CHAIN_EVENTS, [chainId, address, ...place].join('/'))

/** The block's header and facts as they stand in the log, in order. */
export const eventsOfBlock = (
  world: WorldId,
  block: SourceBlock,
  decode: DecodeWorldEvent,
): NewEvent[] => {
  const { header, events } = block
  const data: BlockIngested = { ...header, eventCount: events.length }
  const ingested: NewEvent = {
    id: chainEventId(world, BLOCK_INGESTED, header.hash),
    type: BLOCK_INGESTED,
    data,
    meta: { schemaVersion: schemaVersionOf(BLOCK_INGESTED), block: header.number },
  }
  return [ingested, ...events.map((event) => factEvent(world, block, event, decode))]
}

const factEvent = (
  world: WorldId,
  { header }: SourceBlock,
  event: RawWorldEvent,
  decode: DecodeWorldEvent,
): NewEvent => {
  const { transaction, transactionIndex, eventIndex } = event
  const { type, data, system } = decode(event)
  const schemaVersion = schemaVersionOf(type)
  const place = { schemaVersion, block: header.number, transaction, transactionIndex, eventIndex }
  const meta: ChainMeta = system === null ? place : { ...place, system }
  return { id: chainEventId(world, header.hash, transaction, eventIndex), type, data, meta }
}

/** Id and punctuation of a stored event, beside its type, data and meta. */
const EVENT_OVERHEAD_BYTES = 100

const storedBytes = ({ type, data, meta }: NewEvent): number =>
  EVENT_OVERHEAD_BYTES + type.length + jsonBytes(data) + jsonBytes(meta)

const jsonBytes = (json: JsonObject): number => Buffer.byteLength(JSON.stringify(json))

/**
 * Consecutive parts of at most `bytesMax` bytes each; an event that is larger by itself is a part
 * of its own.
 */
export const cutByBytes = (events: readonly NewEvent[], bytesMax: number): NewEvent[][] => {
  const parts: NewEvent[][] = []
  let part: NewEvent[] = []
  let partBytes = 0
  for (const event of events) {
    const bytes = storedBytes(event)
    if (part.length > 0 && partBytes + bytes > bytesMax) {
      parts.push(part)
      part = []
      partBytes = 0
    }
    part.push(event)
    partBytes += bytes
  }
  if (part.length > 0) parts.push(part)
  return parts
}
