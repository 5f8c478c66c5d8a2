import { afterEach, describe, expect, it } from 'vitest'
import type { LocalServer } from '../http/local-server.ts'
import {
  accountAt,
  add,
  ask,
  resultOf,
  send,
  signedTransaction,
  tallySandbox,
} from '../sandbox.testing.ts'
import type { SandboxNode, SandboxOptions } from '../sandbox-node.ts'
import { startRpcServer } from './server.ts'
import { openSocket } from './socket-client.testing.ts'

const nodes: SandboxNode[] = []
const open = (options: Partial<SandboxOptions> = {}): SandboxNode => {
  const node = tallySandbox({ quirks: 'katana', ...options })
  nodes.push(node)
  return node
}
const servers: LocalServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
  for (const node of nodes.splice(0)) node.close()
})

type Page = Readonly<{ events: { block_number?: number }[]; continuation_token?: string }>
const eventsOf = (node: SandboxNode, filter: object): Page =>
  resultOf(node, 'starknet_getEvents', { filter: { chunk_size: 10, ...filter } })
const play = (node: SandboxNode, nonce: number): unknown =>
  send(node, signedTransaction(accountAt(node, 6), nonce, [add(1n, 1n)]))

describe('Katana’s events', () => {
  it('have a token for ever when the range ends at the pre-confirmed block, which is the default', () => {
    const node = open()
    play(node, 0)
    node.mine()
    play(node, 1)
    const first = eventsOf(node, {})
    expect(first.events.map(({ block_number }) => block_number)).toEqual([0, 1, undefined])
    expect(first.continuation_token).toBe('2,0,1')
    const again = eventsOf(node, { continuation_token: first.continuation_token })
    expect(again).toEqual({ events: [], continuation_token: '2,0,1' })
    play(node, 2)
    const later = eventsOf(node, { continuation_token: again.continuation_token })
    expect([later.events.length, later.continuation_token]).toEqual([1, '2,1,1'])
  })

  it('end without a token when the range ends at a number', () => {
    const node = open()
    node.mine()
    expect(eventsOf(node, { to_block: { block_number: 1 } })).not.toHaveProperty(
      'continuation_token',
    )
  })

  it('of l1_accepted are those of the pending block, where others say that there is no such block', () => {
    const node = open()
    play(node, 0)
    expect(
      eventsOf(node, { from_block: 'l1_accepted', to_block: 'l1_accepted' }).events,
    ).toHaveLength(1)
    const strict = tallySandbox()
    nodes.push(strict)
    const filter = { chunk_size: 1, to_block: 'l1_accepted' }
    expect(ask(strict, 'starknet_getEvents', { filter }).error?.code).toBe(24)
  })

  it('are refused with a token of another spelling', () => {
    expect(
      ask(open(), 'starknet_getEvents', { filter: { chunk_size: 1, continuation_token: '0-0-0' } })
        .error?.code,
    ).toBe(33)
  })
})

describe('Katana’s blocks', () => {
  const coming = { block_id: 'pre_confirmed' }

  it('that are pre-confirmed have zero for a parent', () => {
    expect(resultOf(open(), 'starknet_getBlockWithTxHashes', coming)).toMatchObject({
      block_number: 1,
      parent_hash: '0x0',
    })
  })

  it('are never pre-confirmed with instant mining: the latest is answered', () => {
    const node = open({ blockTimeMs: 0 })
    play(node, 0)
    expect(resultOf(node, 'starknet_getBlockWithTxHashes', coming)).toMatchObject({
      status: 'ACCEPTED_ON_L2',
      block_number: 1,
    })
  })
})

describe('Katana’s notices', () => {
  const serve = async () => {
    const node = open()
    const server = await startRpcServer(0, node, (error) => {
      throw error
    })
    servers.push(server)
    return { node, client: await openSocket(server.url) }
  }

  it('name the subscription as jsonrpsee does, and tell of sealed blocks alone, whatever was asked for', async () => {
    const { node, client } = await serve()
    const { result } = await client.ask('starknet_subscribeEvents', {
      finality_status: 'PRE_CONFIRMED',
    })
    await client.ask('starknet_subscribeNewTransactions', {
      finality_status: ['RECEIVED', 'CANDIDATE'],
    })
    play(node, 0)
    node.mine()
    const { params } = await client.next()
    expect(params.subscription).toBe(result)
    expect(params).not.toHaveProperty('subscription_id')
    expect(params.result).toMatchObject({ block_number: 1, finality_status: 'ACCEPTED_ON_L2' })
    expect((await client.next()).params.result).toMatchObject({
      type: 'INVOKE',
      finality_status: 'ACCEPTED_ON_L2',
    })
    await client.ask('starknet_chainId')
    expect(client.waiting()).toEqual([])
  })

  it('are ended by a method of their kind, under a number', async () => {
    const { node, client } = await serve()
    const { result: id } = await client.ask('starknet_subscribeNewHeads')
    expect(id).toBeTypeOf('number')
    expect((await client.ask('starknet_unsubscribe', [`${id}`])).error?.code).toBe(-32601)
    expect(await client.ask('starknet_unsubscribeNewHeads', [id])).toMatchObject({ result: true })
    expect(await client.ask('starknet_unsubscribeNewHeads', [id])).toMatchObject({ result: false })
    node.mine()
    await client.ask('starknet_chainId')
    expect(client.waiting()).toEqual([])
  })

  it('cannot begin at the pre-confirmed block, which is not found', async () => {
    const { client } = await serve()
    expect(
      (await client.ask('starknet_subscribeEvents', { block_id: 'pre_confirmed' })).error?.code,
    ).toBe(24)
  })

  it('say of a transaction that waits in the pool that it is accepted, and nothing of its execution', async () => {
    const { node, client } = await serve()
    const hash = play(node, 0)
    await client.ask('starknet_subscribeTransactionStatus', { transaction_hash: hash })
    node.mine()
    const statuses = [await client.next(), await client.next()].map(
      ({ params }) => params.result.status,
    )
    const finality_status = 'ACCEPTED_ON_L2'
    expect(statuses).toEqual([
      { finality_status },
      { finality_status, execution_status: 'SUCCEEDED' },
    ])
  })
})
