/**
 * Where harvested units go, at the boundaries of plant, backpack and shares (game.md §2.11, §3.4).
 */
import { describe, expect, test } from 'vitest'
import {
  areaResourceKey,
  plantKey,
} from '../../../../schemas/worlds/infinite-hex-adventurers/ids.ts'
import type { RowOf } from '../row-codec.ts'
import { givenAdventurer, OASIS_HEX, ORIGIN_HEX, type Scenario } from '../scenario.testing.ts'
import {
  A,
  ACTION,
  AREA,
  B,
  givenBuilding,
  givenPlant,
  givenReservation,
  givenShares,
  ITEM,
  plant,
  plantOf,
  reservationOf,
  stackOf,
} from './harvest-scenario.testing.ts'

const U64_MAX = 2n ** 64n - 1n
/** Reservations of these tests run from block 80 to block 98. */
const RIPE = { block: 98 }

/** Nine reserved units, with the weight that the harvester carries and its stack of the item. */
const givenNine = (
  fields: Readonly<{
    plant?: Partial<RowOf<'PlantNode'>>
    weight?: number
    item?: RowOf<'BackpackItem'>
    lock?: bigint
  }> = {},
): Scenario => {
  const scenario = givenPlant({ reserved_yield: 9, ...fields.plant })
  const adventurer = { current_hex: OASIS_HEX, activity_locked_until: fields.lock ?? 98n }
  givenAdventurer(scenario, A, { adventurer, weight: fields.weight ?? 0 })
  if (fields.item !== undefined)
    scenario.given('BackpackItem', { adventurer_id: A, item_id: ITEM }, fields.item)
  givenReservation(scenario, { reserved_amount: 9 })
  return scenario
}

describe('the plant', () => {
  test('gives no more than it has, and releases no more than is reserved', () => {
    const scenario = givenNine({ plant: { current_yield: 5, reserved_yield: 3 } })
    const outcome = scenario.call('complete_harvesting', ACTION, RIPE)
    expect(outcome.the('*HarvestingCompleted')).toMatchObject({ actual_yield: 5 })
    expect(plantOf(scenario)).toEqual([0, 0, 5, 98, 98])
    expect(stackOf(scenario)).toEqual([5, 98, 1, 5])
  })

  test('bears at most 100 stress and at least 0 health, which becomes the quality of stack and bonus', () => {
    const item = { quantity: 4, quality: 96, weight_per_unit: 1 }
    const scenario = givenNine({ plant: { stress_level: 92, health: 4 }, weight: 4, item })
    givenBuilding(scenario, 'GREENHOUSE')
    scenario.call('complete_harvesting', ACTION, RIPE)
    expect(plantOf(scenario)).toEqual([43, 0, 100, 0, 98])
    expect(stackOf(scenario)).toEqual([14, 0, 1, 14])
  })

  test.each([
    [80, 0],
    [81, 0],
    [82, 1],
    [96, 8],
    [97, 8],
    [98, 9],
    [2 ** 40, 9],
  ])('cancelled at block %i gives %i of nine units', (block, partial) => {
    const scenario = givenNine()
    const outcome = scenario.call('cancel_harvesting', ACTION, { block })
    expect(outcome.the('*HarvestingCancelled')).toEqual({
      adventurer_id: A,
      partial_yield: partial,
    })
    expect(plantOf(scenario)).toEqual([
      52 - partial,
      0,
      partial,
      100 - Math.floor(partial / 2),
      block,
    ])
    expect(reservationOf(scenario)).toEqual([0, 80, 98, 'Canceled'])
  })

  test('clears the lock by whatever it was set: a mining shift’s too', () => {
    const scenario = givenNine({ lock: U64_MAX })
    expect(scenario.call('complete_harvesting', ACTION, RIPE).the('Adventurer')).toMatchObject({
      activity_locked_until: 0n,
    })
  })
})

describe('the backpack', () => {
  const OLD = { quantity: 5, quality: 77, weight_per_unit: 1 }

  test.each([
    ['full', 750],
    ['more than full, as when a Storehouse filled it', 1_000],
  ])('that is %s takes nothing, but both its rows are written as they were', (_, weight) => {
    const scenario = givenNine({ weight, item: OLD })
    const outcome = scenario.call('complete_harvesting', ACTION, RIPE)
    expect(outcome.the('*HarvestingCompleted')).toMatchObject({ actual_yield: 9 })
    expect(outcome.the('Inventory')).toEqual({
      adventurer_id: A,
      current_weight: weight,
      max_weight: 750,
    })
    expect(outcome.the('BackpackItem')).toEqual({ adventurer_id: A, item_id: ITEM, ...OLD })
    expect(plantOf(scenario)[0]).toBe(43)
  })

  test.each([
    ['the bonus too', 740, 750],
    ['the harvest, and no bonus', 741, 750],
    ['a part of the harvest', 748, 750],
  ])('with room for %s takes it', (_, weight, after) => {
    const scenario = givenNine({ weight })
    givenBuilding(scenario, 'GREENHOUSE')
    scenario.call('complete_harvesting', ACTION, RIPE)
    expect(stackOf(scenario)).toEqual([after - weight, 96, 1, after])
  })

  test('holds 1 162 beside a Storehouse, of which the row says nothing', () => {
    const scenario = givenNine({ weight: 1_160 })
    givenBuilding(scenario, 'STOREHOUSE')
    expect(scenario.call('complete_harvesting', ACTION, RIPE).the('Inventory')).toMatchObject({
      current_weight: 1_162,
      max_weight: 750,
    })
  })
})

describe('a Greenhouse', () => {
  test.each([
    ['stands on the hex', {}, 5, 10],
    ['is switched off', { is_active: false }, 5, 9],
    ['is of another hex', { hex_coordinate: ORIGIN_HEX }, 5, 9],
    ['stands beyond the last area', {}, 4, 9],
  ])('that %s', (_, building, areas, units) => {
    const scenario = givenNine()
    givenBuilding(scenario, 'GREENHOUSE', building)
    scenario.given('Hex', { coordinate: OASIS_HEX }, { is_discovered: true, area_count: areas })
    scenario.call('complete_harvesting', ACTION, RIPE)
    expect(stackOf(scenario)[0]).toBe(units)
  })

  test('adds nothing to four units, a fifth of which is no whole one', () => {
    const scenario = givenNine()
    givenReservation(scenario, { reserved_amount: 4 })
    givenBuilding(scenario, 'GREENHOUSE')
    scenario.call('complete_harvesting', ACTION, RIPE)
    expect(stackOf(scenario)[0]).toBe(4)
  })
})

describe('shares', () => {
  const R = 0x21n
  const half = (scenario: Scenario): void => givenShares(scenario, [[R, 5_000]])

  test.each([
    ['room for less than his share', 748, [2, 96, 1, 750], [7, 96, 1, 7]],
    ['no room', 750, [0, 0, 0, 750], [9, 96, 1, 9]],
    ['less than no room', 900, [0, 0, 0, 900], [9, 96, 1, 9]],
  ])('a recipient with %s leaves the rest to the harvester', (_, weight, his, kept) => {
    const scenario = givenNine()
    givenAdventurer(scenario, R, { weight })
    half(scenario)
    scenario.call('complete_harvesting', ACTION, RIPE)
    expect([stackOf(scenario, R), stackOf(scenario)]).toEqual([his, kept])
  })

  test('a recipient’s own stack keeps its quality and weight', () => {
    const scenario = givenNine()
    givenAdventurer(scenario, R, { weight: 10 })
    scenario.given(
      'BackpackItem',
      { adventurer_id: R, item_id: ITEM },
      { quantity: 5, quality: 50, weight_per_unit: 2 },
    )
    half(scenario)
    scenario.call('complete_harvesting', ACTION, RIPE)
    expect(stackOf(scenario, R)).toEqual([9, 50, 2, 14])
  })

  test('a cancelled harvest is shared as well, and a share of less than a unit is none', () => {
    const scenario = givenNine()
    for (const id of [R, B]) givenAdventurer(scenario, id)
    givenShares(scenario, [
      [R, 5_000],
      [B, 1_400],
    ])
    const outcome = scenario.call('cancel_harvesting', ACTION, { block: 95 }) // seven units
    expect(outcome.order.slice(0, 3)).toEqual(['Inventory', 'BackpackItem', 'Adventurer'])
    expect([R, B, A].map((id) => stackOf(scenario, id)[0])).toEqual([3, 0, 4])
  })

  const keys = { resource_key: areaResourceKey(AREA, 'plant'), rule_kind: 'OutputItem' } as const
  const ruleKeys = { ...keys, recipient_adventurer_id: R }
  const policy = { controller_adventurer_id: A, is_enabled: true, policy_epoch: 1 }
  const rule = { share_bp: 5_000, is_active: true, policy_epoch: 1 }
  const tally = { total_bp: 5_000, active_recipient_count: 1, policy_epoch: 1, recipient_3: R }
  test.each<[string, (scenario: Scenario) => void, number]>([
    ['everything is in force', () => undefined, 4],
    [
      'the policy is off',
      ({ given }) => given('ResourcePolicy', keys, { ...policy, is_enabled: false }),
      0,
    ],
    [
      'nobody controls it',
      ({ given }) => given('ResourcePolicy', keys, { ...policy, controller_adventurer_id: 0n }),
      0,
    ],
    [
      'the policy moved on',
      ({ given }) => given('ResourcePolicy', keys, { ...policy, policy_epoch: 2 }),
      0,
    ],
    [
      'the tally is of another epoch',
      ({ given }) => given('ResourceShareRuleTally', keys, { ...tally, policy_epoch: 0 }),
      0,
    ],
    [
      'the tally counts nobody',
      ({ given }) => given('ResourceShareRuleTally', keys, { ...tally, active_recipient_count: 0 }),
      0,
    ],
    [
      'the rule is of another epoch',
      ({ given }) => given('ResourceShareRule', ruleKeys, { ...rule, policy_epoch: 0 }),
      0,
    ],
    [
      'the rule is off',
      ({ given }) => given('ResourceShareRule', ruleKeys, { ...rule, is_active: false }),
      0,
    ],
    [
      'the rule is for nothing',
      ({ given }) => given('ResourceShareRule', ruleKeys, { ...rule, share_bp: 0 }),
      0,
    ],
    [
      'no slot names him',
      ({ given }) => given('ResourceShareRuleTally', keys, { ...tally, recipient_3: 0n }),
      0,
    ],
  ])('when %s', (_, change, share) => {
    const scenario = givenNine()
    givenAdventurer(scenario, R)
    scenario.given('ResourcePolicy', keys, policy)
    scenario.given('ResourceShareRule', ruleKeys, rule)
    scenario.given('ResourceShareRuleTally', keys, tally)
    change(scenario)
    scenario.call('complete_harvesting', ACTION, RIPE)
    expect([stackOf(scenario, R)[0], stackOf(scenario)[0]]).toEqual([share, 9 - share])
  })

  test('rules of energy and fees share no items', () => {
    const scenario = givenNine()
    givenAdventurer(scenario, R)
    scenario.given('ResourcePolicy', keys, policy)
    for (const rule_kind of ['OutputEnergy', 'FeeOnly'] as const) {
      scenario.given('ResourceShareRule', { ...ruleKeys, rule_kind }, rule)
      scenario.given('ResourceShareRuleTally', { ...keys, rule_kind }, tally)
    }
    scenario.call('complete_harvesting', ACTION, RIPE)
    expect(stackOf(scenario, R)[0]).toBe(0)
  })
})

test('where the lock ends another harvest may start before the first is completed, whose end unlocks both', () => {
  const scenario = givenPlant()
  const second = { ...ACTION, plant_id: 1 }
  scenario.given('PlantNode', { plant_key: plantKey(OASIS_HEX, AREA, 1) }, plant({ plant_id: 1 }))
  scenario.call('start_harvesting', { ...ACTION, amount: 2 }, { block: 94 })
  expect(scenario.call('start_harvesting', { ...second, amount: 3 }, RIPE).order).toContain(
    '*HarvestingStarted',
  )
  expect(scenario.row('Adventurer', { adventurer_id: A }).activity_locked_until).toBe(104n)
  expect(scenario.call('complete_harvesting', ACTION, RIPE).order).toContain('*HarvestingCompleted')
  expect(scenario.row('Adventurer', { adventurer_id: A }).activity_locked_until).toBe(0n)
  expect(scenario.call('start_harvesting', { ...ACTION, amount: 1 }, RIPE).order).toContain(
    '*HarvestingStarted',
  )
  expect(reservationOf(scenario)).toEqual([1, 98, 100, 'Active'])
  expect(scenario.call('complete_harvesting', second, { block: 103 }).order).toEqual([
    '*HarvestingRejected',
  ])
})
