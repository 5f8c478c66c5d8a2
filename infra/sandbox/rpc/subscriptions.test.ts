import { WebSocketChannel } from 'starknet'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Felt } from '../../../domain/felt.ts'
import { invokeTransactionHash } from '../chain/invoke-transaction.ts'
import { ADDED } from '../chain/tally-game.testing.ts'
import type { LocalServer } from '../http/local-server.ts'
import {
  accountAt,
  add,
  failingCall,
  hexOf,
  send,
  signedTransaction,
  tallySandbox,
} from '../sandbox.testing.ts'
import type { SandboxNode, SandboxOptions } from '../sandbox-node.ts'
import type { SocketPort } from './endpoint.ts'
import { startRpcServer } from './server.ts'
import { openSocket, type SocketClient } from './socket-client.testing.ts'
import { BLOCKS_BACK_MAX, SOCKET_SUBSCRIPTIONS_MAX } from './subscription-methods.ts'
import { SOCKET_BUFFER_BYTES_MAX } from './subscription-telling.ts'

let node: SandboxNode
let server: LocalServer
const errors: unknown[] = []

const serve = async (options: Partial<SandboxOptions> = {}): Promise<void> => {
  node = tallySandbox(options)
  server = await startRpcServer(0, node, (error) => errors.push(error))
}
const stop = async (): Promise<void> => {
  await server.close()
  node.close()
}

beforeEach(() => serve())
afterEach(async () => {
  await stop()
  expect(errors.splice(0)).toEqual([])
})

const play = (nonce: number, key = BigInt(nonce)): Felt =>
  send(node, signedTransaction(accountAt(node, 6), nonce, [add(key, 1n)]))

const subscribe = async (
  client: SocketClient,
  method: string,
  params?: unknown,
): Promise<string> => {
  const { result, error } = await client.ask(method, params)
  expect(error).toBeUndefined()
  expect(result).toBeTypeOf('string')
  return result as string
}

describe('new heads', () => {
  it('come with their parents, from now on or from a block on, until they are unsubscribed', async () => {
    node.mine()
    const client = await openSocket(server.url)
    const id = await subscribe(client, 'starknet_subscribeNewHeads', {
      block_id: { block_number: 0 },
    })
    const live = await subscribe(client, 'starknet_subscribeNewHeads')
    expect(live).not.toBe(id)
    const sealed = node.mine()
    const heads = [
      await client.next(),
      await client.next(),
      await client.next(),
      await client.next(),
    ]
    expect(heads.map(({ params }) => [params.subscription_id, params.result.block_number])).toEqual(
      [
        [id, 0],
        [id, 1],
        [id, 2],
        [live, 2],
      ],
    )
    expect(heads[3]?.params.result).toMatchObject({
      block_hash: sealed.hash,
      parent_hash: sealed.parentHash,
    })
    expect(await client.ask('starknet_unsubscribe', { subscription_id: id })).toMatchObject({
      result: true,
    })
    expect((await client.ask('starknet_unsubscribe', { subscription_id: id })).error?.code).toBe(66)
    node.mine()
    expect((await client.next()).params.subscription_id).toBe(live)
  })

  it('go back 1024 blocks and no further', async () => {
    const client = await openSocket(server.url)
    const from = (block_id: unknown) => client.ask('starknet_subscribeNewHeads', { block_id })
    for (let block = 0; block <= BLOCKS_BACK_MAX; block += 1) node.mine()
    expect((await from({ block_number: 0 })).error?.code).toBe(68)
    expect((await from({ block_number: 1 })).error).toBeUndefined()
    expect((await from({ block_number: 9_999 })).error?.code).toBe(24)
    expect((await from({ block_hash: '0x123' })).error?.code).toBe(24)
    expect((await from('pre_confirmed')).error?.code).toBe(-32602)
    const first = await client.next()
    expect(first.params.result.block_number).toBe(1)
  })

  it('tell of a reorg what was told before it, and then the new branch', async () => {
    const client = await openSocket(server.url)
    await subscribe(client, 'starknet_subscribeNewHeads')
    const old = [node.mine(), node.mine(), node.mine()]
    for (const { hash } of old) expect((await client.next()).params.result.block_hash).toBe(hash)
    node.chain.reorg(2, true)
    const fresh = node.mine()
    const notice = await client.next()
    expect(notice).toMatchObject({
      method: 'starknet_subscriptionReorg',
      params: {
        result: {
          starting_block_number: 2,
          starting_block_hash: old[1]?.hash,
          ending_block_number: 3,
          ending_block_hash: old[2]?.hash,
        },
      },
    })
    expect((await client.next()).params.result).toMatchObject({
      block_number: 2,
      block_hash: fresh.hash,
    })
    expect(fresh.hash).not.toBe(old[1]?.hash)
  })
})

describe('events', () => {
  it('are those of the selection, in order, with their places, of the past that was asked for and from then on', async () => {
    play(0)
    node.mine()
    const client = await openSocket(server.url)
    await subscribe(client, 'starknet_subscribeEvents', {
      from_address: node.chain.worldAddress,
      keys: [[hexOf(ADDED)], ['0x0', '0x2']],
      block_id: { block_number: 0 },
    })
    for (const nonce of [1, 2]) play(nonce)
    node.mine()
    const [first, second] = [await client.next(), await client.next()]
    expect([first.params.result, second.params.result]).toMatchObject([
      { block_number: 1, keys: [hexOf(ADDED), '0x0'], finality_status: 'ACCEPTED_ON_L2' },
      { block_number: 2, keys: [hexOf(ADDED), '0x2'], transaction_index: 1, event_index: 0 },
    ])
    expect(client.waiting()).toEqual([])
  })

  it('come once per status when they are wanted early', async () => {
    const client = await openSocket(server.url)
    await subscribe(client, 'starknet_subscribeEvents', { finality_status: 'PRE_CONFIRMED' })
    const hash = play(0)
    const early = await client.next()
    expect(early.params.result).toMatchObject({
      transaction_hash: hash,
      finality_status: 'PRE_CONFIRMED',
    })
    expect(early.params.result).not.toHaveProperty('block_hash')
    node.mine()
    expect((await client.next()).params.result).toMatchObject({
      block_number: 1,
      finality_status: 'ACCEPTED_ON_L2',
    })
  })

  it('are refused with too many keys, an early status that is none, and an address that is none', async () => {
    const client = await openSocket(server.url)
    const codeOf = async (params: unknown) =>
      (await client.ask('starknet_subscribeEvents', params)).error?.code
    expect(await codeOf({ keys: [Array.from({ length: 300 }, () => '0x1')] })).toBe(34)
    expect(await codeOf({ finality_status: 'ACCEPTED_ON_L1' })).toBe(-32602)
    expect(await codeOf({ from_address: 'me' })).toBe(-32602)
  })
})

describe('transactions', () => {
  it('pass through their life: received, candidate, pre-confirmed, accepted on L2 and on L1', async () => {
    const client = await openSocket(server.url)
    const transaction = signedTransaction(accountAt(node, 6), 0, [failingCall])
    const hash = invokeTransactionHash(transaction, node.chain.chainId)
    await subscribe(client, 'starknet_subscribeTransactionStatus', { transaction_hash: hash })
    send(node, transaction)
    send(node, signedTransaction(accountAt(node, 7), 0, [add(1n, 1n)]))
    node.mine()
    node.mine()
    node.chain.acceptOnL1(2)
    const statuses = []
    for (let count = 0; count < 5; count += 1) statuses.push((await client.next()).params.result)
    const run = { execution_status: 'REVERTED', failure_reason: 'asked to fail' }
    expect(statuses).toEqual([
      ...['RECEIVED', 'CANDIDATE'].map((finality_status) => ({
        transaction_hash: hash,
        status: { finality_status },
      })),
      ...['PRE_CONFIRMED', 'ACCEPTED_ON_L2', 'ACCEPTED_ON_L1'].map((finality_status) => ({
        transaction_hash: hash,
        status: { finality_status, ...run },
      })),
    ])
  })

  it.each(['PRE_CONFIRMED', 'ACCEPTED_ON_L2', 'ACCEPTED_ON_L1', 'RECEIVED', 'CANDIDATE'] as const)(
    'are told first as they stand: %s',
    async (finality_status) => {
      if (finality_status === 'RECEIVED' || finality_status === 'CANDIDATE')
        node.chain.hold(finality_status)
      const hash = play(0)
      if (finality_status.startsWith('ACCEPTED')) node.mine()
      if (finality_status === 'ACCEPTED_ON_L1') node.chain.acceptOnL1(1)
      const client = await openSocket(server.url)
      await subscribe(client, 'starknet_subscribeTransactionStatus', { transaction_hash: hash })
      expect((await client.next()).params.result).toMatchObject({
        transaction_hash: hash,
        status: { finality_status },
      })
      await client.ask('starknet_chainId')
      expect(client.waiting()).toEqual([])
    },
  )

  it('that are held are told on once they are let go', async () => {
    const client = await openSocket(server.url)
    const finality_status = ['RECEIVED', 'CANDIDATE', 'PRE_CONFIRMED']
    await subscribe(client, 'starknet_subscribeNewTransactions', { finality_status })
    const next = async () => (await client.next()).params.result.finality_status
    await client.ask('sandbox_holdTransactions', { status: 'RECEIVED' })
    play(0)
    expect(await next()).toBe('RECEIVED')
    await client.ask('sandbox_holdTransactions', { status: 'CANDIDATE' })
    expect(await next()).toBe('CANDIDATE')
    await client.ask('sandbox_holdTransactions', { status: null })
    expect(await next()).toBe('PRE_CONFIRMED')
    expect(client.waiting()).toEqual([])
  })

  it('are told at the statuses and of the senders that were asked for', async () => {
    const client = await openSocket(server.url)
    const sender_address = [accountAt(node, 6).address]
    await subscribe(client, 'starknet_subscribeNewTransactions', {
      finality_status: ['RECEIVED', 'CANDIDATE', 'PRE_CONFIRMED', 'ACCEPTED_ON_L2'],
      sender_address,
    })
    send(node, signedTransaction(accountAt(node, 7), 0, [add(1n, 1n)]))
    const hash = play(0)
    node.mine()
    const told = [
      await client.next(),
      await client.next(),
      await client.next(),
      await client.next(),
    ]
    expect(
      told.map(({ params: { result } }) => [result.transaction_hash, result.finality_status]),
    ).toEqual([
      [hash, 'RECEIVED'],
      [hash, 'CANDIDATE'],
      [hash, 'PRE_CONFIRMED'],
      [hash, 'ACCEPTED_ON_L2'],
    ])
    expect(client.waiting()).toEqual([])
  })

  it('have their receipts told, early ones without a block', async () => {
    const client = await openSocket(server.url)
    await subscribe(client, 'starknet_subscribeNewTransactionReceipts', {
      finality_status: ['PRE_CONFIRMED', 'ACCEPTED_ON_L2'],
    })
    const hash = play(0)
    const { hash: block_hash } = node.mine()
    const [early, accepted] = [await client.next(), await client.next()]
    expect(early.params.result).toMatchObject({
      transaction_hash: hash,
      finality_status: 'PRE_CONFIRMED',
    })
    expect(early.params.result).not.toHaveProperty('block_hash')
    expect(accepted.params.result).toMatchObject({
      block_hash,
      block_number: 1,
      finality_status: 'ACCEPTED_ON_L2',
    })
  })

  it('cannot be asked for with more senders than a filter may have', async () => {
    const client = await openSocket(server.url)
    const sender_address = Array.from({ length: 129 }, (_, at) => `0x${(at + 1).toString(16)}`)
    for (const method of [
      'starknet_subscribeNewTransactions',
      'starknet_subscribeNewTransactionReceipts',
    ]) {
      expect((await client.ask(method, { sender_address })).error?.code).toBe(67)
    }
  })
})

describe('bounds', () => {
  it('a socket holds so many subscriptions and no more', async () => {
    const client = await openSocket(server.url)
    for (let count = 0; count < SOCKET_SUBSCRIPTIONS_MAX; count += 1) {
      await subscribe(client, 'starknet_subscribeNewHeads')
    }
    expect((await client.ask('starknet_subscribeNewHeads')).error?.code).toBe(63)
  })

  /** A connection whose reader can be made to stop reading. */
  const stuckPort = () => {
    const sent: string[] = []
    const closes: string[] = []
    let stuck = false
    let flush: (() => void)[] = []
    const port: SocketPort = {
      send: (text, onFlushed) => {
        sent.push(text)
        flush.push(onFlushed)
      },
      bufferedBytes: () => (stuck ? SOCKET_BUFFER_BYTES_MAX + 1 : 0),
      close: (reason) => closes.push(reason),
      terminate: () => closes.push('terminated'),
    }
    return {
      port,
      closes,
      heads: () => sent.flatMap((text) => JSON.parse(text).params?.result.block_number ?? []),
      setStuck: (value: boolean) => {
        stuck = value
        if (value) return
        const flushed = flush
        flush = []
        for (const done of flushed) done()
      },
    }
  }
  const subscribeHeads = '{"jsonrpc":"2.0","id":1,"method":"starknet_subscribeNewHeads"}'

  it('a reader who is slow for a while misses nothing', () => {
    const { port, heads, setStuck, closes } = stuckPort()
    node.connect(port, '/').receive(subscribeHeads)
    node.mine()
    setStuck(true)
    for (let block = 0; block < 100; block += 1) node.mine()
    expect(heads()).toEqual([1])
    setStuck(false)
    expect(heads()).toEqual(Array.from({ length: 101 }, (_, at) => at + 1))
    expect(closes).toEqual([])
  })

  it('a reader who does not read is closed, naming the lag', () => {
    const { port, setStuck, closes } = stuckPort()
    node.connect(port, '/').receive(subscribeHeads)
    setStuck(true)
    for (let block = 0; block < 1_030; block += 1) node.mine()
    expect(closes[0]).toMatch(/more than 1024 blocks behind/)
  })

  it('Katana closes nobody: who lags misses the blocks that it no longer keeps, and is not told', async () => {
    await stop()
    await serve({ quirks: 'katana' })
    const { port, heads, setStuck, closes } = stuckPort()
    node.connect(port, '/').receive(subscribeHeads)
    node.mine()
    setStuck(true)
    for (let block = 0; block < 100; block += 1) node.mine()
    setStuck(false)
    expect(heads()).toEqual([1, ...Array.from({ length: 64 }, (_, at) => at + 38)])
    expect(closes).toEqual([])
  })
})

describe('starknet.js', () => {
  it('receives heads, events, statuses and reorg notices', async () => {
    const channel = new WebSocketChannel({
      nodeUrl: server.url.replace('http', 'ws'),
      autoReconnect: false,
    })
    await channel.waitForConnection()
    const collect = <T>(subscription: { on: (handler: (item: T) => void) => void }) => {
      const items: T[] = []
      let wake = (): void => undefined
      subscription.on((item) => {
        items.push(item)
        wake()
      })
      return async (count: number): Promise<T[]> => {
        while (items.length < count) {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
        return items
      }
    }
    const heads = collect(await channel.subscribeNewHeads())
    const events = collect(await channel.subscribeEvents({ fromAddress: node.chain.worldAddress }))
    const hash = play(0)
    const statuses = collect(await channel.subscribeTransactionStatus({ transactionHash: hash }))
    const sealed = node.mine()
    expect(await heads(1)).toMatchObject([{ block_hash: sealed.hash }])
    expect(await events(1)).toMatchObject([{ transaction_hash: hash, event_index: 0 }])
    expect((await statuses(2)).map(({ status }) => status.finality_status)).toEqual([
      'PRE_CONFIRMED',
      'ACCEPTED_ON_L2',
    ])
    node.chain.reorg(1, false)
    expect((await heads(2))[1]).toMatchObject({
      starting_block_number: 1,
      ending_block_hash: sealed.hash,
    })
    channel.disconnect()
    await channel.waitForDisconnection()
  })
})
