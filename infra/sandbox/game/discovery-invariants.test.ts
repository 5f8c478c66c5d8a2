/**
 * What is found depends on the place alone (game.md §8): not on the finder, not on the time, and
 * not on what was found before.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addCube, type Cube, discAround, ORIGIN, packHex } from '../../../domain/hex.ts'
import { areaId, plantKey } from '../../../schemas/worlds/infinite-hex-adventurers/ids.ts'
import { callOf } from '../population/deed.ts'
import { contextOf, createScenario, givenAdventurer, type Scenario } from './scenario.testing.ts'

const SEED = 34
const felt = (cube: Cube): bigint => BigInt(packHex(cube) as string)
const CUBES = discAround(ORIGIN, 12)
const AREAS = [0, 1, 2, 3, 4, 5]
const PLANTS = [0, 4]

const finder = fc.record({
  account: fc.bigInt(1n, 2n ** 251n - 1n),
  adventurer: fc.bigInt(1n, 2n ** 251n),
  block: fc.integer({ min: 1, max: 2 ** 40 }),
  timestamp: fc.nat(),
})
type Finder = typeof finder extends fc.Arbitrary<infer F> ? F : never

/** Finds a hex from beside it, all its areas and some plants of every field. */
const explore = (
  scenario: Scenario,
  cube: Cube,
  { account, adventurer, block, timestamp }: Finder,
): void => {
  const beside = felt(addCube(cube, { x: 1, y: -1, z: 0 }))
  givenAdventurer(scenario, adventurer, { adventurer: { owner: account, current_hex: beside } })
  const id = { adventurer_id: adventurer }
  const hex_coordinate = felt(cube)
  const calls = [
    callOf('discover_hex', { ...id, hex_coordinate }),
    callOf('move_adventurer', { ...id, to_hex_coordinate: hex_coordinate }),
    ...AREAS.map((area_index) => callOf('discover_area', { ...id, hex_coordinate, area_index })),
    ...AREAS.flatMap((index) =>
      PLANTS.map((plant_id) =>
        callOf('init_harvesting', {
          hex_coordinate,
          area_id: areaId(hex_coordinate, index),
          plant_id,
        }),
      ),
    ),
  ]
  scenario.game.execute(calls, { ...contextOf({ block, by: account }), timestamp })
}

const ofFinder: ReadonlySet<string> = new Set([
  'discoverer',
  'discovery_block',
  'last_harvest_block',
])
const withoutFinder = (row: object): object =>
  Object.fromEntries(Object.entries(row).filter(([member]) => !ofFinder.has(member)))

/** Everything that is known of a place except its finder and the time. */
const found = ({ row }: Scenario, cube: Cube): readonly object[] => {
  const hex = felt(cube)
  const areas = AREAS.map((index) => areaId(hex, index))
  return [
    row('Hex', { coordinate: hex }),
    ...areas.map((area_id) => row('HexArea', { area_id })),
    ...areas.flatMap((area) =>
      PLANTS.map((plant) => row('PlantNode', { plant_key: plantKey(hex, area, plant) })),
    ),
  ].map(withoutFinder)
}

test(`a place is the same for every finder, at any time and after any other place (seed ${SEED})`, () => {
  const places = fc.uniqueArray(fc.constantFrom(...CUBES), { minLength: 1, maxLength: 3 })
  fc.assert(
    fc.property(places, finder, finder, (cubes, one, other) => {
      const [here, there] = [createScenario(), createScenario()]
      for (const cube of cubes) explore(here, cube, one)
      for (const cube of [...cubes].reverse()) explore(there, cube, other)
      for (const cube of cubes) {
        expect(found(here, cube)[0]).toMatchObject({ is_discovered: true })
        expect(found(here, cube)).toEqual(found(there, cube))
      }
    }),
    { seed: SEED, numRuns: 20 },
  )
})

test(`another seed of the world is another world (seed ${SEED})`, () => {
  fc.assert(
    fc.property(fc.bigInt(1n, 2n ** 250n), finder, (seed, one) => {
      const worlds = [createScenario(), createScenario({ seed })].map((scenario) => {
        const cubes = CUBES.slice(0, 6)
        for (const cube of cubes) explore(scenario, cube, one)
        return cubes.map((cube) => found(scenario, cube))
      })
      expect(worlds[0]).not.toEqual(worlds[1])
    }),
    { seed: SEED, numRuns: 4 },
  )
})
