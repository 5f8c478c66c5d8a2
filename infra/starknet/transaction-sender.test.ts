import { describe, expect, it } from 'vitest'
import type { UnsignedTransaction } from '../../commands/transaction-sender.ts'
import { FatalError, RetryableError } from '../../domain/errors.ts'
import type { Felt } from '../../domain/felt.ts'
import { SANDBOX_CHAIN_ID } from '../../domain/sandbox-chain.ts'
import { sandboxAccounts } from '../sandbox/chain/accounts.ts'
import { accountVerifiers, admit } from '../sandbox/chain/admission.ts'
import { invokeTransactionSchema } from '../sandbox/chain/invoke-transaction.ts'
import type { JsonRpcClient, RpcAnswer, RpcParams } from './json-rpc-client.ts'
import { createTransactionSender } from './transaction-sender.ts'

const accounts = sandboxAccounts('0x1', 1)
const [operator] = accounts
const WORLD_MANAGER = '0x8b86d7d1dc9380880a89650135e20aae0933048383978d48690960e4dd907b'

type Asked = Readonly<{ method: string; params: RpcParams }>

/** A node that answers by method; each answer is used up in turn, the last one stays. */
const fakeRpc = (answers: Readonly<Record<string, readonly (RpcAnswer | Error)[]>>) => {
  const asked: Asked[] = []
  const all = { starknet_chainId: [{ result: SANDBOX_CHAIN_ID }], ...answers }
  const ask: JsonRpcClient['ask'] = async (method, params) => {
    const before = asked.filter((other) => other.method === method).length
    asked.push({ method, params })
    const known = (all as Record<string, readonly (RpcAnswer | Error)[]>)[method] ?? []
    const answer = known[Math.min(before, known.length - 1)]
    if (answer === undefined || answer instanceof Error)
      throw answer ?? new Error(`no answer to ${method}`)
    return answer
  }
  const call: JsonRpcClient['call'] = async (method, params) => {
    const answer = await ask(method, params)
    if ('refused' in answer) throw new FatalError(method)
    return answer.result
  }
  return { ask, call, asked }
}

const senderOn = (rpc: JsonRpcClient) =>
  createTransactionSender({ rpc, chainId: SANDBOX_CHAIN_ID, accounts })

const unsigned = (nonce: string): UnsignedTransaction => ({
  account: operator.address,
  nonce,
  bounds: senderOn(fakeRpc({})).bounds,
  calls: [
    { to: WORLD_MANAGER, entrypoint: 'move_adventurer', calldata: ['0x1', '0x400005fffff00000'] },
  ],
})

const taken = (hash: unknown): RpcAnswer => ({ result: { transaction_hash: hash } })
const refused = (code: number): RpcAnswer => ({ refused: { code, message: `code ${code}` } })

describe('the transaction sender', () => {
  it('signs what the sandbox admits, under the hash that it announces, the same each time', async () => {
    const sender = senderOn(fakeRpc({}))
    const first = await sender.sign(unsigned('7'))
    expect(await sender.sign(unsigned('7'))).toEqual(first)
    expect((await sender.sign(unsigned('8'))).hash).not.toBe(first.hash)
    const admitted = admit(invokeTransactionSchema.parse(first.payload), {
      chainId: SANDBOX_CHAIN_ID,
      verifierOf: accountVerifiers(accounts),
      nextNonce: () => 7,
      isKnown: () => false,
      replaceable: () => null,
      isContract: () => true,
    })
    expect(admitted).toMatchObject({ hash: first.hash })
  })

  it('costs one request per command', async () => {
    const { sign } = senderOn(fakeRpc({}))
    const [first, second] = [await sign(unsigned('0')), await sign(unsigned('1'))]
    const rpc = fakeRpc({ starknet_addInvokeTransaction: [taken(first.hash), taken(second.hash)] })
    const sender = senderOn(rpc)
    await sender.send(first)
    const before = rpc.asked.length
    await sender.send(second)
    expect(rpc.asked.slice(before).map(({ method }) => method)).toEqual([
      'starknet_addInvokeTransaction',
    ])
  })

  it('refuses every chain but the sandbox, by its setting and by what the node says', async () => {
    const rpc = fakeRpc({ starknet_chainId: [{ result: '0x534e5f4d41494e' }] })
    for (const chainId of [
      '0x534e5f4d41494e',
      '0x534e5f5345504f4c4941',
      '0x4b4154414e41',
    ] as const) {
      expect(() => createTransactionSender({ rpc, chainId, accounts })).toThrow(
        /CHRONOHEX_SANDBOX alone/,
      )
    }
    const sender = senderOn(rpc)
    await expect(sender.send(await sender.sign(unsigned('0')))).rejects.toThrow(FatalError)
    expect(rpc.asked.map(({ method }) => method)).toEqual(['starknet_chainId'])
  })

  it('has no key for a stranger', async () => {
    const stranger: Felt = '0xdead'
    await expect(
      senderOn(fakeRpc({})).sign({ ...unsigned('0'), account: stranger }),
    ).rejects.toThrow(/no key/)
  })

  it.each([
    [refused(59), { kind: 'sent' }],
    [refused(52), { kind: 'wrong-nonce' }],
    [refused(64), { kind: 'wrong-nonce' }],
    [refused(55), { kind: 'refused', code: 55, message: 'code 55' }],
    [refused(-32602), { kind: 'refused', code: -32602, message: 'code -32602' }],
  ])('reads a refusal by its code: %j', async (answer, outcome) => {
    const sender = senderOn(fakeRpc({ starknet_addInvokeTransaction: [answer] }))
    expect(await sender.send(await sender.sign(unsigned('0')))).toEqual(outcome)
  })

  it('stops when the node knows the transaction under another hash, because it may take effect unseen', async () => {
    const sender = senderOn(fakeRpc({ starknet_addInvokeTransaction: [taken('0x1')] }))
    const send = sender.send(await sender.sign(unsigned('0')))
    await expect(send).rejects.toThrow(FatalError)
    await expect(send).rejects.toThrow('under the hash 0x1')
  })

  it('reads a hash of a node that pads it', async () => {
    const sender = senderOn(fakeRpc({}))
    const transaction = await sender.sign(unsigned('0'))
    const padded = `0x${transaction.hash.slice(2).padStart(64, '0')}`
    const { send } = senderOn(fakeRpc({ starknet_addInvokeTransaction: [taken(padded)] }))
    expect(await send(transaction)).toEqual({ kind: 'sent' })
  })

  it('lets what may pass be tried again', async () => {
    const sender = senderOn(
      fakeRpc({ starknet_addInvokeTransaction: [refused(63), new RetryableError('timeout')] }),
    )
    const transaction = await sender.sign(unsigned('0'))
    await expect(sender.send(transaction)).rejects.toThrow(RetryableError)
    await expect(sender.send(transaction)).rejects.toThrow('timeout')
  })

  it('asks for the nonce that counts waiting transactions, and knows a missing account from a failure', async () => {
    const rpc = fakeRpc({ starknet_getNonce: [{ result: '0x1f' }, refused(20), refused(63)] })
    const sender = senderOn(rpc)
    expect(await sender.nonce(operator.address)).toBe(31n)
    expect(rpc.asked.at(-1)?.params).toMatchObject({ block_id: 'pre_confirmed' })
    expect(await sender.nonce(operator.address)).toBeNull()
    await expect(sender.nonce(operator.address)).rejects.toThrow(RetryableError)
  })

  it('tells unknown, pending, succeeded and reverted transactions apart', async () => {
    const accepted = { finality_status: 'ACCEPTED_ON_L2', execution_status: 'SUCCEEDED' }
    const reverted = { ...accepted, execution_status: 'REVERTED' }
    const { status } = senderOn(
      fakeRpc({
        starknet_getTransactionStatus: [
          refused(29),
          { result: { finality_status: 'RECEIVED' } },
          { result: accepted },
        ],
        starknet_getTransactionReceipt: [
          { result: { ...accepted, block_number: 7 } },
          { result: { ...reverted, block_number: 8, revert_reason: 'overflow' } },
          { result: { ...reverted, block_number: 9, finality_status: 'ACCEPTED_ON_L1' } },
        ],
      }),
    )
    expect(await status('0x1')).toEqual({ kind: 'unknown' })
    expect(await status('0x1')).toEqual({ kind: 'pending' })
    expect(await status('0x1')).toEqual({ kind: 'included', block: 7, revertReason: null })
    expect(await status('0x1')).toEqual({ kind: 'included', block: 8, revertReason: 'overflow' })
    expect(await status('0x1')).toEqual({
      kind: 'included',
      block: 9,
      revertReason: 'reverted without a reason',
    })
  })

  it('believes the receipt when a reorg comes between it and the status', async () => {
    const waiting = { finality_status: 'PRE_CONFIRMED', execution_status: 'SUCCEEDED' }
    const { status } = senderOn(
      fakeRpc({
        starknet_getTransactionStatus: [{ result: { finality_status: 'ACCEPTED_ON_L2' } }],
        starknet_getTransactionReceipt: [refused(29), { result: { ...waiting, block_number: 7 } }],
      }),
    )
    expect(await status('0x1')).toEqual({ kind: 'unknown' })
    expect(await status('0x1')).toEqual({ kind: 'pending' })
  })

  it.each<[string, unknown, unknown]>([
    ['a status that is none', null, null],
    ['a status without finality', { execution_status: 'SUCCEEDED' }, null],
    ['a receipt without finality', { finality_status: 'ACCEPTED_ON_L2' }, { block_number: 7 }],
    [
      'a receipt without a result',
      { finality_status: 'ACCEPTED_ON_L2' },
      { finality_status: 'ACCEPTED_ON_L2', block_number: 7 },
    ],
    [
      'a receipt without a block',
      { finality_status: 'ACCEPTED_ON_L2' },
      { finality_status: 'ACCEPTED_ON_L2', execution_status: 'SUCCEEDED' },
    ],
  ])('takes %s for nonsense that may pass', async (_, told, receipt) => {
    const { status } = senderOn(
      fakeRpc({
        starknet_getTransactionStatus: [{ result: told }],
        starknet_getTransactionReceipt: [{ result: receipt }],
      }),
    )
    await expect(status('0x1')).rejects.toThrow(RetryableError)
  })

  it('takes a nonce, a block hash and a transaction hash that are no felts for nonsense that may pass', async () => {
    const sender = senderOn(
      fakeRpc({
        starknet_getNonce: [{ result: 'soon' }],
        starknet_getBlockWithTxHashes: [{ result: {} }],
        starknet_addInvokeTransaction: [taken(undefined)],
      }),
    )
    await expect(sender.nonce(operator.address)).rejects.toThrow(RetryableError)
    await expect(sender.blockHash(7)).rejects.toThrow(RetryableError)
    const send = sender.send(await sender.sign(unsigned('0')))
    await expect(send).rejects.toThrow(RetryableError)
  })
})
