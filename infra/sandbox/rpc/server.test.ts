import { request } from 'node:http'
import { connect } from 'node:net'
import { Account, RpcProvider } from 'starknet'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TALLY_ADDRESS } from '../chain/tally-game.testing.ts'
import type { LocalServer } from '../http/local-server.ts'
import { REQUEST_BYTES_MAX } from '../http/request-body.ts'
import { accountAt, hexOf, starknetAccount, tallySandbox } from '../sandbox.testing.ts'
import type { SandboxNode } from '../sandbox-node.ts'
import { BATCH_ANSWER_CHARACTERS_MAX, BATCH_REQUESTS_MAX } from './json-rpc.ts'
import { startRpcServer } from './server.ts'

let node: SandboxNode
let server: LocalServer
const errors: unknown[] = []

beforeEach(async () => {
  node = tallySandbox({ blockTimeMs: 0 })
  server = await startRpcServer(0, node, (error) => errors.push(error))
})
afterEach(async () => {
  await server.close()
  node.close()
  expect(errors.splice(0)).toEqual([])
})

type Reply = Readonly<{ status: number; body: string }>

/** A raw HTTP request, because `fetch` cannot forge Host and Origin. */
const post = (
  body: string,
  headers: Record<string, string> = {},
  method = 'POST',
): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const outgoing = request(
      { port: server.port, host: '127.0.0.1', method, headers },
      async (incoming) => {
        let text = ''
        for await (const chunk of incoming) text += chunk
        resolve({ status: incoming.statusCode ?? 0, body: text })
      },
    )
    outgoing.on('error', reject)
    outgoing.end(body)
  })

const chainIdRequest = '{"jsonrpc":"2.0","id":1,"method":"starknet_chainId"}'
const errorOf = ({ body }: Reply): { code: number; data?: unknown } => JSON.parse(body).error

describe('the RPC server', () => {
  it.each([
    ['malformed JSON', '{"jsonrpc":', -32700],
    ['nothing', '', -32700],
    ['a number', '7', -32600],
    ['an empty batch', '[]', -32600],
    ['another protocol', '{"id":1,"method":"starknet_chainId"}', -32600],
    ['an object as id', '{"jsonrpc":"2.0","id":{},"method":"starknet_chainId"}', -32600],
    ['a method that is no string', '{"jsonrpc":"2.0","id":1,"method":7}', -32600],
    ['an unknown method', '{"jsonrpc":"2.0","id":1,"method":"starknet_rich"}', -32601],
    [
      'the name of an object’s own method',
      '{"jsonrpc":"2.0","id":1,"method":"constructor"}',
      -32601,
    ],
    [
      'params that are a text',
      '{"jsonrpc":"2.0","id":1,"method":"starknet_getNonce","params":"x"}',
      -32602,
    ],
    [
      'too many params',
      '{"jsonrpc":"2.0","id":1,"method":"starknet_chainId","params":[1]}',
      -32602,
    ],
    [
      'a parameter of no such name',
      '{"jsonrpc":"2.0","id":1,"method":"starknet_getBlockTransactionCount","params":{"block_id":"latest","block":1}}',
      -32602,
    ],
    ['arrays within arrays', '['.repeat(100_000), -32700],
    [
      'a giant number',
      '{"jsonrpc":"2.0","id":1,"method":"starknet_getBlockWithTxs","params":[{"block_number":1e99}]}',
      -32602,
    ],
    [
      'a bad felt',
      '{"jsonrpc":"2.0","id":1,"method":"starknet_getNonce","params":["latest","0xzz"]}',
      -32602,
    ],
    [
      '__proto__',
      '{"jsonrpc":"2.0","id":1,"method":"starknet_getNonce","params":{"__proto__":{"block_id":"latest"}}}',
      -32602,
    ],
  ])('answers %s with a well-formed error', async (_, body, code) => {
    const reply = await post(body)
    expect(reply.status).toBe(200)
    expect(JSON.parse(reply.body)).toMatchObject({
      jsonrpc: '2.0',
      error: { code, message: expect.any(String) },
    })
  })

  it('names the field of a wrong parameter', async () => {
    const reply = await post(
      '{"jsonrpc":"2.0","id":1,"method":"starknet_getNonce","params":["yesterday","0x1"]}',
    )
    expect(errorOf(reply)).toMatchObject({ code: -32602, data: { field: 'block_id' } })
    const misspelt = await post(
      '{"jsonrpc":"2.0","id":1,"method":"starknet_chainId","params":{"blockId":1}}',
    )
    expect(errorOf(misspelt)).toMatchObject({ code: -32602, data: { field: 'blockId' } })
  })

  it('answers a batch in order, leaves out notifications, and bounds it', async () => {
    const notification = '{"jsonrpc":"2.0","method":"starknet_chainId"}'
    const batch = await post(`[${chainIdRequest},${notification},7]`)
    expect(JSON.parse(batch.body)).toMatchObject([
      { id: 1, result: node.chain.chainId },
      { id: null, error: { code: -32600 } },
    ])
    expect(await post(notification)).toEqual({ status: 204, body: '' })
    const long = await post(
      `[${Array.from({ length: BATCH_REQUESTS_MAX + 1 }, () => chainIdRequest).join(',')}]`,
    )
    expect(errorOf(long).code).toBe(-32600)
  })

  it('refuses a batch whose answers are too much together, and answers each of them alone', async () => {
    const data = Array.from({ length: 100 }, () => hexOf((1n << 250n) - 1n))
    const from_address = node.chain.worldAddress
    node.chain.inject(Array.from({ length: 1_000 }, () => ({ from_address, keys: [], data })))
    node.mine()
    const one =
      '{"jsonrpc":"2.0","id":1,"method":"starknet_getBlockWithReceipts","params":["latest"]}'
    const alone = await post(one)
    const count = Math.ceil(BATCH_ANSWER_CHARACTERS_MAX / alone.body.length)
    expect(JSON.parse(alone.body)).toHaveProperty('result')
    expect(
      errorOf(await post(`[${Array.from({ length: count }, () => one).join(',')}]`)).code,
    ).toBe(-32011)
  })

  it('refuses a body of 10 MB with 413 and goes on', async () => {
    const reply = await post(`"${'x'.repeat(10 * REQUEST_BYTES_MAX)}"`)
    expect(reply.status).toBe(413)
    expect(errorOf(reply).code).toBe(-32600)
    expect((await post(chainIdRequest)).status).toBe(200)
  })

  it.each([
    { host: 'evil.example' },
    { host: '127.0.0.1.evil.example' },
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: 'http://localhost.evil.example' },
    { 'sec-fetch-site': 'cross-site' },
  ])('refuses %j with 403', async (headers) => {
    const reply = await post(chainIdRequest, headers)
    expect(reply.status).toBe(403)
    expect(errorOf(reply).code).toBe(-32600)
  })

  it.each([{ host: 'localhost:5050' }, { host: '[::1]' }, { origin: 'http://localhost:3000' }])(
    'serves %j',
    async (headers) => expect((await post(chainIdRequest, headers)).status).toBe(200),
  )

  it('refuses other HTTP methods with 405', async () => {
    const reply = await post('', {}, 'GET')
    expect([reply.status, errorOf(reply).code]).toEqual([405, -32600])
  })

  it('serves versions by path, and refuses those that it has not with 404', async () => {
    const at = (path: string) =>
      fetch(`${server.url}${path}`, { method: 'POST', body: chainIdRequest })
    for (const path of ['/', '/rpc', '/rpc/v0_9', '/rpc/v0_10?key=1', '/v0_10_2'])
      expect((await at(path)).status).toBe(200)
    for (const path of ['/rpc/v0_8', '/rpc/v0_11', '/v0_1']) {
      const reply = await at(path)
      expect([reply.status, (await reply.json()).error.code]).toEqual([404, -32600])
    }
  })

  it('outlives a client that goes away while it sends, and one that speaks no HTTP', async () => {
    for (const bytes of [
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n\r\n{"json',
      '\u0000\u0001\r\n\r\n',
    ]) {
      await new Promise<void>((resolve) => {
        const socket = connect(server.port, '127.0.0.1', () => socket.end(bytes))
        socket.on('error', () => resolve())
        socket.on('close', () => resolve())
        socket.resume()
      })
    }
    expect((await post(chainIdRequest)).status).toBe(200)
  })

  it('says that a port is taken', async () => {
    await expect(startRpcServer(server.port, node, (error) => errors.push(error))).rejects.toThrow(
      `port ${server.port}: it is in use`,
    )
  })
})

describe('starknet.js', () => {
  const call = (entrypoint: string, ...calldata: string[]) => ({
    contractAddress: hexOf(TALLY_ADDRESS),
    entrypoint,
    calldata,
  })

  it('executes with nothing but an account, waits, and reads receipt, block, events and state', async () => {
    const provider = new RpcProvider({ nodeUrl: server.url })
    const { address, privateKey } = accountAt(node, 6)
    const account = new Account({ provider, address, signer: privateKey })
    const { transaction_hash } = await account.execute([
      call('add', '5', '3'),
      call('add', '5', '4'),
    ])
    const receipt = await provider.waitForTransaction(transaction_hash, { retryInterval: 5 })
    expect(receipt.isSuccess()).toBe(true)
    expect(await provider.callContract(call('get', '5'))).toEqual(['0x7'])
    expect(await provider.getNonceForAddress(address)).toBe('0x1')
    const { events } = await provider.getEvents({
      address: node.chain.worldAddress,
      chunk_size: 10,
    })
    expect(events.map(({ block_number }) => block_number)).toEqual([0, 1, 1])
    const block = await provider.getBlockWithReceipts(1)
    expect(block.transactions.map((entry) => entry.receipt.transaction_hash)).toEqual([
      transaction_hash,
    ])
  })

  it('finds the version, estimates with a checked signature, and is told what would revert', async () => {
    const provider = await RpcProvider.create({ nodeUrl: server.url })
    expect(await provider.getSpecVersion()).toBe('0.10.0')
    const { address, privateKey } = accountAt(node, 6)
    const account = new Account({ provider, address, signer: privateKey, cairoVersion: '1' })
    const estimate = await account.estimateInvokeFee([call('add', '1', '1')], {
      tip: 0n,
      skipValidate: false,
    })
    expect(estimate.resourceBounds.l2_gas.max_amount).toBeGreaterThan(0n)
    await expect(account.estimateInvokeFee([call('fail')], { tip: 0n })).rejects.toMatchObject({
      code: 41,
    })
    const stranger = new Account({
      provider,
      address,
      signer: accountAt(node, 5).privateKey,
      cairoVersion: '1',
    })
    await expect(
      stranger.estimateInvokeFee([call('add', '1', '1')], { tip: 0n, skipValidate: false }),
    ).rejects.toMatchObject({ code: 41 })
    expect(await provider.callContract(call('get', '1'))).toEqual(['0x0'])
  })

  it('gets the codes of a real node: signature, nonce, duplicate, contract, entrypoint', async () => {
    const account = starknetAccount(server.url, accountAt(node, 6))
    const stranger = starknetAccount(server.url, {
      ...accountAt(node, 5),
      address: accountAt(node, 6).address,
    })
    await expect(stranger.execute([call('add', '1', '1')], { tip: 0n })).rejects.toMatchObject({
      code: 55,
    })
    await expect(
      account.execute([call('add', '1', '1')], { tip: 0n, nonce: 9 }),
    ).rejects.toMatchObject({ code: 52 })
    const { provider } = account
    await expect(provider.callContract(call('nothing'))).rejects.toMatchObject({ code: 21 })
    await expect(provider.callContract(call('fail'))).rejects.toMatchObject({ code: 40 })
    await expect(
      provider.callContract({ ...call('get', '1'), contractAddress: '0x99' }),
    ).rejects.toMatchObject({
      code: 20,
    })
    await expect(provider.getClassHashAt('0x99')).rejects.toMatchObject({ code: 20 })
    await expect(provider.getTransactionReceipt('0x99')).rejects.toMatchObject({ code: 29 })
    await expect(provider.getBlockWithTxs(99)).rejects.toMatchObject({ code: 24 })
  })

  it('verifies messages by the account contract', async () => {
    const account = starknetAccount(server.url, accountAt(node, 6))
    const message = {
      types: {
        StarknetDomain: ['name', 'version', 'chainId', 'revision'].map((name) => ({
          name,
          type: 'shortstring',
        })),
        Login: [{ name: 'nonce', type: 'felt' }],
      },
      primaryType: 'Login',
      domain: { name: 'chronohex', version: '1', chainId: 'CHRONOHEX_SANDBOX', revision: '1' },
      message: { nonce: '0x123' },
    }
    const signature = await account.signMessage(message)
    const verify = (address: string) =>
      account.provider.verifyMessageInStarknet(message, signature, address, 'is_valid_signature', {
        okResponse: ['0x56414c4944'],
        nokResponse: ['0x0', '0x00'],
        error: [],
      })
    expect(await verify(account.address)).toBe(true)
    expect(await verify(accountAt(node, 5).address)).toBe(false)
  })
})
