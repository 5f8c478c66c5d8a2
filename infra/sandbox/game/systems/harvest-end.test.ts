import { describe, expect, test } from 'vitest'
import { shortString } from '../../../../schemas/worlds/short-string.ts'
import { energyOf, givenAdventurer, OASIS_HEX, ORIGIN_HEX } from '../scenario.testing.ts'

import {
  A,
  ACTION,
  AREA,
  givenBuilding,
  givenPlant,
  givenReservation,
  givenShares,
  plantOf,
  reservationOf,
  stackOf,
} from './harvest-scenario.testing.ts'

describe('harvesting through its worked examples', () => {
  test('examples Harvest 1 to 4: start, complete, a start without energy, and a cancelled one', () => {
    const scenario = givenPlant()
    const started = scenario.call('start_harvesting', { ...ACTION, amount: 4 }, { block: 668 })
    expect(started.order).toEqual([
      'Adventurer',
      'AdventurerEconomics',
      'PlantNode',
      'HarvestReservation',
      '*HarvestingStarted',
    ])
    expect(started.the('*HarvestingStarted')).toEqual({
      adventurer_id: A,
      hex: OASIS_HEX,
      area_id: AREA,
      plant_id: 0,
      amount: 4,
      eta: 676n,
    })
    expect(energyOf(scenario, A)).toEqual([60, [60, 40, 0, 668]])
    expect(plantOf(scenario)).toEqual([52, 4, 0, 100, 0])
    expect(reservationOf(scenario)).toEqual([4, 668, 676, 'Active'])
    expect(started.the('Adventurer')).toMatchObject({ activity_locked_until: 676n })

    const completed = scenario.call('complete_harvesting', ACTION, { block: 676 })
    expect(completed.order).toEqual([
      'Adventurer',
      'PlantNode',
      'HarvestReservation',
      'Inventory',
      'BackpackItem',
      '*HarvestingCompleted',
    ])
    expect(completed.returned).toEqual([4n])
    expect(plantOf(scenario)).toEqual([48, 0, 4, 98, 676])
    expect(reservationOf(scenario)).toEqual([0, 668, 676, 'Completed'])
    expect(stackOf(scenario)).toEqual([4, 98, 1, 4])
    expect(completed.the('Adventurer')).toMatchObject({ activity_locked_until: 0n, energy: 60 })

    const refused = scenario.call('start_harvesting', { ...ACTION, amount: 7 }, { block: 690 })
    expect(refused.order).toEqual(['Adventurer', 'AdventurerEconomics', '*HarvestingRejected'])
    expect(refused.the('*HarvestingRejected')).toMatchObject({ reason: shortString('LOW_ENERGY') })
    expect(energyOf(scenario, A)).toEqual([64, [64, 40, 4, 688]])

    scenario.call('start_harvesting', { ...ACTION, amount: 5 }, { block: 695 })
    expect(scenario.row('Adventurer', { adventurer_id: A }).activity_locked_until).toBe(705n)
    const cancelled = scenario.call('cancel_harvesting', ACTION, { block: 699 })
    expect(cancelled.returned).toEqual([2n])
    expect(cancelled.the('*HarvestingCancelled')).toEqual({ adventurer_id: A, partial_yield: 2 })
    expect(plantOf(scenario)).toEqual([46, 0, 6, 97, 699])
    expect(reservationOf(scenario)).toEqual([0, 695, 705, 'Canceled'])
    expect(stackOf(scenario)).toEqual([6, 97, 1, 6])
    expect(energyOf(scenario, A)).toEqual([15, [15, 90, 5, 693]])
  })

  test('example Harvest 5: a Greenhouse adds to the stack, and shares count without that bonus', () => {
    const R1 = 0x21n
    const R2 = 0x22n
    const scenario = givenPlant({ reserved_yield: 9 })
    givenAdventurer(scenario, R1)
    givenAdventurer(scenario, R2, { adventurer: { is_alive: false } }) // the dead receive too
    givenReservation(scenario, { reserved_amount: 9 })
    givenBuilding(scenario, 'GREENHOUSE')
    givenShares(scenario, [
      [R1, 3_333],
      [R2, 5_000],
    ])
    const outcome = scenario.call('complete_harvesting', ACTION, { block: 100 })
    expect(outcome.order).toEqual([
      ...['Inventory', 'BackpackItem', 'Inventory', 'BackpackItem'],
      ...[
        'Adventurer',
        'PlantNode',
        'HarvestReservation',
        'Inventory',
        'BackpackItem',
        '*HarvestingCompleted',
      ],
    ])
    expect(outcome.the('*HarvestingCompleted')).toMatchObject({ actual_yield: 9 })
    expect([stackOf(scenario, R1), stackOf(scenario, R2), stackOf(scenario)]).toEqual([
      [2, 96, 1, 2],
      [4, 96, 1, 4],
      [4, 96, 1, 4],
    ])
  })
})

describe('complete_harvesting and cancel_harvesting', () => {
  test.each([
    ['complete_harvesting', 97, 'TOO_EARLY'],
    ['complete_harvesting', 98, null],
    ['cancel_harvesting', 80, null],
  ] as const)('%s at block %i', (entrypoint, block, reason) => {
    const scenario = givenPlant({ reserved_yield: 9 })
    givenReservation(scenario, { reserved_amount: 9 })
    const outcome = scenario.call(entrypoint, ACTION, { block })
    if (reason === null) expect(outcome.order).not.toContain('*HarvestingRejected')
    else expect(outcome.the('*HarvestingRejected')).toMatchObject({ reason: shortString(reason) })
  })

  test('cancelling in the block of the start yields nothing, but writes everything', () => {
    const scenario = givenPlant()
    scenario.call('start_harvesting', { ...ACTION, amount: 4 }, { block: 668 })
    const outcome = scenario.call('cancel_harvesting', ACTION, { block: 668 })
    expect(outcome.order).toEqual([
      'Adventurer',
      'PlantNode',
      'HarvestReservation',
      'Inventory',
      'BackpackItem',
      '*HarvestingCancelled',
    ])
    expect(outcome.the('*HarvestingCancelled')).toEqual({ adventurer_id: A, partial_yield: 0 })
    expect(plantOf(scenario)).toEqual([52, 0, 0, 100, 668])
    expect(stackOf(scenario)).toEqual([0, 0, 0, 0])
    expect(energyOf(scenario, A)[0]).toBe(60) // no refund
  })

  test.each([
    ['without a reservation', { status: 'Completed' }, {}, 'NO_ACTIVE'],
    ['from elsewhere (quirk 2)', {}, { current_hex: ORIGIN_HEX }, 'WRONG_HEX'],
    ['by the dead', {}, { is_alive: false }, 'DEAD'],
  ] as const)('is refused %s', (_, reservation, adventurer, reason) => {
    const scenario = givenPlant({ reserved_yield: 9 })
    givenAdventurer(scenario, A, { adventurer: { current_hex: OASIS_HEX, ...adventurer } })
    givenReservation(scenario, { reserved_amount: 9, ...reservation })
    for (const [entrypoint, phase] of [
      ['complete_harvesting', 'COMPLETE'],
      ['cancel_harvesting', 'CANCEL'],
    ] as const) {
      const outcome = scenario.call(entrypoint, ACTION, { block: 100 })
      expect(outcome.the('*HarvestingRejected')).toMatchObject({
        adventurer_id: A,
        phase: shortString(phase),
        reason: shortString(reason),
      })
      expect(outcome.returned).toEqual([0n])
    }
  })

  test('what does not fit is destroyed, and a Storehouse on the hex makes more fit without being stored', () => {
    for (const [kind, kept] of [
      ['SMELTER', 3],
      ['STOREHOUSE', 9],
    ] as const) {
      const scenario = givenPlant({ reserved_yield: 9 })
      givenAdventurer(scenario, A, { adventurer: { current_hex: OASIS_HEX }, weight: 747 })
      givenReservation(scenario, { reserved_amount: 9 })
      givenBuilding(scenario, kind)
      const outcome = scenario.call('complete_harvesting', ACTION, { block: 100 })
      expect(outcome.the('*HarvestingCompleted')).toMatchObject({ actual_yield: 9 })
      expect(outcome.the('Inventory')).toMatchObject({
        current_weight: 747 + kept,
        max_weight: 750,
      })
      expect(outcome.the('BackpackItem')).toMatchObject({ quantity: kept })
    }
  })

  test('a building at or below 3 000 condition has no effect', () => {
    const scenario = givenPlant({ reserved_yield: 9 })
    givenReservation(scenario, { reserved_amount: 9 })
    givenBuilding(scenario, 'GREENHOUSE', { condition_bp: 3_000 })
    scenario.call('complete_harvesting', ACTION, { block: 100 })
    expect(stackOf(scenario)[0]).toBe(9)
  })

  test('quirk 13: a plant never regrows, however long it is left alone', () => {
    const scenario = givenPlant({ current_yield: 4, reserved_yield: 4, regrowth_rate: 4 })
    givenReservation(scenario, { reserved_amount: 4 })
    scenario.call('complete_harvesting', ACTION, { block: 100 })
    const later = scenario.call('start_harvesting', { ...ACTION, amount: 1 }, { block: 1_000_000 })
    expect(later.the('*HarvestingRejected')).toMatchObject({ reason: shortString('LOW_YIELD') })
    expect(plantOf(scenario)[0]).toBe(0)
  })

  test('quirk 14: death leaves the reservation as it stands, though nobody can end it any more', () => {
    const scenario = givenPlant({ reserved_yield: 9 })
    givenReservation(scenario, { reserved_amount: 9 })
    scenario.call(
      'kill_adventurer',
      { adventurer_id: ACTION.adventurer_id, cause: 1n },
      { block: 90 },
    )
    expect(reservationOf(scenario)).toEqual([9, 80, 98, 'Active'])
    expect(scenario.call('cancel_harvesting', ACTION, { block: 100 }).order).toEqual([
      '*HarvestingRejected',
    ])
  })

  test('an unregistered recipient gets nothing, and what is left over stays with the harvester', () => {
    const scenario = givenPlant({ reserved_yield: 9 })
    givenReservation(scenario, { reserved_amount: 9 })
    givenShares(scenario, [
      [0x99n, 5_000],
      [A, 5_000],
    ])
    const outcome = scenario.call('complete_harvesting', ACTION, { block: 100 })
    expect(outcome.order[0]).toBe('Adventurer')
    expect(stackOf(scenario)[0]).toBe(9)
  })
})
