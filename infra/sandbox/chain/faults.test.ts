import { RpcProvider } from 'starknet'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Felt } from '../../../domain/felt.ts'
import { infiniteHexAdventurers } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { createWorldDecoder } from '../../../schemas/worlds/decode.ts'
import { selectorsOf, WORLD_EVENT_SELECTORS } from '../../../schemas/worlds/selectors.ts'
import type { LocalServer } from '../http/local-server.ts'
import { startRpcServer } from '../rpc/server.ts'
import { openSocket } from '../rpc/socket-client.testing.ts'
import {
  accountAt,
  add,
  ask,
  failingCall,
  nonceOf,
  receiptOf,
  resultOf,
  send,
  signedTransaction,
  tallyOf,
} from '../sandbox.testing.ts'
import type { SandboxNode } from '../sandbox-node.ts'
import { testNodes } from '../sandbox-nodes.testing.ts'
import { upgradesWith } from './model-upgrades.ts'

const { open } = testNodes()

const play = (node: SandboxNode, nonce: number, amount = 1n): Felt =>
  send(node, signedTransaction(accountAt(node, 6), nonce, [add(5n, amount)]))
const headOf = (node: SandboxNode): unknown => resultOf(node, 'starknet_blockHashAndNumber')

describe('a reorg', () => {
  const played = (): SandboxNode => {
    const node = open()
    for (const nonce of [0, 1, 2]) {
      play(node, nonce)
      node.mine()
    }
    return node
  }

  it('takes back blocks, rows, nonces and receipts, and says which blocks are gone', () => {
    const node = played()
    const before = [1, 2, 3].map((number) => node.chain.store.header(number)?.hash)
    const lost = node.chain.store.transactionHashes(3)[0] as Felt
    expect(resultOf(node, 'sandbox_reorg', { depth: 2, keep_transactions: false })).toEqual({
      starting_block_number: 2,
      starting_block_hash: before[1],
      ending_block_number: 3,
      ending_block_hash: before[2],
    })
    expect(headOf(node)).toEqual({ block_number: 1, block_hash: before[0] })
    expect([
      tallyOf(node, 5n),
      nonceOf(node, accountAt(node, 6)),
      nonceOf(node, accountAt(node, 6), 'pre_confirmed'),
    ]).toEqual(['0x1', '0x1', '0x1'])
    expect(
      ask(node, 'starknet_getTransactionReceipt', { transaction_hash: lost }).error?.code,
    ).toBe(29)
    expect(
      ask(node, 'starknet_getBlockWithTxs', { block_id: { block_hash: before[2] } }).error?.code,
    ).toBe(24)
  })

  it('lets its transactions wait again, in their order, and seals them into other blocks', () => {
    const node = played()
    const hashes = [2, 3].flatMap((number) => node.chain.store.transactionHashes(number))
    const gone = node.chain.head().hash
    node.chain.reorg(2, true)
    expect(hashes.map((hash) => receiptOf(node, hash).finality_status)).toEqual([
      'PRE_CONFIRMED',
      'PRE_CONFIRMED',
    ])
    const sealed = node.mine()
    expect(node.chain.store.transactionHashes(sealed.number)).toEqual(hashes)
    expect(node.chain.store.headerByHash(gone)).toBeNull()
    expect([tallyOf(node, 5n), nonceOf(node, accountAt(node, 6))]).toEqual(['0x3', '0x3'])
  })

  it('gives the same content at the same height another hash', () => {
    const node = open()
    const first = node.mine()
    node.chain.reorg(1, true)
    const second = node.mine()
    expect([second.number, second.timestamp, second.parentHash]).toEqual([
      first.number,
      first.timestamp,
      first.parentHash,
    ])
    expect(second.hash).not.toBe(first.hash)
  })

  it('drops what waited on the nonces of forgotten transactions, and lets the rest wait', () => {
    const node = played()
    const orphan = play(node, 3)
    const other = send(node, signedTransaction(accountAt(node, 7), 0, [add(8n, 1n)]))
    node.chain.reorg(1, false)
    expect(
      ask(node, 'starknet_getTransactionStatus', { transaction_hash: orphan }).error?.code,
    ).toBe(29)
    expect(receiptOf(node, other).finality_status).toBe('PRE_CONFIRMED')
    expect(
      ask(node, 'starknet_addInvokeTransaction', {
        invoke_transaction: signedTransaction(accountAt(node, 6), 3, [add(5n, 1n)]),
      }).error?.code,
    ).toBe(52)
    play(node, 2)
  })

  it('leaves the chain as one on which the lost blocks never were', () => {
    const straight = open()
    play(straight, 0)
    straight.mine()
    const winding = open()
    play(winding, 0)
    winding.mine()
    play(winding, 1, 100n)
    send(winding, signedTransaction(accountAt(winding, 7), 0, [failingCall]))
    winding.mine()
    winding.mine()
    winding.chain.reorg(2, false)
    for (const node of [straight, winding]) {
      play(node, 1)
      node.mine()
    }
    const eventsOf = (node: SandboxNode) =>
      resultOf<{ events: { data: Felt[]; transaction_hash: Felt }[] }>(node, 'starknet_getEvents', {
        filter: { chunk_size: 100 },
      }).events.map(({ data, transaction_hash }) => ({ data, transaction_hash }))
    expect(eventsOf(winding)).toEqual(eventsOf(straight))
    const rowsOf = (node: SandboxNode) => [...node.chain.store.rowsAt(node.chain.head().number)]
    expect(rowsOf(winding)).toEqual(rowsOf(straight))
    const before = rowsOf(winding)
    winding.mine()
    expect([...winding.chain.store.rowsAt(winding.chain.head().number - 1)]).toEqual(before)
  })

  it.each([0, 4, 1.5, -1])('of depth %d on three blocks is refused', (depth) => {
    expect(ask(played(), 'sandbox_reorg', { depth }).error?.code).toBe(-32602)
  })
})

describe('the past', () => {
  it('is answered from the state after any block', () => {
    const node = open()
    for (const nonce of [0, 1, 2]) {
      play(node, nonce, 10n)
      node.mine()
    }
    play(node, 3, 10n)
    const blocks = [
      { block_number: 0 },
      { block_number: 1 },
      { block_number: 2 },
      'latest',
      'pre_confirmed',
    ]
    expect(blocks.map((block) => tallyOf(node, 5n, block))).toEqual([
      '0x0',
      '0xa',
      '0x14',
      '0x1e',
      '0x28',
    ])
    expect(blocks.map((block) => nonceOf(node, accountAt(node, 6), block))).toEqual([
      '0x0',
      '0x1',
      '0x2',
      '0x3',
      '0x4',
    ])
  })
})

describe('what is shown', () => {
  it('ends before the blocks that are withheld, as if they were not there', () => {
    const node = open()
    const hash = play(node, 0)
    const [first, second] = [node.mine(), node.mine()]
    resultOf(node, 'sandbox_withholdBlocks', { blocks: 1 })
    expect(headOf(node)).toEqual({ block_number: 1, block_hash: first.hash })
    expect(
      ask(node, 'starknet_getBlockWithTxs', { block_id: { block_number: 2 } }).error?.code,
    ).toBe(24)
    expect(
      ask(node, 'starknet_getBlockWithTxs', { block_id: { block_hash: second.hash } }).error?.code,
    ).toBe(24)
    resultOf(node, 'sandbox_withholdBlocks', { blocks: 2 })
    expect(
      ask(node, 'starknet_getTransactionReceipt', { transaction_hash: hash }).error?.code,
    ).toBe(29)
    expect([tallyOf(node, 5n), nonceOf(node, accountAt(node, 6), 'pre_confirmed')]).toEqual([
      '0x0',
      '0x0',
    ])
    expect(
      resultOf<{ events: unknown[] }>(node, 'starknet_getEvents', { filter: { chunk_size: 9 } })
        .events,
    ).toHaveLength(1)
    resultOf(node, 'sandbox_withholdBlocks', { blocks: 0 })
    expect([headOf(node), tallyOf(node, 5n)]).toEqual([
      { block_number: 2, block_hash: second.hash },
      '0x1',
    ])
  })

  it('stands still while the head is frozen, and then has everything', () => {
    const node = open()
    node.mine()
    resultOf(node, 'sandbox_freezeHead')
    node.mine()
    node.mine()
    expect(resultOf(node, 'starknet_blockNumber')).toBe(1)
    resultOf(node, 'sandbox_clearFaults')
    expect(resultOf(node, 'starknet_blockNumber')).toBe(3)
  })

  it('can be pages that are shorter than asked for, with which a client still reads everything once', () => {
    const node = open()
    for (let nonce = 0; nonce < 6; nonce += 1) play(node, nonce)
    node.mine()
    resultOf(node, 'sandbox_truncatePages', { pages: 3, events: 1 })
    const sizes: number[] = []
    const seen: unknown[] = []
    let continuation_token: string | undefined
    do {
      const filter = { chunk_size: 100, continuation_token }
      const page = resultOf<{ events: { data: unknown }[]; continuation_token?: string }>(
        node,
        'starknet_getEvents',
        {
          filter,
        },
      )
      sizes.push(page.events.length)
      seen.push(...page.events.map(({ data }) => JSON.stringify(data)))
      continuation_token = page.continuation_token
    } while (continuation_token !== undefined && sizes.length < 20)
    expect(sizes).toEqual([1, 1, 1, 4])
    expect(new Set(seen).size).toBe(7)
  })
})

describe('events that no call emitted', () => {
  const decode = createWorldDecoder(infiniteHexAdventurers)

  it('stand in the receipt of a true transaction, also after a restart and a reorg', () => {
    const node = open()
    const broken = {
      keys: [WORLD_EVENT_SELECTORS.StoreSetRecord, '0x1', 'no-felt'],
      data: ['0xffffffff', '0x'],
    }
    const { transaction_hash } = resultOf<{ transaction_hash: Felt }>(
      node,
      'sandbox_injectEvents',
      {
        events: [broken],
      },
    )
    node.mine()
    const from_address = node.chain.worldAddress
    expect(receiptOf(node, transaction_hash).events).toEqual([{ from_address, ...broken }])
    expect(decode({ keys: broken.keys as Felt[], data: broken.data as Felt[] }).type).toBe(
      'UndecodedWorldEvent',
    )
    node.chain.reorg(1, true)
    node.mine()
    expect(receiptOf(node, transaction_hash).events).toEqual([{ from_address, ...broken }])
    expect(nonceOf(node, accountAt(node, 0))).toBe('0x2')
  })

  it.each([
    { keys: ['a b'], data: [] },
    { keys: [], data: ['a|b'] },
    { keys: [''], data: [] },
  ])('are refused when the file could not hold them: %j', (event) => {
    expect(ask(open(), 'sandbox_injectEvents', { events: [event] }).error?.code).toBe(-32602)
  })

  it('can upgrade a model, whose records then end in another felt: from the next transaction on, until a reorg', () => {
    const selector = selectorsOf(infiniteHexAdventurers).models.Adventurer as Felt
    const node = open()
    const { transaction_hash } = resultOf<{ transaction_hash: Felt }>(
      node,
      'sandbox_upgradeModel',
      {
        model: 'Adventurer',
      },
    )
    node.mine()
    const [upgraded] = receiptOf(node, transaction_hash).events
    expect(upgraded?.keys).toEqual([WORLD_EVENT_SELECTORS.ModelUpgraded, selector])
    expect([...upgradesWith(new Map(), node.chain.store.injectedEvents(1))]).toEqual([
      [selector, 1],
    ])
    node.chain.reorg(1, false)
    expect(node.chain.store.injectedEvents(1)).toEqual([])
    expect(ask(node, 'sandbox_upgradeModel', { model: 'constructor' }).error?.code).toBe(-32602)
  })
})

describe('requests', () => {
  let node: SandboxNode
  let server: LocalServer
  beforeEach(async () => {
    node = open()
    server = await startRpcServer(0, node, (error) => {
      throw error
    })
  })
  afterEach(() => server.close())

  const request = '{"jsonrpc":"2.0","id":1,"method":"starknet_blockNumber"}'
  const post = (signal?: AbortSignal) =>
    fetch(server.url, {
      method: 'POST',
      body: request,
      ...(signal === undefined ? {} : { signal }),
    })
  const works = async () => expect((await (await post()).json()).result).toBe(0)

  it('fail as often as planned with the planned error, by method', async () => {
    const error = { code: 63, message: 'An unexpected error occurred', data: 'try again' }
    resultOf(node, 'sandbox_failRequests', {
      fault: { kind: 'error', error },
      requests: 2,
      methods: ['starknet_blockNumber'],
    })
    expect(resultOf(node, 'starknet_chainId')).toBe(node.chain.chainId)
    for (let strike = 0; strike < 2; strike += 1)
      expect((await (await post()).json()).error).toEqual(error)
    await works()
  })

  it('are turned away with 429 and the time to wait, in a text that is no JSON', async () => {
    resultOf(node, 'sandbox_failRequests', {
      fault: { kind: 'status', status: 429, retryAfterSeconds: 2 },
    })
    const reply = await post()
    expect([reply.status, reply.headers.get('retry-after')]).toEqual([429, '2'])
    await expect(reply.json()).rejects.toThrow()
    await works()
  })

  it('are never answered', async () => {
    resultOf(node, 'sandbox_failRequests', { fault: { kind: 'timeout' } })
    await expect(post(AbortSignal.timeout(50))).rejects.toMatchObject({ name: 'TimeoutError' })
    await works()
  })

  it('get half an answer', async () => {
    resultOf(node, 'sandbox_failRequests', { fault: { kind: 'cut' } })
    await expect(post().then((reply) => reply.text())).rejects.toThrow()
    await works()
  })

  it('of starknet.js see the planned code', async () => {
    const provider = new RpcProvider({ nodeUrl: server.url })
    resultOf(node, 'sandbox_failRequests', {
      fault: { kind: 'error', error: { code: 24, message: 'Block not found' } },
    })
    await expect(provider.getBlockNumber()).rejects.toMatchObject({ code: 24 })
    expect(await provider.getBlockNumber()).toBe(0)
  })

  it('on sockets lose the connection; blocks are told late or twice', async () => {
    const client = await openSocket(server.url)
    await client.ask('starknet_subscribeNewHeads')
    resultOf(node, 'sandbox_withholdBlocks', { blocks: 1 })
    node.mine()
    resultOf(node, 'sandbox_duplicateBlocks', { blocks: 1 })
    node.mine()
    node.mine()
    resultOf(node, 'sandbox_withholdBlocks', { blocks: 0 })
    const told = [
      await client.next(),
      await client.next(),
      await client.next(),
      await client.next(),
    ]
    expect(told.map(({ params }) => params.result.block_number)).toEqual([1, 1, 2, 3])
    expect(resultOf(node, 'sandbox_disconnectSockets')).toEqual({ sockets: 1 })
    expect(await client.closed).toBe(1006)
  })
})
