import { describe, expect, test } from 'vitest'
import { RetryableError } from '../domain/errors.ts'
import type { EventLog } from '../domain/event-log/event-log.ts'
import { worldStream } from '../domain/world-stream/facts.ts'
import { createMemoryEventLog } from '../infra/memory/event-log.testing.ts'
import {
  chainOfSeven,
  ingest,
  logged,
  stepwise,
  TYPES_OF_SEVEN,
  ticked,
  typesOf,
  worldOf,
} from './ingester.testing.ts'

describe('crashes', () => {
  class Crash extends Error {}

  /** Small ranges and appends, so that there are many places to crash at. */
  const finely = { blockBytesMax: 1_200, limits: { rangeBlocks: 2, rangeBlocksMax: 2 } }

  const cleanLog = async () => {
    const chain = chainOfSeven()
    const log = createMemoryEventLog()
    await ingest(chain, { log, ...finely })
    return logged(chain, log)
  }

  test('after a crash at any call of a port, a restart ends with the very log of a run without crash', async () => {
    const expected = await cleanLog()
    let crashes = 0
    for (let at = 1, crashed = true; crashed; at++) {
      const chain = chainOfSeven()
      const log = createMemoryEventLog()
      let steps = 0
      const ports = stepwise(chain, log, (step) => {
        steps += 1
        if (steps === at) throw new Crash(step)
      })
      crashed = await ingest(chain, { ...ports, ...finely }).then(
        () => false,
        (error: unknown) => error instanceof Crash || Promise.reject(error),
      )
      crashes += crashed ? 1 : 0
      await ingest(chain, { log, ...finely })
      expect(await logged(chain, log), `crash at call ${at}`).toEqual(expected)
    }
    expect(crashes).toBeGreaterThan(50)
  })

  test('two crashes, the second while making up for the first, change nothing', async () => {
    const expected = await cleanLog()
    for (let at = 1; at <= 90; at += 4) {
      const chain = chainOfSeven()
      const log = createMemoryEventLog()
      for (const crashAt of [at, 5 + (at % 7)]) {
        let steps = 0
        const ports = stepwise(chain, log, (step) => {
          steps += 1
          if (steps === crashAt) throw new Crash(step)
        })
        await ingest(chain, { ...ports, ...finely }).catch((error: unknown) => {
          if (!(error instanceof Crash)) throw error
        })
      }
      await ingest(chain, { log, ...finely })
      expect(await logged(chain, log), `crash at call ${at}`).toEqual(expected)
    }
  })

  test('whatever fails once for a while is tried again, and the log is the same', async () => {
    const expected = await cleanLog()
    for (let at = 1, failed = true; failed; at++) {
      const chain = chainOfSeven()
      const log = createMemoryEventLog()
      let steps = 0
      failed = false
      const ports = stepwise(chain, log, (step) => {
        steps += 1
        if (steps !== at) return
        failed = true
        throw new RetryableError(step)
      })
      await ingest(chain, { ...ports, ...finely })
      expect(await logged(chain, log), `failure at call ${at}`).toEqual(expected)
    }
  })

  test('a half-written block is completed when the limit has changed since', async () => {
    const chain = chainOfSeven()
    const log = createMemoryEventLog()
    let appends = 0
    const append: EventLog['append'] = async (...args) => {
      appends += 1
      if (appends === 3) throw new Crash('between two parts of block 6')
      return log.append(...args)
    }
    chain.dropFrom(0)
    chain.mine(Array.from({ length: 12 }, (_, epoch) => ticked(epoch)))
    await expect(ingest(chain, { log: { ...log, append }, blockBytesMax: 1_200 })).rejects.toThrow(
      Crash,
    )
    expect((await logged(chain, log)).length).toBeLessThan(13)
    await ingest(chain, { log, blockBytesMax: 700 })
    expect(await typesOf(chain, log)).toEqual(TYPES_OF_SEVEN.slice(-13))
  })

  test('a half-written block whose facts the node gives otherwise is refused', async () => {
    const chain = chainOfSeven()
    const log = createMemoryEventLog()
    await ingest(chain, { log })
    const [header] = await logged(chain, log)
    const other = createMemoryEventLog()
    await other.append(worldStream(worldOf(chain)), 'no-stream', [
      { ...(header as NonNullable<typeof header>), id: '00000000-0000-5000-8000-000000000000' },
    ])
    await expect(ingest(chain, { log: other })).rejects.toThrow(/are not those that the node gives/)
  })
})
