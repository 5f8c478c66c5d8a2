import type { Pool, QueryConfig } from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTurns } from '../../../domain/waiting/turns.ts'
import { worldStream } from '../../../domain/world-stream/facts.ts'
import { createMemoryWorld } from '../../../projections/worlds/infinite-hex-adventurers/memory-world.testing.ts'
import { infiniteHexProjections } from '../../../projections/worlds/infinite-hex-adventurers/registry.ts'
import { smallWorld } from '../../../projections/worlds/infinite-hex-adventurers/small-world.testing.ts'
import {
  type BlockAppends,
  blockOf,
  TEST_HEXES,
} from '../../../projections/worlds/infinite-hex-adventurers/world-blocks.testing.ts'
import {
  adventurerWritten,
  written,
} from '../../../projections/worlds/infinite-hex-adventurers/world-facts.testing.ts'
import {
  ALL_PARTS,
  pointAt,
} from '../../../projections/worlds/infinite-hex-adventurers/world-reads.testing.ts'
import type { WorldReads } from '../../../projections/worlds/infinite-hex-adventurers/world-reads.ts'
import { createMemoryEventLog } from '../../memory/event-log.testing.ts'
import { describeOnEachDatabase, type TestDatabase, testDatabase } from '../database.testing.ts'
import { newTestWorld, projectToEnd, readsOf } from './read-models.testing.ts'
import { ensureReadModels } from './schema.ts'

const ORIGIN = TEST_HEXES[0] ?? '0x0'

/** Each of these blocks changes every answer below. */
const laterBlocks: BlockAppends = Array.from({ length: 6 }, (_, at) =>
  blockOf(800 + at, [
    adventurerWritten('0xb', ORIGIN, { energy: at + 1 }),
    adventurerWritten(`0x${(0x200 + at).toString(16)}`, ORIGIN, { energy: 5 }),
    written(
      'HexDecayState',
      { hex_coordinate: TEST_HEXES[at % TEST_HEXES.length] ?? ORIGIN },
      { owner_adventurer_id: '0xb', current_energy_reserve: 100 + at, decay_level: at },
    ),
    written(
      'ConversionRate',
      { item_type: '0x7' },
      { current_rate: 10 + at, base_rate: 20 + at, last_update_block: '1' },
    ),
  ]),
)

const QUESTIONS: Readonly<Record<string, (reads: WorldReads) => Promise<unknown>>> = {
  overview: (reads) => reads.overview(),
  territories: (reads) => reads.territories(null, 100),
  'territories of one': (reads) => reads.territories('0xb', 100),
  adventurers: (reads) => reads.adventurers({ limit: 100 }, new Set(['inventory'])),
  'conversion rates': (reads) => reads.conversionRates(100),
  hexes: async (reads) => reads.hexes(TEST_HEXES, await pointAt(reads), ALL_PARTS),
}

describeOnEachDatabase('what is read while the head moves on', (kind) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await testDatabase(kind)
  })
  afterAll(() => database.close())

  it.each(Object.keys(QUESTIONS))(
    '%s: is of one state, at most as old as the question',
    async (name) => {
      const ask = QUESTIONS[name]
      if (ask === undefined) throw new Error(`no question ${name}`)
      for (const everyStatements of [1, 2]) {
        const { pool } = database
        const world = newTestWorld()
        const stream = worldStream(world)
        const log = createMemoryEventLog()
        const place = await ensureReadModels(pool, world, infiniteHexProjections)
        const asThen = createMemoryWorld(world)
        const states: unknown[] = []
        const blocks = [...laterBlocks]
        const append = async (steps: BlockAppends): Promise<void> => {
          for (const step of steps)
            await log.append(stream, (await log.head(stream)) ?? 'no-stream', step)
          await projectToEnd({ pool, place, log, world })
          for (const step of steps) asThen.append(step)
          states.push(await ask(asThen.reads))
        }
        await append(smallWorld)
        let statements = 0
        const inTurn = createTurns()
        const moving = afterEach(pool, () => {
          statements += 1
          const next = statements % everyStatements === 0 ? blocks.shift() : undefined
          return inTurn(() => (next === undefined ? Promise.resolve() : append([next])))
        })
        const answer = await ask(readsOf(moving, place, world, log))
        expect(states).toContainEqual(answer)
        expect(new Set(states.map((state) => JSON.stringify(state))).size).toBeGreaterThan(1)
      }
    },
  )
})

/** The pool as the reads use it, with something done after each statement. */
const afterEach = (pool: Pool, act: () => Promise<void>): Pool =>
  ({
    options: pool.options,
    connect: async () => {
      const client = await pool.connect()
      const query = async (statement: QueryConfig) => {
        const result = await client.query(statement)
        await act()
        return result
      }
      return { query, release: () => client.release() }
    },
  }) as unknown as Pool // nothing else of it is used
