import { existsSync, readFileSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { FatalError, RetryableError } from '../../domain/errors.ts'
import { type Felt, parseFelt } from '../../domain/felt.ts'
import { describeChainSource } from '../../ingest/sources/chain-source.contract.ts'
import type { SourceBlock } from '../../ingest/sources/chain-source.ts'
import { createTestChain, sourceBlockOf, TEST_WORLD } from '../../ingest/test-chain.testing.ts'
import {
  type FakeNode,
  type FakeNodeOptions,
  type NodeBlock,
  nodeBlockOf,
  startFakeNode,
} from './fake-node.testing.ts'
import { createJsonRpcClient } from './json-rpc-client.ts'
import {
  blockHeaderAnswer,
  blockWithReceiptsAnswer,
  eventsAnswer,
  parsedAnswer,
} from './rpc-answers.ts'
import { createRpcSource, type RpcSourceOptions } from './rpc-source.ts'

describeChainSource('A node over JSON-RPC', async ({ chainId, blocks }) => {
  const node = await startFakeNode({ chainId, blocks: blocks.map(nodeBlockOf) })
  const client = createJsonRpcClient({ url: node.url })
  return { source: createRpcSource({ client, worldAddress: TEST_WORLD }), close: node.close }
})

let node: FakeNode | null = null

afterEach(async () => {
  await node?.close()
  node = null
})

const sourceOf = async (served: FakeNodeOptions, options: Partial<RpcSourceOptions> = {}) => {
  node = await startFakeNode(served)
  const client = createJsonRpcClient({ url: node.url })
  return createRpcSource({ client, worldAddress: TEST_WORLD, ...options })
}

const { signal } = new AbortController()

const read = async (
  source: ReturnType<typeof createRpcSource>,
  from: number,
  to: number,
): Promise<SourceBlock[]> => {
  const blocks: SourceBlock[] = []
  for await (const block of source.blocksWithEvents(from, to, signal)) blocks.push(block)
  return blocks
}

const EVENT = { keys: ['0x1'], data: ['0x2'] } as const

const chainOf = (blocks: number) => {
  const chain = createTestChain()
  for (let number = 0; number < blocks; number++) chain.mine([EVENT, EVENT], [EVENT])
  return chain
}

describe('pages', () => {
  test('continuation tokens are followed to the end, also from page to page within a block', async () => {
    const chain = chainOf(5)
    const source = await sourceOf(
      { chainId: chain.chainId, blocks: chain.blocks.map(nodeBlockOf) },
      { chunkEvents: 2 },
    )
    expect(await read(source, 0, 4)).toEqual(
      chain.blocks.map((block) => sourceBlockOf(block, TEST_WORLD)),
    )
    expect(node?.asked.filter((method) => method === 'starknet_getEvents')).toHaveLength(8)
  })

  test('an empty page with a token is not the end', async () => {
    const chain = chainOf(1)
    const blocks = chain.blocks.map(nodeBlockOf)
    let pages = 0
    const source = await sourceOf({
      chainId: chain.chainId,
      blocks,
      distort: (method, answer) => {
        if (method !== 'starknet_getEvents') return answer
        pages += 1
        return pages === 1 ? { result: { events: [], continuation_token: 'at-0' } } : answer
      },
    })
    expect(await read(source, 0, 0)).toHaveLength(1)
  })

  test.each<[string, unknown, string]>([
    [
      'a token that comes again',
      { events: [], continuation_token: 'at-0' },
      'gave the continuation token "at-0" twice',
    ],
    [
      'an event of an earlier block',
      { events: [{ block_number: 0, block_hash: '0x1' }] },
      'An event of block 0 came',
    ],
    [
      'an event of a later block',
      { events: [{ block_number: 3, block_hash: '0x1' }] },
      'An event of block 3 came',
    ],
    [
      'two hashes of one block',
      {
        events: [
          { block_number: 1, block_hash: '0x1' },
          { block_number: 1, block_hash: '0x2' },
        ],
      },
      'Block 1 was 0x1, and 0x2 for its later events',
    ],
    [
      'an event that is not yet in a block',
      { events: [{ keys: [], data: [] }] },
      'not as specified at "events.0.block_number"',
    ],
    [
      'a hash that is no felt',
      { events: [{ block_number: 1, block_hash: '0xzz' }] },
      'at "events.0.block_hash": not a felt',
    ],
    ['no events', {}, 'not as specified at "events"'],
    [
      'a block that was replaced',
      { events: [{ block_number: 1, block_hash: '0xbad' }] },
      'Block 1 was 0xbad by its events',
    ],
  ])('%s: to be read again', async (_, result, message) => {
    const chain = chainOf(3)
    const source = await sourceOf({
      chainId: chain.chainId,
      blocks: chain.blocks.map(nodeBlockOf),
      distort: (method, answer) => (method === 'starknet_getEvents' ? { result } : answer),
    })
    await expect(read(source, 1, 2)).rejects.toThrow(RetryableError)
    await expect(read(source, 1, 2)).rejects.toThrow(message)
  })

  test('a node that never ends its pages is given up', async () => {
    let token = 0
    const source = await sourceOf(
      {
        chainId: '0x1',
        blocks: [],
        distort: () => {
          token += 1
          return { result: { events: [], continuation_token: `more-${token}` } }
        },
      },
      { rangePagesMax: 5 },
    )
    await expect(read(source, 0, 9)).rejects.toThrow(
      'Events of blocks 0 to 9 did not end within 5 pages',
    )
    expect(token).toBe(5)
  })

  test.each([
    [24, RetryableError],
    [33, RetryableError],
    [31, FatalError],
    [34, FatalError],
  ])('refusal %i of events', async (code, kind) => {
    const source = await sourceOf({
      chainId: '0x1',
      blocks: [],
      distort: () => ({ error: { code, message: 'No.' } }),
    })
    await expect(read(source, 0, 9)).rejects.toThrow(kind)
  })
})

describe('blocks', () => {
  const withReceipts = async (change: (block: NodeBlock) => object) => {
    const chain = chainOf(1)
    return sourceOf({
      chainId: chain.chainId,
      blocks: chain.blocks.map(nodeBlockOf),
      distort: (method, answer) =>
        method === 'starknet_getBlockWithReceipts' && 'result' in answer
          ? { result: change(answer.result as NodeBlock) }
          : answer,
    })
  }

  test.each<[string, (block: NodeBlock) => object, string]>([
    [
      'receipts that miss an event',
      (block) => ({ ...block, transactions: [] }),
      'had 3 events of the world, but its receipts have 0',
    ],
    ['another hash', (block) => ({ ...block, block_hash: '0xbad' }), 'and 0xbad by its header'],
    ['a pre-confirmed block', (block) => ({ ...block, status: 'PRE_CONFIRMED' }), 'at "status"'],
    ['no hash', ({ block_hash: _, ...block }) => block, 'at "block_hash"'],
    [
      'a key that is no felt',
      (block) =>
        JSON.parse(JSON.stringify(block).replace(/"keys":\[[^\]]*\]/, '"keys":["0xnope"]')),
      'gave "0xnope" as a felt',
    ],
  ])('%s: to be read again', async (_, change, message) => {
    const source = await withReceipts(change)
    await expect(read(source, 0, 0)).rejects.toThrow(RetryableError)
    await expect(read(source, 0, 0)).rejects.toThrow(message)
  })

  test('a header that is refused for another reason than being unknown is an error', async () => {
    const source = await sourceOf({
      chainId: '0x1',
      blocks: [],
      distort: () => ({ error: { code: -32_602, message: '?' } }),
    })
    await expect(source.header(1)).rejects.toThrow(FatalError)
    await expect(source.head()).rejects.toThrow(FatalError)
  })
})

test('a request that is under way ends when the reader stops', async () => {
  const stopping = new AbortController()
  const reason = new Error('stopping')
  const source = await sourceOf({
    chainId: '0x1',
    blocks: [],
    distort: (_, answer) => {
      stopping.abort(reason)
      return answer
    },
  })
  await expect(source.head(stopping.signal)).rejects.toBe(reason)
})

const RECORDED = new URL('../../../shared/recorded/', import.meta.url)
const found = existsSync(RECORDED)
const recorded = (path: string) => JSON.parse(readFileSync(new URL(path, RECORDED), 'utf8'))

describe.skipIf(!found)(`recorded answers${found ? '' : ' (none beside the checkout)'}`, () => {
  test("Dojo's example world is read from genesis to head: 44 events", async () => {
    const blocks: NodeBlock[] = recorded('spawn-and-move/blocks.json')
    const { world } = recorded('spawn-and-move/manifest_dev.json')
    const worldAddress = parseFelt(world.address) as Felt // an address in a manifest
    const source = await sourceOf(
      { chainId: '0x4b4154414e41', blocks },
      { worldAddress, chunkEvents: 7 },
    )
    const head = await source.head()
    expect(head).toMatchObject({ number: 18, finality: 'ACCEPTED_ON_L2' })
    const blocksRead = await read(source, 0, 18)
    expect(blocksRead.flatMap(({ events }) => events)).toHaveLength(44)
    for (const { header, events } of blocksRead) {
      expect(await source.header(header.number)).toEqual(header)
      for (const { transaction, transactionIndex, eventIndex, data } of events) {
        const receipt = blocks[header.number]?.transactions[transactionIndex]?.receipt
        expect(parseFelt(receipt?.transaction_hash)).toBe(transaction)
        expect(receipt?.events[eventIndex]?.data.map(parseFelt)).toEqual(data)
      }
    }
  })

  test.each([
    'node/blockWithReceipts/sepolia3100000.json',
    'katana-0.9/blocks/confirmed_with_receipts.json',
  ])('%s is a block with receipts', (path) => {
    const answer = recorded(`rpc-shapes/${path}`)
    const block = parsedAnswer(blockWithReceiptsAnswer, answer.result ?? answer, path)
    expect(block.transactions.length).toBeGreaterThan(0)
  })

  test('a header with transaction hashes is a header', () => {
    const answer = recorded('rpc-shapes/katana-0.9/blocks/confirmed_with_tx_hashes.json')
    expect(parsedAnswer(blockHeaderAnswer, answer, 'header').block_number).toBe(answer.block_number)
  })

  test('a pre-confirmed block is none', () => {
    const answer = recorded('rpc-shapes/katana-0.9/blocks/preconfirmed_with_receipts.json')
    expect(() => parsedAnswer(blockWithReceiptsAnswer, answer, 'block')).toThrow(RetryableError)
  })

  test('a page of events has blocks and a token', () => {
    const page = parsedAnswer(
      eventsAnswer,
      recorded('rpc-shapes/node/events/sepoliaEvents.json').result,
      'events',
    )
    expect(page.continuation_token).toBe('8438-0')
    expect(page.events.length).toBeGreaterThan(0)
  })
})
