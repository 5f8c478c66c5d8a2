import { describe, expect, test } from 'vitest'
import { FatalError } from '../domain/errors.ts'
import type { EventLog } from '../domain/event-log/event-log.ts'
import { NEVER } from '../domain/waiting/pause.ts'
import type { Retry } from '../domain/waiting/persistently.ts'
import { worldStream } from '../domain/world-stream/facts.ts'
import { createMemoryEventLog } from '../infra/memory/event-log.testing.ts'
import { expectWholeChain } from './cursor.ts'
import { AnotherIngester, ForeignLog, ReorgDetected } from './errors.ts'
import {
  chainOfSeven,
  ingest,
  logged,
  TYPES_OF_SEVEN,
  ticked,
  typesOf,
  worldOf,
} from './ingester.testing.ts'
import { brokenLink } from './ingester.ts'
import { createTestChain } from './test-chain.testing.ts'

describe('reorgs', () => {
  const ingested = async () => {
    const chain = chainOfSeven()
    const log = createMemoryEventLog()
    await ingest(chain, { log })
    const before = await logged(chain, log)
    return { chain, log, before }
  }

  test("a log's last block that is no longer the node's stops ingest, at a restart and while following", async () => {
    const { chain, log, before } = await ingested()
    chain.dropFrom(6)
    chain.mine([ticked(100)])
    chain.mine([ticked(101)])
    const restarted = ingest(chain, { log })
    await expect(restarted).rejects.toThrow(ReorgDetected)
    await expect(restarted).rejects.toThrow(
      /Block 6 was 0x1b10c00000006 .* the node now has 0x2b10c00000006 there/,
    )
    expect(await logged(chain, log)).toEqual(before)
  })

  test.each([
    ['of the same height', 0],
    ['that is longer', 2],
  ])('while following, another branch %s stops ingest', async (_, more) => {
    const chain = chainOfSeven()
    const log = createMemoryEventLog()
    let reorganised = false
    const following = ingest(chain, {
      log,
      onHead: ({ number }) => {
        if (number !== 6 || reorganised) return
        reorganised = true
        chain.dropFrom(6)
        chain.mine([ticked(100)])
        for (let block = 0; block < more; block++) chain.mine([ticked(101)])
      },
    })
    await expect(following).rejects.toThrow(ReorgDetected)
    expect(await typesOf(chain, log)).toEqual(TYPES_OF_SEVEN)
  })

  test('dropped blocks without events are looked at again: what the new branch has there is not missed', async () => {
    const chain = chainOfSeven()
    const log = createMemoryEventLog()
    chain.mine()
    chain.mine()
    let reorganised = false
    const heads = await ingest(chain, {
      log,
      onHead: ({ number }) => {
        if (number !== 8 || reorganised) return
        reorganised = true
        chain.dropFrom(7)
        chain.mine([ticked(100)])
        chain.mine()
        chain.mine([ticked(101)])
      },
    })
    expect(reorganised).toBe(true)
    expect(heads.at(-1)).toMatchObject({ number: 9, position: 25 })
    expect((await typesOf(chain, log)).slice(TYPES_OF_SEVEN.length)).toEqual([
      'BlockIngested',
      'RegulatorTicked',
      'BlockIngested',
      'RegulatorTicked',
    ])
  })

  test('a branch that changes while it is read is read again, and no block of the dropped one is written', async () => {
    const chain = chainOfSeven()
    const log = createMemoryEventLog()
    let reorganised = false
    chain.onRequest((request) => {
      if (request !== 'block 4' || reorganised) return
      reorganised = true
      chain.dropFrom(1)
      for (let number = 1; number <= 6; number++) chain.mine([ticked(number)])
    })
    await ingest(chain, { log })
    expect(reorganised).toBe(true)
    const hashes = (await logged(chain, log)).flatMap(({ type, data }) =>
      type === 'BlockIngested' ? data.hash : [],
    )
    expect(hashes).toEqual(chain.blocks.slice(1).map(({ header }) => header.hash))
  })

  test('blocks that do not link by parent hash stop ingest', async () => {
    const chain = chainOfSeven()
    const [block] = chain.blocks.splice(4, 1)
    if (block === undefined) throw new FatalError('there are seven blocks')
    chain.blocks.splice(4, 0, { ...block, header: { ...block.header, parentHash: '0xbad' } })
    const log = createMemoryEventLog()
    await expect(ingest(chain, { log })).rejects.toThrow(ReorgDetected)
    await expect(ingest(chain, { log })).rejects.toThrow(
      'Block 4 names 0xbad as its parent, but block 3 is',
    )
    expect(await logged(chain, log)).toEqual([])
  })

  test('a half-written block that the chain dropped stops ingest', async () => {
    const chain = chainOfSeven()
    const log = createMemoryEventLog()
    let appends = 0
    const append: EventLog['append'] = async (...args) => {
      appends += 1
      if (appends === 2) throw new FatalError('crash')
      return log.append(...args)
    }
    chain.dropFrom(0)
    chain.mine(Array.from({ length: 12 }, (_, epoch) => ticked(epoch)))
    await expect(ingest(chain, { log: { ...log, append }, blockBytesMax: 1_200 })).rejects.toThrow(
      'crash',
    )
    const half = await logged(chain, log)
    chain.dropFrom(0)
    chain.mine([ticked(1)])
    await expect(ingest(chain, { log })).rejects.toThrow(FatalError)
    expect(await logged(chain, log)).toEqual(half)
  })

  test('headers must ascend and adjacent ones link', () => {
    const [a, b, c] = chainOfSeven().blocks.map(({ header }) => header)
    if (a === undefined || b === undefined || c === undefined)
      throw new FatalError('there are seven blocks')
    expect(brokenLink([])).toBeNull()
    expect(brokenLink([a, b, c])).toBeNull()
    expect(brokenLink([a, c])).toBeNull()
    expect(brokenLink([a, { ...b, parentHash: c.hash }])).toContain('names')
    expect(brokenLink([b, a])).toContain('came after')
    expect(brokenLink([b, b])).toContain('came after')
  })
})

describe('a log that is not to be written', () => {
  test('the log of another seed is refused', async () => {
    const log = createMemoryEventLog()
    await ingest(chainOfSeven(), { log })
    const other = chainOfSeven(5)
    await expect(ingest(other, { log })).rejects.toThrow(ForeignLog)
    await expect(ingest(other, { log })).rejects.toThrow(
      /begins with block 1 .* the node has 0x5b10c00000001 there/,
    )
  })

  test('the log of a chain that is started anew is refused', async () => {
    const log = createMemoryEventLog()
    await ingest(chainOfSeven(), { log })
    const fresh = createTestChain()
    fresh.mine()
    await expect(ingest(fresh, { log })).rejects.toThrow(/the node has no such block/)
  })

  test('a node of another chain is refused', async () => {
    const chain = createTestChain('0x534e5f4d41494e')
    chain.mine()
    const world = worldOf(createTestChain())
    await expect(ingest(chain, { log: createMemoryEventLog(), world })).rejects.toThrow(ForeignLog)
    await expect(ingest(chain, { log: createMemoryEventLog(), world })).rejects.toThrow(
      'The node serves chain SN_MAIN',
    )
  })

  test('a chain of our own that is behind the log, or on another branch, is refused before anything begins', async () => {
    const chain = chainOfSeven()
    const log = createMemoryEventLog()
    const asked = { source: chain.source, log, world: worldOf(chain) }
    await expectWholeChain(asked, NEVER)
    await ingest(chain, { log })
    await expectWholeChain(asked, NEVER)
    chain.dropFrom(5)
    await expect(expectWholeChain(asked, NEVER)).rejects.toThrow(ForeignLog)
    await expect(expectWholeChain(asked, NEVER)).rejects.toThrow(
      /goes up to block 6, but the chain ends with block 4/,
    )
    for (let number = 5; number <= 6; number += 1) chain.mine([ticked(number)])
    await expect(expectWholeChain(asked, NEVER)).rejects.toThrow(ReorgDetected)
  })

  test('a node that is behind the log is waited for', async () => {
    const chain = chainOfSeven()
    const log = createMemoryEventLog()
    await ingest(chain, { log })
    const [last] = chain.blocks.splice(6, 1)
    if (last === undefined) throw new FatalError('there are seven blocks')
    const retries: Retry[] = []
    await ingest(chain, {
      log,
      onRetry: (retry) => {
        retries.push(retry)
        if (retries.length === 3) chain.blocks.push(last)
      },
    })
    expect(retries.at(0)?.error.message).toContain('it is behind the log')
    expect(await typesOf(chain, log)).toEqual(TYPES_OF_SEVEN)
  })

  test('another writer of the stream stops ingest', async () => {
    const chain = chainOfSeven()
    const log = createMemoryEventLog()
    let appends = 0
    const append: EventLog['append'] = async (stream, expected, events) => {
      appends += 1
      if (appends === 2)
        await log.append(stream, expected, [
          { id: crypto.randomUUID(), type: 'Intruded', data: {}, meta: {} },
        ])
      return log.append(stream, expected, events)
    }
    const running = ingest(chain, { log: { ...log, append } })
    await expect(running).rejects.toThrow(AnotherIngester)
    await expect(running).rejects.toThrow(/ends at revision 2 where 1 was expected/)
  })

  test('an append whose answer was lost is recognised as done', async () => {
    const chain = chainOfSeven()
    const log = createMemoryEventLog()
    const append: EventLog['append'] = async (...args) => {
      await log.append(...args)
      return log.append(...args)
    }
    await ingest(chain, { log: { ...log, append }, blockBytesMax: 1_200 })
    expect(await typesOf(chain, log)).toEqual(TYPES_OF_SEVEN)
  })

  test('a stream that holds something else is damaged', async () => {
    const chain = chainOfSeven()
    const log = createMemoryEventLog()
    const stream = worldStream(worldOf(chain))
    await log.append(stream, 'no-stream', [
      { id: crypto.randomUUID(), type: 'HexDiscovered', data: {}, meta: {} },
    ])
    await expect(ingest(chain, { log })).rejects.toThrow(FatalError)
  })
})
