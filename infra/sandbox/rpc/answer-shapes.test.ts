/**
 * Answers of the sandbox against answers of real nodes, kind by kind: the same keys at every depth,
 * and values of the same kind. Keys that the sandbox leaves out or adds are listed here with the
 * reason.
 */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Felt } from '../../../domain/felt.ts'
import { FAIL, TALLY_ADDRESS } from '../chain/tally-game.testing.ts'
import type { LocalServer } from '../http/local-server.ts'
import {
  accountAt,
  add,
  ask,
  failingCall,
  hexOf,
  resultOf,
  send,
  signedTransaction,
  tallySandbox,
} from '../sandbox.testing.ts'
import type { SandboxNode } from '../sandbox-node.ts'
import { startRpcServer } from './server.ts'
import { openSocket } from './socket-client.testing.ts'

const RECORDED = path.resolve(import.meta.dirname, '../../../../shared/recorded/rpc-shapes')
const recorded = (file: string): unknown =>
  JSON.parse(readFileSync(path.join(RECORDED, file), 'utf8'))
const isRecordedThere = existsSync(RECORDED)

/** Paths of all keys, with the kind of value at the leaves; elements of lists count as one. */
const shapeOf = (value: unknown, at = ''): string[] => {
  if (Array.isArray(value))
    return [...new Set(value.flatMap((element) => shapeOf(element, `${at}[]`)))].sort()
  if (typeof value !== 'object' || value === null) return [`${at}: ${kindOf(value)}`]
  return Object.entries(value)
    .flatMap(([key, member]) => shapeOf(member, at === '' ? key : `${at}.${key}`))
    .sort()
}

const kindOf = (value: unknown): string => {
  if (typeof value !== 'string') return typeof value
  return /^0x[0-9a-f]+$/.test(value) ? 'felt' : 'text'
}

/**
 * Lists that may be empty, and receipts that may be reverted: not every recorded answer has an
 * example of each.
 */
const isOptional = (line: string): boolean =>
  /(signature|calldata|transactions|events|keys|data|messages_sent|paymaster_data)\[\]: felt$|revert_reason|failure_reason|\[\]\.(keys|data)\[\]/.test(
    line,
  )

const resultIn = (answer: unknown): unknown => (answer as { result: unknown }).result

const expectSameShape = (ours: unknown, theirs: unknown, besides: readonly string[] = []): void => {
  const wanted = (value: unknown) => shapeOf(value).filter((line) => !isOptional(line))
  const known = (line: string) => !besides.some((prefix) => line.startsWith(prefix))
  expect(wanted(ours).filter(known)).toEqual(wanted(theirs).filter(known))
}

describe.runIf(isRecordedThere)(
  'answers have the shapes that real nodes give (../shared/recorded)',
  () => {
    let node: SandboxNode
    let server: LocalServer
    let hash: Felt
    beforeAll(async () => {
      node = tallySandbox()
      server = await startRpcServer(0, node, (error) => {
        throw error
      })
      hash = send(node, signedTransaction(accountAt(node, 6), 0, [add(1n, 1n)]))
      send(node, signedTransaction(accountAt(node, 7), 0, [failingCall]))
      node.mine()
      send(node, signedTransaction(accountAt(node, 6), 1, [add(1n, 1n)]))
    })
    afterAll(async () => {
      await server.close()
      node.close()
    })

    const sealed = { block_id: { block_number: 1 } }
    const coming = { block_id: 'pre_confirmed' }

    it.each([
      ['starknet_getBlockWithTxHashes', sealed, 'katana-0.9/blocks/confirmed_with_tx_hashes.json'],
      [
        'starknet_getBlockWithTxHashes',
        coming,
        'katana-0.9/blocks/preconfirmed_with_tx_hashes.json',
      ],
      ['starknet_getBlockWithTxs', sealed, 'katana-0.9/blocks/confirmed_with_txs.json'],
      ['starknet_getBlockWithTxs', coming, 'katana-0.9/blocks/preconfirmed_with_txs.json'],
      ['starknet_getBlockWithReceipts', sealed, 'katana-0.9/blocks/confirmed_with_receipts.json'],
      [
        'starknet_getBlockWithReceipts',
        coming,
        'katana-0.9/blocks/preconfirmed_with_receipts.json',
      ],
    ])('%s of %j', (method, params, file) => {
      expectSameShape(resultOf(node, method, params), recorded(file))
    })

    it.each([
      ['starknet_getBlockWithReceipts', sealed, 'node/blockWithReceipts/sepolia3100000.json'],
      ['starknet_getBlockWithReceipts', coming, 'node/blockWithReceipts/sepoliaPreConfirmed.json'],
    ])('%s of %j, as public nodes have it', (method, params, file) => {
      expectSameShape(resultOf(node, method, params), resultIn(recorded(file)))
    })

    it('receipts and transactions by hash', () => {
      const receipt = resultOf(node, 'starknet_getTransactionReceipt', { transaction_hash: hash })
      expectSameShape(receipt, resultIn(recorded('node/receipt/sepoliaReceipt.json')))
      expectSameShape(receipt, recorded('katana-0.9/receipts/v3/invoke_confirmed.json'))
      const transaction = resultOf(node, 'starknet_getTransactionByHash', {
        transaction_hash: hash,
      })
      expectSameShape(transaction, recorded('katana-0.9/transactions/v3/invoke.json'), [
        'transaction_hash',
      ])
    })

    it('a receipt that is only pre-confirmed', () => {
      const pending = node.chain.preConfirmed().transactions[0]?.hash
      const receipt = resultOf(node, 'starknet_getTransactionReceipt', {
        transaction_hash: pending,
      })
      expectSameShape(receipt, recorded('katana-0.9/receipts/v3/invoke_preconfirmed.json'))
    })

    it('a page of events with a token, which 0.10 says the places of', () => {
      const page = resultOf(node, 'starknet_getEvents', { filter: { chunk_size: 1 } })
      expectSameShape(page, resultIn(recorded('node/events/sepoliaEvents.json')))
      const older = JSON.parse(
        node.answer(
          '{"jsonrpc":"2.0","id":1,"method":"starknet_getEvents","params":[{"chunk_size":1}]}',
          '/rpc/v0_9',
        ).text ?? '',
      )
      expectSameShape(older.result, resultIn(recorded('node/events/sepoliaEvents.json')), [
        'events[].transaction_index',
        'events[].event_index',
      ])
      expect(shapeOf(older.result).join()).not.toMatch(/_index/)
    })

    it('the status of a transaction that was reverted', () => {
      const reverted = node.chain.store.transactionHashes(1)[1]
      const status = resultOf(node, 'starknet_getTransactionStatus', { transaction_hash: reverted })
      expect(shapeOf(status)).toEqual(
        shapeOf(resultIn(recorded('node/txnStatus/sepoliaStatus.json'))),
      )
    })

    it('the error of a call that reverts, one frame deep', () => {
      const request = {
        contract_address: hexOf(TALLY_ADDRESS),
        entry_point_selector: hexOf(FAIL),
        calldata: [],
      }
      const { error } = ask(node, 'starknet_call', { request, block_id: 'latest' })
      const theirs = recorded('node/errors/contractError.json') as {
        error: { data: { revert_error: { error: object } } }
      }
      const inner = {
        ...theirs.error,
        data: { revert_error: theirs.error.data.revert_error.error },
      }
      expectSameShape(error, inner)
    })

    // A public node's receipt of an accepted transaction lacks the block's hash here; the
    // specification has it.
    it.each([
      ['starknet_subscribeNewHeads', {}, 'sepoliaNewHeads.json', []],
      ['starknet_subscribeEvents', {}, 'sepoliaEvents.json', []],
      ['starknet_subscribeNewTransactions', {}, 'sepoliaNewTxns.json', []],
      [
        'starknet_subscribeNewTransactionReceipts',
        {},
        'sepoliaNewTxnReceipts.json',
        ['params.result.block_hash'],
      ],
    ])('notices of %s', async (method, params, file, besides) => {
      const client = await openSocket(server.url)
      await client.ask(method, params)
      const { address } = accountAt(node, 6)
      const nonce = Number(node.chain.nonce(address, 'pre-confirmed'))
      send(node, signedTransaction(accountAt(node, 6), nonce, [add(1n, 1n)]))
      node.mine()
      const theirs = recorded(`node/ws/${file}`) as { method: string }
      const notice = await client.next()
      expect(notice.method).toBe(theirs.method)
      expectSameShape(notice, theirs, ['params.subscription_id', ...besides])
      client.socket.close()
    })

    it('notices of a transaction’s status', async () => {
      const client = await openSocket(server.url)
      const reverted = node.chain.store.transactionHashes(1)[1]
      await client.ask('starknet_subscribeTransactionStatus', { transaction_hash: reverted })
      const theirs = recorded('node/ws/mainnetTxnStatus.json')
      expect(
        shapeOf(await client.next()).filter((line) => !line.includes('subscription_id')),
      ).toEqual(shapeOf(theirs).filter((line) => !line.includes('subscription_id')))
      client.socket.close()
    })
  },
)

describe('shapes', () => {
  it('are told apart by a key, by a kind, and inside of lists', () => {
    expect(shapeOf({ a: [{ b: '0x1' }] })).not.toEqual(shapeOf({ a: [{ c: '0x1' }] }))
    expect(shapeOf({ a: 1 })).not.toEqual(shapeOf({ a: '0x1' }))
    expect(shapeOf({ a: '0x1' })).not.toEqual(shapeOf({ a: 'text' }))
  })
})
