/**
 * `mining_manager` at its boundaries (game.md §2.6): the order of its guards, exact prices,
 * collapse and repair.
 */
import { describe, expect, test } from 'vitest'
import {
  areaId,
  mineKey,
  shiftId,
} from '../../../../schemas/worlds/infinite-hex-adventurers/ids.ts'
import { shortString } from '../../../../schemas/worlds/short-string.ts'
import type { RowOf } from '../row-codec.ts'
import {
  ALICE,
  BOB,
  createScenario,
  type Emitted,
  givenAdventurer,
  OASIS_HEX,
  ORIGIN_HEX,
  type Scenario,
} from '../scenario.testing.ts'
import { climb } from './guard-ladder.testing.ts'

const A = 0xan
const B = 0xbn
const BLOCK = 400
const FIELD = areaId(ORIGIN_HEX, 1)
const MINE = mineKey(ORIGIN_HEX, FIELD, 0)
const SHIFT = shiftId(A, MINE)
const PLACE = { hex_coordinate: ORIGIN_HEX, area_id: FIELD, mine_id: 0 }
const WORK = { adventurer_id: A, mine_key: MINE }
const U32_MAX = 2 ** 32 - 1

const rejection =
  (action: string) =>
  (reason: bigint): Emitted => ({
    name: '*MiningRejected',
    fields: { adventurer_id: A, mine_key: MINE, action: shortString(action), reason },
  })

/** A tick in it costs 5 energy, yields 8 a block and strains by 10 a block. */
const CALM: Partial<RowOf<'MineNode'>> = {
  hex_coordinate: ORIGIN_HEX,
  area_id: FIELD,
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
}
const mine =
  (fields: Partial<RowOf<'MineNode'>> = {}) =>
  ({ given }: Scenario): void =>
    given('MineNode', { mine_key: MINE }, { ...CALM, ...fields })
const actor =
  (fields: Partial<RowOf<'Adventurer'>> = {}) =>
  (scenario: Scenario): void =>
    givenAdventurer(scenario, A, { adventurer: fields })
const owner =
  (id: bigint) =>
  ({ given }: Scenario): void =>
    given('AreaOwnership', { area_id: FIELD }, { owner_adventurer_id: id })
const shift =
  (fields: Partial<RowOf<'MiningShift'>> = {}) =>
  ({ given }: Scenario): void => {
    const begun = { adventurer_id: A, mine_key: MINE, status: 'Active', start_block: 390n } as const
    given('MiningShift', { shift_id: SHIFT }, { ...begun, last_settle_block: 390n, ...fields })
  }

const atWork = (
  fields: Partial<RowOf<'MineNode'>> = {},
  worked: Partial<RowOf<'MiningShift'>> = {},
): Scenario => {
  const scenario = createScenario()
  mine({ active_miners: 1, active_head_shift_id: SHIFT, active_tail_shift_id: SHIFT, ...fields })(
    scenario,
  )
  actor()(scenario)
  shift(worked)(scenario)
  return scenario
}
const mineOf = ({ row }: Scenario): RowOf<'MineNode'> => row('MineNode', { mine_key: MINE })

describe('the order of guards', () => {
  test('start_mining asks for the mine, the actor, the place, access, and for a shift that is open', () => {
    const outcome = climb('start_mining', {
      args: { adventurer_id: A, ...PLACE },
      block: BLOCK,
      rejection: rejection('MINE_START'),
      rungs: [
        { refused: 'MINE_UNINIT' },
        { repair: mine({ is_depleted: true, repair_energy_needed: 1 }), refused: 'MINE_DEPLETED' },
        { repair: mine({ repair_energy_needed: 1 }), refused: 'MINE_COLLAPSED' },
        { repair: mine(), refused: 'NOT_OWNER' },
        { repair: actor({ owner: BOB, current_hex: OASIS_HEX }), refused: 'NOT_OWNER' },
        { repair: actor({ owner: ALICE, current_hex: OASIS_HEX }), refused: 'WRONG_HEX' },
        { repair: actor({ energy: 0, activity_locked_until: 9_999n }), refused: 'NO_ACCESS' },
        {
          repair: (scenario) => {
            owner(A)(scenario)
            shift()(scenario)
          },
          refused: 'SHIFT_ACTIVE',
        },
        { repair: shift({ status: 'Exited', accrued_stabilization_work: 7 }), refused: null },
      ],
    })
    expect(outcome.the('MiningShift')).toEqual({
      shift_id: SHIFT,
      adventurer_id: A,
      mine_key: MINE,
      status: 'Active',
      start_block: 400n,
      last_settle_block: 400n,
      accrued_ore_unbanked: 0,
      accrued_stabilization_work: 0,
      prev_active_shift_id: 0n,
      next_active_shift_id: 0n,
    })
  })

  test('continue_mining asks for the actor, his shift, the mine, and then for energy; neither place nor access', () => {
    const outcome = climb('continue_mining', {
      args: WORK,
      block: BLOCK,
      rejection: rejection('MINE_CONT'),
      rungs: [
        { refused: 'NOT_OWNER' },
        { repair: actor({ owner: BOB }), refused: 'NOT_OWNER' },
        { repair: actor({ energy: 4, current_hex: OASIS_HEX }), refused: 'SHIFT_INACTIVE' },
        { repair: shift(), refused: 'MINE_UNINIT' },
        { repair: mine({ repair_energy_needed: 1, is_depleted: true }), refused: 'MINE_COLLAPSED' },
        { repair: mine({ is_depleted: true }), refused: 'MINE_DEPLETED' },
        { repair: mine(), refused: 'LOW_ENERGY' },
        { repair: actor({ energy: 5, current_hex: OASIS_HEX }), refused: null },
      ],
    })
    expect(outcome.the('Adventurer')).toMatchObject({ energy: 0 })
    expect(outcome.the('*MiningContinued')).toMatchObject({ mined_ore: 80, energy_spent: 5 })
  })

  test('stabilize_mine asks for the actor, his shift, a mine that stands, and 3 energy; not for a reserve', () => {
    const outcome = climb('stabilize_mine', {
      args: WORK,
      block: BLOCK,
      rejection: rejection('MINE_STAB'),
      rungs: [
        { refused: 'NOT_OWNER' },
        { repair: actor({ energy: 2 }), refused: 'SHIFT_INACTIVE' },
        { repair: shift(), refused: 'MINE_BLOCKED' },
        { repair: mine({ repair_energy_needed: 1 }), refused: 'MINE_BLOCKED' },
        { repair: mine({ is_depleted: true, mine_stress: 451 }), refused: 'LOW_ENERGY' },
        { repair: actor({ energy: 3 }), refused: null },
      ],
    })
    expect(outcome.returned).toEqual([450n])
    expect(outcome.the('MineNode')).toMatchObject({ mine_stress: 1, last_update_block: 400n })
  })

  test('exit_mining asks for the actor, his shift and a known mine; a collapsed one he may leave', () => {
    const outcome = climb('exit_mining', {
      args: WORK,
      block: BLOCK,
      rejection: rejection('MINE_EXIT'),
      rungs: [
        { refused: 'NOT_OWNER' },
        { repair: actor({ energy: 0, current_hex: OASIS_HEX }), refused: 'SHIFT_INACTIVE' },
        { repair: shift(), refused: 'MINE_UNINIT' },
        { repair: mine({ repair_energy_needed: 1, is_depleted: true }), refused: null },
      ],
    })
    // Never below 0.
    expect(outcome.the('MineNode')).toMatchObject({ active_miners: 0, repair_energy_needed: 1 })
  })

  test('repair_mine asks for the actor, the mine and the place, then is silent with nothing to do, then for energy', () => {
    const outcome = climb('repair_mine', {
      args: { ...WORK, energy_amount: 0 },
      block: BLOCK,
      rejection: rejection('MINE_REPAIR'),
      rungs: [
        { refused: 'NOT_OWNER' },
        { repair: actor({ current_hex: OASIS_HEX, energy: 0 }), refused: 'MINE_UNINIT' },
        {
          repair: mine({ repair_energy_needed: 70_000, is_depleted: true }),
          refused: 'WRONG_HEX',
          answers: 70_000n,
        },
        { repair: actor({ energy: 0 }), refused: 'in silence', answers: 70_000n },
        { repair: mine({ repair_energy_needed: 70_000 }), refused: 'in silence', answers: 70_000n },
        { args: { energy_amount: 65_535 }, refused: 'LOW_ENERGY', answers: 70_000n },
        { repair: actor({ energy: 1 }), refused: null },
      ],
    })
    expect(outcome.returned).toEqual([69_999n])
  })

  test.each([
    ['grant_mine_access', 'MINE_GRANT'],
    ['revoke_mine_access', 'MINE_REVOKE'],
  ] as const)(
    '%s is silent on an unknown mine, then asks for the actor and the owner of the area',
    (call, action) => {
      climb(call, {
        args: { controller_adventurer_id: A, mine_key: MINE, grantee_adventurer_id: 0n },
        block: BLOCK,
        rejection: rejection(action),
        rungs: [
          { refused: 'in silence' },
          { repair: mine({ repair_energy_needed: 1 }), refused: 'NOT_OWNER' },
          { repair: actor({ energy: 0, current_hex: OASIS_HEX }), refused: 'NOT_CTRL' },
          { repair: owner(A), refused: null },
        ],
      })
    },
  )
})

test('init_mining stores every field of the documented mine of the origin, and inspect_mine answers them', () => {
  const scenario = createScenario()
  scenario.given(
    'Hex',
    { coordinate: ORIGIN_HEX },
    { biome: 'Canyon', is_discovered: true, area_count: 3 },
  )
  const field = { hex_coordinate: ORIGIN_HEX, area_type: 'MineField', is_discovered: true } as const
  scenario.given('HexArea', { area_id: FIELD }, field)
  scenario.call('init_mining', PLACE, { block: BLOCK })
  const iron = shortString('ORE_IRON')
  expect(mineOf(scenario)).toEqual({
    ...PLACE,
    ore_id: iron,
    rarity_tier: 0,
    depth_tier: 2,
    richness_bp: 13_930,
    remaining_reserve: 2_330,
    base_stress_per_block: 8,
    collapse_threshold: 11_220,
    mine_stress: 0,
    safe_shift_blocks: 21n,
    active_miners: 0,
    last_update_block: 400n,
    collapsed_until_block: 0n,
    repair_energy_needed: 0,
    is_depleted: false,
    active_head_shift_id: 0n,
    active_tail_shift_id: 0n,
    biome_risk_bp: 11_500,
    rarity_risk_bp: 10_000,
    base_tick_energy: 3,
    ore_energy_weight: 1,
    conversion_energy_per_unit: 8,
  })
  const asked = [ORIGIN_HEX, FIELD, 0n]
  const generated = [
    iron,
    0,
    2,
    13_930,
    2_330,
    8,
    11_220,
    0,
    21,
    0,
    400,
    0,
    0,
    0,
    0,
    0,
    11_500,
    10_000,
    3,
    1,
    8,
  ]
  const answer = [MINE, ORIGIN_HEX, FIELD, 0, ...generated].map(BigInt)
  expect(scenario.view('mining_manager', 'inspect_mine', asked, { block: BLOCK })).toEqual(answer)
  const unknown = [mineKey(ORIGIN_HEX, FIELD, 1), ...new Array<bigint>(24).fill(0n)]
  expect(
    scenario.view('mining_manager', 'inspect_mine', asked.with(2, 1n), { block: BLOCK }),
  ).toEqual(unknown)
})

describe('a tick', () => {
  test.each([
    ['in the same block settles one block', 390, 390, [5, 8, 10]],
    ['of a row from the future settles one block', 391, 395, [5, 8, 10]],
    ['at the last safe block does not overstay', 410, 390, [5, 160, 200]],
    ['a block later strains 120 basis points more', 411, 390, [5, 168, 212]],
  ])('%s', (_, block, settled, [energy, ore, stress]) => {
    const scenario = atWork({}, { last_settle_block: BigInt(settled) })
    const { the } = scenario.call('continue_mining', WORK, { block })
    expect(the('*MiningContinued')).toMatchObject({ energy_spent: energy, mined_ore: ore })
    expect(the('MineNode')).toMatchObject({ mine_stress: stress })
  })

  test('yields least at 8 500 basis points of stress and above, and counts the stress before the tick', () => {
    const minedAt = (mine_stress: number): unknown => {
      const richness = {
        richness_bp: 16_000,
        collapse_threshold: 100_000,
        base_stress_per_block: 0,
      }
      return atWork({ ...richness, mine_stress }).call('continue_mining', WORK, { block: 391 })
        .returned[0]
    }
    expect([0, 84_999, 85_000, 99_999].map(minedAt)).toEqual([17n, 2n, 2n, 2n])
  })

  test('one stress short of the threshold the mine stands, at it everyone dies', () => {
    const after = (mine_stress: number): readonly string[] =>
      atWork({ mine_stress }).call('continue_mining', WORK, { block: 400 }).order
    expect(after(8_899)).toContain('*MiningContinued')
    expect(after(8_900)).toContain('*MineCollapsed')
  })

  test('that empties the mine and brings it down leaves one that nobody can repair', () => {
    const scenario = atWork({ mine_stress: 8_999, remaining_reserve: 10 })
    scenario.call('continue_mining', WORK, { block: 400 })
    expect(mineOf(scenario)).toMatchObject({
      is_depleted: true,
      remaining_reserve: 0,
      repair_energy_needed: 3_000,
    })
    actor()(scenario)
    const repair = scenario.call('repair_mine', { ...WORK, energy_amount: 5 }, { block: 401 })
    expect([repair.emitted, repair.returned]).toEqual([[], [3_000n]])
  })

  test('accrues and strains to the largest u32 and no further', () => {
    const rich = {
      remaining_reserve: U32_MAX,
      mine_stress: U32_MAX - 1,
      collapse_threshold: U32_MAX,
    }
    const scenario = atWork(rich, { accrued_ore_unbanked: U32_MAX - 1 })
    const { the, order } = scenario.call('continue_mining', WORK, { block: 400 })
    expect(order).toContain('*MineCollapsed')
    expect(the('MineCollapseRecord')).toMatchObject({ trigger_stress: U32_MAX })
    const calm = atWork({ remaining_reserve: U32_MAX }, { accrued_ore_unbanked: U32_MAX - 1 })
    expect(
      calm.call('continue_mining', WORK, { block: 400 }).the('MiningShift').accrued_ore_unbanked,
    ).toBe(U32_MAX)
  })
})

describe('leaving and coming back', () => {
  test('with a full backpack nothing is banked, every row is written all the same, and a standing rate is kept', () => {
    const scenario = atWork({}, { accrued_ore_unbanked: 60 })
    scenario.given('Inventory', { adventurer_id: A }, { current_weight: 751, max_weight: 750 })
    const item = { adventurer_id: A, item_id: shortString('ORE_IRON') }
    const stack = { quantity: 3, quality: 55, weight_per_unit: 2 }
    scenario.given('BackpackItem', item, stack)
    const rate = {
      current_rate: 0,
      base_rate: 5,
      last_update_block: 77n,
      units_converted_in_window: 9,
    }
    scenario.given('ConversionRate', { item_type: item.item_id }, rate)
    const { the, returned } = scenario.call('exit_mining', WORK, { block: 400 })
    expect([the('BackpackItem'), returned]).toEqual([{ ...item, ...stack }, [0n]])
    expect(the('Inventory')).toMatchObject({ current_weight: 751 })
    expect(the('ConversionRate')).toEqual({ item_type: item.item_id, ...rate, current_rate: 8 })
  })

  test('a Storehouse on the mine’s hex counts, wherever the miner stands', () => {
    const scenario = atWork({}, { accrued_ore_unbanked: 5_000 })
    actor({ current_hex: OASIS_HEX })(scenario)
    scenario.given('Hex', { coordinate: ORIGIN_HEX }, { is_discovered: true, area_count: 3 })
    const store = {
      hex_coordinate: ORIGIN_HEX,
      building_type: shortString('STOREHOUSE'),
      is_active: true,
    }
    scenario.given(
      'ConstructionBuildingNode',
      { area_id: areaId(ORIGIN_HEX, 2) },
      { ...store, condition_bp: 3_001 },
    )
    const { the } = scenario.call('exit_mining', WORK, { block: 400 })
    expect(the('*MiningExited')).toMatchObject({ banked_ore: 1_162 })
    expect(the('Inventory')).toMatchObject({ current_weight: 1_162, max_weight: 750 })
  })

  test('anybody on the hex repairs, and a mine that stands again can collapse again', () => {
    const scenario = atWork({ mine_stress: 8_999 })
    scenario.call('continue_mining', WORK, { block: 400 })
    scenario.given(
      'MineNode',
      { mine_key: MINE },
      { ...mineOf(scenario), repair_energy_needed: 30 },
    )
    givenAdventurer(scenario, B, { adventurer: { owner: BOB } })
    const stranger = { ...WORK, adventurer_id: B, energy_amount: 99 }
    expect(
      scenario.call('repair_mine', stranger, { block: 401, by: BOB }).the('*MineRepaired'),
    ).toEqual({
      mine_key: MINE,
      adventurer_id: B,
      energy_contributed: 30,
      repair_energy_remaining: 0,
    })
    owner(B)(scenario)
    const start = { adventurer_id: B, ...PLACE }
    scenario.call('start_mining', start, { block: 402, by: BOB })
    const again = scenario.call(
      'continue_mining',
      { ...WORK, adventurer_id: B },
      { block: 1_402, by: BOB },
    )
    expect(again.the('*MineCollapsed')).toEqual({
      mine_key: MINE,
      killed_miners: 1,
      collapse_count: 2,
    })
  })

  test('the 65 536th shift of a mine reverts', () => {
    const scenario = atWork({ active_miners: 65_535 })
    givenAdventurer(scenario, B)
    owner(B)(scenario)
    const start = { adventurer_id: B, ...PLACE }
    expect(() => scenario.call('start_mining', start, { block: 402 })).toThrow('u16_add Overflow')
  })
})
