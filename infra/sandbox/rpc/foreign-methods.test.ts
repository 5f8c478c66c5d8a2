import { Account, hash, RpcProvider } from 'starknet'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ACCOUNT_CLASS_HASH } from '../chain/accounts.ts'
import type { LocalServer } from '../http/local-server.ts'
import { accountAt, ask, starknetAccount, tallySandbox } from '../sandbox.testing.ts'
import type { SandboxNode } from '../sandbox-node.ts'
import { startRpcServer } from './server.ts'
import { openSocket } from './socket-client.testing.ts'

let node: SandboxNode
let server: LocalServer
beforeAll(async () => {
  node = tallySandbox()
  server = await startRpcServer(0, node, (error) => {
    throw error
  })
})
afterAll(async () => {
  await server.close()
  node.close()
})

/** All methods of the specification, 0.9 and 0.10 alike, but for those of subscriptions. */
const SPECIFIED =
  `specVersion getBlockWithTxHashes getBlockWithTxs getBlockWithReceipts getStateUpdate getStorageAt
  getTransactionStatus getMessagesStatus getTransactionByHash getTransactionByBlockIdAndIndex getTransactionReceipt
  getClass getClassHashAt getClassAt getBlockTransactionCount call estimateFee estimateMessageFee blockNumber
  blockHashAndNumber chainId syncing getEvents getNonce getStorageProof getCompiledCasm addInvokeTransaction
  addDeclareTransaction addDeployAccountTransaction traceTransaction simulateTransactions
  traceBlockTransactions`.split(/\s+/)

const errorOf = (method: string, params: unknown) => ask(node, method, params).error

describe('the specification', () => {
  it.each(SPECIFIED)('has starknet_%s, and so has the sandbox', (name) => {
    expect(errorOf(`starknet_${name}`, {})?.code).not.toBe(-32601)
  })

  it('has subscriptions on WebSockets alone, and so has the sandbox', async () => {
    const kinds = [
      'NewHeads',
      'Events',
      'TransactionStatus',
      'NewTransactions',
      'NewTransactionReceipts',
    ]
    const names = [...kinds.map((kind) => `starknet_subscribe${kind}`), 'starknet_unsubscribe']
    const client = await openSocket(server.url)
    for (const name of names) {
      expect(errorOf(name, {})?.code).toBe(-32601)
      expect((await client.ask(name, {})).error?.code).not.toBe(-32601)
    }
    expect((await client.ask('starknet_subscribePendingTransactions')).error?.code).toBe(-32601)
    client.socket.close()
  })
})

describe('what the sandbox has not is refused with the code that a node has for it', () => {
  const message = {
    from_address: `0x${'1'.repeat(40)}`,
    to_address: '0x99',
    entry_point_selector: '0x1',
    payload: [],
  }
  const declare = {
    type: 'DECLARE',
    sender_address: '0x1',
    contract_class: { sierra_program: ['0x1'] },
  }
  const deploy = { type: 'DEPLOY_ACCOUNT', contract_address_salt: '0x1', constructor_calldata: [] }
  const head = { block_id: 'latest' }
  const nowhere = { block_id: { block_number: 99 } }

  it.each([
    [
      'messages of an L1 transaction',
      'getMessagesStatus',
      { transaction_hash: `0x${'f'.repeat(64)}` },
      29,
    ],
    ['messages of no hash', 'getMessagesStatus', { transaction_hash: '0x' }, -32602],
    ['a message to nobody', 'estimateMessageFee', { message, ...head }, 20],
    ['a message in no block', 'estimateMessageFee', { message, ...nowhere }, 24],
    [
      'a message of no Ethereum address',
      'estimateMessageFee',
      { message: { ...message, from_address: '0x1' } },
      -32602,
    ],
    ['a storage proof', 'getStorageProof', { ...head, class_hashes: ['0x1'] }, 42],
    ['a storage proof by position', 'getStorageProof', ['latest', ['0x1'], ['0x2']], 42],
    ['a storage proof in no block', 'getStorageProof', nowhere, 24],
    [
      'a storage proof of what is not sealed',
      'getStorageProof',
      { block_id: 'pre_confirmed' },
      -32602,
    ],
    ['a compiled class', 'getCompiledCasm', { class_hash: ACCOUNT_CLASS_HASH }, 100],
    ['a compiled class of none', 'getCompiledCasm', { class_hash: '0x99' }, 28],
    [
      'a class',
      'addDeclareTransaction',
      { declare_transaction: { ...declare, version: '0x3' } },
      56,
    ],
    [
      'a class in an old way',
      'addDeclareTransaction',
      { declare_transaction: { ...declare, version: '0x2' } },
      61,
    ],
    [
      'an invocation as a class',
      'addDeclareTransaction',
      { declare_transaction: { type: 'INVOKE' } },
      -32602,
    ],
    [
      'an account of an unknown class',
      'addDeployAccountTransaction',
      { deploy_account_transaction: { ...deploy, version: '0x3', class_hash: '0x99' } },
      28,
    ],
    [
      'an account',
      'addDeployAccountTransaction',
      { deploy_account_transaction: { ...deploy, version: '0x3', class_hash: ACCOUNT_CLASS_HASH } },
      63,
    ],
    [
      'an account in an old way',
      'addDeployAccountTransaction',
      { deploy_account_transaction: { ...deploy, version: '0x1', class_hash: ACCOUNT_CLASS_HASH } },
      61,
    ],
  ])('%s', (_, method, params, code) => {
    expect(errorOf(`starknet_${method}`, params)?.code).toBe(code)
  })

  it('a message to a contract, naming the entrypoint that it lacks', () => {
    const to_address = accountAt(node, 0).address
    expect(
      errorOf('starknet_estimateMessageFee', { message: { ...message, to_address }, ...head }),
    ).toMatchObject({
      code: 40,
      data: {
        revert_error: {
          contract_address: to_address,
          class_hash: ACCOUNT_CLASS_HASH,
          selector: '0x1',
        },
      },
    })
  })

  it('estimates and simulations of classes and accounts, naming the transaction', () => {
    const request = [{ type: 'DECLARE' }]
    expect(
      errorOf('starknet_estimateFee', { request, simulation_flags: [], ...head }),
    ).toMatchObject({
      code: 41,
      data: { transaction_index: 0, execution_error: expect.stringContaining('DECLARE') },
    })
    const transactions = [{ type: 'DEPLOY_ACCOUNT' }]
    expect(
      errorOf('starknet_simulateTransactions', { ...head, transactions, simulation_flags: [] })
        ?.code,
    ).toBe(41)
  })

  it('starknet.js sees those codes', async () => {
    const provider = new RpcProvider({ nodeUrl: server.url })
    await expect(provider.getL1MessagesStatus('0x1')).rejects.toMatchObject({ code: 29 })
    await expect(provider.getStorageProof([], [], [], 'latest')).rejects.toMatchObject({ code: 42 })
    const { address, privateKey, publicKey } = accountAt(node, 6)
    const payload = {
      classHash: ACCOUNT_CLASS_HASH,
      constructorCalldata: [publicKey],
      addressSalt: '0x1',
    }
    const fresh = hash.calculateContractAddressFromHash('0x1', ACCOUNT_CLASS_HASH, [publicKey], 0)
    const account = new Account({ provider, address: fresh, signer: privateKey, cairoVersion: '1' })
    const bound = { max_amount: 10_000_000n, max_price_per_unit: 10_000_000_000_000_000n }
    const resourceBounds = { l1_gas: bound, l2_gas: bound, l1_data_gas: bound }
    await expect(account.deployAccount(payload, { tip: 0n, resourceBounds })).rejects.toMatchObject(
      { code: 63 },
    )
    await expect(account.estimateAccountDeployFee(payload, { tip: 0n })).rejects.toMatchObject({
      code: 41,
    })
    expect(await starknetAccount(server.url, { ...accountAt(node, 6), address }).getNonce()).toBe(
      '0x0',
    )
  })
})
