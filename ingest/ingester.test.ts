import { describe, expect, test } from 'vitest'
import { FatalError, RetryableError } from '../domain/errors.ts'
import type { EventLog } from '../domain/event-log/event-log.ts'
import type { Retry } from '../domain/waiting/persistently.ts'
import { worldStream } from '../domain/world-stream/facts.ts'
import { createMemoryEventLog } from '../infra/memory/event-log.testing.ts'
import { UnreadableAnswer, UnreadableBlock } from './errors.ts'
import {
  chainOfSeven,
  ingest,
  logged,
  TYPES_OF_SEVEN,
  ticked,
  typesOf,
  worldOf,
} from './ingester.testing.ts'
import { createIngester, type IngestProgress } from './ingester.ts'
import { createTestChain } from './test-chain.testing.ts'

describe('ingest', () => {
  test('every block with events is in the log once, in order, its header first; a malformed event stops nothing', async () => {
    const chain = chainOfSeven()
    const log = createMemoryEventLog()
    await ingest(chain, { log })
    expect(await typesOf(chain, log)).toEqual(TYPES_OF_SEVEN)
    expect((await logged(chain, log))[2]).toEqual({
      id: expect.any(String),
      type: 'BlockIngested',
      data: { ...chain.blocks[3]?.header, eventCount: 2 },
      meta: { schemaVersion: 1, block: 3 },
    })
  })

  test('a block is one append', async () => {
    const chain = chainOfSeven()
    const log = createMemoryEventLog()
    const sizes: number[] = []
    const counting: EventLog = {
      ...log,
      append: (stream, expected, events) => {
        sizes.push(events.length)
        return log.append(stream, expected, events)
      },
    }
    await ingest(chain, { log: counting })
    expect(sizes).toEqual([2, 3, 4, 13])
  })

  test('a block over the limit is cut into further appends, and the log is the same', async () => {
    const chain = chainOfSeven()
    const [whole, cut] = [createMemoryEventLog(), createMemoryEventLog()]
    await ingest(chain, { log: whole })
    let appends = 0
    const append: EventLog['append'] = (...args) => {
      appends += 1
      return cut.append(...args)
    }
    await ingest(chain, { log: { ...cut, append }, blockBytesMax: 1_000 })
    expect(appends).toBeGreaterThan(6)
    expect(await logged(chain, cut)).toEqual(await logged(chain, whole))
  })

  test('heads are told after their appends, also for blocks without events', async () => {
    const chain = chainOfSeven()
    const log = createMemoryEventLog()
    const told: [number, number | null][] = []
    const onHead = async ({ number, position }: { number: number; position: number }) => {
      told.push([number, await log.head(worldStream(worldOf(chain)))])
      expect(position).toBe(told.at(-1)?.[1] ?? -1)
    }
    const oneByOne = { rangeBlocks: 1, rangeBlocksMax: 1, rangesAheadMax: 2 }
    await ingest(chain, { log, onHead, limits: oneByOne })
    expect(told).toEqual([
      [0, null],
      [1, 1],
      [2, 1],
      [3, 4],
      [4, 8],
      [5, 8],
      [6, 21],
    ])
    chain.mine()
    expect(await ingest(chain, { log })).toEqual([
      {
        number: 7,
        hash: chain.blocks[7]?.header.hash,
        timestamp: 1_700_000_007,
        finality: 'ACCEPTED_ON_L2',
        position: 21,
      },
    ])
  })

  test('a restart with nothing new tells where the log stands, and appends nothing', async () => {
    const chain = chainOfSeven()
    const log = createMemoryEventLog()
    await ingest(chain, { log })
    const heads = await ingest(chain, { log })
    expect(heads).toMatchObject([{ number: 6, position: 21 }])
    expect(await typesOf(chain, log)).toEqual(TYPES_OF_SEVEN)
  })

  test('a wake-up ends the pause between two looks', async () => {
    const chain = chainOfSeven()
    const log = createMemoryEventLog()
    const stopping = new AbortController()
    const ingester = createIngester({
      source: chain.source,
      log,
      world: worldOf(chain),
      decode: () => ({ type: 'Nothing', data: {}, system: null }),
      pollMs: 2 ** 30,
      onHead: ({ number }) => {
        if (number === 9) stopping.abort()
        else chain.mine([ticked(number)])
        ingester.wake()
      },
    })
    await ingester.run(stopping.signal)
    expect(chain.blocks).toHaveLength(10)
  })

  test('a head is told once, however often it is looked at', async () => {
    const chain = chainOfSeven()
    const stopping = new AbortController()
    const told: number[] = []
    let looks = 0
    chain.onRequest((request) => {
      looks += request === 'head' ? 1 : 0
      if (looks === 10) stopping.abort()
    })
    await createIngester({
      source: chain.source,
      log: createMemoryEventLog(),
      world: worldOf(chain),
      decode: () => ({ type: 'Nothing', data: {}, system: null }),
      pollMs: 1,
      onHead: ({ number }) => void told.push(number),
    }).run(stopping.signal)
    expect(told).toEqual([6])
  })

  test('a stop in the midst of a range resolves, and the rest is left for the next start', async () => {
    const chain = chainOfSeven()
    const log = createMemoryEventLog()
    const stopping = new AbortController()
    const append: EventLog['append'] = async (...args) => {
      stopping.abort()
      return log.append(...args)
    }
    await createIngester({
      source: chain.source,
      log: { ...log, append },
      world: worldOf(chain),
      decode: () => ({ type: 'Nothing', data: {}, system: null }),
      onHead: () => {},
    }).run(stopping.signal)
    expect(await typesOf(chain, log)).toEqual(['BlockIngested', 'Nothing'])
  })

  test('new blocks are followed as they come', async () => {
    const chain = chainOfSeven()
    const log = createMemoryEventLog()
    let mined = 0
    await ingest(chain, {
      log,
      onHead: () => {
        if (mined === 5) return
        mined += 1
        chain.mine([ticked(mined)])
      },
    })
    expect(mined).toBe(5)
    expect(await typesOf(chain, log)).toHaveLength(TYPES_OF_SEVEN.length + 10)
  })

  test('looking begins at the block that was asked for while the log is empty', async () => {
    const chain = chainOfSeven()
    const log = createMemoryEventLog()
    await ingest(chain, { log, fromBlock: 4 })
    expect(await typesOf(chain, log)).toEqual(TYPES_OF_SEVEN.slice(5))
  })

  test('progress counts blocks, events and what was not decoded', async () => {
    const chain = chainOfSeven()
    const progress: IngestProgress[] = []
    await ingest(chain, {
      log: createMemoryEventLog(),
      onProgress: (step) => progress.push(step),
      limits: { rangeBlocks: 4 },
    })
    expect(progress).toEqual([
      { block: 3, headBlock: 6, events: 3, undecoded: 1 },
      { block: 6, headBlock: 6, events: 18, undecoded: 1 },
    ])
  })

  test('an empty chain is waited for', async () => {
    const chain = createTestChain()
    const log = createMemoryEventLog()
    let looks = 0
    chain.onRequest((request) => {
      if (request !== 'head') return
      looks += 1
      if (looks === 3) chain.mine([ticked(1)])
    })
    await ingest(chain, { log })
    expect(await typesOf(chain, log)).toEqual(['BlockIngested', 'RegulatorTicked'])
  })

  test('a block that is delivered twice is in the log once', async () => {
    const chain = chainOfSeven()
    const log = createMemoryEventLog()
    const source = {
      ...chain.source,
      blocksWithEvents: async function* (
        ...range: Parameters<typeof chain.source.blocksWithEvents>
      ) {
        for await (const block of chain.source.blocksWithEvents(...range)) yield* [block, block]
      },
    }
    await ingest(chain, { log, source })
    expect(await typesOf(chain, log)).toEqual(TYPES_OF_SEVEN)
  })
})

describe('a node that fails', () => {
  test('is asked again and again, ever more slowly, and nothing is lost', async () => {
    const chain = chainOfSeven()
    const log = createMemoryEventLog()
    let failures = 0
    chain.onRequest((request) => {
      if (failures === 20) return
      failures += 1
      throw new RetryableError(`no answer to ${request}`)
    })
    const retries: Retry[] = []
    await ingest(chain, { log, onRetry: (retry) => retries.push(retry) })
    expect(retries.map(({ failures }) => failures)).toEqual(
      Array.from({ length: 20 }, (_, at) => at + 1),
    )
    expect(await typesOf(chain, log)).toEqual(TYPES_OF_SEVEN)
  })

  test('counting begins anew after a success', async () => {
    const chain = chainOfSeven()
    const failAt = new Set([1, 2, 9])
    const retries: Retry[] = []
    let heads = 0
    chain.onRequest((request) => {
      if (request !== 'head') return
      heads += 1
      if (failAt.has(heads)) throw new RetryableError('no answer')
    })
    await ingest(chain, {
      log: createMemoryEventLog(),
      onRetry: (retry) => retries.push(retry),
      onHead: () => {
        if (chain.blocks.length < 14) chain.mine()
      },
    })
    expect(retries.map(({ failures }) => failures)).toEqual([1, 2, 1])
  })

  test('a stop while it is waited for ends at once', async () => {
    const chain = chainOfSeven()
    chain.onRequest(() => {
      throw new RetryableError('no answer')
    })
    const log = createMemoryEventLog()
    const stopping = new AbortController()
    const running = createIngester({
      source: chain.source,
      log,
      world: worldOf(chain),
      decode: () => ({ type: 'Nothing', data: {}, system: null }),
      onHead: () => {},
      retryDelayMs: 2 ** 30,
      retryDelayMsMax: 2 ** 30,
      onRetry: () => stopping.abort(),
    }).run(stopping.signal)
    await running
    expect(await logged(chain, log)).toEqual([])
  })

  test('a success after failures is told', async () => {
    const chain = chainOfSeven()
    const told: string[] = []
    let heads = 0
    chain.onRequest((request) => {
      if (request !== 'head') return
      heads += 1
      if (heads < 3) throw new RetryableError('no answer')
    })
    await ingest(chain, {
      log: createMemoryEventLog(),
      onRetry: () => told.push('failed'),
      onRecovered: () => told.push('recovered'),
      limits: { rangeBlocks: 1, rangeBlocksMax: 1 },
    })
    expect(told).toEqual(['failed', 'failed', 'recovered'])
  })

  test('what cannot be read is read again a bounded number of times; then the run ends before that block', async () => {
    const chain = chainOfSeven()
    const log = createMemoryEventLog()
    chain.onRequest((request) => {
      if (request === 'block 4') throw new UnreadableAnswer('Block 4: "0xnope" is no felt')
    })
    const retries: string[] = []
    const run = ingest(chain, {
      log,
      unreadableTriesMax: 5,
      onRetry: ({ error }) => retries.push(error.message),
    })
    await expect(run).rejects.toThrow(UnreadableBlock)
    await expect(run).rejects.toThrow('Block 4: "0xnope" is no felt. It was read 5 times')
    expect(retries.length).toBeGreaterThanOrEqual(4)
    expect(retries.length).toBeLessThan(10)
    // Everything before it is there, though it was read in one range with it.
    expect(await typesOf(chain, log)).toEqual(TYPES_OF_SEVEN.slice(0, 5))

    chain.onRequest(() => {})
    await ingest(chain, { log })
    expect(await typesOf(chain, log)).toEqual(TYPES_OF_SEVEN)
  })

  test('what can be read at a later try stops nothing', async () => {
    const chain = chainOfSeven()
    const log = createMemoryEventLog()
    const failuresLeft = new Map([
      ['block 3', 4],
      ['block 4', 4],
      ['block 6', 4],
    ])
    chain.onRequest((request) => {
      const left = failuresLeft.get(request) ?? 0
      if (left === 0) return
      failuresLeft.set(request, left - 1)
      throw new UnreadableAnswer(`${request} is half written`)
    })
    await ingest(chain, { log, unreadableTriesMax: 5, limits: { rangesAheadMax: 1 } })
    expect(await typesOf(chain, log)).toEqual(TYPES_OF_SEVEN)
  })

  test('a failure that cannot pass ends the run', async () => {
    const chain = chainOfSeven()
    chain.onRequest(() => {
      throw new FatalError('wrong URL')
    })
    await expect(ingest(chain, { log: createMemoryEventLog() })).rejects.toThrow('wrong URL')
  })
})
