import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Felt } from '../../../domain/felt.ts'
import type { SandboxAccount } from '../chain/accounts.ts'
import { BLOCK_TRANSACTIONS_MAX } from '../chain/pending-pool.ts'
import {
  accountAt,
  add,
  ask,
  failingCall,
  hexOf,
  nonceOf,
  receiptOf,
  resultOf,
  send,
  signedTransaction,
  tallyOf,
} from '../sandbox.testing.ts'
import type { SandboxNode } from '../sandbox-node.ts'
import { testNodes } from '../sandbox-nodes.testing.ts'

const { open, close } = testNodes()

const statusOf = (node: SandboxNode, hash: Felt): unknown =>
  resultOf(node, 'starknet_getTransactionStatus', { transaction_hash: hash })

describe('a transaction', () => {
  it('is pre-confirmed while it waits, and accepted with its events once its block is sealed', () => {
    const node = open()
    const bot = accountAt(node, 6)
    const hash = send(node, signedTransaction(bot, 0, [add(5n, 3n), add(5n, 4n)]))
    expect(statusOf(node, hash)).toEqual({
      finality_status: 'PRE_CONFIRMED',
      execution_status: 'SUCCEEDED',
    })
    expect(receiptOf(node, hash)).toMatchObject({
      block_number: 1,
      finality_status: 'PRE_CONFIRMED',
    })
    expect(receiptOf(node, hash)).not.toHaveProperty('block_hash')
    expect([nonceOf(node, bot), nonceOf(node, bot, 'pre_confirmed')]).toEqual(['0x0', '0x1'])
    expect(tallyOf(node, 5n)).toBe('0x0')

    const { hash: blockHash } = node.mine()
    const receipt = receiptOf(node, hash)
    expect(receipt).toMatchObject({
      block_hash: blockHash,
      block_number: 1,
      finality_status: 'ACCEPTED_ON_L2',
    })
    expect(receipt.events.map(({ data }) => data)).toEqual([
      ['0x3', '0x3', '0x1', bot.address],
      ['0x4', '0x7', '0x1', bot.address],
    ])
    expect(statusOf(node, hash)).toEqual({
      finality_status: 'ACCEPTED_ON_L2',
      execution_status: 'SUCCEEDED',
    })
    expect(nonceOf(node, bot)).toBe('0x1')
    expect(tallyOf(node, 5n)).toBe('0x7')
  })

  it('that is held as received is in no block until it is let go', () => {
    const node = open()
    const bot = accountAt(node, 6)
    const before = send(node, signedTransaction(bot, 0, [add(5n, 1n)]))
    resultOf(node, 'sandbox_holdTransactions', { status: 'RECEIVED' })
    const held = send(node, signedTransaction(bot, 1, [add(5n, 1n)]))
    expect(statusOf(node, before)).toMatchObject({ finality_status: 'PRE_CONFIRMED' })
    expect(statusOf(node, held)).toEqual({ finality_status: 'RECEIVED' })
    expect(
      ask(node, 'starknet_getTransactionReceipt', { transaction_hash: held }).error?.code,
    ).toBe(29)
    expect(
      resultOf(node, 'starknet_getTransactionByHash', { transaction_hash: held }),
    ).toMatchObject({ nonce: '0x1' })
    expect(nonceOf(node, bot, 'pre_confirmed')).toBe('0x1')
    expect(node.mine().transactionCount).toBe(1)
    expect(node.mine().transactionCount).toBe(0)
    resultOf(node, 'sandbox_holdTransactions', { status: null })
    expect(statusOf(node, held)).toMatchObject({ finality_status: 'PRE_CONFIRMED' })
    expect(tallyOf(node, 5n, 'pre_confirmed')).toBe('0x2')
    expect(node.mine().transactionCount).toBe(1)
  })

  it('that a reorg brings back waits again where transactions are held, and all faults can be ended at once', () => {
    const node = open()
    const bot = accountAt(node, 6)
    const hash = send(node, signedTransaction(bot, 0, [add(5n, 1n)]))
    node.mine()
    resultOf(node, 'sandbox_holdTransactions', { status: 'RECEIVED' })
    resultOf(node, 'sandbox_reorg', { depth: 1 })
    expect(statusOf(node, hash)).toEqual({ finality_status: 'RECEIVED' })
    expect(node.mine().transactionCount).toBe(0)
    resultOf(node, 'sandbox_clearFaults')
    expect(statusOf(node, hash)).toMatchObject({ finality_status: 'PRE_CONFIRMED' })
    expect(node.mine().transactionCount).toBe(1)
    expect(nonceOf(node, bot)).toBe('0x1')
  })

  it('that waits behind a full block is received, and the nonce at the pre-confirmed block counts only those in it', () => {
    const node = open()
    const bot = accountAt(node, 6)
    const hashes = Array.from({ length: BLOCK_TRANSACTIONS_MAX + 1 }, (_, nonce) =>
      send(node, signedTransaction(bot, nonce, [add(5n, 1n)])),
    )
    expect(statusOf(node, hashes.at(-1) as Felt)).toEqual({ finality_status: 'RECEIVED' })
    expect(nonceOf(node, bot, 'pre_confirmed')).toBe(`0x${BLOCK_TRANSACTIONS_MAX.toString(16)}`)
    node.mine()
    expect(statusOf(node, hashes.at(-1) as Felt)).toMatchObject({
      finality_status: 'PRE_CONFIRMED',
    })
  })

  it('that is held as a candidate was chosen and not run: its block runs it', () => {
    const node = open()
    const bot = accountAt(node, 6)
    resultOf(node, 'sandbox_holdTransactions', { status: 'CANDIDATE' })
    const held = send(node, signedTransaction(bot, 0, [add(5n, 1n)]))
    expect(statusOf(node, held)).toEqual({ finality_status: 'CANDIDATE' })
    const coming = { block_id: 'pre_confirmed' }
    expect(resultOf(node, 'starknet_getBlockWithTxHashes', coming)).toMatchObject({
      transactions: [],
    })
    expect([nonceOf(node, bot, 'pre_confirmed'), tallyOf(node, 5n, 'pre_confirmed')]).toEqual([
      '0x0',
      '0x0',
    ])
    expect(ask(node, 'starknet_traceTransaction', { transaction_hash: held }).error?.code).toBe(10)
    node.mine()
    expect(statusOf(node, held)).toMatchObject({
      finality_status: 'ACCEPTED_ON_L2',
      execution_status: 'SUCCEEDED',
    })
  })

  it('is accepted on L1 when its block is, for good: no reorg reaches it, and no restart forgets it', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'sandbox-l1-'))
    const dataFile = path.join(folder, 'chain.sqlite')
    const first = open({ dataFile })
    const hash = send(first, signedTransaction(accountAt(first, 6), 0, [add(5n, 1n)]))
    for (let blocks = 0; blocks < 3; blocks += 1) first.mine()
    expect(
      ask(first, 'starknet_getBlockWithTxHashes', { block_id: 'l1_accepted' }).error?.code,
    ).toBe(24)
    resultOf(first, 'sandbox_acceptOnL1', { block_number: 2 })
    expect(ask(first, 'sandbox_acceptOnL1', { block_number: 9 }).error?.code).toBe(24)
    expect(ask(first, 'sandbox_reorg', { depth: 2 }).error?.code).toBe(-32602)
    close(first)
    const node = open({ dataFile })
    expect(
      resultOf(node, 'starknet_getBlockWithTxHashes', { block_id: 'l1_accepted' }),
    ).toMatchObject({
      block_number: 2,
      status: 'ACCEPTED_ON_L1',
    })
    expect(receiptOf(node, hash)).toMatchObject({ finality_status: 'ACCEPTED_ON_L1' })
    expect(statusOf(node, hash)).toMatchObject({
      finality_status: 'ACCEPTED_ON_L1',
      execution_status: 'SUCCEEDED',
    })
    const at = (block_number: number) =>
      resultOf(node, 'starknet_getBlockWithReceipts', { block_id: { block_number } })
    expect(at(1)).toMatchObject({
      transactions: [{ receipt: { finality_status: 'ACCEPTED_ON_L1' } }],
    })
    expect(at(3)).toMatchObject({ status: 'ACCEPTED_ON_L2' })
    resultOf(node, 'sandbox_reorg', { depth: 1 })
    resultOf(node, 'sandbox_withholdBlocks', { blocks: 1 })
    expect(
      resultOf(node, 'starknet_getBlockWithTxHashes', { block_id: 'l1_accepted' }),
    ).toMatchObject({
      block_number: 1,
    })
    rmSync(folder, { recursive: true })
  })

  it('that reverts leaves nothing behind but its receipt and its nonce', () => {
    const node = open()
    const bot = accountAt(node, 6)
    const hash = send(node, signedTransaction(bot, 0, [add(5n, 3n), failingCall]))
    const next = send(node, signedTransaction(bot, 1, [add(5n, 1n)]))
    node.mine()
    const reverted = receiptOf(node, hash)
    expect(reverted).toMatchObject({
      execution_status: 'REVERTED',
      revert_reason: 'asked to fail',
      events: [],
    })
    expect(statusOf(node, hash)).toMatchObject({
      execution_status: 'REVERTED',
      failure_reason: 'asked to fail',
    })
    expect(receiptOf(node, next).events[0]?.data.slice(0, 2)).toEqual(['0x1', '0x1'])
    expect(nonceOf(node, bot)).toBe('0x2')
  })

  const refused = (change: (node: SandboxNode, bot: SandboxAccount) => unknown) => {
    const node = open()
    const bot = accountAt(node, 6)
    const before = nonceOf(node, bot, 'pre_confirmed')
    const answer = ask(node, 'starknet_addInvokeTransaction', {
      invoke_transaction: change(node, bot),
    })
    expect(nonceOf(node, bot, 'pre_confirmed')).toBe(before)
    return answer.error
  }

  it.each([1, 7])('with nonce %i on a fresh account is refused with 52', (nonce) => {
    expect(refused((_, bot) => signedTransaction(bot, nonce, [add(1n, 1n)]))?.code).toBe(52)
  })

  it('sent twice is refused with 59, before and after its block', () => {
    const node = open()
    const transaction = signedTransaction(accountAt(node, 6), 0, [add(1n, 1n)])
    send(node, transaction)
    const again = () =>
      ask(node, 'starknet_addInvokeTransaction', { invoke_transaction: transaction }).error?.code
    expect(again()).toBe(59)
    node.mine()
    expect(again()).toBe(59)
  })

  it('with an old nonce and another content is refused with 52', () => {
    const node = open()
    const bot = accountAt(node, 6)
    send(node, signedTransaction(bot, 0, [add(1n, 1n)]))
    node.mine()
    const other = signedTransaction(bot, 0, [add(1n, 2n)])
    expect(
      ask(node, 'starknet_addInvokeTransaction', { invoke_transaction: other }).error,
    ).toMatchObject({
      code: 52,
      data: expect.stringContaining('0x1'),
    })
  })

  it.each([
    [
      'of another account',
      (node: SandboxNode, bot: SandboxAccount) => ({
        ...signedTransaction(bot, 0, [add(1n, 1n)]),
        signature: signedTransaction(accountAt(node, 5), 0, [add(1n, 1n)]).signature,
      }),
    ],
    [
      'over other calldata',
      (_: SandboxNode, bot: SandboxAccount) => ({
        ...signedTransaction(bot, 0, [add(1n, 1n)]),
        calldata: signedTransaction(bot, 0, [add(1n, 2n)]).calldata,
      }),
    ],
    [
      'of three felts',
      (_: SandboxNode, bot: SandboxAccount) => {
        const transaction = signedTransaction(bot, 0, [add(1n, 1n)])
        return { ...transaction, signature: [...transaction.signature, '0x1'] }
      },
    ],
    [
      'that is empty',
      (_: SandboxNode, bot: SandboxAccount) =>
        signedTransaction(bot, 0, [add(1n, 1n)], { signature: [] }),
    ],
    [
      'of zeros',
      (_: SandboxNode, bot: SandboxAccount) =>
        signedTransaction(bot, 0, [add(1n, 1n)], { signature: ['0x0', '0x0'] }),
    ],
  ])('with a signature %s is refused with 55', (_, change) => {
    expect(refused(change)?.code).toBe(55)
  })

  it('whose calldata are no calls is refused with 55', () => {
    expect(
      refused((_, bot) => signedTransaction(bot, 0, [], { calldata: ['0x2', '0x1'] }))?.code,
    ).toBe(55)
    expect(
      refused((_, bot) => signedTransaction(bot, 0, [], { calldata: ['0x0', '0x1'] }))?.code,
    ).toBe(55)
    expect(refused((_, bot) => signedTransaction(bot, 0, [], { calldata: [] }))?.code).toBe(55)
  })

  it('with bounds below the quote is refused with 53, naming the bound', () => {
    const zero = { max_amount: '0x0', max_price_per_unit: '0x0' } as const
    const error = refused((_, bot) =>
      signedTransaction(bot, 0, [add(1n, 1n)], {
        resource_bounds: { l1_gas: zero, l2_gas: zero, l1_data_gas: zero },
      }),
    )
    expect(error).toMatchObject({ code: 53, data: expect.stringContaining('l2_gas max_amount') })
  })

  it('of an account that is not there is refused with 55, of another version with 61', () => {
    expect(
      refused((_, bot) => signedTransaction({ ...bot, address: '0x123' }, 0, [add(1n, 1n)])),
    ).toMatchObject({
      code: 55,
      data: 'Requested contract address 0x123 is not deployed.',
    })
    expect(
      refused((_, bot) => ({ ...signedTransaction(bot, 0, [add(1n, 1n)]), version: '0x1' }))?.code,
    ).toBe(61)
    const query = '0x100000000000000000000000000000003'
    expect(
      refused((_, bot) => signedTransaction(bot, 0, [add(1n, 1n)], { version: query }))?.code,
    ).toBe(61)
  })

  it.each([
    ['calldata.1', { calldata: ['0x1', 'no felt'] }],
    ['nonce', { nonce: 5 }],
    ['tip', { tip: '0x10000000000000000' }],
    [
      'resource_bounds.l2_gas',
      { resource_bounds: { l1_gas: { max_amount: '0x0', max_price_per_unit: '0x0' } } },
    ],
    ['type', { type: 'DECLARE' }],
  ])('with a malformed %s is refused with -32602 naming the field', (field, change) => {
    const error = refused((_, bot) => ({ ...signedTransaction(bot, 0, [add(1n, 1n)]), ...change }))
    expect(error).toMatchObject({ code: -32602, data: { field: `invoke_transaction.${field}` } })
  })

  it('takes the place of one that still waits in the mempool when it pays a tenth more, else is refused with 64', () => {
    const node = open()
    const bot = accountAt(node, 6)
    resultOf(node, 'sandbox_holdTransactions', { status: 'RECEIVED' })
    const bounds = (price: bigint) => {
      const { resource_bounds } = signedTransaction(bot, 0, [add(1n, 1n)])
      const l2_gas = { ...resource_bounds.l2_gas, max_price_per_unit: hexOf(price) }
      return { resource_bounds: { ...resource_bounds, l2_gas } }
    }
    const price = BigInt(bounds(0n).resource_bounds.l1_data_gas.max_price_per_unit) * 1_000_000n
    const sent = (tip: bigint, cost: bigint) =>
      signedTransaction(bot, 0, [add(1n, tip)], { tip: hexOf(tip), ...bounds(cost) })
    const first = send(node, sent(100n, price))
    const after = send(node, signedTransaction(bot, 1, [add(1n, 1n)]))
    const codeOf = (tip: bigint, cost: bigint) =>
      ask(node, 'starknet_addInvokeTransaction', { invoke_transaction: sent(tip, cost) }).error
        ?.code
    expect([codeOf(109n, price * 2n), codeOf(200n, (price * 109n) / 100n)]).toEqual([64, 64])
    const second = send(node, sent(110n, (price * 11n) / 10n))
    expect(
      ask(node, 'starknet_getTransactionStatus', { transaction_hash: first }).error?.code,
    ).toBe(29)
    expect(statusOf(node, second)).toEqual({ finality_status: 'RECEIVED' })
    resultOf(node, 'sandbox_holdTransactions', { status: null })
    expect(codeOf(200n, price * 2n)).toBe(52)
    node.mine()
    expect(node.chain.store.transactionHashes(1)).toEqual([second, after])
    expect(tallyOf(node, 1n)).toBe(hexOf(111n))
  })

  it('is refused with 63 while as many wait as may', () => {
    const node = open({ pendingTransactionsMax: 1 })
    send(node, signedTransaction(accountAt(node, 6), 0, [add(1n, 1n)]))
    const second = { invoke_transaction: signedTransaction(accountAt(node, 7), 0, [add(1n, 1n)]) }
    expect(ask(node, 'starknet_addInvokeTransaction', second).error?.code).toBe(63)
    node.mine()
    expect(ask(node, 'starknet_addInvokeTransaction', second).error).toBeUndefined()
  })
})
