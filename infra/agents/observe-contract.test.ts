import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeObserveOverLine } from '../../agents/observe.contract.ts'
import { createGraphqlObserver } from '../../agents/worlds/infinite-hex-adventurers/graphql-observer.ts'
import { describeObservation } from '../../agents/worlds/infinite-hex-adventurers/observation.contract.ts'
import type {
  Observation,
  ObservationQuery,
} from '../../agents/worlds/infinite-hex-adventurers/observation.ts'
import {
  gameEventsOf,
  play,
} from '../../agents/worlds/infinite-hex-adventurers/played-world.testing.ts'
import { createUtilityStrategy } from '../../agents/worlds/infinite-hex-adventurers/utility/utility-strategy.ts'
import { ORIGIN } from '../../domain/hex.ts'
import { type TestDatabase, testDatabase } from '../postgres/database.testing.ts'
import { openServedGame } from './served-game.testing.ts'

/** A world in which harvests, decay and claims come early. */
const SEED = 8

const query: ObservationQuery = {
  account: '0xa',
  adventurerId: null,
  position: ORIGIN,
  radius: 2,
  watched: [],
}

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase('pglite')
})
afterAll(() => database.close())

describeObserveOverLine('the GraphQL observer', async () => {
  const { game, client, line, close } = await openServedGame(database.pool, SEED)
  const observe = createGraphqlObserver(client.query)
  return { observe, query, makeBlock: game.generateBlock, ...line, close }
})

describeObservation('the GraphQL observer', async () => {
  const { game, client, close } = await openServedGame(database.pool, SEED)
  return { game, observe: createGraphqlObserver(client.query), close }
})

const BOTS = 4
const BLOCKS = 500
/** A look through the database takes many times as long as one at rows in memory. */
const LOOKS_PER_COMPARISON = 2

it(`sees what the observer of rows in memory sees, which tests of strategies rely on (seed ${SEED})`, async () => {
  const { game, client, close } = await openServedGame(database.pool, SEED)
  const observe = createGraphqlObserver(client.query)
  const compared: Observation[] = []
  let looks = 0
  const played = await play({
    seed: SEED,
    bots: BOTS,
    blocks: BLOCKS,
    strategyOf: createUtilityStrategy,
    game,
    observe: async (asked, signal) => {
      const seen = await game.observe(asked, signal)
      if (seen === null || looks++ % LOOKS_PER_COMPARISON !== 0) return seen
      expect(seen, `block ${seen.block}`).toEqual(await observe(asked, signal))
      compared.push(seen)
      return seen
    },
  })
  await close()
  expect(played.faults).toEqual([])
  const types = new Set(gameEventsOf(played).map(({ type }) => type))
  for (const type of ['HarvestingCompleted', 'ItemsConverted', 'ClaimInitiated'])
    expect(types).toContain(type)
  const hexes = compared.flatMap((seen) => seen.hexes)
  const selves = compared.flatMap(({ self }) => self ?? [])
  expect(hexes.some(({ claim }) => claim !== null)).toBe(true)
  expect(hexes.some(({ decay }) => decay?.minimumClaimEnergy)).toBe(true)
  expect(selves.some(({ items }) => items.length > 0)).toBe(true)
  expect(selves.some(({ reservations }) => reservations.length > 0)).toBe(true)
})
