import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FatalError, RetryableError } from '../../domain/errors.ts'
import type { EventLog } from '../../domain/event-log/event-log.ts'
import { type WorldId, worldStream } from '../../domain/world-stream/facts.ts'
import type { Head } from '../../domain/world-stream/head.ts'
import { createMemoryChangeFeed } from '../../infra/memory/change-feed.ts'
import { createMemoryEventLog } from '../../infra/memory/event-log.testing.ts'
import {
  describeOnEachDatabase,
  type TestDatabase,
  testDatabase,
} from '../../infra/postgres/database.testing.ts'
import { createProjectionStore } from '../../infra/postgres/read-models/projection-store.ts'
import {
  appendBlocks,
  contentsOf,
  newTestWorld,
  observedPool,
  projectToEnd,
} from '../../infra/postgres/read-models/read-models.testing.ts'
import {
  dropReadModels,
  ensureReadModels,
  type ReadModelPlace,
} from '../../infra/postgres/read-models/schema.ts'
import { infiniteHexProjections } from '../worlds/infinite-hex-adventurers/registry.ts'
import {
  type BlockAppends,
  blockAppends,
  blockOf,
} from '../worlds/infinite-hex-adventurers/world-blocks.testing.ts'
import type { ChangeNotice } from './change-feed.ts'
import { ProjectorFenced } from './projection-store.ts'
import { createProjector } from './projector.ts'

describeOnEachDatabase('the projector', (kind) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await testDatabase(kind)
  })
  afterAll(() => database.close())

  type Setting = Readonly<{ log: EventLog; world: WorldId; place: ReadModelPlace }>

  /** A log with the blocks, and a place for their read models. */
  const settingOf = async (appends: BlockAppends): Promise<Setting> => {
    const world = newTestWorld()
    const log = createMemoryEventLog()
    await appendBlocks(log, world, appends)
    const place = await ensureReadModels(database.pool, world, infiniteHexProjections)
    return { log, world, place }
  }
  const contents = (place: ReadModelPlace) => contentsOf(database.pool, place)
  const project = (setting: Setting, batchEventsMax: number) =>
    projectToEnd({ pool: database.pool, ...setting, batchEventsMax })

  it('writes the same rows and versions whatever the batch size', async () => {
    await fc.assert(
      fc.asyncProperty(
        blockAppends,
        fc.integer({ min: 1, max: 30 }),
        async (appends, batchEventsMax) => {
          const whole = await settingOf(appends)
          const cut = await settingOf(appends)
          await project(whole, 10_000)
          await project(cut, batchEventsMax)
          expect(await contents(cut.place)).toEqual(await contents(whole.place))
        },
      ),
      { numRuns: 12 },
    )
  })

  it('resumes without loss or duplicate from a crash at any database call, before it or after it', async () => {
    const [appends] = fc
      .sample(blockAppends, { seed: 20_261, numRuns: 30 })
      .toSorted((a, b) => b.length - a.length)
    if (appends === undefined) throw new Error('no sample')
    const unharmed = await settingOf(appends)
    await project(unharmed, 12)
    const expected = await contents(unharmed.place)
    for (const when of ['before', 'after'] as const) {
      let crashed = true
      let crashAt = 0
      for (; crashed; crashAt += 1) {
        const setting = await settingOf(appends)
        crashed = false
        const pool = observedPool(database.pool, (call, at) => {
          if (call.index !== crashAt || at !== when) return
          crashed = true
          throw new FatalError(`crashed ${when} call ${call.index}: ${call.text}`)
        })
        const run = projectToEnd({ pool, watchPool: database.pool, ...setting, batchEventsMax: 12 })
        if (crashAt === 0) await expect(run).rejects.toThrow('crashed')
        else await Promise.allSettled([run])
        await project(setting, 9)
        expect(await contents(setting.place)).toEqual(expected)
      }
      expect(crashAt).toBeGreaterThan(30)
    }
  })

  it('tries again by itself after a failure that may pass', async () => {
    const setting = await settingOf([blockOf(1, []), blockOf(2, [])])
    const retries: string[] = []
    const pool = observedPool(database.pool, ({ index }) => {
      if (index === 2) throw new RetryableError('the connection broke')
    })
    await projectToEnd({
      pool,
      watchPool: database.pool,
      ...setting,
      batchEventsMax: 1,
      retryDelayMsMax: 1,
      onRetry: ({ error }) => retries.push(error.message),
    })
    expect(retries).toEqual(['the connection broke'])
    expect((await contents(setting.place)).points).toHaveLength(2)
  })

  it('ignores facts that it is given twice, and refuses a gap', async () => {
    await fc.assert(
      fc.asyncProperty(blockAppends, fc.integer({ min: 1, max: 10 }), async (appends, overlap) => {
        const once = await settingOf(appends)
        const twice = await settingOf(appends)
        await project(once, 10)
        await project({ ...twice, log: repeating(twice.log, overlap) }, 10)
        expect(await contents(twice.place)).toEqual(await contents(once.place))
      }),
      { numRuns: 6 },
    )
    const gap = await settingOf([blockOf(1, []), blockOf(2, []), blockOf(3, [])])
    const holey = { ...gap.log, subscribe: () => onlyRevisions(gap, [0, 2]) }
    await expect(project({ ...gap, log: holey }, 10)).rejects.toThrow('Position 1 of')
  })

  it('takes in only complete blocks', async () => {
    const whole = blockOf(2, [
      { type: 'RegulatorTicked', data: {} },
      { type: 'RegulatorTicked', data: {} },
    ])
    const setting = await settingOf([blockOf(1, []), whole.slice(0, 2)])
    await projectToEnd({ pool: database.pool, ...setting }, 0)
    expect(await contents(setting.place)).toMatchObject({
      progress: [{ position: '0' }],
      'world.events': [],
    })
    await setting.log.append(worldStream(setting.world), 2, whole.slice(2))
    await project(setting, 10)
    const { points, 'world.events': events } = await contents(setting.place)
    expect(points).toHaveLength(2)
    expect(events).toHaveLength(2)
  })

  it('rebuilds from scratch what it had built live, in every table and history', async () => {
    await fc.assert(
      fc.asyncProperty(blockAppends, async (appends) => {
        const live = await settingOf(appends.slice(0, 1))
        for (let blocks = 1; blocks <= appends.length; blocks += 1) {
          await appendBlocks(live.log, live.world, appends.slice(0, blocks))
          await project(live, 10_000)
        }
        const rebuilt = await ensureReadModels(
          database.pool,
          live.world,
          infiniteHexProjections,
          'rebuilt',
        )
        await project({ ...live, place: rebuilt }, 10_000)
        expect(await contents(rebuilt)).toEqual(await contents(live.place))
        await dropReadModels(database.pool, infiniteHexProjections, 'rebuilt')
      }),
      { numRuns: 3 },
    )
  })

  it('reads a touched table once and writes it with one statement, for one fact and for ten thousand', async () => {
    const counts: number[] = []
    for (const adventurers of [1, 3_333]) {
      const facts = Array.from({ length: adventurers }, (_, at) => threeFacts(at)).flat()
      const setting = await settingOf([blockOf(7, facts)])
      const texts: string[] = []
      const pool = observedPool(database.pool, ({ text }, when) => {
        if (when === 'before' && !text.startsWith('ANALYZE')) texts.push(text)
      })
      await projectToEnd({ pool, watchPool: database.pool, ...setting })
      for (const table of ['adventurers', 'hexes']) {
        const onTable = texts.filter((text) => new RegExp(`\\.${table}\\b`).test(text))
        expect(onTable.map((text) => text.trimStart().slice(0, 6)).sort()).toEqual([
          'SELECT',
          'WITH v',
        ])
      }
      counts.push(texts.length)
    }
    expect(counts[1]).toBe(counts[0])
  })

  describe('with other writers and heads', () => {
    it('is fenced when another projector has moved the checkpoint, and then has written nothing', async () => {
      const setting = await settingOf([blockOf(1, [])])
      const store = createProjectionStore(database.pool, setting.place, infiniteHexProjections)
      const atStart = await store.progress()
      const slow = { ...store, progress: async () => atStart }
      await project(setting, 10)
      const before = await contents(setting.place)
      const feed = createMemoryChangeFeed()
      const projector = createProjector({
        log: setting.log,
        stream: worldStream(setting.world),
        store: slow,
        feed,
      })
      await expect(projector.run(new AbortController().signal)).rejects.toThrow(ProjectorFenced)
      expect(await contents(setting.place)).toEqual(before)
    })

    it('moves the head with blocks, and by itself only once the checkpoint is at its position', async () => {
      const setting = await settingOf([])
      const store = createProjectionStore(database.pool, setting.place, infiniteHexProjections)
      const feed = createMemoryChangeFeed()
      const stop = new AbortController()
      const notices = feed.subscribe(stop.signal)[Symbol.asyncIterator]()
      const next = async (): Promise<ChangeNotice | undefined> => (await notices.next()).value
      const projector = createProjector({
        log: setting.log,
        stream: worldStream(setting.world),
        store,
        feed,
      })
      const running = projector.run(stop.signal)
      const head = (number: number, position: number): Head => ({
        number,
        hash: '0xab',
        timestamp: number,
        finality: 'ACCEPTED_ON_L2',
        position,
      })

      projector.offerHead(head(4, -1))
      expect(await next()).toEqual({ position: -1, block: 4 })
      projector.offerHead(head(9, 1))
      await appendBlocks(setting.log, setting.world, [
        blockOf(5, [{ type: 'RegulatorTicked', data: {} }]),
      ])
      expect(await next()).toEqual({ position: 1, block: 9 })
      projector.offerHead(head(12, 1))
      expect(await next()).toEqual({ position: 1, block: 12 })
      expect(await store.progress()).toEqual({ position: 1, head: head(12, 1), building: [] })
      expect(await store.advanceHead(head(12, 1))).toBe(false)
      expect(await store.advanceHead(head(13, 0))).toBe(false)
      expect(projector.position()).toBe(1)

      stop.abort()
      await running
    })
  })
})

/** Three facts about one adventurer and its hex. */
const threeFacts = (at: number) => {
  const felt = `0x${(at + 1).toString(16)}`
  const zeros = {
    owner: '0x1',
    name: '0x0',
    energy: 1,
    max_energy: 100,
    activity_locked_until: '0',
    is_alive: true,
  }
  const hex = {
    biome: 'Oasis',
    is_discovered: true,
    discovery_block: '7',
    discoverer: '0x1',
    area_count: 3,
  }
  return [
    {
      type: 'AdventurerWritten',
      data: {
        entityId: felt,
        keys: { adventurer_id: felt },
        values: { ...zeros, current_hex: felt },
      },
    },
    { type: 'HexWritten', data: { entityId: felt, keys: { coordinate: felt }, values: hex } },
    { type: 'HexDiscovered', data: { hex: felt, biome: 'Oasis', discoverer: '0x1' } },
  ]
}

/** The log, whose subscriptions deliver the last facts of each page again with the next one. */
const repeating = (log: EventLog, overlap: number): EventLog => ({
  ...log,
  async *subscribe(stream, after, signal) {
    for await (const message of log.subscribe(stream, after, signal)) {
      yield message
      if (message.kind === 'events')
        yield { kind: 'events', events: message.events.slice(-overlap) }
    }
  },
})

async function* onlyRevisions(
  { log, world }: Readonly<{ log: EventLog; world: WorldId }>,
  revisions: readonly number[],
) {
  for await (const events of log.readStream(worldStream(world))) {
    yield {
      kind: 'events' as const,
      events: events.filter(({ revision }) => revisions.includes(revision)),
    }
  }
  yield { kind: 'caughtUp' as const, position: 2 }
}
