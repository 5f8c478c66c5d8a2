import fc from 'fast-check'
import type { Pool, QueryConfig } from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Felt } from '../../../domain/felt.ts'
import { worldStream } from '../../../domain/world-stream/facts.ts'
import {
  describeOnEachDatabase,
  type TestDatabase,
  testDatabase,
} from '../../../infra/postgres/database.testing.ts'
import {
  ADVENTURER_PARTS,
  ALL_PARTS,
  appendBlocks,
  newTestWorld,
  pointAt,
  projectToEnd,
  testReading,
} from '../../../infra/postgres/read-models/read-models.testing.ts'
import { createReadPool } from '../../../infra/postgres/read-models/read-pool.ts'
import { coreSchema, ensureReadModels } from '../../../infra/postgres/read-models/schema.ts'
import type { ReadPoint } from '../../reads/points.ts'
import { infiniteHexProjections } from './registry.ts'
import { type BlockAppends, blockAppends, TEST_HEXES } from './world-blocks.testing.ts'
import { createWorldReads, type WorldReads } from './world-reads.ts'

const HEXES = TEST_HEXES.slice(0, 5)
const EAST = HEXES[1] as Felt // there are five

describeOnEachDatabase('reads of the world', (kind) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await testDatabase(kind)
  })
  afterAll(() => database.close())

  const readingOf = (appends: BlockAppends) => testReading(database.pool, appends)

  /** Everything that can be asked at a point. */
  const answers = async (reads: WorldReads, point: ReadPoint) => ({
    hexes: await reads.hexes(HEXES, point, ALL_PARTS),
    adventurers: await reads.adventurersById(
      ['0x1', '0x2a', '0x3b9aca07', '0x9'],
      point,
      ADVENTURER_PARTS,
    ),
    rates: await reads.ratesOf(null, point),
    series: await reads.rateSeries({ item: '0x1', beforeBlock: null, limit: 100 }, point),
    events: await reads.events({}, { point, before: null, limit: 1_000 }),
  })

  it('answers at a past block what a projection of the log up to that block answers now', async () => {
    await fc.assert(
      fc.asyncProperty(blockAppends, async (appends) => {
        const whole = await readingOf(appends)
        for (let blocks = 1; blocks <= appends.length; blocks += 1) {
          const prefix = await readingOf(appends.slice(0, blocks))
          const now = await pointAt(prefix.reads)
          const past = await pointAt(whole.reads, { block: now.block })
          expect(past).toEqual(now)
          expect(await answers(whole.reads, past)).toEqual(await answers(prefix.reads, now))
        }
      }),
      { numRuns: 5 },
    )
  })

  it('answers of one point while the projector moves on', async () => {
    await fc.assert(
      fc.asyncProperty(blockAppends, async (appends) => {
        const { reads, place, log, world } = await testReading(database.pool, [])
        await appendBlocks(log, world, appends)
        const projecting = projectToEnd({
          pool: database.pool,
          place,
          log,
          world,
          batchEventsMax: 1,
        })
        const answered: Readonly<{ point: ReadPoint; answer: unknown }>[] = []
        for (let isDone = false; !isDone; ) {
          isDone = (await pointAt(reads)).position === (await log.head(worldStream(world)))
          const point = await pointAt(reads)
          answered.push({ point, answer: await answers(reads, point) })
        }
        await projecting
        for (const { point, answer } of answered)
          expect(await answers(reads, point)).toEqual(answer)
      }),
      { numRuns: 4 },
    )
  })

  it('pages through events in both directions, by type, hex and adventurer, as a filter of all of them does', async () => {
    await fc.assert(
      fc.asyncProperty(blockAppends, async (appends) => {
        const { reads } = await readingOf(appends)
        const point = await pointAt(reads)
        const all = await reads.eventsAfter({}, -1, 1_000)
        const filters = [
          { types: [...new Set(all.map(({ type }) => type))].slice(0, 2) },
          { hex: EAST },
          { adventurer: '0x1' as Felt, types: ['AdventurerMoved', 'HexEnergyPaid'] },
        ]
        for (const filter of filters) {
          const wanted = all.filter(
            (event) =>
              (filter.types === undefined || filter.types.includes(event.type)) &&
              (!('hex' in filter) || event.hex?.packed === filter.hex) &&
              (!('adventurer' in filter) || event.adventurerId === filter.adventurer),
          )
          const forwards = []
          for (let after = -1; ; ) {
            const page = await reads.eventsAfter(filter, after, 2)
            forwards.push(...page)
            if (page.length < 2) break
            after = page.at(-1)?.position ?? after
          }
          expect(forwards).toEqual(wanted)
          const backwards = []
          for (let before: number | null = null; ; ) {
            const page = await reads.events(filter, { point, before, limit: 3 })
            backwards.push(...page)
            if (page.length < 3) break
            before = page.at(-1)?.position ?? before
          }
          expect(backwards).toEqual(wanted.toReversed())
        }
      }),
      { numRuns: 4 },
    )
  })

  it('answers for a world without blocks', async () => {
    const { reads } = await readingOf([])
    expect(await reads.meta()).toMatchObject({ block: null, position: null, lag: 0 })
    const point = await pointAt(reads)
    expect(point).toEqual({ position: -1, block: 0, finality: 'ACCEPTED_ON_L2' })
    expect(await reads.resolve({ block: 0 })).toMatchObject({ rejected: 'AT_BEFORE_START' })
    expect(await answers(reads, point)).toEqual({
      hexes: [],
      adventurers: [],
      rates: [],
      series: [],
      events: [],
    })
    expect(await reads.overview()).toMatchObject({
      adventurers: 0,
      energyHeld: '0',
      territories: 0,
      recentDiscoveries: [],
    })
  })

  it('finds a block of long ago without passing over all that came since', async () => {
    const { pool } = database
    const world = newTestWorld()
    const place = await ensureReadModels(pool, world, infiniteHexProjections)
    const core = coreSchema(place)
    const blocks = 20_000 // block 10 + i ends at position 8 i, i seconds after the epoch
    await pool.query(
      `INSERT INTO ${core}.points (world, position, kind, header, number, hash, parent_hash, time, finality)
        SELECT $1::integer, 8 * i, 'block', 8 * i - 7, 10 + i, '0x1', '0x1', to_timestamp(i), 'ACCEPTED_ON_L2'
        FROM generate_series(1, $2::integer) AS i`,
      [place.world, blocks],
    )
    await pool.query(
      `UPDATE ${core}.progress SET position = $2, head_number = $3, head_hash = '0x1', head_time = to_timestamp($4)
        WHERE world = $1`,
      [place.world, 8 * blocks, 10 + blocks, blocks],
    )
    await pool.query(`ANALYZE ${core}.points`)
    const statements: QueryConfig[] = []
    const reads = createWorldReads({
      pool: createReadPool(recording(pool, statements), place, infiniteHexProjections),
      world,
      logHead: async () => null,
    })
    const point = { position: 800, block: 110, finality: 'ACCEPTED_ON_L2' }
    expect(await reads.resolve({ block: 110 })).toEqual(point)
    expect(await reads.resolve({ time: new Date(100_500) })).toEqual(point)
    expect(await reads.resolve({ position: 807 })).toEqual(point)
    const lookUps = statements.filter(({ text }) => text.includes('"points"'))
    expect(lookUps).toHaveLength(3)
    for (const { text, values = [] } of lookUps) {
      const { rows } = await pool.query<{ 'QUERY PLAN': string }>(`EXPLAIN ANALYZE ${text}`, values)
      expect(rows.map((row) => row['QUERY PLAN']).join('\n')).not.toMatch(/Rows Removed|Sort/)
    }
  })
})

/** The pool as the reads use it, noting each statement. */
const recording = (pool: Pool, statements: QueryConfig[]): Pool =>
  ({
    connect: async () => {
      const client = await pool.connect()
      const query = (statement: QueryConfig) => {
        statements.push(statement)
        return client.query(statement)
      }
      return { query, release: () => client.release() }
    },
  }) as unknown as Pool // nothing else of it is used
