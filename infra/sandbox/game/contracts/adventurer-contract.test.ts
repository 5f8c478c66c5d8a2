import { describe, expect, test } from 'vitest'
import { adventurerId, inventoryLostHash } from '../../../../schemas/worlds/ids.ts'
import { shortString } from '../../../../schemas/worlds/short-string.ts'
import { ALICE, BOB, createScenario, energyOf, givenAdventurer, OASIS_HEX, ORIGIN_HEX } from '../scenario.testing.ts'

const A = 0xan
const NAME = shortString('Ada')

describe('create_adventurer', () => {
  test('example Adventurer 1: stands at the origin, full and empty-handed', () => {
    const scenario = createScenario()
    const id = adventurerId(ALICE, NAME, 640n)
    const outcome = scenario.call('create_adventurer', { name: NAME }, { block: 640 })
    expect(outcome.returned).toEqual([id])
    expect(outcome.emitted).toEqual([
      {
        name: 'Adventurer',
        fields: {
          adventurer_id: id,
          owner: ALICE,
          name: NAME,
          energy: 100,
          max_energy: 100,
          current_hex: ORIGIN_HEX,
          activity_locked_until: 0n,
          is_alive: true,
        },
      },
      { name: 'Inventory', fields: { adventurer_id: id, current_weight: 0, max_weight: 750 } },
      {
        name: 'AdventurerEconomics',
        fields: {
          adventurer_id: id,
          energy_balance: 100,
          total_energy_spent: 0n,
          total_energy_earned: 0n,
          last_regen_block: 640n,
        },
      },
      { name: '*AdventurerCreated', fields: { adventurer_id: id, owner: ALICE } },
    ])
  })

  test('quirk 23: the same owner, name and block reset the adventurer, and revive one killed in that block', () => {
    const scenario = createScenario()
    const id = adventurerId(ALICE, NAME, 640n)
    scenario.call('create_adventurer', { name: NAME }, { block: 640 })
    scenario.call('move_adventurer', { adventurer_id: id, to_hex_coordinate: OASIS_HEX }, { block: 640 })
    scenario.call('kill_adventurer', { adventurer_id: id, cause: 1n }, { block: 640 })
    const again = scenario.call('create_adventurer', { name: NAME }, { block: 640 })
    expect(again.returned).toEqual([id])
    expect(scenario.row('Adventurer', { adventurer_id: id })).toMatchObject({
      energy: 100,
      current_hex: ORIGIN_HEX,
      is_alive: true,
    })
    expect(scenario.row('DeathRecord', { adventurer_id: id }).death_block).toBe(640n)
  })
})

describe('regenerate_energy and consume_energy', () => {
  const regen = { adventurer_id: A }

  test('examples Adventurer 2 and 3: a gain keeps its remainder, and a refused spend keeps the gain', () => {
    const scenario = createScenario()
    givenAdventurer(scenario, A, { adventurer: { energy: 37 }, economics: { last_regen_block: 640n } })
    const regenerated = scenario.call('regenerate_energy', regen, { block: 663 })
    expect(regenerated.order).toEqual(['Adventurer', 'AdventurerEconomics'])
    expect(regenerated.returned).toEqual([41n])
    expect(energyOf(scenario, A)).toEqual([41, [41, 0, 4, 660]])

    const tooMuch = scenario.call('consume_energy', { adventurer_id: A, amount: 60 }, { block: 671 })
    expect(tooMuch.order).toEqual(['Adventurer', 'AdventurerEconomics'])
    expect(tooMuch.returned).toEqual([0n])
    expect(energyOf(scenario, A)).toEqual([43, [43, 0, 6, 670]])

    const enough = scenario.call('consume_energy', { adventurer_id: A, amount: 30 }, { block: 671 })
    expect(enough.returned).toEqual([1n])
    expect(energyOf(scenario, A)).toEqual([13, [13, 30, 6, 670]])
  })

  test('example Adventurer 4 and quirk 3: blocks spent at full energy are banked for after a raw spend', () => {
    const scenario = createScenario()
    givenAdventurer(scenario, A, { economics: { last_regen_block: 640n } })
    scenario.call('move_adventurer', { adventurer_id: A, to_hex_coordinate: OASIS_HEX }, { block: 700 })
    expect(energyOf(scenario, A)).toEqual([85, [100, 0, 0, 640]])
    scenario.call('regenerate_energy', regen, { block: 701 })
    expect(energyOf(scenario, A)).toEqual([97, [97, 0, 12, 700]])
  })

  test('example Adventurer 5: energy above the maximum is left alone, and so is the regeneration block', () => {
    const scenario = createScenario()
    givenAdventurer(scenario, A, { adventurer: { energy: 118 }, economics: { last_regen_block: 640n } })
    scenario.call('regenerate_energy', regen, { block: 900 })
    expect(energyOf(scenario, A)).toEqual([118, [118, 0, 0, 640]])
  })

  test('refusals are silent: a stranger gets the stored energy, and cannot consume', () => {
    const scenario = createScenario()
    givenAdventurer(scenario, A, { adventurer: { energy: 37 } })
    const asked = scenario.call('regenerate_energy', regen, { block: 663, by: BOB })
    expect([asked.emitted, asked.returned]).toEqual([[], [37n]])
    const taken = scenario.call('consume_energy', { adventurer_id: A, amount: 1 }, { block: 663, by: BOB })
    expect([taken.emitted, taken.returned]).toEqual([[], [0n]])
    const nobody = scenario.call('regenerate_energy', { adventurer_id: 0x77n }, { block: 663 })
    expect([nobody.emitted, nobody.returned]).toEqual([[], [0n]])
  })
})

describe('kill_adventurer', () => {
  const CAUSE = shortString('TEST')

  test('example Adventurer 6: keeps the energy, empties the weight, and records what was lost', () => {
    const scenario = createScenario()
    givenAdventurer(scenario, A, { adventurer: { energy: 41, activity_locked_until: 950n }, weight: 12 })
    scenario.given('BackpackItem', { adventurer_id: A, item_id: 5n }, { quantity: 12, quality: 9, weight_per_unit: 1 })
    const outcome = scenario.call('kill_adventurer', { adventurer_id: A, cause: CAUSE }, { block: 905 })
    expect(outcome.order).toEqual(['Adventurer', 'Inventory', 'DeathRecord', '*AdventurerDied'])
    expect(outcome.the('Adventurer')).toMatchObject({ energy: 41, is_alive: false, activity_locked_until: 0n })
    expect(outcome.the('Inventory')).toMatchObject({ current_weight: 0, max_weight: 750 })
    expect(outcome.the('DeathRecord')).toEqual({
      adventurer_id: A,
      owner: ALICE,
      death_block: 905n,
      death_cause: CAUSE,
      inventory_lost_hash: inventoryLostHash(A, 12n, 0n, CAUSE, 905n),
    })
    expect(outcome.the('*AdventurerDied')).toEqual({ adventurer_id: A, owner: ALICE, cause: CAUSE })
    expect(scenario.row('BackpackItem', { adventurer_id: A, item_id: 5n }).quantity).toBe(12)
  })

  test('death is final: a second kill and one by a stranger are silent', () => {
    const scenario = createScenario()
    givenAdventurer(scenario, A)
    const args = { adventurer_id: A, cause: CAUSE }
    expect(scenario.call('kill_adventurer', args, { block: 905, by: BOB }).emitted).toEqual([])
    expect(scenario.call('kill_adventurer', args, { block: 905 }).returned).toEqual([1n])
    const again = scenario.call('kill_adventurer', args, { block: 906 })
    expect([again.emitted, again.returned]).toEqual([[], [0n]])
  })
})

test('quote_create_adventurer_cost answers 100 energy without a discount in force, less with one', () => {
  const scenario = createScenario()
  const quote = (block: number): readonly bigint[] =>
    scenario.view('adventurer_manager', 'quote_create_adventurer_cost', [], { block })
  expect(quote(500)).toEqual([100n])
  scenario.given('RegulatorPolicy', { slot: 1 }, { policy_epoch: 3, mint_discount_bp: 1_234 })
  expect(quote(399)).toEqual([100n])
  expect(quote(400)).toEqual([88n])
})
