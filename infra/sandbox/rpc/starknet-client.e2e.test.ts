/**
 * A whole session of a foreign client against the sandbox as it is started: starknet.js, and
 * nothing of this project except the game's addresses, over HTTP and WebSocket, in both versions of
 * the specification.
 */
import { Account, CallData, RpcProvider, WebSocketChannel } from 'starknet'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Felt } from '../../../domain/felt.ts'
import { infiniteHexAdventurers } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { createWorldDecoder } from '../../../schemas/worlds/decode.ts'
import { type RunningSandbox, startSandbox } from '../sandbox.ts'

const { adventurer_manager } = infiniteHexAdventurers.contracts

let sandbox: RunningSandbox
beforeAll(async () => {
  sandbox = await startSandbox({
    dataFile: null,
    blockTimeMs: 200,
    seed: null,
    botAccounts: 4,
    rpcPort: 0,
  })
})
afterAll(() => sandbox.close())

const VERSIONS = ['/rpc/v0_9', '/rpc/v0_10'] as const

describe.each(VERSIONS)('starknet.js on %s', (version) => {
  const bot = () => {
    const account = sandbox.accounts[6 + VERSIONS.indexOf(version)]
    if (account === undefined) throw new Error('the sandbox was started with four bots')
    return account
  }

  it('plays: waits for pre-confirmation and acceptance, and is told of it all', async () => {
    const provider = await RpcProvider.create({ nodeUrl: `${sandbox.rpcUrl}${version}` })
    expect(`/rpc/v${(await provider.getSpecVersion()).split('.').slice(0, 2).join('_')}`).toBe(
      version,
    )
    const channel = new WebSocketChannel({
      nodeUrl: `${sandbox.rpcUrl.replace('http', 'ws')}${version}`,
    })
    await channel.waitForConnection()
    const { address, privateKey } = bot()
    const account = new Account({ provider, address, signer: privateKey, cairoVersion: '1' })
    const calls = [
      {
        contractAddress: adventurer_manager.address,
        entrypoint: 'create_adventurer',
        calldata: CallData.compile({ name: 'Ada' }),
      },
    ]
    const simulated = await account.simulateTransaction([{ type: 'INVOKE', payload: calls }], {
      tip: 0n,
    })
    expect(
      JSON.stringify(simulated, (_, value) => (typeof value === 'bigint' ? `${value}` : value)),
    ).not.toContain('revert_reason')
    const { transaction_hash } = await account.execute(calls, { tip: 0n })
    const statuses: string[] = []
    const accepted = new Promise<void>((resolve, reject) => {
      channel
        .subscribeTransactionStatus({ transactionHash: transaction_hash })
        .then((subscription) =>
          subscription.on(({ status }) => {
            statuses.push(status.finality_status)
            if (status.finality_status === 'ACCEPTED_ON_L2') resolve()
          }),
        )
        .catch(reject)
    })
    const early = await provider.waitForTransaction(transaction_hash, {
      retryInterval: 10,
      successStates: ['PRE_CONFIRMED', 'ACCEPTED_ON_L2'],
    })
    expect(early.isSuccess()).toBe(true)
    const receipt = await provider.waitForTransaction(transaction_hash, { retryInterval: 20 })
    await accepted
    expect(statuses.at(-1)).toBe('ACCEPTED_ON_L2')
    if (!receipt.isSuccess()) throw new Error('the transaction was reverted')
    const decode = createWorldDecoder(infiniteHexAdventurers)
    const facts = receipt.events.map(({ keys, data }) =>
      decode({ keys: keys as Felt[], data: data as Felt[] }),
    )
    expect(facts.map(({ type }) => type)).toContain('AdventurerCreated')
    const { events } = await provider.getEvents({
      address: sandbox.worldAddress,
      keys: [[], [], []],
      from_block: { block_number: receipt.block_number },
      to_block: { block_number: receipt.block_number },
      chunk_size: 100,
    })
    expect(events.filter((event) => event.transaction_hash === transaction_hash)).toHaveLength(
      receipt.events.length,
    )
    expect('event_index' in (events[0] as object)).toBe(version === '/rpc/v0_10')
    channel.disconnect()
    await channel.waitForDisconnection()
  })

  it('multicalls with a fee estimate of its own, and reads state before and after', async () => {
    const provider = await RpcProvider.create({ nodeUrl: `${sandbox.rpcUrl}${version}` })
    const { address, privateKey } = bot()
    const account = new Account({ provider, address, signer: privateKey, cairoVersion: '1' })
    const before = await provider.getBlockNumber()
    const nonce = BigInt(await provider.getNonceForAddress(address, before))
    const name = version === '/rpc/v0_9' ? '0x61' : '0x62'
    const call = {
      contractAddress: adventurer_manager.address,
      entrypoint: 'create_adventurer',
      calldata: [name],
    }
    const estimate = await account.estimateInvokeFee([call, call], { tip: 0n, skipValidate: false })
    const { transaction_hash } = await account.execute([call, call], {
      tip: 0n,
      resourceBounds: estimate.resourceBounds,
    })
    await provider.waitForTransaction(transaction_hash, { retryInterval: 20 })
    expect(BigInt(await provider.getNonceForAddress(address))).toBe(nonce + 1n)
    expect(BigInt(await provider.getNonceForAddress(address, before))).toBe(nonce)
    const trace = await provider.getTransactionTrace(transaction_hash)
    expect(trace.execution_resources.l2_gas).toBeGreaterThan(0)
  })

  it('signs in with typed data that the account contract checks strictly', async () => {
    const provider = await RpcProvider.create({ nodeUrl: `${sandbox.rpcUrl}${version}` })
    const { address, privateKey } = bot()
    const account = new Account({ provider, address, signer: privateKey, cairoVersion: '1' })
    const message = {
      types: {
        StarknetDomain: ['name', 'version', 'chainId', 'revision'].map((name) => ({
          name,
          type: 'shortstring',
        })),
        Login: [
          { name: 'nonce', type: 'felt' },
          { name: 'expires', type: 'timestamp' },
        ],
      },
      primaryType: 'Login',
      domain: { name: 'chronohex', version: '1', chainId: sandbox.chainId, revision: '1' },
      message: { nonce: '0x7', expires: 1_900_000_000 },
    }
    const signature = await account.signMessage(message)
    const verify = (typed: typeof message) =>
      provider.verifyMessageInStarknet(typed, signature, address, 'is_valid_signature', {
        okResponse: ['0x56414c4944'],
        nokResponse: ['0x0', '0x00'],
        error: [],
      })
    expect(await verify(message)).toBe(true)
    expect(await verify({ ...message, message: { ...message.message, nonce: '0x8' } })).toBe(false)
  })

  it('follows a transaction from the mempool to L1', async () => {
    const control = async (method: string, params: object): Promise<void> => {
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
      const answer = await (await fetch(sandbox.rpcUrl, { method: 'POST', body })).json()
      expect(answer).toHaveProperty('result')
    }
    const provider = new RpcProvider({ nodeUrl: `${sandbox.rpcUrl}${version}` })
    const { address, privateKey } = bot()
    const account = new Account({ provider, address, signer: privateKey, cairoVersion: '1' })
    await control('sandbox_holdTransactions', { status: 'RECEIVED' })
    const { transaction_hash } = await account.execute(
      {
        contractAddress: adventurer_manager.address,
        entrypoint: 'create_adventurer',
        calldata: ['0x2'],
      },
      { tip: 0n },
    )
    expect(await provider.getTransactionStatus(transaction_hash)).toMatchObject({
      finality_status: 'RECEIVED',
    })
    await expect(provider.getTransactionReceipt(transaction_hash)).rejects.toMatchObject({
      code: 29,
    })
    await control('sandbox_holdTransactions', { status: null })
    const accepted = await provider.waitForTransaction(transaction_hash, { retryInterval: 20 })
    if (!accepted.isSuccess()) throw new Error('the transaction was reverted')
    await control('sandbox_acceptOnL1', { block_number: accepted.block_number })
    const successStates = ['ACCEPTED_ON_L1'] as const
    const final = await provider.waitForTransaction(transaction_hash, {
      retryInterval: 20,
      successStates: [...successStates],
    })
    expect(final).toMatchObject({
      finality_status: 'ACCEPTED_ON_L1',
      block_number: accepted.block_number,
    })
    expect(await provider.getBlockWithTxHashes('l1_accepted')).toMatchObject({
      block_number: accepted.block_number,
      status: 'ACCEPTED_ON_L1',
    })
  })

  it('is refused as real nodes refuse', async () => {
    const provider = await RpcProvider.create({ nodeUrl: `${sandbox.rpcUrl}${version}` })
    const { address, privateKey } = bot()
    const account = new Account({ provider, address, signer: privateKey, cairoVersion: '1' })
    const call = {
      contractAddress: adventurer_manager.address,
      entrypoint: 'create_adventurer',
      calldata: ['0x1'],
    }
    await expect(account.execute([call], { tip: 0n, nonce: 77 })).rejects.toMatchObject({
      code: 52,
    })
    const impostor = new Account({
      provider,
      address: sandbox.worldAddress,
      signer: privateKey,
      cairoVersion: '1',
    })
    const bounds = (await account.estimateInvokeFee([call], { tip: 0n })).resourceBounds
    await expect(
      impostor.execute([call], { tip: 0n, nonce: 0, resourceBounds: bounds }),
    ).rejects.toMatchObject({
      code: 58,
    })
    const nobody = new Account({
      provider,
      address: '0x123',
      signer: privateKey,
      cairoVersion: '1',
    })
    await expect(
      nobody.execute([call], { tip: 0n, nonce: 0, resourceBounds: bounds }),
    ).rejects.toMatchObject({
      code: 55,
    })
    await expect(
      account.estimateInvokeFee([{ ...call, calldata: [] }], { tip: 0n }),
    ).rejects.toMatchObject({
      code: 41,
    })
    await expect(provider.getStorageAt(sandbox.worldAddress, '0x1')).rejects.toMatchObject({
      code: 63,
    })
    await expect(provider.callContract({ ...call, entrypoint: 'nothing' })).rejects.toMatchObject({
      code: 21,
    })
    await expect(provider.getBlockWithTxs(999_999)).rejects.toMatchObject({ code: 24 })
  })
})
