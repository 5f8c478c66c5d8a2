import { describe, expect, test } from 'vitest'
import { RetryableError } from '../../domain/errors.ts'
import { createTestChain } from '../test-chain.testing.ts'
import { nextRangeBlocks, type RangeLimits, readRanges } from './block-ranges.ts'
import type { BlockHeader, ChainSource } from './chain-source.ts'

const LIMITS: RangeLimits = {
  rangeBlocks: 4,
  rangeBlocksMax: 16,
  rangeEventsWanted: 40,
  rangesAheadMax: 2,
}
const EVENT = { keys: ['0x1'], data: [] } as const

const chainOf = (blocks: number, eventsPerBlock: number) => {
  const chain = createTestChain()
  for (let number = 0; number < blocks; number++)
    chain.mine(Array.from({ length: eventsPerBlock }, () => EVENT))
  return chain
}

const read = async (
  source: ChainSource,
  from: number,
  head: BlockHeader | null,
  limits = LIMITS,
) => {
  const ranges: { to: number; blocks: number[] }[] = []
  if (head === null) return ranges
  const { signal } = new AbortController()
  for await (const { blocks, end } of readRanges(source, { from, head, limits }, signal))
    ranges.push({ to: end.number, blocks: blocks.map(({ header }) => header.number) })
  return ranges
}

describe('the size of the next range', () => {
  test.each([
    ['many events halve it', 8, 41, 4],
    ['enough events keep it', 8, 40, 8],
    ['few events double it', 8, 9, 16],
    ['up to the limit', 16, 0, 16],
    ['down to one block', 1, 1_000, 1],
  ])('%s', (_, blocks, events, expected) => {
    expect(nextRangeBlocks(blocks, events, LIMITS)).toBe(expected)
  })
})

describe('reading in ranges', () => {
  test('every block with events comes once, up to the head, whatever the sizes', async () => {
    for (const [blocks, events] of [
      [1, 1],
      [4, 0],
      [23, 3],
      [50, 30],
    ] as const) {
      const chain = chainOf(blocks, events)
      const ranges = await read(chain.source, 0, await chain.source.head())
      const numbers = Array.from({ length: events === 0 ? 0 : blocks }, (_, number) => number)
      expect(ranges.flatMap((range) => range.blocks)).toEqual(numbers)
      expect(ranges.at(-1)?.to).toBe(blocks - 1)
    }
  })

  test('empty stretches take ever larger ranges', async () => {
    const chain = chainOf(61, 0)
    const ranges = await read(chain.source, 0, await chain.source.head(), {
      ...LIMITS,
      rangesAheadMax: 1,
    })
    expect(ranges.map(({ to }) => to)).toEqual([3, 11, 27, 43, 59, 60])
  })

  test('there is nothing to read above the head', async () => {
    const chain = chainOf(3, 1)
    expect(await read(chain.source, 3, await chain.source.head())).toEqual([])
  })

  test('a block that is delivered twice comes once', async () => {
    const chain = chainOf(3, 1)
    const twice: ChainSource = {
      ...chain.source,
      blocksWithEvents: async function* (...range) {
        for await (const block of chain.source.blocksWithEvents(...range)) yield* [block, block]
      },
    }
    expect(await read(twice, 0, await chain.source.head())).toEqual([{ to: 2, blocks: [0, 1, 2] }])
  })

  test.each([
    ['a block outside the range', { number: 9 }, 'Block 9 came where blocks 0 to 2 were asked for'],
    [
      'another block at the end of the range',
      { hash: '0xbad' },
      'Block 2 was 0x1b10c00000002 before it was read, and 0xbad then',
    ],
  ] as const)('%s is to be read again', async (_, change, message) => {
    const chain = chainOf(3, 1)
    const head = await chain.source.head()
    const wrong: ChainSource = {
      ...chain.source,
      blocksWithEvents: async function* (...range) {
        for await (const block of chain.source.blocksWithEvents(...range)) {
          const isLast = block.header.number === 2
          yield isLast ? { ...block, header: { ...block.header, ...change } } : block
        }
      },
    }
    await expect(read(wrong, 0, head)).rejects.toThrow(RetryableError)
    await expect(read(wrong, 0, head)).rejects.toThrow(message)
  })

  test('a node that lost a block of the range is to be asked again', async () => {
    const chain = chainOf(9, 1)
    const head = await chain.source.head()
    chain.dropFrom(2)
    await expect(read(chain.source, 0, head)).rejects.toThrow(
      'The node has no block 3, but it announced block 8',
    )
  })
})
