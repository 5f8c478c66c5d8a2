/**
 * `starknet_getEvents`. A request looks at a bounded number of events, so a page may come back
 * short, even empty, with a continuation token: the token, not the number of events, says whether
 * there is more.
 */
import { z } from 'zod'
import type { Felt } from '../../../domain/felt.ts'
import type { ChainEvent } from '../chain/block.ts'
import type { PreConfirmedBlock } from '../chain/chain.ts'
import type { EventPlace } from '../chain/chain-store.ts'
import { feltSchema } from '../chain/invoke-transaction.ts'
import {
  type BlockId,
  blockIdSchema,
  type FoundBlock,
  findBlock,
  type RpcContext,
  type SpecVersion,
} from './context.ts'
import { type RpcAnswer, refusal } from './errors.ts'
import { type RpcMethods, rpcMethod } from './method.ts'

const CHUNK_EVENTS_MAX = 1_024
/** Events that one request looks at, whether they match or not. */
const SCANNED_EVENTS_MAX = 16_384
const BATCH_EVENTS_MAX = CHUNK_EVENTS_MAX + 1
const FILTER_KEYS_MAX = 256
const ADDRESSES_MAX = 128

/** Alternatives for the key at each position; an empty list lets any key pass. */
export type KeysFilter = readonly (readonly Felt[])[]

export type PlacedEvent = EventPlace &
  ChainEvent &
  Readonly<{ blockHash: Felt | null; transactionHash: Felt }>

/** Which events are wanted; null addresses mean all. */
export type EventSelection = Readonly<{ addresses: readonly Felt[] | null; keys: KeysFilter }>

/** Whether an event has, at every position of the filter, one of its alternatives. */
const matchesKeys = (keys: readonly Felt[], filter: KeysFilter): boolean =>
  filter.every((alternatives, at) => {
    const key = keys[at]
    return alternatives.length === 0 || (key !== undefined && alternatives.includes(key))
  })

export const isSelected = (
  { from_address, keys }: ChainEvent,
  selection: EventSelection,
): boolean =>
  (selection.addresses === null || selection.addresses.includes(from_address)) &&
  matchesKeys(keys, selection.keys)

/** One address, or several. */
export const addressesSchema = z
  .union([feltSchema, z.array(feltSchema)])
  .transform((given): readonly Felt[] => (Array.isArray(given) ? given : [given]))

export const keysSchema = z.array(z.array(feltSchema))

/**
 * What is wrong with the size of a filter; null when it is acceptable. Before 0.10 a filter has one
 * address.
 */
export const filterFault = (
  { spec }: RpcContext,
  { addresses, keys }: EventSelection,
): RpcAnswer | null => {
  const count = addresses?.length ?? 0
  if (count > ADDRESSES_MAX)
    return refusal('TOO_MANY_ADDRESSES_IN_FILTER', `at most ${ADDRESSES_MAX} addresses`)
  if (count > 1 && spec === '0.9.0') {
    return refusal('INVALID_PARAMS', {
      field: 'address',
      reason: 'before 0.10 a filter has one address',
    })
  }
  const keysAndPositions = keys.reduce((sum, alternatives) => sum + 1 + alternatives.length, 0)
  return keysAndPositions > FILTER_KEYS_MAX
    ? refusal('TOO_MANY_KEYS_IN_FILTER', `at most ${FILTER_KEYS_MAX} keys and positions`)
    : null
}

/** How a continuation token spells the place where the next page begins. */
type Tokens = Readonly<{ of: (place: EventPlace) => string; pattern: RegExp; radix: number }>

const TOKENS: Tokens = {
  of: ({ block, transaction, event }) => `${block}-${transaction}-${event}`,
  pattern: /^(\d{1,15})-(\d{1,9})-(\d{1,9})$/,
  radix: 10,
}
const KATANA_TOKENS: Tokens = {
  of: ({ block, transaction, event }) =>
    [block, transaction, event].map((part) => part.toString(16)).join(','),
  pattern: /^([\da-f]{1,12}),([\da-f]{1,7}),([\da-f]{1,7})$/,
  radix: 16,
}

const tokensOf = ({ quirks }: RpcContext): Tokens => (quirks === 'katana' ? KATANA_TOKENS : TOKENS)

const placeOfToken = ({ pattern, radix }: Tokens, token: string): EventPlace | null => {
  const [block, transaction, event] =
    pattern
      .exec(token)
      ?.slice(1)
      .map((part) => Number.parseInt(part, radix)) ?? []
  if (block === undefined || transaction === undefined || event === undefined) return null
  return { block, transaction, event }
}

const comparePlaces = (a: EventPlace, b: EventPlace): number =>
  a.block - b.block || a.transaction - b.transaction || a.event - b.event

/** Events of the block that is not sealed yet, as they would be if it were sealed now. */
export const preConfirmedEvents = (block: PreConfirmedBlock): readonly PlacedEvent[] =>
  block.transactions.flatMap(({ hash, receipt }, transaction) =>
    receipt.events.map((chainEvent, event) => ({
      ...chainEvent,
      block: block.number,
      transaction,
      event,
      blockHash: null,
      transactionHash: hash,
    })),
  )

/**
 * Events of a range in chain order, read in batches; the pre-confirmed block's come last when the
 * range reaches it.
 */
function* eventsInRange(
  { chain, visible }: RpcContext,
  from: EventPlace,
  to: number,
): Generator<PlacedEvent> {
  const sealedTo = Math.min(to, visible.head().number)
  for (let next: EventPlace | null = from; next !== null; ) {
    const batch: readonly PlacedEvent[] = chain.store.events(next, sealedTo, BATCH_EVENTS_MAX)
    yield* batch
    const last = batch.length === BATCH_EVENTS_MAX ? batch.at(-1) : undefined
    next = last === undefined ? null : { ...last, event: last.event + 1 }
  }
  if (to > sealedTo)
    yield* preConfirmedEvents(visible.preConfirmed()).filter(
      (event) => comparePlaces(event, from) >= 0,
    )
}

/**
 * An `EMITTED_EVENT`: before 0.10 without its place in the block, and without the block's hash and
 * number while it is pre-confirmed.
 */
export const renderEvent = (
  { from_address, keys, data, blockHash, block, transactionHash, transaction, event }: PlacedEvent,
  spec: SpecVersion,
) => ({
  from_address,
  keys,
  data,
  ...(blockHash === null ? {} : { block_hash: blockHash, block_number: block }),
  transaction_hash: transactionHash,
  ...(spec === '0.9.0' ? {} : { transaction_index: transaction, event_index: event }),
})

type Range = Readonly<{ from: EventPlace; to: number; reachesPreConfirmed: boolean }>

/**
 * One page: the matching events among the next SCANNED_EVENTS_MAX, and where the page after it
 * begins.
 */
const pageOf = (
  context: RpcContext,
  { from, to, reachesPreConfirmed }: Range,
  selection: EventSelection,
  chunk: number,
) => {
  const tokens = tokensOf(context)
  const events: PlacedEvent[] = []
  const page = (next: EventPlace | null) => ({
    events: events.map((event) => renderEvent(event, context.spec)),
    ...(next === null ? {} : { continuation_token: tokens.of(next) }),
  })
  let scanned = 0
  let last = from
  for (const event of eventsInRange(context, from, to)) {
    if (events.length === chunk || scanned === SCANNED_EVENTS_MAX) return page(event)
    scanned += 1
    last = { ...event, event: event.event + 1 }
    if (isSelected(event, selection)) events.push(event)
  }
  // Katana expects to be asked again for events that the pre-confirmed block may still get.
  if (context.quirks === 'katana' && reachesPreConfirmed)
    return page(last.block === to ? last : placeAtStart(to))
  return page(null)
}

const placeAtStart = (block: number): EventPlace => ({ block, transaction: 0, event: 0 })

const PRE_CONFIRMED: BlockId = { kind: 'tag', tag: 'pre_confirmed' }
const LATEST: BlockId = { kind: 'tag', tag: 'latest' }

/**
 * Katana treats `l1_accepted` as the pending block, and reads up to the pending block by default.
 */
const rangeEnd = ({ quirks }: RpcContext, id: BlockId | undefined): BlockId => {
  if (quirks !== 'katana') return id ?? LATEST
  return id === undefined || (id.kind === 'tag' && id.tag === 'l1_accepted') ? PRE_CONFIRMED : id
}

const blockNumberOf = (found: FoundBlock): number =>
  found.kind === 'sealed' ? found.header.number : found.block.number

/** The blocks that a filter names; null when one of them does not exist. */
const rangeOf = (
  context: RpcContext,
  fromId: BlockId | undefined,
  toId: BlockId | undefined,
): Range | null => {
  const first = fromId === undefined ? null : findBlock(context, rangeEnd(context, fromId))
  const last = findBlock(context, rangeEnd(context, toId))
  if (last === null || (fromId !== undefined && first === null)) return null
  return {
    from: placeAtStart(first === null ? 0 : blockNumberOf(first)),
    to: blockNumberOf(last),
    reachesPreConfirmed: last.kind === 'pre-confirmed',
  }
}

const filterSchema = z.object({
  from_block: blockIdSchema.optional(),
  to_block: blockIdSchema.optional(),
  address: addressesSchema.optional(),
  keys: keysSchema.optional(),
  continuation_token: z.string().optional(),
  chunk_size: z.number().int().positive(),
})

export const eventMethods: RpcMethods = {
  starknet_getEvents: rpcMethod({ filter: filterSchema }, (context, { filter }) => {
    const { address = null, chunk_size, continuation_token, keys = [] } = filter
    if (chunk_size > CHUNK_EVENTS_MAX)
      return refusal('PAGE_SIZE_TOO_BIG', `chunk_size may be ${CHUNK_EVENTS_MAX}`)
    const fault = filterFault(context, { addresses: address, keys })
    if (fault !== null) return fault
    const range = rangeOf(context, filter.from_block, filter.to_block)
    if (range === null) return refusal('BLOCK_NOT_FOUND')
    const from =
      continuation_token === undefined
        ? range.from
        : placeOfToken(tokensOf(context), continuation_token)
    if (from === null || comparePlaces(from, range.from) < 0 || from.block > range.to) {
      return continuation_token === undefined
        ? { result: { events: [] } }
        : refusal('INVALID_CONTINUATION_TOKEN')
    }
    const chunk = context.faults.pageEvents(chunk_size)
    return { result: pageOf(context, { ...range, from }, { addresses: address, keys }, chunk) }
  }),
}
