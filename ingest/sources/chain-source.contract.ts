/** What every ChainSource must do, whatever it reads from. */
import { afterEach, describe, expect, test } from 'vitest'
import type { Felt } from '../../domain/felt.ts'
import { sourceBlockOf, TEST_WORLD, type TestBlock, type TestEvent } from '../test-chain.testing.ts'
import type { ChainSource, SourceBlock } from './chain-source.ts'

/** A chain that the adapter's node is to serve; it may grow while it is served. */
export type ServedChain = Readonly<{ chainId: Felt; blocks: TestBlock[] }>

export type ServedSource = Readonly<{ source: ChainSource; close: () => Promise<void> }>

const OTHER: Felt = '0x7'
const EVENTS_PER_PAGE_MAX = 1_000

const event = (from: Felt, number: number): TestEvent => ({
  from,
  keys: [
    '0x1c93f6e4703ae90f75338f29bffbe9c1662200cee981f49afeec26e892debcd',
    `0x${(number + 1).toString(16)}`,
  ],
  data: ['0x0', `0x${number.toString(16)}`],
})

const block = (number: number, ...transactions: readonly (readonly TestEvent[])[]): TestBlock => ({
  header: {
    number,
    hash: `0xb10c${number}`,
    parentHash: number === 0 ? '0x0' : `0xb10c${number - 1}`,
    timestamp: 1_700_000_000 + number,
    finality: 'ACCEPTED_ON_L2',
  },
  transactions: transactions.map((events, index) => ({ hash: `0xf${number}${index}`, events })),
})

const CHAIN: readonly TestBlock[] = [
  block(0),
  block(1, [event(TEST_WORLD, 0)]),
  block(
    2,
    [],
    [event(OTHER, 1), event(TEST_WORLD, 2), event(OTHER, 3), event(TEST_WORLD, 4)],
    [event(TEST_WORLD, 5)],
  ),
  block(3, [event(OTHER, 6)]),
  block(4),
  block(5, [event(TEST_WORLD, 7), event(TEST_WORLD, 7)]),
]

/** Runs the suite. `serve` makes a source whose world is TEST_WORLD. */
export const describeChainSource = (
  name: string,
  serve: (chain: ServedChain) => Promise<ServedSource>,
): void => {
  describe(`${name} is a chain source`, () => {
    let served: ServedSource | null = null

    afterEach(async () => {
      await served?.close()
      served = null
    })

    const sourceOf = async (blocks: readonly TestBlock[]): Promise<ChainSource> => {
      served = await serve({ chainId: '0x54455354', blocks: [...blocks] })
      return served.source
    }

    const read = async (source: ChainSource, from: number, to: number): Promise<SourceBlock[]> => {
      const blocks: SourceBlock[] = []
      for await (const found of source.blocksWithEvents(from, to, new AbortController().signal))
        blocks.push(found)
      return blocks
    }

    const expected = (blocks: readonly TestBlock[]): SourceBlock[] =>
      blocks.flatMap((served) => sourceBlockOf(served, TEST_WORLD) ?? [])

    test('it names its chain', async () => {
      expect(await (await sourceOf(CHAIN)).chainId()).toBe('0x54455354')
    })

    test('the head is the newest block', async () => {
      expect(await (await sourceOf(CHAIN)).head()).toEqual(CHAIN[5]?.header)
    })

    test('a chain without blocks has no head', async () => {
      expect(await (await sourceOf([])).head()).toBeNull()
    })

    test('headers are found by height, and there is none above the head', async () => {
      const source = await sourceOf(CHAIN)
      expect(await source.header(0)).toEqual(CHAIN[0]?.header)
      expect(await source.header(4)).toEqual(CHAIN[4]?.header)
      expect(await source.header(6)).toBeNull()
    })

    test("blocks with the world's events come in order, each event with its place in the chain", async () => {
      expect(await read(await sourceOf(CHAIN), 0, 5)).toEqual(expected(CHAIN))
    })

    test('both bounds are inclusive', async () => {
      expect(await read(await sourceOf(CHAIN), 2, 5)).toEqual(expected(CHAIN.slice(2)))
      expect(await read(await sourceOf(CHAIN), 1, 2)).toEqual(expected(CHAIN.slice(1, 3)))
      expect(await read(await sourceOf(CHAIN), 2, 2)).toEqual(expected(CHAIN.slice(2, 3)))
    })

    test('blocks without events of the world are left out', async () => {
      expect(await read(await sourceOf(CHAIN), 3, 4)).toEqual([])
    })

    test('a block with more events than any node gives at once is whole', async () => {
      const many = Array.from({ length: 2 * EVENTS_PER_PAGE_MAX + 500 }, (_, number) =>
        event(TEST_WORLD, number),
      )
      const blocks = [
        block(0, [event(TEST_WORLD, 0)]),
        block(1, many.slice(0, 700), many.slice(700)),
        block(2, [many[0] as TestEvent]),
      ]
      expect(await read(await sourceOf(blocks), 0, 2)).toEqual(expected(blocks))
    })

    test('many blocks with events, more than are read at once', async () => {
      const blocks = Array.from({ length: 60 }, (_, number) =>
        block(number, number % 3 === 0 ? [] : [event(TEST_WORLD, number)]),
      )
      expect(await read(await sourceOf(blocks), 0, 59)).toEqual(expected(blocks))
    })

    test('reading stops with the reason of the abort', async () => {
      const source = await sourceOf(CHAIN)
      const reason = new Error('stopping')
      const reading = source.blocksWithEvents(0, 5, AbortSignal.abort(reason))
      await expect(reading[Symbol.asyncIterator]().next()).rejects.toBe(reason)
    })

    test('a reader that stops early ends the reading', async () => {
      const source = await sourceOf(CHAIN)
      for await (const { header } of source.blocksWithEvents(0, 5, new AbortController().signal)) {
        expect(header).toEqual(CHAIN[1]?.header)
        break
      }
      expect(await source.head()).toEqual(CHAIN[5]?.header)
    })
  })
}
