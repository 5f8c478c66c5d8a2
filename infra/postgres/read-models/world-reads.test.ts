import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { NewEvent } from '../../../domain/event-log/event-log.ts'
import {
  type BranchFact,
  branchSteps,
  streamOf,
} from '../../../domain/world-stream/branches.testing.ts'
import { worldStream } from '../../../domain/world-stream/facts.ts'
import { createMemoryWorld } from '../../../projections/worlds/infinite-hex-adventurers/memory-world.testing.ts'
import { infiniteHexProjections } from '../../../projections/worlds/infinite-hex-adventurers/registry.ts'
import { answersOf } from '../../../projections/worlds/infinite-hex-adventurers/world-answers.testing.ts'
import { facts } from '../../../projections/worlds/infinite-hex-adventurers/world-blocks.testing.ts'
import { describeWorldReads } from '../../../projections/worlds/infinite-hex-adventurers/world-reads.contract.ts'
import type { WorldReading } from '../../../projections/worlds/infinite-hex-adventurers/world-reads.testing.ts'
import { stepAfter } from '../../../projections/worlds/infinite-hex-adventurers/world-steps.testing.ts'
import { createMemoryEventLog } from '../../memory/event-log.testing.ts'
import { describeOnEachDatabase, type TestDatabase, testDatabase } from '../database.testing.ts'
import { createProjectionStore } from './projection-store.ts'
import { newTestWorld, projectToEnd, readsOf } from './read-models.testing.ts'
import { ensureReadModels } from './schema.ts'

/** A world of its own in the database. */
const openWorldIn = async ({ pool }: TestDatabase): Promise<WorldReading> => {
  const world = newTestWorld()
  const stream = worldStream(world)
  const log = createMemoryEventLog()
  const place = await ensureReadModels(pool, world, infiniteHexProjections)
  let events: readonly NewEvent[] = []
  return {
    world,
    reads: readsOf(pool, place, world, log),
    log: async (step) => {
      const added = stepAfter(events, step)
      await log.append(stream, events.length === 0 ? 'no-stream' : events.length - 1, added)
      events = [...events, ...added]
    },
    takeIn: () => projectToEnd({ pool, place, log, world }),
    cover: async (head) => {
      await createProjectionStore(pool, place, infiniteHexProjections).advanceHead(head)
    },
  }
}

describeOnEachDatabase('the read models', (kind) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await testDatabase(kind)
  })
  afterAll(() => database.close())

  describeWorldReads('SQL', () => openWorldIn(database))

  it('answer everything at every point as a world in memory does, whatever was dropped and came back', async () => {
    await fc.assert(
      fc.asyncProperty(branchSteps(facts.map(inTransaction)).map(streamOf), async ({ events }) => {
        const inSql = await openWorldIn(database)
        const inMemory = createMemoryWorld(inSql.world)
        inMemory.append(events)
        if (events.length > 0) await inSql.log(events)
        await inSql.takeIn()
        expect(await answersOf(inSql.reads)).toEqual(await answersOf(inMemory.reads))
      }),
      { numRuns: 20 },
    )
  })
})

/** Facts follow each other in few transactions, so that some are told by what others wrote. */
const inTransaction = ({ type, data }: Pick<BranchFact, 'type' | 'data'>): BranchFact => ({
  type,
  data,
  transaction: 1,
})
