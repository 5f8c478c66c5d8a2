/**
 * What every Observe of this game shows, beyond what every Observe does
 * (agents/observe.contract.ts).
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Felt } from '../../../domain/felt.ts'
import { type Cube, ORIGIN, packHex } from '../../../domain/hex.ts'
import { NEVER } from '../../../domain/waiting/pause.ts'
import type { Observation, ObservationQuery, Observe } from './observation.ts'
import type { SteppedGame } from './stepped-game.testing.ts'

/** The sandbox's game before its first block, and a way to look at it that follows its blocks. */
export type ObservationStage = Readonly<{
  game: SteppedGame
  observe: Observe
  close: () => Promise<void>
}>

const ME: Felt = '0xa'
const OTHER: Felt = '0xb'
const EAST: Cube = { x: 1, y: -1, z: 0 }
const FAR: Cube = { x: 40, y: -40, z: 0 }
// Hexes of the map.
const [origin, east, far] = [ORIGIN, EAST, FAR].map(packHex) as [Felt, Felt, Felt]

const NEWCOMER: ObservationQuery = {
  account: ME,
  adventurerId: null,
  position: ORIGIN,
  radius: 2,
  watched: [],
}

/** Runs the suite. */
export const describeObservation = (name: string, open: () => Promise<ObservationStage>): void => {
  describe(`${name} shows the game`, () => {
    let stage: ObservationStage
    /** What I saw before anybody was born. */
    let empty: Observation
    let id: Felt

    const observe = async (query: Partial<ObservationQuery>): Promise<Observation> =>
      (await stage.observe({ ...NEWCOMER, ...query }, NEVER)) ?? expect.fail('there is no block')
    const idOf = async (account: Felt): Promise<Felt> =>
      (await observe({ account })).self?.id ?? expect.fail(`${account} has no adventurer`)

    let deeds = 0
    const does = async (
      account: Felt,
      entrypoint: string,
      args: Readonly<Record<string, string | number>>,
    ): Promise<void> => {
      const action = { entrypoint, args }
      const ended = stage.game.act({ account, action, key: `k${++deeds}` }, NEVER)
      await stage.game.generateBlock()
      expect(await ended, entrypoint).toMatchObject({ accepted: true })
    }

    beforeAll(async () => {
      stage = await open()
      await stage.game.generateBlock()
      empty = await observe({})
      await does(OTHER, 'create_adventurer', { name: 'B' })
      await does(ME, 'create_adventurer', { name: 'A' })
      id = await idOf(ME)
      const me = { adventurer_id: id }
      await does(ME, 'discover_hex', { ...me, hex_coordinate: east })
      await does(ME, 'move_adventurer', { ...me, to_hex_coordinate: east })
      for (const area_index of [0, 2, 1])
        await does(ME, 'discover_area', { ...me, hex_coordinate: east, area_index })
    })
    afterAll(() => stage.close())

    it('to an account without an adventurer: no self, and the place that it asked about', async () => {
      expect(empty).toMatchObject({ block: 0, self: null, hexes: [] })
      expect(empty.here).toEqual({
        packed: origin,
        cube: ORIGIN,
        isDiscovered: false,
        biome: null,
        areaCount: null,
        decay: null,
        claim: null,
        areas: [],
      })
    })

    it('to each account its own adventurer, by its id or without', async () => {
      const found = await observe({})
      expect(found.self).toMatchObject({ id, isAlive: true, cube: EAST, maxEnergy: 100 })
      expect((await observe({ adventurerId: id })).self).toEqual(found.self)
      expect((await observe({ account: OTHER })).self?.cube).toEqual(ORIGIN)
      expect(await idOf(OTHER)).not.toBe(id)
    })

    it('from where the agent really stands, wherever it believes to be', async () => {
      const lost = await observe({ adventurerId: id, position: FAR, radius: 0 })
      expect(lost.here).toMatchObject({ packed: east, cube: EAST, isDiscovered: true })
      expect(lost.hexes.map(({ packed }) => packed)).toEqual([east])
    })

    it('the discovered areas of that place, by index', async () => {
      const { here } = await observe({ adventurerId: id, position: EAST })
      expect(here.areas.map(({ index }) => index)).toEqual([0, 1, 2])
      expect(here.areas[0]).toMatchObject({ type: 'Control', ownerId: id })
      expect(here.areaCount).toBeGreaterThanOrEqual(3)
    })

    it('what is known near it and what it watches, each once: the watched first, then by number', async () => {
      const query = { adventurerId: id, position: EAST, watched: [far, east] }
      const { hexes } = await observe(query)
      expect(hexes.map(({ packed }) => packed)).toEqual([east, origin])
      expect(hexes[0]).toMatchObject({ isDiscovered: true, decay: { ownerId: id }, claim: null })
      const unwatched = await observe({ ...query, watched: [] })
      expect(unwatched.hexes.map(({ packed }) => packed)).toEqual([origin, east])
    })

    it('what the account controls, however far, when it names no adventurer', async () => {
      await does(ME, 'move_adventurer', { adventurer_id: id, to_hex_coordinate: origin })
      const { here, hexes } = await observe({ radius: 0 })
      expect(here.cube).toEqual(ORIGIN)
      expect(hexes.map(({ packed }) => packed)).toEqual([east, origin])
      const named = await observe({ adventurerId: id, radius: 0 })
      expect(named.hexes.map(({ packed }) => packed)).toEqual([origin])
    })

    it('energy that grows block by block, beside the energy that is stored', async () => {
      const first = (await observe({})).self ?? expect.fail('no self')
      for (let block = 0; block < 10; block += 1) await stage.game.generateBlock()
      const later = (await observe({})).self ?? expect.fail('no self')
      expect(later.energy).toBe(first.energy)
      expect(later.effectiveEnergy).toBeGreaterThan(first.effectiveEnergy)
      expect(later.lastRegenBlock).toBe(first.lastRegenBlock)
    })
  })
}
