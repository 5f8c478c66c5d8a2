import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { messageOf } from '../../../domain/errors.ts'
import type { Felt } from '../../../domain/felt.ts'
import { infiniteHexAdventurers } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { createWorldDecoder } from '../../../schemas/worlds/decode.ts'
import { createWorldEncoder } from '../../../schemas/worlds/encode.ts'
import { createGame } from '../game/create-game.ts'
import { ask, resultOf, tallySandbox } from '../sandbox.testing.ts'
import type { SandboxNode, SandboxOptions } from '../sandbox-node.ts'
import { type GenerateOptions, generateChain } from './generate.ts'

let folder: string
const nodes: SandboxNode[] = []
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'chronohex-generate-'))
})
afterEach(() => {
  for (const node of nodes.splice(0)) node.close()
  rmSync(folder, { recursive: true })
})

const fileAt = (name: string): string => path.join(folder, name)
const generate = (name: string, options: Partial<GenerateOptions> = {}) =>
  generateChain({ file: fileAt(name), blocks: 150, bots: 12, seed: '7', ...options })
const digestOf = (name: string): string =>
  createHash('sha256')
    .update(readFileSync(fileAt(name)))
    .digest('hex')
const open = (
  name: string,
  options: Partial<SandboxOptions> = {},
  nowMs?: () => number,
): SandboxNode => {
  const node = tallySandbox({ dataFile: fileAt(name), ...options }, nowMs, { createGame })
  nodes.push(node)
  return node
}

type Block = Readonly<{
  block_hash: Felt
  parent_hash: Felt
  transactions: {
    transaction: { nonce: Felt; sender_address: Felt; calldata: readonly Felt[] }
    receipt: { events: { keys: Felt[]; data: Felt[] }[] }
  }[]
}>
const blocksOf = (node: SandboxNode, count: number): Block[] =>
  Array.from({ length: count }, (_, block_number) =>
    resultOf<Block>(node, 'starknet_getBlockWithReceipts', { block_id: { block_number } }),
  )

describe('a generated world', () => {
  it('is the same file, byte for byte, for the same seed, and another for another', async () => {
    const [a, b, c] = await Promise.all([
      generate('a'),
      generate('b'),
      generate('c', { seed: '8' }),
    ])
    expect(a.head).toEqual(b.head)
    expect(digestOf('a')).toBe(digestOf('b'))
    expect(c.head.hash).not.toBe(open('a').chain.head().hash)
  })

  it('is the same chain on every machine', async () => {
    // Taken once and written down; it changes with the rules of the game, the bots' scripts and the
    // form of blocks.
    const head = '0x1cf5a013d5c7deba64e6ae4c7f6b5b02b1475dc7a960ab4228aac43a5e0165e'
    expect((await generate('a', { blocks: 60, bots: 8 })).head.hash).toBe(head)
  })

  it('is a chain: linked blocks, counted nonces, and events that decode and have the ids of their keys', async () => {
    const generated = await generate('a')
    const blocks = blocksOf(open('a'), generated.blocks + 1)
    const decode = createWorldDecoder(infiniteHexAdventurers)
    const encode = createWorldEncoder(infiniteHexAdventurers)
    const nonces = new Map<Felt, number>()
    let events = 0
    for (const [at, { parent_hash, transactions }] of blocks.entries()) {
      expect(parent_hash).toBe(blocks[at - 1]?.block_hash ?? '0x0')
      for (const { transaction, receipt } of transactions) {
        const next = nonces.get(transaction.sender_address) ?? 0
        expect(BigInt(transaction.nonce)).toBe(BigInt(next))
        nonces.set(transaction.sender_address, next + 1)
        for (const event of receipt.events) {
          const fact = decode(event)
          expect(fact.type).not.toBe('UndecodedWorldEvent')
          // Encoding checks that an entity id is the hash of its keys.
          expect(encode(fact)).toEqual({ keys: event.keys, data: event.data })
          if (at > 0) events += 1
        }
      }
    }
    expect(events).toBe(generated.events)
    expect(nonces.size).toBe(13)
  })

  it('leaves the rows that its transactions lead to: a node goes on from it', async () => {
    await generate('a')
    const node = open('a')
    const game = createGame({
      namespaceOwner: BigInt(node.accounts[0]?.address ?? '0x0'),
      seed: 7n,
    })
    game.genesis({ caller: 0n, block: 0, timestamp: 0 })
    for (const { transaction, block } of Array.from({ length: 150 }, (_, at) => at + 1).flatMap(
      (block) =>
        node.chain.store.transactions(block).map(({ transaction }) => ({ transaction, block })),
    )) {
      const [, to, selector, , ...calldata] = transaction.calldata.map(BigInt)
      const call = { to: to as bigint, selector: selector as bigint, calldata }
      game.execute([call], { caller: BigInt(transaction.sender_address), block, timestamp: 0 })
    }
    const sorted = (
      rows: Iterable<{ model: string; entityId: bigint; values: readonly bigint[] }>,
    ) => [...rows].map(({ model, entityId, values }) => `${model} ${entityId} ${values}`).sort()
    expect(sorted(node.chain.store.rowsAt(150))).toEqual(sorted(game.takeChangedRows()))
    expect(node.mine().number).toBe(151)
  })

  it('calls every contract of the game, most of the calls with success', async () => {
    await generate('a', { blocks: 1_200, bots: 100 })
    const contracts = new Map<bigint, string>(
      Object.entries(infiniteHexAdventurers.contracts).map(([name, { address }]) => [
        BigInt(address),
        name,
      ]),
    )
    const decode = createWorldDecoder(infiniteHexAdventurers)
    const called = new Map<string | undefined, number>()
    let [refused, calls] = [0, 0]
    for (const { transactions } of blocksOf(open('a'), 1_201)) {
      for (const { transaction, receipt } of transactions) {
        const name = contracts.get(BigInt(transaction.calldata[1] ?? '0x0'))
        called.set(name, (called.get(name) ?? 0) + 1)
        calls += 1
        if (receipt.events.some((event) => decode(event).type.endsWith('Rejected'))) refused += 1
      }
    }
    expect([...called.keys()].sort()).toEqual([...contracts.values()].sort())
    expect(refused / calls).toBeLessThan(0.05)
  })

  it('is played by all four temperaments', async () => {
    await generate('a', { blocks: 400, bots: 60 })
    const decode = createWorldDecoder(infiniteHexAdventurers)
    const types = new Set(
      blocksOf(open('a'), 401).flatMap(({ transactions }) =>
        transactions.flatMap(({ receipt }) => receipt.events.map((event) => decode(event).type)),
      ),
    )
    for (const type of [
      'HexDiscovered',
      'AreaDiscovered',
      'AdventurerMoved',
      'HarvestingCompleted',
      'ItemsConverted',
      'MineInitialized',
      'MiningContinued',
      'MiningExited',
      'HexEnergyPaid',
      'ClaimInitiated',
    ]) {
      expect(types).toContain(type)
    }
  })

  it.each([
    [{ blocks: 0 }, /1 to 10000000 blocks/],
    [{ bots: 1.5 }, /1 to 100000 bots/],
    [{ seed: '0' }, /is no seed/],
  ])('is refused for %j', async (options, message) => {
    await expect(generate('a', options)).rejects.toThrow(message)
  })

  it('is refused while it is only a part, and as long as nobody finishes it', async () => {
    const seen: string[] = []
    const lookAt = (name: string): void => {
      copyFileSync(fileAt('a'), fileAt(name))
      try {
        open(name)
      } catch (error) {
        seen.push(messageOf(error))
      }
    }
    // A killed generator leaves what is on disk at such a moment.
    await generate('a', { blocks: 60, onProgress: ({ blocks }) => lookAt(`at-${blocks}`) })
    expect(seen.length).toBeGreaterThan(1)
    for (const message of seen) expect(message).toMatch(/only a part of a chain/)
    lookAt('whole')
    expect(open('a').chain.head().number).toBe(60)
  })

  it('leaves no file when it is broken off', async () => {
    const breaker = new AbortController()
    const options = { blocks: 5_000, onProgress: () => breaker.abort(), signal: breaker.signal }
    await expect(generate('a', options)).rejects.toThrow(/broken off/)
    expect(existsSync(fileAt('a'))).toBe(false)
    expect((await generate('a', { blocks: 5 })).blocks).toBe(5)
  })

  it('does not overwrite a file', async () => {
    writeFileSync(fileAt('a'), 'mine')
    await expect(generate('a')).rejects.toThrow(/exists already/)
    expect(readFileSync(fileAt('a'), 'utf8')).toBe('mine')
  })
})

describe('a replay', () => {
  it('shows blocks as time passes, at the speed that is set, and then stands still', async () => {
    await generate('a', { blocks: 20 })
    let ms = 0
    const node = open('a', { replay: { blocksPerSecond: 0 } }, () => ms)
    const head = () => resultOf<number>(node, 'starknet_blockNumber')
    expect([head(), node.mine().number, head()]).toEqual([0, 1, 1])
    resultOf(node, 'sandbox_replay', { blocks_per_second: 4 })
    ms = 1_000
    expect(head()).toBe(5)
    resultOf(node, 'sandbox_replay', { blocks_per_second: 1_000 })
    ms = 1_007
    expect(head()).toBe(12)
    resultOf(node, 'sandbox_replay', { blocks_per_second: 0 })
    ms = 9_000
    expect([
      ask(node, 'starknet_getBlockWithTxs', { block_id: { block_number: 13 } }).error?.code,
      head(),
    ]).toEqual([24, 12])
    for (let block = 12; block <= 30; block += 1) node.mine()
    expect(head()).toBe(20)
  })

  it('takes no transactions and no changes, and leaves the file as it was', async () => {
    await generate('a', { blocks: 20 })
    const before = digestOf('a')
    const node = open('a', { replay: { blocksPerSecond: 0 } })
    node.mine()
    expect(ask(node, 'sandbox_reorg', { depth: 1 }).error?.code).toBe(63)
    expect(
      ask(node, 'sandbox_injectEvents', { events: [{ keys: [], data: [] }] }).error?.code,
    ).toBe(63)
    nodes.splice(0)[0]?.close()
    expect(digestOf('a')).toBe(before)
  })

  it('needs a file that is there', () => {
    expect(() => open('nothing', { replay: { blocksPerSecond: 1 } })).toThrow(/no chain to replay/)
  })
})
