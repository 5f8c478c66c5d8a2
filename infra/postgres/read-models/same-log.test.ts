import { afterAll, beforeAll, expect, it } from 'vitest'
import type { EventLog } from '../../../domain/event-log/event-log.ts'
import { type WorldId, worldStream } from '../../../domain/world-stream/facts.ts'
import { infiniteHexProjections } from '../../../projections/worlds/infinite-hex-adventurers/registry.ts'
import { smallWorld } from '../../../projections/worlds/infinite-hex-adventurers/small-world.testing.ts'
import type { BlockAppends } from '../../../projections/worlds/infinite-hex-adventurers/world-blocks.testing.ts'
import {
  headReached,
  retraction,
  stepAfter,
} from '../../../projections/worlds/infinite-hex-adventurers/world-steps.testing.ts'
import { createMemoryEventLog } from '../../memory/event-log.testing.ts'
import { describeOnEachDatabase, type TestDatabase, testDatabase } from '../database.testing.ts'
import { appendBlocks, newTestWorld, projectToEnd } from './read-models.testing.ts'
import { AnotherLog, expectSameLog } from './same-log.ts'
import { ensureReadModels } from './schema.ts'

describeOnEachDatabase('read models and the log that they were built from', (kind) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await testDatabase(kind)
  })
  afterAll(() => database.close())

  const logOf = async (world: WorldId, blocks: BlockAppends): Promise<EventLog> => {
    const log = createMemoryEventLog()
    if (blocks.length > 0) await appendBlocks(log, world, blocks)
    return log
  }

  /** Builds read models from the appends, and asks whether they fit a log with the given ones. */
  const fitWith = async (
    blocks: BlockAppends,
    built: BlockAppends | null = smallWorld.slice(0, 2),
  ): Promise<unknown> => {
    const world = newTestWorld()
    const place = await ensureReadModels(database.pool, world, infiniteHexProjections)
    if (built !== null)
      await projectToEnd({ pool: database.pool, log: await logOf(world, built), world, place })
    const log = await logOf(world, blocks)
    const given = { log, stream: worldStream(world), logPlace: 'there' }
    return expectSameLog(database.pool, place, given).catch((error: unknown) => error)
  }

  it('fit, and also its copies and whatever it has grown to', async () => {
    expect(await fitWith(smallWorld.slice(0, 2))).toBeUndefined()
    expect(await fitWith(smallWorld)).toBeUndefined()
  })

  it('do not fit a log that is empty or shorter', async () => {
    for (const blocks of [[], smallWorld.slice(0, 1)]) {
      const refusal = await fitWith(blocks)
      expect(refusal).toBeInstanceOf(AnotherLog)
      expect(String(refusal)).toContain(
        'hold block 720 at position 11, but the event log in there ends before that: they were built from another log. Copy that one',
      )
    }
  })

  it('do not fit a log that holds something else at their position', async () => {
    const refusal = await fitWith(smallWorld.slice(1))
    expect(refusal).toBeInstanceOf(AnotherLog)
    expect(String(refusal)).toContain('has something else there')
  })

  it('do not fit a log that went another way behind the newest block', async () => {
    const blocks = smallWorld.slice(0, 2)
    const dropped = [...blocks, stepAfter(blocks.flat(), retraction)]
    const mark = { number: 725, hash: '0xab', timestamp: 1, finality: 'ACCEPTED_ON_L2' } as const
    const marked = [...blocks, stepAfter(blocks.flat(), headReached(mark))]
    for (const built of [dropped, marked]) {
      expect(await fitWith(built, built)).toBeUndefined()
      for (const other of [smallWorld.slice(0, 3), built === dropped ? marked : dropped])
        expect(String(await fitWith(other, built))).toContain('has something else there')
      expect(String(await fitWith(blocks, built))).toContain('ends before that')
    }
  })

  it('fit every log before their first block', async () => {
    expect(await fitWith([], null)).toBeUndefined()
    expect(await fitWith(smallWorld, null)).toBeUndefined()
  })
})
