import { afterEach, describe, expect, it } from 'vitest'
import type { Felt } from '../../../domain/felt.ts'
import { FAIL, TALLY_ADDRESS } from '../chain/tally-game.testing.ts'
import { add, signedTransaction } from '../sandbox.testing.ts'
import type { SandboxNode } from '../sandbox-node.ts'
import { blockFeedOf } from './block-feed.ts'
import { blockIdPrefix, paddedFelt } from './ids.ts'
import { openClient, subscribed } from './socket-client.testing.ts'
import { modelWritten, startTestTorii, type TestTorii } from './torii.testing.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})
const start = async (options: Parameters<typeof startTestTorii>[0] = {}): Promise<TestTorii> => {
  const torii = await startTestTorii(options)
  closing.push(torii.close)
  return torii
}

const adventurer = (energy: number, adventurer_id: Felt = '0x2a') =>
  modelWritten('Adventurer', { adventurer_id }, { energy })

const emitted = async (torii: TestTorii) => {
  const client = openClient(torii)
  closing.push(() => client.dispose())
  return subscribed(client, 'subscription { eventEmitted { id executedAt } }')
}

const ENERGY = 'SELECT energy FROM [dojo_starter-Adventurer] ORDER BY energy'
const CURSOR = 'SELECT head, last_pending_block_tx FROM contracts'

describe('pre-confirmed transactions', () => {
  it('are indexed before their block is sealed, unmarked, and once', async () => {
    const torii = await start({ rawEvents: true })
    const events = await emitted(torii)
    const [first, second] = [adventurer(1), adventurer(2)].map((event) =>
      torii.node.chain.inject([event]),
    )
    for (const _ of [first, second])
      expect(await events.next()).toMatchObject({
        eventEmitted: { id: expect.stringContaining(blockIdPrefix(1)) },
      })
    expect(await torii.rows(ENERGY)).toEqual([{ energy: 2 }])
    expect(await torii.rows(CURSOR)).toEqual([
      { head: 0, last_pending_block_tx: paddedFelt(second as Felt) },
    ])
    const third = torii.node.chain.inject([adventurer(3)])
    expect(await events.next()).toMatchObject({
      eventEmitted: { id: expect.stringContaining(paddedFelt(third)) },
    })
    const fourth = torii.node.chain.inject([adventurer(4)])
    torii.node.mine()
    await torii.torii.indexed(1)
    expect(await torii.rows(ENERGY)).toEqual([{ energy: 4 }])
    expect(await torii.rows(CURSOR)).toEqual([{ head: 1, last_pending_block_tx: null }])
    const ids = await torii.rows<{ id: string }>(
      `SELECT id FROM events WHERE id > '${blockIdPrefix(1)}'`,
    )
    const hashes = ids.map(({ id }) => id.split(':')[1])
    expect(hashes.sort()).toEqual(
      [first as Felt, second as Felt, third, fourth].map(paddedFelt).sort(),
    )
  })

  it('wait for their block when they are not wanted', async () => {
    const torii = await start({ rawEvents: true, preConfirmed: false })
    const watching = await start({ rawEvents: true })
    const events = await emitted(watching)
    for (const { node } of [torii, watching]) node.chain.inject([adventurer(1)])
    await events.next() // the other one has polled by now
    expect(await torii.rows(ENERGY)).toEqual([])
    torii.node.mine()
    await torii.torii.indexed(1)
    expect(await torii.rows(ENERGY)).toEqual([{ energy: 1 }])
  })

  it('leave what they did when they vanish, and Torii goes on with the blocks in their place', async () => {
    const torii = await start({ rawEvents: true })
    await torii.blocks([adventurer(1)])
    const events = await emitted(torii)
    torii.node.chain.inject([adventurer(2, '0x2b')])
    await events.next()
    torii.node.chain.reorg(1, false) // the pending transaction followed on a nonce that is gone
    expect(torii.node.chain.preConfirmed().transactions).toEqual([])
    // So that no later transaction has the hash of the one that vanished.
    torii.node.chain.inject([])
    for (const energy of [3, 4, 5]) {
      torii.node.chain.inject([adventurer(energy, `0x${energy}`)])
      torii.node.mine()
    }
    await torii.torii.indexed(3)
    // Block 1 of the new branch is never read: Torii had read a block 1.
    expect((await torii.rows<{ energy: number }>(ENERGY)).map(({ energy }) => energy)).toEqual([
      1, 2, 4, 5,
    ])
  })

  it('take the block with them when the last one vanishes, under the defect', async () => {
    for (const lostAfterVanished of [false, true]) {
      const torii = await start({ rawEvents: true, defects: { lostAfterVanished } })
      await torii.blocks([adventurer(1)])
      const events = await emitted(torii)
      for (const id of ['0x2b', '0x2c'] as const) torii.node.chain.inject([adventurer(2, id)])
      for (const _ of [1, 2]) await events.next()
      torii.node.chain.reorg(1, false)
      for (const energy of [3, 4, 5]) torii.node.chain.inject([adventurer(energy, `0x${energy}`)])
      torii.node.mine()
      for (const energy of [6, 7]) {
        torii.node.chain.inject([adventurer(energy, `0x${energy}`)])
        torii.node.mine()
      }
      await torii.torii.indexed(3)
      const energies = (await torii.rows<{ energy: number }>(ENERGY)).map(({ energy }) => energy)
      expect(energies).toEqual(lostAfterVanished ? [1, 2, 2, 7] : [1, 2, 2, 6, 7])
    }
  })

  it('keep no block hash and say so in their receipts', async () => {
    const torii = await start({ rawEvents: true, transactions: true })
    const events = await emitted(torii)
    torii.node.chain.inject([adventurer(1)])
    await events.next()
    expect(
      await torii.rows(
        'SELECT block_number, block_hash, finality_status FROM transaction_receipts WHERE block_number = 1',
      ),
    ).toEqual([{ block_number: 1, block_hash: null, finality_status: 'PRE_CONFIRMED' }])
  })
})

describe('the feed of a node', () => {
  const signal = new AbortController().signal
  const tally = (node: SandboxNode, nonce: number, amount: bigint) => {
    const [account] = node.accounts.slice(1)
    if (account === undefined) throw new RangeError('The node has no bot')
    const call = amount < 0n ? { to: TALLY_ADDRESS, selector: FAIL, calldata: [] } : add(1n, amount)
    return node.chain.submit(signedTransaction(account, nonce, [call]))
  }

  it('answers sealed blocks first, and the pre-confirmed one while it has something new', async () => {
    const { node } = await start()
    const feed = blockFeedOf(node)
    node.mine()
    tally(node, 0, 5n)
    const sealed = await feed.next({ from: 1, told: new Set() }, signal)
    expect(sealed).toMatchObject([{ number: 1, hash: node.chain.head().hash }])
    const [early] = await feed.next({ from: 2, told: new Set() }, signal)
    expect(early).toMatchObject({ number: 2, hash: null })
    const told = new Set(early?.transactions.map(({ hash }) => hash))
    expect(told.size).toBe(1)
    const next = feed.next({ from: 2, told }, signal)
    tally(node, 1, -1n)
    const [again] = await next
    // Reverted ones have none.
    expect(again?.transactions.map(({ receipt }) => receipt.events.length)).toEqual([1, 0])
  })

  it('ends when it is aborted, also while it polls', async () => {
    const { node } = await start()
    for (const told of [null, new Set<Felt>()]) {
      const stop = new AbortController()
      const next = blockFeedOf(node).next({ from: 1, told }, stop.signal)
      stop.abort(new Error('enough'))
      await expect(next).rejects.toThrow('enough')
    }
  })
})
