import { describe, expect, it } from 'vitest'
import type { Felt } from '../../../domain/felt.ts'
import { ADDED } from '../chain/tally-game.testing.ts'
import {
  accountAt,
  add,
  ask,
  hexOf,
  resultOf,
  send,
  signedTransaction,
} from '../sandbox.testing.ts'
import type { SandboxNode } from '../sandbox-node.ts'
import { testNodes } from '../sandbox-nodes.testing.ts'

const { open } = testNodes()

describe('events', () => {
  const filled = (): SandboxNode => {
    const node = open()
    for (const nonce of [0, 1, 2]) {
      send(
        node,
        signedTransaction(accountAt(node, 6), nonce, [add(BigInt(nonce), 1n), add(9n, 1n)]),
      )
      send(node, signedTransaction(accountAt(node, 7), nonce, [add(8n, 1n)]))
      node.mine()
    }
    return node
  }
  type Page = {
    events: {
      block_number?: number
      transaction_index: number
      event_index: number
      keys: Felt[]
    }[]
    continuation_token?: string
  }
  const pagesOf = (node: SandboxNode, filter: Record<string, unknown>): Page[] => {
    const pages: Page[] = []
    let continuation_token: string | undefined
    do {
      const page = resultOf<Page>(node, 'starknet_getEvents', {
        filter: { ...filter, continuation_token },
      })
      pages.push(page)
      continuation_token = page.continuation_token
    } while (continuation_token !== undefined && pages.length < 50)
    return pages
  }

  it('come in chain order with their places, in pages that join without gap or repeat', () => {
    const node = filled()
    const all = pagesOf(node, { chunk_size: 1_000 }).flatMap(({ events }) => events)
    expect(
      all.map(({ block_number, transaction_index, event_index }) => [
        block_number,
        transaction_index,
        event_index,
      ]),
    ).toEqual([
      [0, 0, 0],
      ...[1, 2, 3].flatMap((block) => [
        [block, 0, 0],
        [block, 0, 1],
        [block, 1, 0],
      ]),
    ])
    for (const chunk_size of [1, 2, 3, 10]) {
      const pages = pagesOf(node, { chunk_size })
      expect(pages.flatMap(({ events }) => events)).toEqual(all)
      expect(pages.every(({ events }) => events.length <= chunk_size)).toBe(true)
    }
    expect(pagesOf(node, { chunk_size: 10 })).toHaveLength(1)
  })

  it('are filtered by key and position, by block and by address', () => {
    const node = filled()
    const count = (filter: Record<string, unknown>) =>
      pagesOf(node, { chunk_size: 4, ...filter }).flatMap(({ events }) => events).length
    expect(count({ keys: [[hexOf(ADDED)], ['0x9']] })).toBe(3)
    expect(count({ keys: [[], ['0x9', '0x8']] })).toBe(6)
    expect(
      count({
        keys: [[hexOf(ADDED)]],
        from_block: { block_number: 2 },
        to_block: { block_number: 2 },
      }),
    ).toBe(3)
    expect(count({ keys: [[], [], ['0x1']] })).toBe(0)
    expect(count({ address: node.chain.worldAddress })).toBe(10)
    expect(count({ address: '0x1' })).toBe(0)
    expect(count({ from_block: { block_number: 3 }, to_block: { block_number: 1 } })).toBe(0)
  })

  it('reach into the pre-confirmed block when asked to, without hash and number, and end', () => {
    const node = filled()
    send(node, signedTransaction(accountAt(node, 6), 3, [add(1n, 1n), add(2n, 1n)]))
    const filter = { from_block: { block_number: 3 }, to_block: 'pre_confirmed' }
    const events = pagesOf(node, { ...filter, chunk_size: 2 }).flatMap((page) => page.events)
    expect(events).toHaveLength(5)
    expect(events[4]).toMatchObject({ transaction_index: 0, event_index: 1 })
    expect(events[4]).not.toHaveProperty('block_number')
    expect(pagesOf(node, { chunk_size: 100 }).flatMap((page) => page.events)).toHaveLength(10)
  })

  it.each([
    [31, { chunk_size: 1_025 }],
    [-32602, { chunk_size: 0 }],
    [-32602, {}],
    [33, { chunk_size: 1, continuation_token: 'nonsense' }],
    [33, { chunk_size: 1, continuation_token: '99-0-0' }],
    [33, { chunk_size: 1, continuation_token: '0-0-0', from_block: { block_number: 1 } }],
    [34, { chunk_size: 1, keys: [Array.from({ length: 300 }, () => '0x1')] }],
    [24, { chunk_size: 1, to_block: { block_number: 99 } }],
    [-32602, { chunk_size: 1, address: `0x${'f'.repeat(64)}` }],
    [67, { chunk_size: 1, address: Array.from({ length: 129 }, () => '0x1') }],
  ])('are refused with %i for the filter %j', (code, filter) => {
    expect(ask(filled(), 'starknet_getEvents', { filter }).error?.code).toBe(code)
  })

  it('take several addresses since 0.10', () => {
    const node = filled()
    const address = [node.chain.worldAddress, '0x1']
    const request = {
      jsonrpc: '2.0',
      id: 1,
      method: 'starknet_getEvents',
      params: [{ chunk_size: 1, address }],
    }
    const answer = (path: string) =>
      JSON.parse(node.answer(JSON.stringify(request), path).text ?? '')
    expect(answer('/rpc/v0_10').result.events).toHaveLength(1)
    expect(answer('/rpc/v0_9').error.code).toBe(-32602)
  })
})
