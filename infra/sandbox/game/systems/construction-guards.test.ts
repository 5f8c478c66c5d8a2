/**
 * `construction_manager` at its boundaries (game.md §2.7): the order of its guards, exact prices,
 * two rows per project.
 */
import { describe, expect, test } from 'vitest'
import { areaId, projectId } from '../../../../schemas/worlds/infinite-hex-adventurers/ids.ts'
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
const BLOCK = 700
const AREA = areaId(ORIGIN_HEX, 1)
const SITE = { adventurer_id: A, hex_coordinate: ORIGIN_HEX, area_id: AREA }
const STOREHOUSE = shortString('STOREHOUSE')
const U32_MAX = 2 ** 32 - 1

const rejection =
  (action: string, area_id = AREA) =>
  (reason: bigint): Emitted => ({
    name: '*ConstructionRejected',
    fields: { adventurer_id: A, area_id, action: shortString(action), reason },
  })
const actor =
  (fields: Partial<RowOf<'Adventurer'>> = {}) =>
  (scenario: Scenario): void =>
    givenAdventurer(scenario, A, { adventurer: fields })
const building =
  (fields: Partial<RowOf<'ConstructionBuildingNode'>>, area_id = AREA) =>
  ({ given }: Scenario): void =>
    given('ConstructionBuildingNode', { area_id }, { hex_coordinate: ORIGIN_HEX, ...fields })
const project =
  (fields: Partial<RowOf<'ConstructionProject'>>) =>
  ({ given }: Scenario): void =>
    given('ConstructionProject', { project_id: AREA }, { area_id: AREA, ...fields })

describe('the order of guards', () => {
  test('start_construction: actor, place, lock, kind, energy, tier, and a project that is open', () => {
    const outcome = climb('start_construction', {
      args: { ...SITE, building_type: shortString('CASTLE') },
      block: BLOCK,
      rejection: rejection('START'),
      rungs: [
        { repair: building({ tier: 255 }), refused: 'DEAD' },
        { repair: actor({ owner: BOB, current_hex: 0n }), refused: 'NOT_OWNER' },
        { repair: project({ status: 'Active' }), refused: 'NOT_OWNER' },
        {
          repair: actor({ current_hex: OASIS_HEX, activity_locked_until: 701n, energy: 29 }),
          refused: 'WRONG_HEX',
        },
        { repair: actor({ activity_locked_until: 701n, energy: 29 }), refused: 'LOCKED' },
        { repair: actor({ activity_locked_until: 700n, energy: 29 }), refused: 'BAD_BUILDING' },
        { args: { building_type: STOREHOUSE }, refused: 'LOW_ENERGY' },
        { repair: actor({ activity_locked_until: 700n, energy: 30 }), refused: 'TIER_MAX' },
        { repair: building({ tier: 254 }), refused: 'ACTIVE' },
        { repair: project({ status: 'Canceled' }), refused: null },
      ],
    })
    expect(outcome.the('Adventurer')).toMatchObject({ energy: 0, activity_locked_until: 800n })
    expect(outcome.the('*ConstructionStarted')).toMatchObject({ target_tier: 255 })
  })

  test('complete_construction: actor, whose project it is, whether it is open, whether it is ready; not the place', () => {
    const due = { adventurer_id: A, completion_block: 700n }
    const outcome = climb('complete_construction', {
      args: { adventurer_id: A, project_id: AREA },
      block: BLOCK,
      rejection: rejection('COMPLETE'),
      rungs: [
        {
          repair: (scenario) => {
            actor({ current_hex: OASIS_HEX, energy: 0 })(scenario)
            project({ ...due, adventurer_id: B, status: 'Active' })(scenario)
          },
          refused: 'WRONG_ADV',
        },
        { repair: project({ ...due, status: 'Completed' }), refused: 'NOT_ACTIVE' },
        {
          repair: project({ ...due, status: 'Active', completion_block: 701n }),
          refused: 'NOT_READY',
        },
        { repair: project({ ...due, status: 'Active' }), refused: null },
      ],
    })
    expect(outcome.the('Adventurer')).toMatchObject({ energy: 0, activity_locked_until: 700n })
  })

  test('complete_construction names no area to the dead, to strangers, and for a project that never was', () => {
    climb('complete_construction', {
      args: { adventurer_id: A, project_id: 0x77n },
      block: BLOCK,
      rejection: rejection('COMPLETE', 0n),
      rungs: [
        { refused: 'DEAD' },
        { repair: actor({ owner: BOB }), refused: 'NOT_OWNER' },
        { repair: actor(), refused: 'WRONG_ADV' },
        {
          repair: ({ given }) =>
            given(
              'ConstructionProject',
              { project_id: 0x77n },
              { adventurer_id: A, status: 'Active' },
            ),
          refused: null,
        },
      ],
    })
  })

  test.each([
    ['pay_building_upkeep', 'UPKEEP'],
    ['repair_building', 'REPAIR'],
  ] as const)(
    '%s: actor, his place, the building’s place, its state, the amount, and energy; not whose it is',
    (call, action) => {
      const outcome = climb(call, {
        args: { ...SITE, amount: 0 },
        block: BLOCK,
        rejection: rejection(action),
        rungs: [
          { refused: 'DEAD' },
          {
            repair: actor({ owner: BOB, current_hex: OASIS_HEX, energy: 0 }),
            refused: 'NOT_OWNER',
          },
          { repair: actor({ current_hex: OASIS_HEX, energy: 0 }), refused: 'WRONG_HEX' },
          { repair: actor({ energy: 0 }), refused: 'WRONG_HEX' },
          { repair: building({}), refused: action === 'UPKEEP' ? 'INACTIVE' : 'BAD_AMOUNT' },
          { repair: building({ is_active: true, owner_adventurer_id: B }), refused: 'BAD_AMOUNT' },
          { args: { amount: 7 }, refused: 'LOW_ENERGY' },
          { repair: actor({ energy: 7 }), refused: null },
        ],
      })
      expect(outcome.the('Adventurer')).toMatchObject({ energy: 0 })
    },
  )

  test('process_plant_material: actor, quantity, target, stock', () => {
    const stack =
      (quantity: number) =>
      ({ given }: Scenario): void =>
        given('BackpackItem', { adventurer_id: A, item_id: 5n }, { quantity })
    const outcome = climb('process_plant_material', {
      args: { adventurer_id: A, source_item_id: 5n, quantity: 0, target_material: 5n },
      block: BLOCK,
      rejection: rejection('PROCESS', 0n),
      rungs: [
        { refused: 'DEAD' },
        { repair: actor({ owner: BOB }), refused: 'NOT_OWNER' },
        { repair: actor({ energy: 0, activity_locked_until: 9_999n }), refused: 'ZERO_QTY' },
        { args: { quantity: 4 }, refused: 'BAD_TARGET' },
        {
          repair: stack(3),
          args: { target_material: shortString('PLANT_RESIN') },
          refused: 'NO_MATERIAL',
        },
        { repair: stack(4), refused: null },
      ],
    })
    expect(outcome.returned).toEqual([4n])
  })
})

const givenActor = (energy = 100): Scenario => {
  const scenario = createScenario()
  actor({ energy })(scenario)
  return scenario
}
const start = (scenario: Scenario, block: number, adventurer_id = A, building_type = STOREHOUSE) =>
  scenario.call('start_construction', { ...SITE, adventurer_id, building_type }, { block })
const complete = (scenario: Scenario, project_id: bigint, block: number, adventurer_id = A) =>
  scenario.call('complete_construction', { adventurer_id, project_id }, { block })
const buildingOf = ({ row }: Scenario): RowOf<'ConstructionBuildingNode'> =>
  row('ConstructionBuildingNode', { area_id: AREA })

describe('projects', () => {
  test('a completed project makes room at once, in the same block', () => {
    const scenario = givenActor()
    start(scenario, 700)
    complete(scenario, AREA, 800)
    expect(start(scenario, 800).order).toContain('*ConstructionStarted')
  })

  test('quirk 16: whoever completes a derived id late closes the project that another opened on the area', () => {
    const scenario = givenActor()
    givenAdventurer(scenario, B)
    const derived = projectId(A, AREA, STOREHOUSE, 1)
    start(scenario, 700)
    complete(scenario, AREA, 800)
    start(scenario, 800, B)
    complete(scenario, derived, 850)
    expect(scenario.row('ConstructionProject', { project_id: AREA })).toMatchObject({
      adventurer_id: A,
      status: 'Completed',
    })
    expect(complete(scenario, AREA, 900, B).the('*ConstructionRejected')).toMatchObject({
      reason: shortString('WRONG_ADV'),
    })
    expect(complete(scenario, projectId(B, AREA, STOREHOUSE, 2), 900, B).returned).toEqual([1n])
    expect(buildingOf(scenario)).toMatchObject({ owner_adventurer_id: B, tier: 2 })
  })

  test.each([
    ['another area of the hex', areaId(ORIGIN_HEX, 2), 10_000, true, 26],
    ['an area that the hex does not have', areaId(ORIGIN_HEX, 3), 10_000, true, 30],
    ['a ruin', areaId(ORIGIN_HEX, 2), 3_000, true, 30],
    ['a place that is closed', areaId(ORIGIN_HEX, 2), 10_000, false, 30],
  ])('a Workshop in %s', (_, area, condition_bp, is_active, staked) => {
    const scenario = givenActor()
    scenario.given('Hex', { coordinate: ORIGIN_HEX }, { is_discovered: true, area_count: 3 })
    building({ building_type: shortString('WORKSHOP'), condition_bp, is_active }, area)(scenario)
    const [, row] = start(scenario, 700).emitted
    expect(row?.fields).toMatchObject({ energy_staked: staked })
  })

  test('a building on the area by a row of another hex still gives its tier', () => {
    const scenario = givenActor()
    building({ hex_coordinate: OASIS_HEX, tier: 7 })(scenario)
    expect(start(scenario, 700).the('*ConstructionStarted')).toMatchObject({ target_tier: 8 })
  })

  test('reserves and materials stop at the largest u32', () => {
    const scenario = givenActor()
    building({ is_active: true, upkeep_reserve: U32_MAX - 1 })(scenario)
    const paid = scenario.call(
      'pay_building_upkeep',
      { ...SITE, amount: 9 },
      { block: 700, by: ALICE },
    )
    expect(paid.the('*ConstructionUpkeepPaid')).toMatchObject({ upkeep_reserve: U32_MAX })
    const fiber = shortString('PLANT_FIBER')
    scenario.given('BackpackItem', { adventurer_id: A, item_id: fiber }, { quantity: U32_MAX - 1 })
    const itself = { adventurer_id: A, source_item_id: fiber, target_material: fiber, quantity: 9 }
    const { emitted } = scenario.call('process_plant_material', itself, { block: 700 })
    expect(emitted.slice(0, 2).map(({ fields }) => fields.quantity)).toEqual([
      U32_MAX - 10,
      U32_MAX,
    ])
  })
})
