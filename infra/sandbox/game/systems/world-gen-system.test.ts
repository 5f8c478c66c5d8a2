import { expect, test } from 'vitest'
import { shortString } from '../../../../schemas/worlds/short-string.ts'
import {
  BOB,
  contextOf,
  createScenario,
  decodeEmitted,
  OPERATOR,
  type Scenario,
} from '../scenario.testing.ts'

const SEED = shortString('WORLD_GEN_SEED_V1')
type Config = Readonly<Record<string, number | bigint>>

const config = ([seed, biome, area, plant, biomeOctaves, areaOctaves, plantOctaves]: readonly [
  bigint,
  number,
  number,
  number,
  number,
  number,
  number,
]) => ({
  global_seed: seed,
  biome_scale_bp: biome,
  area_scale_bp: area,
  plant_scale_bp: plant,
  biome_octaves: biomeOctaves,
  area_octaves: areaOctaves,
  plant_octaves: plantOctaves,
})

/** A world whose configuration was never initialised. */
const unconfigured = (): Scenario => {
  const scenario = createScenario()
  scenario.given('WorldGenConfig', { generation_version: 2 }, config([0n, 0, 0, 0, 0, 0, 0]))
  return scenario
}

test.each([
  ['example WorldGen 1', [0n, 0, 30_000, 500, 0, 9, 2], [SEED, 2_200, 20_000, 500, 3, 8, 2]],
  ['example WorldGen 2', [0n, 0, 0, 0, 0, 0, 0], [SEED, 2_200, 2_800, 3_200, 3, 4, 5]],
] as const)('%s: zeros take defaults and excess is capped', (_, asked, stored) => {
  const scenario = unconfigured()
  const outcome = scenario.call('initialize_active_world_gen_config', config(asked), {
    block: 5,
    by: OPERATOR,
  })
  expect(outcome.order).toEqual(['WorldGenConfig', '*WorldGenConfigInitialized'])
  expect(outcome.returned).toEqual([1n])
  const expected: Config = { generation_version: 2, ...config(stored) }
  expect(outcome.the('WorldGenConfig')).toEqual(expected)
  expect(outcome.the('*WorldGenConfigInitialized')).toEqual(expected)
  expect(
    scenario.view('world_gen_manager', 'get_active_world_gen_config', [], { block: 6 }),
  ).toEqual([2, ...stored].map(BigInt))
})

test('example WorldGen 3: a second call and one by somebody else are refused in silence', () => {
  const args = config([7n, 1, 1, 1, 1, 1, 1])
  const again = createScenario().call('initialize_active_world_gen_config', args, {
    block: 5,
    by: OPERATOR,
  })
  expect([again.emitted, again.returned]).toEqual([[], [0n]])
  const stranger = unconfigured().call('initialize_active_world_gen_config', args, {
    block: 5,
    by: BOB,
  })
  expect([stranger.emitted, stranger.returned]).toEqual([[], [0n]])
})

test('genesis makes the documented call, and a seed replaces only the global seed', () => {
  const live = [SEED, 2_200, 2_200, 2_200, 3, 3, 3] as const
  const stored = ({ row }: Scenario): unknown => row('WorldGenConfig', { generation_version: 2 })
  expect(stored(createScenario())).toEqual(config(live))
  expect(stored(createScenario({ seed: 42n }))).toEqual(config([42n, 2_200, 2_200, 2_200, 3, 3, 3]))
})

test('genesis answers with its events', () => {
  const scenario = unconfigured()
  const events = scenario.game.genesis(contextOf({ block: 0 }))
  expect(events.map(decodeEmitted).map(({ name }) => name)).toEqual([
    'WorldGenConfig',
    '*WorldGenConfigInitialized',
  ])
})
