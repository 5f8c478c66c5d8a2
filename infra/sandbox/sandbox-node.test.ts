import { describe, expect, it } from 'vitest'
import type { FatalError } from '../../domain/errors.ts'
import type { Felt } from '../../domain/felt.ts'
import type { Game } from './chain/game.ts'
import { createTallyGame } from './chain/tally-game.testing.ts'
import {
  accountAt,
  add,
  ask,
  failingCall,
  nonceOf,
  type ReceiptAnswer,
  receiptOf,
  resultOf,
  send,
  signedTransaction,
  tallyOf,
} from './sandbox.testing.ts'
import { LOCKSTEP_GENESIS_TIMESTAMP } from './sandbox-node.ts'
import { testNodes } from './sandbox-nodes.testing.ts'

const { open } = testNodes()

describe('a fresh sandbox', () => {
  it('stands at block 0, whose one transaction is the operator’s', () => {
    const node = open()
    const block = resultOf<{
      transactions: { transaction: { sender_address: Felt }; receipt: ReceiptAnswer }[]
    }>(node, 'starknet_getBlockWithReceipts', { block_id: { block_number: 0 } })
    expect(block).toMatchObject({
      parent_hash: '0x0',
      timestamp: LOCKSTEP_GENESIS_TIMESTAMP,
      transaction_count: 1,
    })
    expect(block.transactions[0]?.transaction.sender_address).toBe(accountAt(node, 0).address)
    expect(block.transactions[0]?.receipt.events).toHaveLength(1)
    expect(nonceOf(node, accountAt(node, 0))).toBe('0x1')
  })

  it('has Katana’s accounts first, at their addresses, then the bots’', () => {
    const node = open({ botAccounts: 3 })
    expect(node.accounts.map(({ address }) => address).slice(0, 6)).toEqual([
      '0x127fd5f1fe78a71f8bcd1fec63e3fe2f0486b6ecd5c86a0466c3a21fa5cfcec',
      '0x13d9ee239f33fea4f8785b9e3870ade909e20a9599ae7cd62c1c292b73af1b7',
      '0x17cc6ca902ed4e8baa8463a7009ff18cc294fa85a94b4ce6ac30a9ebd6057c7',
      '0x2af9427c5a277474c079a1283c880ee8a6f0f8fbf73ce969c08d88befec1bba',
      '0x359b9068eadcaaa449c08b79a367c6fdfba9448c29e96934e3552dab0fdd950',
      '0x4184158a64a82eb982ff702e4041a49db16fa3a18229aac4ce88c832baf56e4',
    ])
    expect(node.accounts.map(({ publicKey }) => publicKey).slice(0, 3)).toEqual([
      '0x33246ce85ebdc292e6a5c5b4dd51fab2757be34b8ffda847ca6925edf31cb67',
      '0x4c339f18b9d1b95b64a6d378abd1480b2e0d5d5bd33cd0828cbce4d65c27284',
      '0x16e375df37a7653038bd9eccd767e780c2c4d4c66b4c85f455236a3fd75673a',
    ])
    expect(node.accounts.map(({ role }) => role)).toEqual([
      'operator',
      ...Array.from({ length: 5 }, () => 'predeployed'),
      ...Array.from({ length: 3 }, () => 'bot'),
    ])
    const listed = resultOf<{ address: Felt; privateKey: Felt }[]>(node, 'dev_predeployedAccounts')
    expect(listed.map(({ address }) => address)).toEqual(
      node.accounts.slice(0, 6).map(({ address }) => address),
    )
  })

  it('derives the bots’ accounts from the seed alone', () => {
    const bots = (seed: string, count: number) =>
      open({ seed, botAccounts: count })
        .accounts.filter(({ role }) => role === 'bot')
        .map(({ address }) => address)
    expect(bots('7', 3).slice(0, 2)).toEqual(bots('7', 2))
    expect(bots('7', 2)).not.toEqual(bots('8', 2))
  })
})

describe('blocks', () => {
  it('link by parent hash, stand one second apart in lockstep, and are found by number and by hash', () => {
    const node = open()
    const first = node.mine()
    const second = node.mine()
    expect([second.parentHash, second.timestamp]).toEqual([
      first.hash,
      LOCKSTEP_GENESIS_TIMESTAMP + 2,
    ])
    const byHash = resultOf(node, 'starknet_getBlockWithTxHashes', {
      block_id: { block_hash: first.hash },
    })
    expect(byHash).toMatchObject({ block_number: 1, block_hash: first.hash, transactions: [] })
    expect(resultOf(node, 'starknet_getBlockWithTxs', { block_id: { block_number: 1 } })).toEqual(
      byHash,
    )
    expect(resultOf(node, 'starknet_blockHashAndNumber')).toEqual({
      block_hash: second.hash,
      block_number: 2,
    })
  })

  it.each([{ block_number: 9 }, { block_hash: '0x1234' }, 'l1_accepted'])(
    'that do not exist are refused with 24: %j',
    (block_id) => {
      expect(ask(open(), 'starknet_getBlockWithTxs', { block_id }).error?.code).toBe(24)
    },
  )

  it('follow the clock when timed, move with the development methods, and never go back', () => {
    let seconds = 1_000
    const node = open({ blockTimeMs: 0 }, () => seconds * 1000)
    expect(node.chain.head().timestamp).toBe(1_000)
    seconds = 1_010
    expect(node.mine().timestamp).toBe(1_010)
    resultOf(node, 'dev_setNextBlockTimestamp', [5_000])
    expect(resultOf(node, 'dev_nextBlockTimestamp')).toBe(5_000)
    expect(node.mine().timestamp).toBe(5_000)
    seconds = 1_012
    resultOf(node, 'dev_increaseNextBlockTimestamp', { amount: 100 })
    expect(node.mine().timestamp).toBe(5_102)
    seconds = 3
    expect(node.mine().timestamp).toBe(5_102)
    expect(ask(node, 'dev_setNextBlockTimestamp', { timestamp: 17 }).error?.code).toBe(-32602)
  })

  it.each([
    ['in lockstep', null],
    ['by the clock', 0],
  ])('stay in the year 9999, %s, however time is moved', (_, blockTimeMs) => {
    const last = 253_402_300_799
    let seconds = 1_000
    const node = open({ blockTimeMs }, () => seconds * 1000)
    const refusals = [
      ask(node, 'dev_setNextBlockTimestamp', { timestamp: last + 1 }),
      ask(node, 'dev_setNextBlockTimestamp', { timestamp: Number.MAX_SAFE_INTEGER }),
      ask(node, 'dev_increaseNextBlockTimestamp', { amount: last }),
    ]
    for (const { error } of refusals)
      expect(error).toMatchObject({
        code: -32602,
        data: { reason: `the next block would be after the year 9999: at most ${last}` },
      })
    resultOf(node, 'dev_setNextBlockTimestamp', { timestamp: last - 1 })
    expect(ask(node, 'dev_increaseNextBlockTimestamp', { amount: 2 }).error?.code).toBe(-32602)
    resultOf(node, 'dev_increaseNextBlockTimestamp', { amount: 1 })
    expect(node.mine().timestamp).toBe(last)
    seconds += 3_600
    expect([node.mine().timestamp, node.mine().timestamp]).toEqual([last, last])
    expect(resultOf(node, 'dev_nextBlockTimestamp')).toBe(last)
    expect(new Date(last * 1000).toISOString()).toBe('9999-12-31T23:59:59.000Z')
  })

  it('hold one transaction each when the block time is 0', () => {
    const node = open({ blockTimeMs: 0 })
    const hash = send(node, signedTransaction(accountAt(node, 6), 0, [add(1n, 1n)]))
    expect(receiptOf(node, hash)).toMatchObject({
      block_number: 1,
      finality_status: 'ACCEPTED_ON_L2',
    })
    expect(resultOf(node, 'dev_generateBlock')).toMatchObject({ block_number: 2 })
  })

  it('are the same, byte for byte, for the same inputs, and others for another seed', () => {
    const play = (seed: string | null): string => {
      const node = open({ seed })
      send(node, signedTransaction(accountAt(node, 1), 0, [add(1n, 1n)]))
      node.mine()
      send(node, signedTransaction(accountAt(node, 1), 1, [failingCall]))
      node.mine()
      return [0, 1, 2]
        .map((block_number) =>
          JSON.stringify(
            ask(node, 'starknet_getBlockWithReceipts', { block_id: { block_number } }),
          ),
        )
        .join('\n')
    }
    expect(play(null)).toBe(play(null))
    expect(play('7')).not.toBe(play(null))
  })

  it('have another hash when a receipt differs', () => {
    const play = (amount: bigint): Felt => {
      const node = open()
      send(node, signedTransaction(accountAt(node, 1), 0, [add(1n, amount)]))
      return node.mine().hash
    }
    expect(play(1n)).not.toBe(play(2n))
  })
})

describe('a game with a bug', () => {
  const buggy = () => {
    const failures: FatalError[] = []
    const createGame = (): Game => ({
      ...createTallyGame(),
      execute: () => {
        throw new TypeError('undefined is not a function')
      },
    })
    const node = open({ blockTimeMs: 0 }, undefined, {
      createGame,
      onFailure: (error) => failures.push(error),
    })
    return { node, failures }
  }

  it('ends the chain before a block that may be wrong is served, and the owner is told once', () => {
    const { node, failures } = buggy()
    const invoke_transaction = signedTransaction(accountAt(node, 6), 0, [add(1n, 1n)])
    expect(ask(node, 'starknet_addInvokeTransaction', { invoke_transaction }).error?.code).toBe(
      -32603,
    )
    expect(ask(node, 'dev_generateBlock').error?.code).toBe(-32603)
    expect(failures.map(({ message }) => message)).toEqual([
      'Block 1 could not be built: undefined is not a function',
    ])
    expect(resultOf(node, 'starknet_blockNumber')).toBe(0)
    expect(() => tallyOf(node, 1n)).toThrow('could not be built')
  })
})
