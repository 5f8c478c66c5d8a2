/**
 * `starknet_getEvents`. A request looks at a bounded number of events, so a page may come back short, even empty, with a
 * continuation token: the token, not the number of events, says whether there is more.
 */
import { z } from 'zod'
import type { Felt } from '../../domain/felt.ts'
import type { ChainEvent } from './block.ts'
import type { PreConfirmedBlock } from './chain.ts'
import { feltSchema } from './invoke-transaction.ts'
import { type BlockId, blockIdSchema, findBlock, type RpcContext } from './rpc-context.ts'
import { refusal } from './rpc-errors.ts'
import { type RpcMethods, rpcMethod } from './rpc-method.ts'
import type { EventPlace } from './store.ts'

export const CHUNK_EVENTS_MAX = 1_024
/** Events that one request looks at, whether they match or not. */
export const SCANNED_EVENTS_MAX = 16_384
const BATCH_EVENTS_MAX = CHUNK_EVENTS_MAX + 1
const FILTER_KEYS_MAX = 256

/** Alternatives by position of the key; an empty list lets any key pass. */
type KeysFilter = readonly (readonly Felt[])[]

type PlacedEvent = EventPlace & ChainEvent & Readonly<{ blockHash: Felt | null; transactionHash: Felt }>

/** Whether an event has, at every position of the filter, one of its alternatives. */
export const matchesKeys = (keys: readonly Felt[], filter: KeysFilter): boolean =>
  filter.every((alternatives, at) => {
    const key = keys[at]
    return alternatives.length === 0 || (key !== undefined && alternatives.includes(key))
  })

const TOKEN = /^(\d{1,15})-(\d{1,9})-(\d{1,9})$/

/** Where the next page begins. */
const tokenOf = ({ block, transaction, event }: EventPlace): string => `${block}-${transaction}-${event}`

const placeOfToken = (token: string): EventPlace | null => {
  const match = TOKEN.exec(token)
  if (match === null) return null
  return { block: Number(match[1]), transaction: Number(match[2]), event: Number(match[3]) }
}

const comparePlaces = (a: EventPlace, b: EventPlace): number =>
  a.block - b.block || a.transaction - b.transaction || a.event - b.event

const preConfirmedEvents = (block: PreConfirmedBlock): readonly PlacedEvent[] =>
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

/** Events of a range in chain order, read in batches; the pre-confirmed block's come last when the range reaches it. */
function* eventsInRange({ chain }: RpcContext, from: EventPlace, to: number): Generator<PlacedEvent> {
  const sealedTo = Math.min(to, chain.head().number)
  for (let next: EventPlace | null = from; next !== null; ) {
    const batch: readonly PlacedEvent[] = chain.store.events(next, sealedTo, BATCH_EVENTS_MAX)
    yield* batch
    const last = batch.length === BATCH_EVENTS_MAX ? batch.at(-1) : undefined
    next = last === undefined ? null : { ...last, event: last.event + 1 }
  }
  if (to > sealedTo) yield* preConfirmedEvents(chain.preConfirmed()).filter((event) => comparePlaces(event, from) >= 0)
}

const renderEvent = ({
  from_address,
  keys,
  data,
  blockHash,
  block,
  transactionHash,
  transaction,
  event,
}: PlacedEvent) => ({
  from_address,
  keys,
  data,
  ...(blockHash === null ? {} : { block_hash: blockHash, block_number: block }),
  transaction_hash: transactionHash,
  transaction_index: transaction,
  event_index: event,
})

type Filter = Readonly<{ address: Felt | undefined; keys: KeysFilter; chunk: number }>

/** One page: the matching events among the next SCANNED_EVENTS_MAX, and where the page after it begins. */
const pageOf = (context: RpcContext, from: EventPlace, to: number, { address, keys, chunk }: Filter) => {
  const events: PlacedEvent[] = []
  let scanned = 0
  for (const event of eventsInRange(context, from, to)) {
    if (events.length === chunk || scanned === SCANNED_EVENTS_MAX) {
      return { events: events.map(renderEvent), continuation_token: tokenOf(event) }
    }
    scanned += 1
    if ((address === undefined || event.from_address === address) && matchesKeys(event.keys, keys)) events.push(event)
  }
  return { events: events.map(renderEvent) }
}

const blockNumberOf = (context: RpcContext, id: BlockId): number | null => {
  const found = findBlock(context, id)
  if (found === null) return null
  return found.kind === 'sealed' ? found.header.number : found.block.number
}

const filterSchema = z.object({
  from_block: blockIdSchema.optional(),
  to_block: blockIdSchema.optional(),
  address: feltSchema.optional(),
  keys: z.array(z.array(feltSchema)).optional(),
  continuation_token: z.string().optional(),
  chunk_size: z.number().int().positive(),
})

export const eventMethods: RpcMethods = {
  starknet_getEvents: rpcMethod({ filter: filterSchema }, (context, { filter }) => {
    const { address, chunk_size, continuation_token, keys = [] } = filter
    if (chunk_size > CHUNK_EVENTS_MAX) return refusal('PAGE_SIZE_TOO_BIG', `chunk_size may be ${CHUNK_EVENTS_MAX}`)
    if (keys.reduce((count, alternatives) => count + 1 + alternatives.length, 0) > FILTER_KEYS_MAX) {
      return refusal('TOO_MANY_KEYS_IN_FILTER', `at most ${FILTER_KEYS_MAX} keys and positions`)
    }
    const from = filter.from_block === undefined ? 0 : blockNumberOf(context, filter.from_block)
    const to = blockNumberOf(context, filter.to_block ?? { kind: 'tag', tag: 'latest' })
    if (from === null || to === null) return refusal('BLOCK_NOT_FOUND')
    const start = { block: from, transaction: 0, event: 0 }
    const place = continuation_token === undefined ? start : placeOfToken(continuation_token)
    if (place === null || comparePlaces(place, start) < 0 || place.block > to) {
      return continuation_token === undefined ? { result: { events: [] } } : refusal('INVALID_CONTINUATION_TOKEN')
    }
    return { result: pageOf(context, place, to, { address, keys, chunk: chunk_size }) }
  }),
}
