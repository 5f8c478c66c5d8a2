import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { isRejection } from '../../domain/decider.ts'
import { FatalError } from '../../domain/errors.ts'
import type { EventLog, RecordedEvent } from '../../domain/event-log/event-log.ts'
import type { Felt } from '../../domain/felt.ts'
import {
  type BranchStream,
  branchSteps,
  streamOf,
} from '../../domain/world-stream/branches.testing.ts'
import {
  BLOCK_RETRACTED,
  FINALITY_ADVANCED,
  type WorldId,
} from '../../domain/world-stream/facts.ts'
import { createMemoryEventLog } from '../../infra/memory/event-log.testing.ts'
import {
  describeOnEachDatabase,
  type TestDatabase,
  testDatabase,
} from '../../infra/postgres/database.testing.ts'
import {
  ADVENTURER_PARTS,
  ALL_PARTS,
  appendStream,
  contentsOf,
  newTestWorld,
  observedPool,
  projectToEnd,
  readsOf,
} from '../../infra/postgres/read-models/read-models.testing.ts'
import { ensureReadModels, type ReadModelPlace } from '../../infra/postgres/read-models/schema.ts'
import type { ReadPoint } from '../reads/points.ts'
import { infiniteHexProjections } from '../worlds/infinite-hex-adventurers/registry.ts'
import { branchFacts, TEST_HEXES } from '../worlds/infinite-hex-adventurers/world-blocks.testing.ts'
import type { WorldReads } from '../worlds/infinite-hex-adventurers/world-reads.ts'

const HEXES = TEST_HEXES.slice(0, 5)
const IDS: readonly Felt[] = ['0x1', '0x2a', '0x3b9aca07']

const streams = branchSteps(branchFacts).map(streamOf)

/** What the stream would be had the chain never dropped anything. */
const withoutRetractions = ({ events, standing }: BranchStream): readonly RecordedEvent[] => {
  const lastMark = events.findLast(({ type }) => type === FINALITY_ADVANCED)
  const blocks = standing.flatMap(({ ref, facts }) =>
    events.slice(ref.position, ref.position + 1 + facts.length),
  )
  return lastMark === undefined ? blocks : [...blocks, lastMark]
}

describeOnEachDatabase('read models of a chain that drops blocks', (kind) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await testDatabase(kind)
  })
  afterAll(() => database.close())

  type Setting = Readonly<{ log: EventLog; world: WorldId; place: ReadModelPlace }>

  const settingOf = async (events: readonly RecordedEvent[]): Promise<Setting> => {
    const world = newTestWorld()
    const log = createMemoryEventLog()
    await appendStream(log, world, events)
    const place = await ensureReadModels(database.pool, world, infiniteHexProjections)
    return { log, world, place }
  }

  const projected = async (
    events: readonly RecordedEvent[],
    batchEventsMax = 10_000,
  ): Promise<Setting & Readonly<{ reads: WorldReads }>> => {
    const setting = await settingOf(events)
    await projectToEnd({ pool: database.pool, ...setting, batchEventsMax })
    const { place, world, log } = setting
    return { ...setting, reads: readsOf(database.pool, place, world, log) }
  }

  /** Everything that can be asked at a point. */
  const answersAt = async (reads: WorldReads, point: ReadPoint) => ({
    hexes: await reads.hexes(HEXES, point, ALL_PARTS),
    adventurers: await reads.adventurersById(IDS, point, ADVENTURER_PARTS),
    rates: await reads.ratesOf(null, point),
    series: await Promise.all(
      IDS.map((item) => reads.rateSeries({ item, beforeBlock: null, limit: 100 }, point)),
    ),
    events: (await reads.events({}, { point, before: null, limit: 1_000 })).map(
      ({ id: _, position: __, blockPosition: ___, ...event }) => event,
    ),
  })

  /** Everything that can be asked of now, and of the end of each of these blocks. */
  const answersIn = async (reads: WorldReads, blocks: readonly number[]) => {
    const answers: unknown[] = []
    for (const block of blocks) {
      const point = await reads.resolve({ block })
      if (isRejection(point)) throw new Error(point.reason)
      const { position: _, ...place } = point as ReadPoint // not a rejection
      answers.push({ ...place, ...(await answersAt(reads, point as ReadPoint)) })
    }
    const { position } = (await reads.resolve()) as ReadPoint // the head is never refused
    const block = blocks.at(-1) ?? 0
    const now = { position, block, finality: 'ACCEPTED_ON_L2' } as const
    return {
      answers,
      now: await answersAt(reads, now),
      territories: await reads.territories(null, 100),
      all: (await reads.eventsAfter({}, -1, 1_000)).map(({ type, data }) => [type, data]),
    }
  }

  it('are those of the blocks that stand, now and at each of them', async () => {
    await fc.assert(
      fc.asyncProperty(streams, fc.integer({ min: 1, max: 30 }), async (stream, batchEventsMax) => {
        const blocks = stream.standing.map(({ ref }) => ref.number)
        const { reads } = await projected(stream.events, batchEventsMax)
        const straight = await projected(withoutRetractions(stream))
        expect(await answersIn(reads, blocks)).toEqual(await answersIn(straight.reads, blocks))
      }),
      { numRuns: 12 },
    )
  })

  it('have the same rows and versions whatever the batch size', async () => {
    await fc.assert(
      fc.asyncProperty(streams, fc.integer({ min: 1, max: 30 }), async (stream, batchEventsMax) => {
        const whole = await projected(stream.events)
        const cut = await projected(stream.events, batchEventsMax)
        expect(await contentsOf(database.pool, cut.place)).toEqual(
          await contentsOf(database.pool, whole.place),
        )
      }),
      { numRuns: 12 },
    )
  })

  it('remember at every position what they showed when it was the last one', async () => {
    await fc.assert(
      fc.asyncProperty(branchSteps(branchFacts, 8), async (steps) => {
        const whole = await projected(streamOf(steps).events)
        const live = await projected([])
        for (let length = 1; length <= steps.length; length += 1) {
          const { events } = streamOf(steps.slice(0, length))
          if (events.length === 0) continue
          await appendStream(live.log, live.world, events)
          await projectToEnd({ pool: database.pool, ...live })
          const now = (await live.reads.resolve()) as ReadPoint // the head is never refused
          const then = await whole.reads.resolve({ position: events.length - 1 })
          if (isRejection(then)) continue // there is no block in the whole history
          const point = { ...now, position: (then as ReadPoint).position }
          expect(notOfNow(await answersAt(whole.reads, point))).toEqual(
            notOfNow(await answersAt(live.reads, now)),
          )
        }
      }),
      { numRuns: 5 },
    )
  })

  it('resume from a crash at any database call, before it or after it, with retractions', async () => {
    const [stream] = fc
      .sample(branchSteps(branchFacts, 9), { seed: 20_262, numRuns: 60 })
      .map(streamOf)
      .filter(({ events }) => events.length < 40)
      .toSorted((a, b) => retractionsIn(b) - retractionsIn(a))
    if (stream === undefined) throw new Error('no sample')
    expect(retractionsIn(stream)).toBeGreaterThan(2)
    const unharmed = await projected(stream.events)
    const expected = await contentsOf(database.pool, unharmed.place)
    for (const when of ['before', 'after'] as const) {
      let crashed = true
      for (let crashAt = 0; crashed; crashAt += 1) {
        const setting = await settingOf(stream.events)
        crashed = false
        const pool = observedPool(database.pool, (call, at) => {
          if (call.index !== crashAt || at !== when) return
          crashed = true
          throw new FatalError(`crashed ${when} call ${call.index}: ${call.text}`)
        })
        const crashing = { pool, watchPool: database.pool, ...setting, batchEventsMax: 12 }
        await Promise.allSettled([projectToEnd(crashing)])
        await projectToEnd({ pool: database.pool, ...setting, batchEventsMax: 9 })
        expect(await contentsOf(database.pool, setting.place)).toEqual(expected)
      }
    }
  })
})

/** A block that was read may have become more final since. */
const notOfNow = <Answer extends Readonly<{ events: readonly Readonly<{ finality: unknown }>[] }>>(
  answer: Answer,
) => ({ ...answer, events: answer.events.map(({ finality: _, ...event }) => event) })

const retractionsIn = ({ events }: BranchStream): number =>
  events.filter(({ type }) => type === BLOCK_RETRACTED).length
