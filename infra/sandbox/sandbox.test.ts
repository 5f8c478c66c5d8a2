import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Account, RpcProvider, shortString } from 'starknet'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FatalError } from '../../domain/errors.ts'
import type { Felt } from '../../domain/felt.ts'
import { infiniteHexAdventurers } from '../../domain/worlds/infinite-hex-adventurers/definition.ts'
import type { SourceBlock } from '../../ingest/sources/chain-source.ts'
import { selectorOfName } from '../../schemas/crypto/starknet.ts'
import { selectorsOf } from '../../schemas/worlds/selectors.ts'
import { createJsonRpcClient } from '../starknet/json-rpc-client.ts'
import { createRpcSource } from '../starknet/rpc-source.ts'
import { createTransactionSender } from '../starknet/transaction-sender.ts'
import { starknetAccount } from './sandbox.testing.ts'
import { type RunningSandbox, type SandboxServerOptions, startSandbox } from './sandbox.ts'

const { contracts } = infiniteHexAdventurers
const selectors = selectorsOf(infiniteHexAdventurers)

let folder: string
const running: RunningSandbox[] = []

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'chronohex-sandbox-'))
})
afterEach(async () => {
  await Promise.all(running.splice(0).map((sandbox) => sandbox.close()))
  rmSync(folder, { recursive: true })
})

const start = async (options: Partial<SandboxServerOptions> = {}): Promise<RunningSandbox> => {
  const dataFile = path.join(folder, 'sandbox.db')
  const sandbox = await startSandbox({
    dataFile,
    rpcPort: 0,
    blockTimeMs: 0,
    seed: null,
    botAccounts: 1,
    ...options,
  })
  running.push(sandbox)
  return sandbox
}

const botOf = (sandbox: RunningSandbox): Account => {
  const bot = sandbox.accounts.find(({ role }) => role === 'bot')
  if (bot === undefined) throw new FatalError('The sandbox has no bot')
  return starknetAccount(sandbox.rpcUrl, bot)
}

const createAdventurer = (name: string) => ({
  contractAddress: contracts.adventurer_manager.address,
  entrypoint: 'create_adventurer',
  calldata: [shortString.encodeShortString(name)],
})

/**
 * The stored values of a row, asked of the World as a client of Dojo does: layout first, then
 * `entity`.
 */
const entityOf = async (
  provider: RpcProvider,
  worldAddress: string,
  model: string,
  entityId: string,
) => {
  const ask = (contractAddress: string, entrypoint: string, ...calldata: string[]) =>
    provider.callContract({ contractAddress, entrypoint, calldata })
  const selector = selectors.models[model] as string
  const [, modelAddress] = await ask(worldAddress, 'resource', selector)
  const layout = await ask(modelAddress as string, 'layout')
  return (await ask(worldAddress, 'entity', selector, '1', entityId, ...layout)).slice(1)
}

describe('the sandbox in its thread', () => {
  it('plays the game with starknet.js: an adventurer is created, told in events, and read from the World', async () => {
    const sandbox = await start()
    const account = botOf(sandbox)
    const provider = new RpcProvider({ nodeUrl: sandbox.rpcUrl })
    const { transaction_hash } = await account.execute([createAdventurer('Ada')], { tip: 0n })
    const receipt = await provider.waitForTransaction(transaction_hash, { retryInterval: 5 })
    expect(receipt.isSuccess()).toBe(true)

    const { events } = await provider.getEvents({
      address: sandbox.worldAddress,
      keys: [[selectorOfName('StoreSetRecord')], [selectors.models.Adventurer as string]],
      chunk_size: 10,
    })
    expect(events).toHaveLength(1)
    const [, keysLength, , valuesLength, ...values] = [null, ...(events[0]?.data ?? [])]
    expect([keysLength, Number(valuesLength)]).toEqual(['0x1', values.length])
    const entityId = events[0]?.keys[2] as string
    expect(await entityOf(provider, sandbox.worldAddress, 'Adventurer', entityId)).toEqual(values)
  })

  it('initialises world generation at genesis, with the live deployment’s seed or the one given', async () => {
    const configOf = async (seed: string | null) => {
      const sandbox = await start({ seed, dataFile: null })
      const provider = new RpcProvider({ nodeUrl: sandbox.rpcUrl })
      const { address } = contracts.world_gen_manager
      return provider.callContract({
        contractAddress: address,
        entrypoint: 'get_active_world_gen_config',
      })
    }
    expect(await configOf(null)).toContain('0x574f524c445f47454e5f534545445f5631')
    expect(await configOf('77')).toContain('0x4d')
  })

  it('goes on where it stopped', async () => {
    const first = await start()
    await botOf(first).execute([createAdventurer('Ada')], { tip: 0n })
    await first.close()
    await first.close()
    const second = await start({ rpcPort: first.port })
    expect(second.port).toBe(first.port)
    const provider = new RpcProvider({ nodeUrl: second.rpcUrl })
    expect(await provider.getBlockNumber()).toBe(1)
    expect(await provider.getNonceForAddress(botOf(second).address)).toBe('0x1')
    await botOf(second).execute([createAdventurer('Bob')], { tip: 0n })
    expect(await provider.getBlockNumber()).toBe(2)
  })

  it('seals empty blocks by itself when it has a block time', async () => {
    const sandbox = await start({ blockTimeMs: 20 })
    const provider = new RpcProvider({ nodeUrl: sandbox.rpcUrl })
    await expect.poll(() => provider.getBlockNumber(), { timeout: 10_000 }).toBeGreaterThan(3)
    const [one, two] = [
      await provider.getBlockWithTxHashes(1),
      await provider.getBlockWithTxHashes(2),
    ]
    expect(two.parent_hash).toBe('block_hash' in one ? one.block_hash : null)
  })

  it('says in one error what is wrong: the port, the file, the seed', async () => {
    const first = await start()
    const fresh = { dataFile: path.join(folder, 'other.db') }
    await expect(start({ ...fresh, rpcPort: first.port })).rejects.toThrow(/port \d+: it is in use/)
    await expect(start()).rejects.toThrow(/in use by another process/)
    await first.close()
    await expect(start({ seed: '7' })).rejects.toThrow(/holds a world with seed/)
    writeFileSync(fresh.dataFile, 'no database, whatever its name may say about it')
    await expect(start(fresh)).rejects.toThrow(FatalError)
  })

  it('is read by our own source and written by our own sender', async () => {
    const sandbox = await start()
    const rpc = createJsonRpcClient({ url: sandbox.rpcUrl })
    const sender = createTransactionSender({
      rpc,
      chainId: sandbox.chainId,
      accounts: sandbox.accounts,
    })
    const account = sandbox.accounts[6]?.address as Felt
    const to = contracts.adventurer_manager.address
    const calls = [
      {
        to,
        entrypoint: 'create_adventurer',
        calldata: [shortString.encodeShortString('Ada') as Felt],
      },
    ]
    const { bounds } = sender
    const signed = await sender.sign({
      account,
      nonce: `${await sender.nonce(account)}`,
      bounds,
      calls,
    })
    expect([await sender.send(signed), await sender.send(signed)]).toEqual([
      { kind: 'sent' },
      { kind: 'sent' },
    ])
    expect(await sender.status(signed.hash)).toEqual({
      kind: 'included',
      block: 1,
      revertReason: null,
    })

    const source = createRpcSource({ client: rpc, worldAddress: sandbox.worldAddress })
    const head = await source.head()
    expect(head).toMatchObject({
      number: 1,
      parentHash: (await source.header(0))?.hash,
      finality: 'ACCEPTED_ON_L2',
    })
    const blocks: SourceBlock[] = []
    for await (const block of source.blocksWithEvents(0, 1, new AbortController().signal))
      blocks.push(block)
    expect(blocks.map(({ header }) => header.number)).toEqual([0, 1])
    expect(
      blocks[1]?.events.map(({ eventIndex, transaction }) => [eventIndex, transaction]),
    ).toEqual(blocks[1]?.events.map((_, at) => [at, signed.hash]))
    expect(await source.header(2)).toBeNull()
  })
})
