import { describe, expect, test } from 'vitest'
import {
  areaId,
  inventoryLostHash,
  mineKey,
  shiftId,
} from '../../../../schemas/worlds/infinite-hex-adventurers/ids.ts'
import { shortString } from '../../../../schemas/worlds/short-string.ts'
import type { RowOf } from '../row-codec.ts'
import {
  ALICE,
  BOB,
  createScenario,
  givenAdventurer,
  OASIS_HEX,
  ORIGIN_HEX,
  type Scenario,
} from '../scenario.testing.ts'

const A = 0xan
const B = 0xbn
const AREA = areaId(ORIGIN_HEX, 1)
const MINE = mineKey(ORIGIN_HEX, AREA, 0)
const PLACE = { hex_coordinate: ORIGIN_HEX, area_id: AREA, mine_id: 0 }
const LOCKED_FOREVER = 2n ** 64n - 1n

/** The mine of the reference's worked examples. */
const EXAMPLE: Partial<RowOf<'MineNode'>> = {
  hex_coordinate: ORIGIN_HEX,
  area_id: AREA,
  ore_id: shortString('ORE_SILVER'),
  rarity_tier: 1,
  depth_tier: 3,
  richness_bp: 8_530,
  remaining_reserve: 1_200,
  base_stress_per_block: 12,
  collapse_threshold: 9_000,
  safe_shift_blocks: 15n,
  biome_risk_bp: 10_000,
  rarity_risk_bp: 11_250,
  base_tick_energy: 3,
  ore_energy_weight: 2,
  conversion_energy_per_unit: 16,
}

const givenMine = (fields: Partial<RowOf<'MineNode'>> = {}): Scenario => {
  const scenario = createScenario()
  givenAdventurer(scenario, A)
  givenAdventurer(scenario, B, { adventurer: { owner: BOB } })
  scenario.given('MineNode', { mine_key: MINE }, { ...EXAMPLE, ...fields })
  scenario.given('AreaOwnership', { area_id: AREA }, { owner_adventurer_id: A })
  scenario.given(
    'MineAccessGrant',
    { mine_key: MINE, grantee_adventurer_id: B },
    { is_allowed: true },
  )
  return scenario
}

const mineOf = ({ row }: Scenario): RowOf<'MineNode'> => row('MineNode', { mine_key: MINE })
const shiftOf = ({ row }: Scenario, id = A): RowOf<'MiningShift'> =>
  row('MiningShift', { shift_id: shiftId(id, MINE) })
const energy = ({ row }: Scenario, id = A): number =>
  row('Adventurer', { adventurer_id: id }).energy
const act = { adventurer_id: A, mine_key: MINE }
const reasonOf = (fields: Readonly<Record<string, unknown>>): string =>
  Buffer.from((fields.reason as bigint).toString(16), 'hex').toString()

describe('a shift through its worked examples', () => {
  test('examples Mining 1 to 4: two ticks, a stabilisation, and what fits of the ore', () => {
    const scenario = givenMine()
    const started = scenario.call('start_mining', { adventurer_id: A, ...PLACE }, { block: 400 })
    expect(started.order).toEqual(['Adventurer', 'MiningShift', 'MineNode', '*MiningStarted'])
    expect(started.the('*MiningStarted')).toEqual({
      adventurer_id: A,
      mine_key: MINE,
      start_block: 400n,
    })
    expect(started.the('Adventurer')).toMatchObject({
      activity_locked_until: LOCKED_FOREVER,
      energy: 100,
    })
    expect(started.the('MineNode')).toMatchObject({
      active_miners: 1,
      active_head_shift_id: shiftId(A, MINE),
      active_tail_shift_id: shiftId(A, MINE),
      last_update_block: 400n,
    })

    const first = scenario.call('continue_mining', act, { block: 420 })
    expect(first.order).toEqual(['Adventurer', 'MiningShift', 'MineNode', '*MiningContinued'])
    expect(first.the('*MiningContinued')).toEqual({
      adventurer_id: A,
      mine_key: MINE,
      mined_ore: 180,
      energy_spent: 8,
    })
    expect([energy(scenario), first.returned]).toEqual([92, [180n]])
    expect(mineOf(scenario)).toMatchObject({ remaining_reserve: 1_020, mine_stress: 286 })
    expect(shiftOf(scenario)).toMatchObject({ accrued_ore_unbanked: 180, last_settle_block: 420n })

    scenario.call('continue_mining', act, { block: 420 })
    expect(energy(scenario)).toBe(84)
    expect(mineOf(scenario)).toMatchObject({ remaining_reserve: 1_012, mine_stress: 300 })
    expect(shiftOf(scenario).accrued_ore_unbanked).toBe(188)

    const stabilised = scenario.call('stabilize_mine', act, { block: 425 })
    expect(stabilised.order).toEqual(['Adventurer', 'MineNode', 'MiningShift', '*MineStabilized'])
    expect(stabilised.the('*MineStabilized')).toMatchObject({ stress_reduced: 300 })
    expect([energy(scenario), mineOf(scenario).mine_stress]).toEqual([81, 0])
    expect(shiftOf(scenario)).toMatchObject({
      accrued_stabilization_work: 300,
      last_settle_block: 425n,
    })

    scenario.given('Inventory', { adventurer_id: A }, { current_weight: 700, max_weight: 750 })
    const exited = scenario.call('exit_mining', act, { block: 430 })
    expect(exited.order).toEqual([
      ...[
        'MiningShift',
        'Adventurer',
        'Inventory',
        'BackpackItem',
        'MineNode',
        'ConversionRate',
        '*MiningExited',
      ],
    ])
    expect(exited.the('*MiningExited')).toMatchObject({ banked_ore: 50 })
    expect(exited.the('Inventory')).toMatchObject({ current_weight: 750 })
    expect(exited.the('BackpackItem')).toMatchObject({
      quantity: 50,
      quality: 100,
      weight_per_unit: 1,
    })
    expect(exited.the('MiningShift')).toMatchObject({
      status: 'Exited',
      accrued_ore_unbanked: 0,
      accrued_stabilization_work: 300,
    })
    expect(exited.the('MineNode')).toMatchObject({
      active_miners: 0,
      active_head_shift_id: 0n,
      last_update_block: 430n,
    })
    expect(exited.the('Adventurer')).toMatchObject({ activity_locked_until: 0n })
    expect(exited.the('ConversionRate')).toMatchObject({
      current_rate: 16,
      base_rate: 16,
      last_update_block: 0n,
      units_converted_in_window: 0,
    })
  })

  test('examples Mining 5 and 6: a collapse kills from head to tail, and energy reopens the mine', () => {
    const scenario = givenMine()
    const start = { adventurer_id: A, ...PLACE }
    scenario.call('start_mining', start, { block: 400 })
    const second = scenario.call(
      'start_mining',
      { ...start, adventurer_id: B },
      { block: 400, by: BOB },
    )
    expect(second.order).toEqual([
      'MiningShift',
      'Adventurer',
      'MiningShift',
      'MineNode',
      '*MiningStarted',
    ])
    scenario.given('MineNode', { mine_key: MINE }, { ...mineOf(scenario), mine_stress: 8_990 })
    scenario.given('Inventory', { adventurer_id: B }, { current_weight: 33, max_weight: 750 })
    const collapsed = scenario.call('continue_mining', act, { block: 410 })
    expect(collapsed.order).toEqual([
      ...['Adventurer', 'MiningShift'],
      ...['Adventurer', 'Inventory', 'DeathRecord', 'MiningShift'],
      ...['Adventurer', 'Inventory', 'DeathRecord', 'MiningShift'],
      ...['MineCollapseRecord', 'MineNode', '*MineCollapsed'],
    ])
    const dead = collapsed.emitted
      .filter(({ name }) => name === 'DeathRecord')
      .map(({ fields }) => fields.adventurer_id)
    expect(dead).toEqual([B, A])
    expect(collapsed.returned).toEqual([0n])
    expect(collapsed.the('*MineCollapsed')).toEqual({
      mine_key: MINE,
      killed_miners: 2,
      collapse_count: 1,
    })
    expect(collapsed.the('MineCollapseRecord')).toMatchObject({
      collapse_count: 1,
      last_collapse_block: 410n,
      trigger_stress: 9_000,
      trigger_active_miners: 2,
    })
    expect(collapsed.the('MineNode')).toMatchObject({
      mine_stress: 9_000,
      repair_energy_needed: 3_000,
      collapsed_until_block: 410n,
      active_miners: 0,
      active_head_shift_id: 0n,
      active_tail_shift_id: 0n,
      remaining_reserve: 1_190, // the tick's reserve is gone all the same
    })
    expect(scenario.row('DeathRecord', { adventurer_id: B })).toEqual({
      owner: BOB,
      death_block: 410n,
      death_cause: shortString('MINE_COLLAPSE'),
      inventory_lost_hash: inventoryLostHash(B, 33n, MINE, shortString('MINE_COLLAPSE'), 410n),
    })
    expect(energy(scenario)).toBe(90) // and so is its energy
    expect(shiftOf(scenario, B)).toMatchObject({
      status: 'Collapsed',
      accrued_ore_unbanked: 0,
      start_block: 400n,
    })

    givenAdventurer(scenario, A, { adventurer: { energy: 81 } })
    const repair = { ...act, energy_amount: 200 }
    expect(scenario.call('repair_mine', repair, { block: 500 }).returned).toEqual([2_919n])
    expect([energy(scenario), mineOf(scenario).mine_stress]).toEqual([0, 9_000])
    expect(mineOf(scenario).last_update_block).toBe(410n)
    scenario.given(
      'MineNode',
      { mine_key: MINE },
      { ...mineOf(scenario), repair_energy_needed: 40 },
    )
    givenAdventurer(scenario, A, { adventurer: { energy: 81 } })
    const repaired = scenario.call('repair_mine', repair, { block: 501 })
    expect(repaired.order).toEqual(['Adventurer', 'MineNode', '*MineRepaired'])
    expect(repaired.the('*MineRepaired')).toMatchObject({
      energy_contributed: 40,
      repair_energy_remaining: 0,
    })
    expect(mineOf(scenario)).toMatchObject({
      mine_stress: 2_250,
      collapsed_until_block: 0n,
      repair_energy_needed: 0,
    })
  })

  test('the documented solo shift in the origin’s mine yields and strains tick by tick as computed', () => {
    const scenario = createScenario()
    givenAdventurer(scenario, A, { adventurer: { energy: 100 } })
    scenario.given(
      'Hex',
      { coordinate: ORIGIN_HEX },
      { biome: 'Canyon', is_discovered: true, area_count: 3 },
    )
    const field = {
      hex_coordinate: ORIGIN_HEX,
      area_index: 1,
      area_type: 'MineField',
      is_discovered: true,
    } as const
    scenario.given('HexArea', { area_id: AREA }, field)
    scenario.given('AreaOwnership', { area_id: AREA }, { owner_adventurer_id: A })
    scenario.call('init_mining', PLACE, { block: 100 })
    scenario.call('start_mining', { adventurer_id: A, ...PLACE }, { block: 100 })
    const ticks = [105, 115, 125, 135, 185, 285].map((block) => {
      const { returned } = scenario.call('continue_mining', act, { block })
      return [Number(returned[0]), mineOf(scenario).mine_stress]
    })
    expect(ticks).toEqual([
      [70, 46],
      [130, 138],
      [130, 234],
      [130, 341],
      [650, 1_154],
      [1_200, 3_884],
    ])
  })
})

describe('init_mining', () => {
  const givenField = (
    owner: bigint,
    hex: Partial<RowOf<'Hex'>> = {},
    area: Partial<RowOf<'HexArea'>> = {},
  ): Scenario => {
    const scenario = createScenario()
    scenario.given(
      'Hex',
      { coordinate: ORIGIN_HEX },
      { biome: 'Canyon', is_discovered: true, area_count: 3, ...hex },
    )
    const field = {
      hex_coordinate: ORIGIN_HEX,
      area_type: 'MineField',
      is_discovered: true,
    } as const
    scenario.given('HexArea', { area_id: AREA }, { ...field, ...area })
    scenario.given('AreaOwnership', { area_id: AREA }, { owner_adventurer_id: owner })
    return scenario
  }

  test('writes the generated mine, and the owner’s policy on it; a second call answers true in silence', () => {
    const scenario = givenField(A)
    const outcome = scenario.call('init_mining', PLACE, { block: 100, by: BOB })
    expect(outcome.order).toEqual(['MineNode', 'ResourcePolicy', '*MineInitialized'])
    expect(outcome.the('MineNode')).toMatchObject({
      mine_key: MINE,
      collapse_threshold: 11_220,
      last_update_block: 100n,
    })
    expect(outcome.the('*MineInitialized')).toEqual({
      mine_key: MINE,
      hex_coordinate: ORIGIN_HEX,
      area_id: AREA,
      mine_id: 0,
      ore_id: shortString('ORE_IRON'),
      rarity_tier: 0,
    })
    expect(outcome.the('ResourcePolicy')).toEqual({
      resource_key: MINE,
      scope: 'Area',
      scope_key: AREA,
      resource_kind: 'Mine',
      controller_adventurer_id: A,
      policy_epoch: 1,
      is_enabled: true,
      updated_block: 100n,
      last_mutation_block: 100n,
    })
    const again = scenario.call('init_mining', PLACE, { block: 101 })
    expect([again.emitted, again.returned]).toEqual([[], [1n]])
    expect(
      scenario
        .view('mining_manager', 'inspect_mine', [ORIGIN_HEX, AREA, 0n], { block: 1 })
        .slice(0, 5),
    ).toEqual([MINE, ORIGIN_HEX, AREA, 0n, shortString('ORE_IRON')])
  })

  test('an area without an owner gets no policy', () => {
    expect(givenField(0n).call('init_mining', PLACE, { block: 100 }).order).toEqual([
      'MineNode',
      '*MineInitialized',
    ])
  })

  test.each([
    ['an undiscovered hex', { is_discovered: false }, {}, 0],
    ['an undiscovered area', {}, { is_discovered: false }, 0],
    ['an area of another hex', {}, { hex_coordinate: OASIS_HEX }, 0],
    ['a plant field', {}, { area_type: 'PlantField' }, 0],
    ['a slot beyond the fifth', {}, {}, 5],
  ] as const)('is silent on %s', (_, hex, area, mine_id) => {
    const outcome = givenField(A, hex, area).call(
      'init_mining',
      { ...PLACE, mine_id },
      { block: 100 },
    )
    expect([outcome.emitted, outcome.returned]).toEqual([[], [0n]])
  })
})

describe('rejections', () => {
  test.each([
    ['an unknown mine', { collapse_threshold: 0 }, {}, 'MINE_UNINIT'],
    ['a depleted one', { is_depleted: true }, {}, 'MINE_DEPLETED'],
    ['a collapsed one', { repair_energy_needed: 5 }, {}, 'MINE_COLLAPSED'],
    ['by a stranger or the dead', {}, { is_alive: false }, 'NOT_OWNER'],
    ['from elsewhere', {}, { current_hex: OASIS_HEX }, 'WRONG_HEX'],
  ])('start_mining in %s', (_, mine, adventurer, reason) => {
    const scenario = givenMine(mine)
    givenAdventurer(scenario, A, { adventurer })
    const outcome = scenario.call('start_mining', { adventurer_id: A, ...PLACE }, { block: 400 })
    expect(outcome.order).toEqual(['*MiningRejected'])
    expect(outcome.the('*MiningRejected')).toEqual({
      adventurer_id: A,
      mine_key: MINE,
      action: shortString('MINE_START'),
      reason: shortString(reason),
    })
  })

  test('start_mining twice, and without access', () => {
    const scenario = givenMine()
    const args = { adventurer_id: A, ...PLACE }
    scenario.call('start_mining', args, { block: 400 })
    expect(
      reasonOf(scenario.call('start_mining', args, { block: 401 }).the('*MiningRejected')),
    ).toBe('SHIFT_ACTIVE')
    scenario.given('AreaOwnership', { area_id: AREA }, { owner_adventurer_id: 0n })
    givenAdventurer(scenario, 0xcn)
    const stranger = scenario.call('start_mining', { ...args, adventurer_id: 0xcn }, { block: 401 })
    expect(reasonOf(stranger.the('*MiningRejected'))).toBe('NO_ACCESS')
  })

  test.each(['continue_mining', 'stabilize_mine', 'exit_mining'] as const)('%s', (entrypoint) => {
    const scenario = givenMine()
    const reason = (by: bigint): string =>
      reasonOf(scenario.call(entrypoint, act, { block: 400, by }).the('*MiningRejected'))
    expect([reason(BOB), reason(ALICE)]).toEqual(['NOT_OWNER', 'SHIFT_INACTIVE'])
    scenario.call('start_mining', { adventurer_id: A, ...PLACE }, { block: 400 })
    givenAdventurer(scenario, A, { adventurer: { energy: 2 } })
    const outcome = scenario.call(entrypoint, act, { block: 410 })
    if (entrypoint === 'exit_mining') expect(outcome.order).toContain('*MiningExited')
    else expect(reasonOf(outcome.the('*MiningRejected'))).toBe('LOW_ENERGY')
  })

  test('continue_mining when another miner emptied the mine', () => {
    const scenario = givenMine({ remaining_reserve: 90 })
    scenario.call('start_mining', { adventurer_id: A, ...PLACE }, { block: 400 })
    const last = scenario.call('continue_mining', act, { block: 420 })
    expect(last.returned).toEqual([90n])
    expect(mineOf(scenario)).toMatchObject({ remaining_reserve: 0, is_depleted: true })
    const next = scenario.call('continue_mining', act, { block: 421 })
    expect(reasonOf(next.the('*MiningRejected'))).toBe('MINE_DEPLETED')
  })

  test.each([
    ['by a stranger', {}, {}, 5, BOB, 'NOT_OWNER', 0n],
    ['of an unknown mine', { collapse_threshold: 0 }, {}, 5, ALICE, 'MINE_UNINIT', 0n],
    [
      'from elsewhere',
      { repair_energy_needed: 7 },
      { current_hex: OASIS_HEX },
      5,
      ALICE,
      'WRONG_HEX',
      7n,
    ],
    ['without energy', { repair_energy_needed: 7 }, { energy: 0 }, 5, ALICE, 'LOW_ENERGY', 7n],
    ['of a mine that stands', {}, {}, 5, ALICE, null, 0n],
    ['with nothing', { repair_energy_needed: 7 }, {}, 0, ALICE, null, 7n],
  ])('repair_mine %s', (_, mine, adventurer, energy_amount, by, reason, returned) => {
    const scenario = givenMine(mine)
    givenAdventurer(scenario, A, { adventurer })
    const outcome = scenario.call('repair_mine', { ...act, energy_amount }, { block: 400, by })
    expect(outcome.returned).toEqual([returned])
    if (reason === null) expect(outcome.emitted).toEqual([])
    else expect(reasonOf(outcome.the('*MiningRejected'))).toBe(reason)
  })
})
