import { describe, expect, test } from 'vitest'
import { areaId, projectId } from '../../../../schemas/worlds/infinite-hex-adventurers/ids.ts'
import { shortString } from '../../../../schemas/worlds/short-string.ts'
import { CallReverted } from '../../chain/game.ts'
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
const AREA = areaId(ORIGIN_HEX, 1)
const SITE = { adventurer_id: A, hex_coordinate: ORIGIN_HEX, area_id: AREA }
const STOREHOUSE = shortString('STOREHOUSE')

const scenarioWith = (energy = 90): Scenario => {
  const scenario = createScenario()
  givenAdventurer(scenario, A, { adventurer: { energy } })
  return scenario
}
const adventurer = ({ row }: Scenario): RowOf<'Adventurer'> =>
  row('Adventurer', { adventurer_id: A })
const building = ({ row }: Scenario): RowOf<'ConstructionBuildingNode'> =>
  row('ConstructionBuildingNode', { area_id: AREA })
const stack = ({ row }: Scenario, item: string): readonly number[] => {
  const { quantity, quality, weight_per_unit } = row('BackpackItem', {
    adventurer_id: A,
    item_id: shortString(item),
  })
  return [quantity, quality, weight_per_unit]
}
const start = (scenario: Scenario, block: number, building_type = STOREHOUSE) =>
  scenario.call('start_construction', { ...SITE, building_type }, { block })
const complete = (scenario: Scenario, project_id: bigint, block: number) =>
  scenario.call('complete_construction', { adventurer_id: A, project_id }, { block })
const givenBuilding = (
  { given }: Scenario,
  fields: Partial<RowOf<'ConstructionBuildingNode'>>,
): void =>
  given('ConstructionBuildingNode', { area_id: AREA }, { hex_coordinate: ORIGIN_HEX, ...fields })

describe('building through the worked examples', () => {
  test('examples Construction 1 to 3: start, complete, upkeep, upgrade, and a repair that wastes energy', () => {
    const scenario = scenarioWith()
    const id = projectId(A, AREA, STOREHOUSE, 1)
    const started = start(scenario, 700)
    expect(started.order).toEqual([
      'Adventurer',
      'ConstructionProject',
      'ConstructionProject',
      '*ConstructionStarted',
    ])
    expect(started.returned).toEqual([id])
    expect(adventurer(scenario)).toMatchObject({ energy: 60, activity_locked_until: 800n })
    const project: RowOf<'ConstructionProject'> = {
      adventurer_id: A,
      hex_coordinate: ORIGIN_HEX,
      area_id: AREA,
      building_type: STOREHOUSE,
      target_tier: 1,
      start_block: 700n,
      completion_block: 800n,
      energy_staked: 30,
      status: 'Active',
    }
    expect(started.emitted.slice(1, 3).map(({ fields }) => fields)).toEqual([
      { project_id: id, ...project },
      { project_id: AREA, ...project },
    ])
    expect(started.the('*ConstructionStarted')).toEqual({
      project_id: id,
      ...SITE,
      building_type: STOREHOUSE,
      target_tier: 1,
      completion_block: 800n,
    })

    const completed = complete(scenario, id, 812)
    expect(completed.order).toEqual([
      ...['Adventurer', 'ConstructionProject', 'ConstructionProject', 'ConstructionBuildingNode'],
      '*ConstructionCompleted',
    ])
    expect(completed.the('*ConstructionCompleted')).toEqual({
      project_id: id,
      ...SITE,
      building_type: STOREHOUSE,
      resulting_tier: 1,
    })
    expect(adventurer(scenario).activity_locked_until).toBe(812n)
    const paid = scenario.call('pay_building_upkeep', { ...SITE, amount: 11 }, { block: 820 })
    expect(paid.order).toEqual([
      'Adventurer',
      'ConstructionBuildingNode',
      '*ConstructionUpkeepPaid',
    ])
    expect(paid.the('*ConstructionUpkeepPaid')).toEqual({
      area_id: AREA,
      adventurer_id: A,
      amount: 11,
      upkeep_reserve: 11,
    })
    expect(adventurer(scenario).energy).toBe(49)
    expect(building(scenario)).toEqual({
      hex_coordinate: ORIGIN_HEX,
      owner_adventurer_id: A,
      building_type: STOREHOUSE,
      tier: 1,
      condition_bp: 10_000,
      upkeep_reserve: 11,
      last_upkeep_block: 820n,
      is_active: true,
    })

    const upgraded = scenario.call('upgrade_building', SITE, { block: 830 })
    const nextId = projectId(A, AREA, STOREHOUSE, 2)
    expect(upgraded.order.slice(-2)).toEqual(['*ConstructionStarted', '*ConstructionUpgradeQueued'])
    expect(upgraded.the('*ConstructionUpgradeQueued')).toEqual({
      area_id: AREA,
      project_id: nextId,
      adventurer_id: A,
      target_tier: 2,
    })
    complete(scenario, nextId, 930)
    expect(adventurer(scenario).energy).toBe(19)
    expect(building(scenario)).toMatchObject({
      tier: 2,
      upkeep_reserve: 11,
      last_upkeep_block: 930n,
    })
    const repaired = scenario.call('repair_building', { ...SITE, amount: 7 }, { block: 931 })
    expect(repaired.the('*ConstructionRepaired')).toEqual({
      area_id: AREA,
      adventurer_id: A,
      amount: 7,
      condition_bp: 10_000,
      is_active: true,
    })
    expect(adventurer(scenario).energy).toBe(12)
    expect(building(scenario).last_upkeep_block).toBe(930n)
  })

  test('example Construction 4: an effective Workshop makes building cheaper and quicker', () => {
    const scenario = scenarioWith()
    scenario.given('Hex', { coordinate: ORIGIN_HEX }, { is_discovered: true, area_count: 3 })
    const workshop = {
      hex_coordinate: ORIGIN_HEX,
      building_type: shortString('WORKSHOP'),
      is_active: true,
    }
    scenario.given(
      'ConstructionBuildingNode',
      { area_id: areaId(ORIGIN_HEX, 2) },
      { ...workshop, condition_bp: 5_000 },
    )
    const outcome = start(scenario, 700, shortString('GREENHOUSE'))
    expect(outcome.emitted[1]?.fields).toMatchObject({ energy_staked: 30, completion_block: 790n })
  })

  test('example Construction 5 and quirk 17: any item becomes material, and material into itself doubles', () => {
    const scenario = scenarioWith()
    const give = (item: string, quantity: number, quality = 94): void =>
      scenario.given(
        'BackpackItem',
        { adventurer_id: A, item_id: shortString(item) },
        { quantity, quality, weight_per_unit: 1 },
      )
    const process = (source: string, target: string, quantity: number) =>
      scenario.call(
        'process_plant_material',
        {
          adventurer_id: A,
          source_item_id: shortString(source),
          target_material: shortString(target),
          quantity,
        },
        { block: 700 },
      )
    give('ORE_IRON', 30)
    const outcome = process('ORE_IRON', 'PLANT_RESIN', 12)
    expect(outcome.order).toEqual(['BackpackItem', 'BackpackItem', '*ConstructionPlantProcessed'])
    expect(outcome.the('*ConstructionPlantProcessed')).toEqual({
      adventurer_id: A,
      source_item_id: shortString('ORE_IRON'),
      target_material: shortString('PLANT_RESIN'),
      input_qty: 12,
      output_qty: 12,
    })
    expect([stack(scenario, 'ORE_IRON'), stack(scenario, 'PLANT_RESIN')]).toEqual([
      [18, 94, 1],
      [12, 94, 1],
    ])
    give('PLANT_FIBER', 30)
    const doubled = process('PLANT_FIBER', 'PLANT_FIBER', 12)
    expect(doubled.emitted.slice(0, 2).map(({ fields }) => fields.quantity)).toEqual([18, 42])
    expect(stack(scenario, 'PLANT_FIBER')[0]).toBe(42)
    give('ORE_TIN', 5, 0)
    process('ORE_TIN', 'PLANT_COMPOUND', 5)
    expect(stack(scenario, 'PLANT_COMPOUND')).toEqual([5, 100, 1])
  })
})

describe('quirk 16', () => {
  test('completing through the area’s id leaves the derived id active, to be completed a second time', () => {
    const scenario = scenarioWith()
    const id = projectId(A, AREA, STOREHOUSE, 1)
    start(scenario, 700)
    const alias = complete(scenario, AREA, 800)
    expect(alias.the('*ConstructionCompleted')).toMatchObject({
      project_id: AREA,
      resulting_tier: 1,
    })
    expect(alias.emitted.slice(1, 3).map(({ fields }) => fields.project_id)).toEqual([AREA, AREA])
    expect(scenario.row('ConstructionProject', { project_id: id }).status).toBe('Active')
    expect(complete(scenario, id, 900).returned).toEqual([1n])
    expect(building(scenario).last_upkeep_block).toBe(900n)
  })

  test('nobody’s ownership is asked, and one kind overwrites another and takes its tier further', () => {
    const scenario = scenarioWith()
    givenBuilding(scenario, {
      owner_adventurer_id: 0x99n,
      building_type: shortString('SMELTER'),
      tier: 4,
    })
    start(scenario, 700)
    complete(scenario, projectId(A, AREA, STOREHOUSE, 5), 800)
    expect(building(scenario)).toMatchObject({
      owner_adventurer_id: A,
      building_type: STOREHOUSE,
      tier: 5,
    })
  })
})

describe('rejections', () => {
  type Given = {
    actor?: Partial<RowOf<'Adventurer'>>
    building?: Partial<RowOf<'ConstructionBuildingNode'>>
    project?: Partial<RowOf<'ConstructionProject'>>
  }
  const givenAll = ({ actor = {}, building: node = {}, project = {} }: Given): Scenario => {
    const scenario = createScenario()
    givenAdventurer(scenario, A, { adventurer: { energy: 90, ...actor } })
    givenBuilding(scenario, node)
    scenario.given('ConstructionProject', { project_id: AREA }, project)
    return scenario
  }
  const rejection = (action: string, reason: string, area_id = AREA) => [
    {
      name: '*ConstructionRejected',
      fields: {
        adventurer_id: A,
        area_id,
        action: shortString(action),
        reason: shortString(reason),
      },
    },
  ]

  test.each([
    ['the dead', { actor: { is_alive: false } }, STOREHOUSE, 'DEAD'],
    ['a stranger’s adventurer', { actor: { owner: BOB } }, STOREHOUSE, 'NOT_OWNER'],
    ['from elsewhere', { actor: { current_hex: OASIS_HEX } }, STOREHOUSE, 'WRONG_HEX'],
    ['while locked', { actor: { activity_locked_until: 701n } }, STOREHOUSE, 'LOCKED'],
    ['no known building', {}, shortString('CASTLE'), 'BAD_BUILDING'],
    [
      'with too little energy',
      { actor: { energy: 29 }, building: { tier: 255 } },
      STOREHOUSE,
      'LOW_ENERGY',
    ],
    [
      'above the highest tier',
      { building: { tier: 255 }, project: { status: 'Active' } },
      STOREHOUSE,
      'TIER_MAX',
    ],
    ['where a project is open', { project: { status: 'Active' } }, STOREHOUSE, 'ACTIVE'],
  ] as const)('start_construction by %s', (_, given, type, reason) => {
    const outcome = start(givenAll(given), 700, type)
    expect(outcome.emitted).toEqual(rejection('START', reason))
    expect(outcome.returned).toEqual([0n])
  })

  test.each([
    ['by the dead', { actor: { is_alive: false } }, 'DEAD', 0n],
    ['of somebody else', { project: { adventurer_id: 0x99n, area_id: AREA } }, 'WRONG_ADV', AREA],
    [
      'done already',
      { project: { adventurer_id: A, area_id: AREA, status: 'Completed' } },
      'NOT_ACTIVE',
      AREA,
    ],
    [
      'too early',
      { project: { adventurer_id: A, area_id: AREA, status: 'Active', completion_block: 801n } },
      'NOT_READY',
      AREA,
    ],
  ] as const)('complete_construction %s', (_, given, reason, area) => {
    expect(complete(givenAll(given), AREA, 800).emitted).toEqual(
      rejection('COMPLETE', reason, area),
    )
  })

  test.each([
    [
      'pay_building_upkeep',
      'UPKEEP',
      'from elsewhere',
      { actor: { current_hex: OASIS_HEX } },
      5,
      'WRONG_HEX',
    ],
    [
      'pay_building_upkeep',
      'UPKEEP',
      'elsewhere',
      { building: { hex_coordinate: OASIS_HEX } },
      5,
      'WRONG_HEX',
    ],
    [
      'pay_building_upkeep',
      'UPKEEP',
      'that is inactive',
      { building: { is_active: false } },
      0,
      'INACTIVE',
    ],
    [
      'pay_building_upkeep',
      'UPKEEP',
      'with nothing',
      { building: { is_active: true } },
      0,
      'BAD_AMOUNT',
    ],
    [
      'pay_building_upkeep',
      'UPKEEP',
      'without energy',
      { building: { is_active: true } },
      91,
      'LOW_ENERGY',
    ],
    ['repair_building', 'REPAIR', 'with nothing', {}, 0, 'BAD_AMOUNT'],
    ['repair_building', 'REPAIR', 'without energy', {}, 91, 'LOW_ENERGY'],
  ] as const)('%s (%s) of a building %s', (entrypoint, action, _, given, amount, reason) => {
    const outcome = givenAll(given).call(entrypoint, { ...SITE, amount }, { block: 700 })
    expect(outcome.emitted).toEqual(rejection(action, reason))
  })

  test.each([
    ['nothing', 0, 'PLANT_FIBER', 'ZERO_QTY'],
    ['into no material', 1, 'ORE_IRON', 'BAD_TARGET'],
    ['more than there is', 1, 'PLANT_FIBER', 'NO_MATERIAL'],
  ])('process_plant_material of %s', (_, quantity, target, reason) => {
    const args = {
      adventurer_id: A,
      source_item_id: 5n,
      quantity,
      target_material: shortString(target),
    }
    const outcome = givenAll({}).call('process_plant_material', args, { block: 700, by: ALICE })
    expect(outcome.emitted).toEqual(rejection('PROCESS', reason, 0n))
  })

  test('upgrade_building is silent where nothing stands, and otherwise rejects as a start', () => {
    expect(givenAll({}).call('upgrade_building', SITE, { block: 700 }).emitted).toEqual([])
    const poor = givenAll({
      actor: { energy: 1 },
      building: { tier: 1, building_type: STOREHOUSE },
    })
    expect(poor.call('upgrade_building', SITE, { block: 700 }).emitted).toEqual(
      rejection('START', 'LOW_ENERGY'),
    )
  })
})

test('a repair above 3 000 makes a building active again', () => {
  const scenario = scenarioWith()
  givenBuilding(scenario, { condition_bp: 2_500, is_active: false })
  const repair = (amount: number) =>
    scenario.call('repair_building', { ...SITE, amount }, { block: 700 })
  expect(repair(5).the('*ConstructionRepaired')).toMatchObject({
    condition_bp: 3_000,
    is_active: false,
  })
  expect(repair(1).the('*ConstructionRepaired')).toMatchObject({
    condition_bp: 3_100,
    is_active: true,
  })
})

test('inspect_building answers the row, with the asked hex where none stands', () => {
  const scenario = scenarioWith()
  const inspect = (hex: bigint): readonly bigint[] =>
    scenario.view('construction_manager', 'inspect_building', [hex, AREA], { block: 1 })
  expect(inspect(7n)).toEqual([AREA, 7n, 0n, 0n, 0n, 0n, 0n, 0n, 0n])
  givenBuilding(scenario, { tier: 3, is_active: true })
  expect(inspect(7n)).toEqual([AREA, ORIGIN_HEX, 0n, 0n, 3n, 0n, 0n, 0n, 1n])
})

test('on a stock migration construction has no WRITER role: even its rejections revert, but silence succeeds', () => {
  const scenario = createScenario({ writers: 'stock' })
  givenAdventurer(scenario, A)
  expect(() => start(scenario, 700)).toThrow(CallReverted)
  expect(() => start(scenario, 700, shortString('CASTLE'))).toThrow('WRITER')
  expect(scenario.call('upgrade_building', SITE, { block: 700 }).returned).toEqual([0n])
  expect(adventurer(scenario).energy).toBe(100)
})
