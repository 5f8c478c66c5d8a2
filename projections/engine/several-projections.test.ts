import { afterAll, beforeAll, expect, it } from 'vitest'
import { FatalError } from '../../domain/errors.ts'
import type { EventLog } from '../../domain/event-log/event-log.ts'
import { type BranchStep, streamOf } from '../../domain/world-stream/branches.testing.ts'
import { UNDECODED_WORLD_EVENT, type WorldId } from '../../domain/world-stream/facts.ts'
import { createMemoryEventLog } from '../../infra/memory/event-log.testing.ts'
import {
  describeOnEachDatabase,
  type TestDatabase,
  testDatabase,
} from '../../infra/postgres/database.testing.ts'
import {
  appendStream,
  contentsOf,
  newTestWorld,
  observedPool,
  projectToEnd,
} from '../../infra/postgres/read-models/read-models.testing.ts'
import {
  ensureReadModels,
  projectionSchema,
  type ReadModelPlace,
} from '../../infra/postgres/read-models/schema.ts'
import { infiniteHexProjections } from '../worlds/infinite-hex-adventurers/registry.ts'
import { TEST_HEXES } from '../worlds/infinite-hex-adventurers/world-blocks.testing.ts'
import {
  adventurerWritten,
  type TestFact,
  written,
} from '../worlds/infinite-hex-adventurers/world-facts.testing.ts'
import type { Projection } from './projection.ts'
import { ProjectorFenced } from './projection-store.ts'

const [world, market] = infiniteHexProjections as readonly [Projection, Projection]
const nextMarket: Projection = { ...market, version: market.version + 1 }

const [hex = '0x0'] = TEST_HEXES

const block = (...facts: readonly TestFact[]): BranchStep => ({
  kind: 'block',
  branch: 0,
  gap: 60,
  facts: facts.map(({ type, data }) => ({ type, data, transaction: 1 })),
})
const rate = (current: number): TestFact =>
  written('ConversionRate', { item_type: '0x1' }, { current_rate: current, base_rate: 20 })
const undecoded: TestFact = {
  type: UNDECODED_WORLD_EVENT,
  data: { reason: 'test', keys: [], data: [] },
}

/** Prices that move, some of them in blocks that the chain drops. */
const { events } = streamOf([
  block(rate(20), adventurerWritten('0x1', hex)),
  block(rate(18)),
  block(rate(9), adventurerWritten('0x1', hex, { energy: 10 })),
  { kind: 'reorg', depth: 2 },
  block(rate(15), undecoded),
  { kind: 'finality' },
  block(rate(14)),
])

describeOnEachDatabase('several projections of one world', (kind) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await testDatabase(kind)
  })
  afterAll(() => database.close())

  type Setting = Readonly<{ log: EventLog; world: WorldId }>

  const settingOf = async (): Promise<Setting> => {
    const setting = { log: createMemoryEventLog(), world: newTestWorld() }
    await appendStream(setting.log, setting.world, events)
    return setting
  }

  /** A start of a program that keeps these projections; it runs until the log is taken in. */
  const start = async (
    setting: Setting,
    projections: readonly Projection[],
    pool = database.pool,
  ): Promise<ReadModelPlace> => {
    const place = await ensureReadModels(database.pool, setting.world, projections)
    await projectToEnd({
      pool,
      watchPool: database.pool,
      ...setting,
      place,
      projections,
      batchEventsMax: 3,
    })
    return place
  }

  const contents = (place: ReadModelPlace, projections: readonly Projection[]) =>
    contentsOf(database.pool, place, projections)

  /** What a program has that kept these projections from the start. */
  const expected = async (projections: readonly Projection[]) =>
    contents(await start(await settingOf(), projections), projections)

  /** The pool, and the statements that name a schema of these projections. */
  const watched = (place: ReadModelPlace, projection: Projection) => {
    const schema = projectionSchema(place, projection)
    const statements: string[] = []
    const pool = observedPool(database.pool, ({ text }, when) => {
      if (when === 'before' && text.includes(`${schema}.`) && !text.startsWith('ANALYZE'))
        statements.push(text)
    })
    return { pool, statements }
  }

  it('gain a new one, which is built up from the start while the others are left alone', async () => {
    const setting = await settingOf()
    const place = await start(setting, [world])
    const before = await contents(place, [world])
    const { pool, statements } = watched(place, world)
    await start(setting, [world, market], pool)
    expect(statements).toEqual([])
    expect(await contents(place, [world])).toEqual(before)
    expect(await contents(place, [world, market])).toEqual(await expected([world, market]))
  })

  it('tell how far a new one has come', async () => {
    const setting = await settingOf()
    await start(setting, [world])
    const place = await ensureReadModels(database.pool, setting.world, [world, market])
    const told: (readonly [string, number, number])[] = []
    await projectToEnd({
      pool: database.pool,
      ...setting,
      place,
      projections: [world, market],
      batchEventsMax: 3,
      onBuilding: ({ name }, position, target) => told.push([name, position, target]),
    })
    const end = events.length - 1
    expect(told.at(-1)).toEqual(['market', end, end])
    expect(told.length).toBeGreaterThan(3)
    expect(told.map(([, position]) => position)).toEqual(
      told.map(([, position]) => position).toSorted((a, b) => a - b),
    )
  })

  it('keep a changed one beside its version before, which a start of the old program takes up again', async () => {
    const setting = await settingOf()
    const place = await start(setting, [world, market])
    const old = await contents(place, [market])
    await start(setting, [world, nextMarket])
    expect(await contents(place, [nextMarket])).toEqual(await expected([nextMarket]))
    expect(await contents(place, [market])).toEqual(old)
    const more = streamOf([block(rate(12))]).events.slice(0, 2)
    const whole = [...events, ...more.map((event, at) => ({ ...event, id: idOf(at) }))]
    await appendStream(setting.log, setting.world, whole)
    await start(setting, [world, nextMarket])
    expect(await contents(place, [market])).toMatchObject({
      'market.conversion_rates': old['market.conversion_rates'],
    })
    await start(setting, [world, market])
    const anew = { log: createMemoryEventLog(), world: newTestWorld() }
    await appendStream(anew.log, anew.world, whole)
    const straight = await start(anew, [world, market])
    expect(await contents(place, [world, market])).toEqual(
      await contents(straight, [world, market]),
    )
  })

  it('fence a program of other projections that still runs', async () => {
    const setting = await settingOf()
    const place = await start(setting, [world, market])
    await ensureReadModels(database.pool, setting.world, [world, nextMarket])
    const more = streamOf([block(rate(12))]).events.slice(0, 2)
    const whole = [...events, ...more.map((event, at) => ({ ...event, id: idOf(at) }))]
    await appendStream(setting.log, setting.world, whole)
    // As a program that had read its progress before: it takes its projections for live.
    const before = await contents(place, [world, market])
    const pool = observedPool(database.pool, () => {})
    const query = pool.query.bind(pool)
    pool.query = (async (config: Readonly<{ text: string }>) => {
      const result = await query(config as never)
      return config.text.includes('position IS NOT NULL') ? { rows: [] } : result
    }) as never // as the store calls it, which looks at nothing else
    const run = projectToEnd({ pool, ...setting, place, projections: [world, market] })
    await expect(run).rejects.toThrow(ProjectorFenced)
    expect(await contents(place, [world, market])).toEqual(before)
  })

  it('go on building where a crash left off, at any database call, before it or after it', async () => {
    const both = await expected([world, market])
    for (const when of ['before', 'after'] as const) {
      let crashed = true
      let crashAt = 0
      for (; crashed; crashAt += 1) {
        const setting = await settingOf()
        await start(setting, [world])
        crashed = false
        const pool = observedPool(database.pool, (call, at) => {
          if (call.index !== crashAt || at !== when) return
          crashed = true
          throw new FatalError(`crashed ${when} call ${call.index}: ${call.text}`)
        })
        const run = start(setting, [world, market], pool)
        if (crashAt === 0) await expect(run).rejects.toThrow('crashed')
        else await Promise.allSettled([run])
        const place = await start(setting, [world, market])
        expect(await contents(place, [world, market])).toEqual(both)
      }
      expect(crashAt).toBeGreaterThan(20)
    }
  })
})

const idOf = (at: number): string => `ffffffff-0000-5000-8000-00000000000${at}`
