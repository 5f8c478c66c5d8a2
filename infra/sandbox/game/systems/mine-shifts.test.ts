import { expect, test } from 'vitest'
import {
  areaId,
  mineKey,
  shiftId,
} from '../../../../schemas/worlds/infinite-hex-adventurers/ids.ts'
import { shortString } from '../../../../schemas/worlds/short-string.ts'
import type { RowOf } from '../row-codec.ts'
import {
  createScenario,
  givenAdventurer,
  OASIS_HEX,
  ORIGIN_HEX,
  type Scenario,
} from '../scenario.testing.ts'

const A = 0xan
const B = 0xbn
const C = 0xcn
const AREA = areaId(ORIGIN_HEX, 1)
const MINE = mineKey(ORIGIN_HEX, AREA, 0)
const PLACE = { hex_coordinate: ORIGIN_HEX, area_id: AREA, mine_id: 0 }

const givenMine = (fields: Partial<RowOf<'MineNode'>> = {}): Scenario => {
  const scenario = createScenario()
  for (const id of [A, B, C]) {
    givenAdventurer(scenario, id)
    scenario.given(
      'MineAccessGrant',
      { mine_key: MINE, grantee_adventurer_id: id },
      { is_allowed: true },
    )
  }
  scenario.given(
    'MineNode',
    { mine_key: MINE },
    {
      hex_coordinate: ORIGIN_HEX,
      area_id: AREA,
      ore_id: shortString('ORE_IRON'),
      richness_bp: 7_000,
      remaining_reserve: 1_000,
      base_stress_per_block: 10,
      collapse_threshold: 9_000,
      safe_shift_blocks: 20n,
      biome_risk_bp: 10_000,
      rarity_risk_bp: 10_000,
      base_tick_energy: 3,
      ore_energy_weight: 1,
      depth_tier: 1,
      conversion_energy_per_unit: 8,
      ...fields,
    },
  )
  return scenario
}

const start = (scenario: Scenario, id: bigint): void => {
  const outcome = scenario.call('start_mining', { adventurer_id: id, ...PLACE }, { block: 400 })
  expect(outcome.order).toContain('*MiningStarted')
}
const nameOf = new Map([A, B, C].map((id) => [shiftId(id, MINE), `${id.toString(16)}`]))
const named = (shift: bigint): string => nameOf.get(shift) ?? '-'

/** Head, each shift with its neighbours, tail: as text. */
const listOf = ({ row }: Scenario): string => {
  const mine = row('MineNode', { mine_key: MINE })
  const shifts = [A, B, C].map((id) => {
    const shift = row('MiningShift', { shift_id: shiftId(id, MINE) })
    return `${id.toString(16)}:${named(shift.prev_active_shift_id)}${named(shift.next_active_shift_id)}`
  })
  return `${named(mine.active_head_shift_id)} ${shifts.join(' ')} ${named(mine.active_tail_shift_id)}`
}

test.each([
  ['the middle', B, ['MiningShift', 'MiningShift', 'MiningShift'], 'c a:c- b:-- c:-a a'],
  ['the head', C, ['MiningShift', 'MiningShift'], 'b a:b- b:-a c:-- a'],
  ['the tail', A, ['MiningShift', 'MiningShift'], 'c a:-- b:c- c:-b b'],
])('leaving from %s of the list joins its neighbours', (_, leaver, writes, list) => {
  const scenario = givenMine()
  for (const id of [A, B, C]) start(scenario, id)
  expect(listOf(scenario)).toBe('c a:b- b:ca c:-b a')
  const outcome = scenario.call(
    'exit_mining',
    { adventurer_id: leaver, mine_key: MINE },
    { block: 410 },
  )
  expect(outcome.order.filter((name) => name === 'MiningShift')).toEqual(writes)
  expect(listOf(scenario)).toBe(list)
  expect(scenario.row('MineNode', { mine_key: MINE }).active_miners).toBe(2)
})

test('crowding costs the square of the others and strains the mine', () => {
  const scenario = givenMine()
  for (const id of [A, B, C]) start(scenario, id)
  const outcome = scenario.call(
    'continue_mining',
    { adventurer_id: A, mine_key: MINE },
    { block: 420 },
  )
  expect(outcome.the('*MiningContinued')).toMatchObject({
    energy_spent: 3 + 1 + 1 + 2 * 4,
    mined_ore: 160,
  })
  // 200 × 10 008 / 10 000, rounded down.
  expect(scenario.row('MineNode', { mine_key: MINE }).mine_stress).toBe(200)
})

test('a Shoring Rig on the hex takes two fifths of the stress', () => {
  const scenario = givenMine()
  scenario.given('Hex', { coordinate: ORIGIN_HEX }, { is_discovered: true, area_count: 1 })
  const rig = {
    hex_coordinate: ORIGIN_HEX,
    building_type: shortString('SHORING_RIG'),
    is_active: true,
  }
  scenario.given(
    'ConstructionBuildingNode',
    { area_id: areaId(ORIGIN_HEX, 0) },
    { ...rig, condition_bp: 10_000 },
  )
  start(scenario, A)
  scenario.call('continue_mining', { adventurer_id: A, mine_key: MINE }, { block: 420 })
  expect(scenario.row('MineNode', { mine_key: MINE }).mine_stress).toBe(120)
})

test('quirk 14: a killed miner stays in the list and in the count, and dies no second time in a collapse', () => {
  const scenario = givenMine({ mine_stress: 8_999 })
  start(scenario, A)
  start(scenario, B)
  scenario.call('kill_adventurer', { adventurer_id: B, cause: 1n }, { block: 405 })
  expect(scenario.row('MineNode', { mine_key: MINE }).active_miners).toBe(2)
  const outcome = scenario.call(
    'continue_mining',
    { adventurer_id: A, mine_key: MINE },
    { block: 410 },
  )
  expect(outcome.the('*MineCollapsed')).toMatchObject({ killed_miners: 1 })
  expect(outcome.the('MineCollapseRecord')).toMatchObject({ trigger_active_miners: 2 })
  expect(outcome.order).not.toContain('*AdventurerDied')
  expect(outcome.the('DeathRecord')).toMatchObject({ adventurer_id: A })
  expect(scenario.row('MiningShift', { shift_id: shiftId(B, MINE) }).status).toBe('Collapsed')
})

test('quirk 15: stabilising between ticks forgets the stress and the yield of the blocks before', () => {
  const scenario = givenMine({ mine_stress: 100 })
  start(scenario, A)
  const args = { adventurer_id: A, mine_key: MINE }
  scenario.call('stabilize_mine', args, { block: 419 })
  const tick = scenario.call('continue_mining', args, { block: 420 })
  expect(tick.the('*MiningContinued')).toMatchObject({ mined_ore: 8 })
  expect(scenario.row('MineNode', { mine_key: MINE }).mine_stress).toBe(10)
  expect(scenario.call('stabilize_mine', args, { block: 421 }).returned).toEqual([10n])
  const idle = scenario.call('stabilize_mine', args, { block: 422 })
  expect([idle.returned, idle.order]).toEqual([
    [0n],
    ['Adventurer', 'MineNode', 'MiningShift', '*MineStabilized'],
  ])
})

test('quirk 2: a miner may walk away while his shift runs, and go on from there', () => {
  const scenario = givenMine()
  start(scenario, A)
  scenario.call(
    'move_adventurer',
    { adventurer_id: A, to_hex_coordinate: OASIS_HEX },
    { block: 405 },
  )
  const tick = scenario.call(
    'continue_mining',
    { adventurer_id: A, mine_key: MINE },
    { block: 410 },
  )
  expect(tick.order).toContain('*MiningContinued')
})
