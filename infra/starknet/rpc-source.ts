/**
 * The chain as a Starknet node tells it over JSON-RPC. `starknet_getEvents` finds the blocks that
 * have events of the world; their receipts then give order, places and felts, since before spec
 * 0.10 the events themselves do not. The range's upper end is always a number: at `latest` or
 * beyond, some nodes give pre-confirmed events and endless tokens.
 */
import { RetryableError } from '../../domain/errors.ts'
import { type Felt, parseFelt } from '../../domain/felt.ts'
import { shown } from '../../domain/shown.ts'
import { UnreadableAnswer } from '../../ingest/errors.ts'
import type {
  BlockHeader,
  ChainSource,
  RawWorldEvent,
  SourceBlock,
} from '../../ingest/sources/chain-source.ts'
import { mapAhead } from '../../ingest/sources/map-ahead.ts'
import { type JsonRpcClient, type RpcRefusal, refusalError } from './json-rpc-client.ts'
import {
  type BlockHeaderAnswer,
  type BlockWithReceiptsAnswer,
  blockHeaderAnswer,
  blockWithReceiptsAnswer,
  chainIdAnswer,
  eventsAnswer,
  parsedAnswer,
} from './rpc-answers.ts'

/** What a source reads, and how much of it at a time. */
export type RpcSourceOptions = Readonly<{
  client: JsonRpcClient
  /** Address of the World contract whose events are read. */
  worldAddress: Felt
  /** Events asked for at once. Default: 1000; nodes refuse more than 1024. */
  chunkEvents?: number
  /**
   * Pages that one range may have before the node is held to be going round in circles. Default:
   * 100 000.
   */
  rangePagesMax?: number
  /** Blocks whose receipts are fetched at the same time. Default: 8. */
  blocksAheadMax?: number
}>

/** Starknet's refusal codes that mean "not (yet) there". */
const BLOCK_NOT_FOUND = 24
const INVALID_CONTINUATION_TOKEN = 33
const NO_BLOCKS = 32

/** A block that has events of the world, as `starknet_getEvents` told of it. */
type FoundBlock = Readonly<{ number: number; hash: Felt; events: number }>

/** A source on one node (or what stands behind its URL). It keeps no state between calls. */
export const createRpcSource = (options: RpcSourceOptions): ChainSource => {
  const { client, worldAddress, blocksAheadMax = 8 } = options

  const header = async (
    block: number | 'latest',
    signal?: AbortSignal,
  ): Promise<BlockHeader | null> => {
    const block_id = block === 'latest' ? block : { block_number: block }
    const answer = await client.ask('starknet_getBlockWithTxHashes', { block_id }, signal)
    if ('result' in answer) {
      const what = block === 'latest' ? 'The newest block' : `Block ${block}`
      const Failure = block === 'latest' ? RetryableError : UnreadableAnswer
      return headerOf(parsedAnswer(blockHeaderAnswer, answer.result, what, Failure))
    }
    if (answer.refused.code === BLOCK_NOT_FOUND || answer.refused.code === NO_BLOCKS) return null
    throw refusalError('starknet_getBlockWithTxHashes', answer.refused)
  }

  return {
    chainId: async (signal) =>
      parsedAnswer(
        chainIdAnswer,
        await client.call('starknet_chainId', [], signal),
        'The chain id',
      ),
    head: (signal) => header('latest', signal),
    header,
    blocksWithEvents: (from, to, signal) =>
      mapAhead(blocksFound(options, from, to, signal), blocksAheadMax, (found) =>
        readBlock(client, worldAddress, found, signal),
      ),
  }
}

const headerOf = (answer: BlockHeaderAnswer): BlockHeader => ({
  number: answer.block_number,
  hash: answer.block_hash,
  parentHash: answer.parent_hash,
  timestamp: answer.timestamp,
  finality: answer.status,
})

/**
 * Blocks from..to that have events of the world, ascending. A block whose events span pages is one
 * block.
 */
async function* blocksFound(
  options: RpcSourceOptions,
  from: number,
  to: number,
  signal: AbortSignal,
): AsyncGenerator<FoundBlock> {
  let block: FoundBlock | null = null
  for await (const { block_number: number, block_hash: hash } of eventsFound(
    options,
    from,
    to,
    signal,
  )) {
    const due: number = block?.number ?? from
    if (number < due || number > to)
      throw new RetryableError(
        `An event of block ${number} came where one of blocks ${due} to ${to} was due`,
      )
    if (block === null || block.number < number) {
      if (block !== null) yield block
      block = { number, hash, events: 1 }
      continue
    }
    if (block.hash !== hash)
      throw new RetryableError(
        `Block ${number} was ${block.hash}, and ${hash} for its later events`,
      )
    block = { number, hash, events: block.events + 1 }
  }
  if (block !== null) yield block
}

async function* eventsFound(
  options: RpcSourceOptions,
  from: number,
  to: number,
  signal: AbortSignal,
) {
  const { client, worldAddress, chunkEvents = 1_000, rangePagesMax = 100_000 } = options
  const filter = {
    from_block: { block_number: from },
    to_block: { block_number: to },
    address: worldAddress,
    keys: [],
    chunk_size: chunkEvents,
  }
  const tokens = new Set<string>()
  let next: { continuation_token?: string } = {}
  while (tokens.size < rangePagesMax) {
    const answer = await client.ask(
      'starknet_getEvents',
      { filter: { ...filter, ...next } },
      signal,
    )
    if ('refused' in answer) throw eventsRefused(answer.refused)
    const what = `Events of blocks ${from} to ${to}`
    const page = parsedAnswer(eventsAnswer, answer.result, what, UnreadableAnswer)
    yield* page.events
    const token = page.continuation_token
    if (token === undefined || token === null) return
    if (tokens.has(token))
      throw new RetryableError(`starknet_getEvents gave the continuation token "${token}" twice`)
    tokens.add(token)
    next = { continuation_token: token }
  }
  throw new RetryableError(
    `Events of blocks ${from} to ${to} did not end within ${rangePagesMax} pages`,
  )
}

/**
 * The node announced these blocks and gave this token. If it does not know them now, it was
 * replaced by another, and another try may succeed.
 */
const eventsRefused = (refusal: RpcRefusal): Error => {
  const error = refusalError('starknet_getEvents', refusal)
  return refusal.code === BLOCK_NOT_FOUND || refusal.code === INVALID_CONTINUATION_TOKEN
    ? new RetryableError(error.message)
    : error
}

/** The block with the world's events at their places, if it still is the block that was found. */
const readBlock = async (
  client: JsonRpcClient,
  world: Felt,
  { number, hash, events: count }: FoundBlock,
  signal: AbortSignal,
): Promise<SourceBlock> => {
  const answer = await client.ask(
    'starknet_getBlockWithReceipts',
    { block_id: { block_number: number } },
    signal,
  )
  if ('refused' in answer) {
    if (answer.refused.code === BLOCK_NOT_FOUND)
      throw new RetryableError(`The node has no block ${number} any more`)
    throw refusalError('starknet_getBlockWithReceipts', answer.refused)
  }
  const what = `Block ${number}`
  const block = parsedAnswer(blockWithReceiptsAnswer, answer.result, what, UnreadableAnswer)
  if (block.block_hash !== hash || block.block_number !== number)
    throw new RetryableError(
      `Block ${number} was ${hash} by its events, and ${block.block_hash} by its header`,
    )
  const events = worldEventsOf(block, world)
  if (events.length !== count)
    throw new UnreadableAnswer(
      `Block ${number} had ${count} events of the world, but its receipts have ${events.length}`,
    )
  return { header: headerOf(block), events }
}

const worldEventsOf = (
  { block_number: block, transactions }: BlockWithReceiptsAnswer,
  world: Felt,
): RawWorldEvent[] =>
  transactions.flatMap(({ receipt }, transactionIndex) =>
    receipt.events.flatMap(({ from_address, keys, data }, eventIndex): RawWorldEvent[] =>
      from_address === world
        ? [
            {
              keys: feltsOf(keys, block),
              data: feltsOf(data, block),
              transaction: receipt.transaction_hash,
              transactionIndex,
              eventIndex,
            },
          ]
        : [],
    ),
  )

/** What is no felt cannot be kept raw either: the log could not give it back as the chain had it. */
const feltsOf = (texts: readonly string[], block: number): Felt[] =>
  texts.map((text) => {
    const felt = parseFelt(text)
    if (felt === null)
      throw new UnreadableAnswer(
        `Block ${block}: the node gave ${shown(text)} as a felt of an event`,
      )
    return felt
  })
