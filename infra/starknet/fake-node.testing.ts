/**
 * A node that serves given blocks over JSON-RPC as ingest reads them: recorded ones, or ones that a
 * test made up.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Felt } from '../../domain/felt.ts'
import type { TestBlock } from '../../ingest/test-chain.testing.ts'

type NodeEvent = Readonly<{
  from_address: string
  keys: readonly string[]
  data: readonly string[]
}>

/** A block as `starknet_getBlockWithReceipts` answers it. */
export type NodeBlock = Readonly<{
  status: string
  block_number: number
  block_hash: string
  parent_hash: string
  timestamp: number
  transactions: readonly Readonly<{
    receipt: Readonly<{ transaction_hash: string; events: readonly NodeEvent[] }>
  }>[]
}>

/** Nodes pad felts or do not; this one does, which no reader may depend on. */
const padded = (felt: Felt): string => `0x${felt.slice(2).padStart(64, '0')}`

/** A block of a test as the node serves it. */
export const nodeBlockOf = ({ header, transactions }: TestBlock): NodeBlock => ({
  status: header.finality,
  block_number: header.number,
  block_hash: padded(header.hash),
  parent_hash: padded(header.parentHash),
  timestamp: header.timestamp,
  transactions: transactions.map(({ hash, events }) => ({
    receipt: {
      transaction_hash: padded(hash),
      events: events.map(({ from, keys, data }) => ({
        from_address: padded(from),
        keys: keys.map(padded),
        data: data.map(padded),
      })),
    },
  })),
})

type Params = Readonly<{
  block_id?: 'latest' | Readonly<{ block_number: number }>
  filter?: Readonly<{
    from_block: Readonly<{ block_number: number }>
    to_block: Readonly<{ block_number: number }>
    address: string
    chunk_size: number
    continuation_token?: string
  }>
}>
type Answer =
  | Readonly<{ result: unknown }>
  | Readonly<{ error: Readonly<{ code: number; message: string }> }>

/** A node that is being served. */
export type FakeNode = Readonly<{
  url: string
  /** Methods asked so far, in order. */
  asked: readonly string[]
  close: () => Promise<void>
}>

/** What a node serves. */
export type FakeNodeOptions = Readonly<{
  chainId: string
  /** Read at each request, so a test may change them. */
  blocks: readonly NodeBlock[]
  /** Changes an answer before it is sent. */
  distort?: (method: string, answer: Answer) => Answer
}>

const refused = (code: number, message: string): Answer => ({ error: { code, message } })

const CHUNK_SIZE_MAX = 1_024

const eventsPage = (
  blocks: readonly NodeBlock[],
  filter: NonNullable<Params['filter']>,
): Answer => {
  if (filter.chunk_size > CHUNK_SIZE_MAX) return refused(31, 'Requested page size is too big')
  if (filter.to_block.block_number >= blocks.length) return refused(24, 'Block not found')
  const events = blocks
    .slice(filter.from_block.block_number, filter.to_block.block_number + 1)
    .flatMap(({ block_number, block_hash, transactions }) =>
      transactions.flatMap(({ receipt }) =>
        receipt.events
          .filter(({ from_address }) => BigInt(from_address) === BigInt(filter.address))
          .map((event) => ({
            ...event,
            block_number,
            block_hash,
            transaction_hash: receipt.transaction_hash,
          })),
      ),
    )
  const start = Number(filter.continuation_token?.slice('at-'.length) ?? 0)
  if (Number.isNaN(start)) return refused(33, 'Invalid continuation token')
  const end = start + filter.chunk_size
  return {
    result: {
      events: events.slice(start, end),
      ...(end < events.length ? { continuation_token: `at-${end}` } : {}),
    },
  }
}

const answerTo = ({ chainId, blocks }: FakeNodeOptions, method: string, params: Params): Answer => {
  if (method === 'starknet_chainId') return { result: chainId }
  if (method === 'starknet_getEvents' && params.filter !== undefined)
    return eventsPage(blocks, params.filter)
  const { block_id } = params
  if (block_id === 'latest' && blocks.length === 0) return refused(32, 'There are no blocks')
  const block =
    block_id === 'latest'
      ? blocks.at(-1)
      : blocks.find((each) => each.block_number === block_id?.block_number)
  if (block === undefined) return refused(24, 'Block not found')
  if (method === 'starknet_getBlockWithReceipts') return { result: block }
  if (method === 'starknet_getBlockWithTxHashes') {
    const transactions = block.transactions.map(({ receipt }) => receipt.transaction_hash)
    return { result: { ...block, transactions } }
  }
  return refused(-32_601, 'Method not found')
}

/** Serves on a free port of this machine. */
export const startFakeNode = async (options: FakeNodeOptions): Promise<FakeNode> => {
  const asked: string[] = []
  const server = createServer(async (request, response) => {
    const { id, method, params } = JSON.parse(Buffer.concat(await request.toArray()).toString())
    asked.push(method)
    const answer = answerTo(options, method, params)
    response.end(
      JSON.stringify({ jsonrpc: '2.0', id, ...(options.distort?.(method, answer) ?? answer) }),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // a TCP server
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
