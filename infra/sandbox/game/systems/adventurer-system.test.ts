import { describe, expect, test } from 'vitest'
import { FELT_PRIME } from '../../../../domain/felt.ts'
import {
  adventurerId,
  inventoryLostHash,
} from '../../../../schemas/worlds/infinite-hex-adventurers/ids.ts'
import { shortString } from '../../../../schemas/worlds/short-string.ts'
import {
  ALICE,
  BOB,
  createScenario,
  energyOf,
  givenAdventurer,
  OASIS_HEX,
  ORIGIN_HEX,
} from '../scenario.testing.ts'

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
    scenario.call(
      'move_adventurer',
      { adventurer_id: id, to_hex_coordinate: OASIS_HEX },
      { block: 640 },
    )
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
    givenAdventurer(scenario, A, {
      adventurer: { energy: 37 },
      economics: { last_regen_block: 640n },
    })
    const regenerated = scenario.call('regenerate_energy', regen, { block: 663 })
    expect(regenerated.order).toEqual(['Adventurer', 'AdventurerEconomics'])
    expect(regenerated.returned).toEqual([41n])
    expect(energyOf(scenario, A)).toEqual([41, [41, 0, 4, 660]])

    const tooMuch = scenario.call(
      'consume_energy',
      { adventurer_id: A, amount: 60 },
      { block: 671 },
    )
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
    scenario.call(
      'move_adventurer',
      { adventurer_id: A, to_hex_coordinate: OASIS_HEX },
      { block: 700 },
    )
    expect(energyOf(scenario, A)).toEqual([85, [100, 0, 0, 640]])
    scenario.call('regenerate_energy', regen, { block: 701 })
    expect(energyOf(scenario, A)).toEqual([97, [97, 0, 12, 700]])
  })

  test('example Adventurer 5: energy above the maximum is left alone, and so is the regeneration block', () => {
    const scenario = createScenario()
    givenAdventurer(scenario, A, {
      adventurer: { energy: 118 },
      economics: { last_regen_block: 640n },
    })
    scenario.call('regenerate_energy', regen, { block: 900 })
    expect(energyOf(scenario, A)).toEqual([118, [118, 0, 0, 640]])
  })

  test('refusals are silent: a stranger gets the stored energy, and cannot consume', () => {
    const scenario = createScenario()
    givenAdventurer(scenario, A, { adventurer: { energy: 37 } })
    const asked = scenario.call('regenerate_energy', regen, { block: 663, by: BOB })
    expect([asked.emitted, asked.returned]).toEqual([[], [37n]])
    const taken = scenario.call(
      'consume_energy',
      { adventurer_id: A, amount: 1 },
      { block: 663, by: BOB },
    )
    expect([taken.emitted, taken.returned]).toEqual([[], [0n]])
    const nobody = scenario.call('regenerate_energy', { adventurer_id: 0x77n }, { block: 663 })
    expect([nobody.emitted, nobody.returned]).toEqual([[], [0n]])
  })
})

describe('kill_adventurer', () => {
  const CAUSE = shortString('TEST')

  test('example Adventurer 6: keeps the energy, empties the weight, and records what was lost', () => {
    const scenario = createScenario()
    givenAdventurer(scenario, A, {
      adventurer: { energy: 41, activity_locked_until: 950n },
      weight: 12,
    })
    scenario.given(
      'BackpackItem',
      { adventurer_id: A, item_id: 5n },
      { quantity: 12, quality: 9, weight_per_unit: 1 },
    )
    const outcome = scenario.call(
      'kill_adventurer',
      { adventurer_id: A, cause: CAUSE },
      { block: 905 },
    )
    expect(outcome.order).toEqual(['Adventurer', 'Inventory', 'DeathRecord', '*AdventurerDied'])
    expect(outcome.the('Adventurer')).toMatchObject({
      energy: 41,
      is_alive: false,
      activity_locked_until: 0n,
    })
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

describe('at the boundaries', () => {
  const U16_MAX = 65_535
  const U64_MAX = 2n ** 64n - 1n
  const FELT_MAX = FELT_PRIME - 1n

  test('ids differ by owner, name and block; a name may be any felt', () => {
    const scenario = createScenario()
    const create = (name: bigint, block: number, by: bigint): bigint =>
      scenario.call('create_adventurer', { name }, { block, by }).returned[0] as bigint
    const ids = [0n, FELT_MAX].flatMap((name) =>
      [7, 8].flatMap((block) => [ALICE, BOB].map((by) => create(name, block, by))),
    )
    expect(new Set(ids).size).toBe(8)
    expect(create(FELT_MAX, 7, BOB)).toBe(ids[5])
    expect(scenario.row('Adventurer', { adventurer_id: ids[5] as bigint })).toMatchObject({
      name: FELT_MAX,
      owner: BOB,
    })
  })

  test('a duplicate in the same block empties the weight and restarts the accounts, but leaves stacks and death', () => {
    const scenario = createScenario()
    const id = scenario.call('create_adventurer', { name: NAME }, { block: 640 })
      .returned[0] as bigint
    const keys = { adventurer_id: id }
    scenario.given(
      'BackpackItem',
      { ...keys, item_id: 5n },
      { quantity: 12, quality: 9, weight_per_unit: 1 },
    )
    scenario.given('Inventory', keys, { current_weight: 12, max_weight: 750 })
    scenario.call('consume_energy', { ...keys, amount: 40 }, { block: 640 })
    scenario.call('kill_adventurer', { ...keys, cause: 1n }, { block: 640 })
    scenario.call('create_adventurer', { name: NAME }, { block: 640 })
    expect(energyOf(scenario, id)).toEqual([100, [100, 0, 0, 640]])
    expect(scenario.row('Inventory', keys)).toEqual({ current_weight: 0, max_weight: 750 })
    expect(scenario.row('BackpackItem', { ...keys, item_id: 5n }).quantity).toBe(12)
    expect(scenario.row('DeathRecord', keys).death_cause).toBe(1n)
  })

  test.each([
    // energy, last regeneration, amount → paid, energy, [balance, spent, earned, last], at block
    // 700
    [50, 700, 0, 1, 50, [50, 0, 0, 700]],
    [50, 700, 50, 1, 0, [0, 50, 0, 700]],
    [50, 700, 51, 0, 50, [50, 0, 0, 700]],
    [49, 695, 50, 1, 0, [0, 50, 1, 700]],
    [49, 696, 50, 0, 49, [49, 0, 0, 696]],
    [100, 0, 100, 1, 0, [0, 100, 0, 700]],
    [99, 0, 100, 1, 0, [0, 100, 1, 700]],
    [0, 200, U16_MAX, 0, 100, [100, 0, 100, 700]],
    [0, 201, 99, 1, 0, [0, 99, 99, 696]],
    [U16_MAX, 0, U16_MAX, 1, 0, [0, U16_MAX, 0, 0]],
    [101, 0, 1, 1, 100, [100, 1, 0, 0]],
    [30, 701, 30, 1, 0, [0, 30, 0, 701]],
  ])(
    'energy %i regenerated at %i: consuming %i',
    (energy, last, amount, paid, after, economics) => {
      const scenario = createScenario()
      givenAdventurer(scenario, A, {
        adventurer: { energy },
        economics: { last_regen_block: BigInt(last) },
      })
      const outcome = scenario.call('consume_energy', { adventurer_id: A, amount }, { block: 700 })
      expect(outcome.returned).toEqual([BigInt(paid)])
      expect(outcome.order).toEqual(['Adventurer', 'AdventurerEconomics'])
      expect(energyOf(scenario, A)).toEqual([after, economics])
    },
  )

  test('a locked adventurer regenerates and spends like any other', () => {
    const scenario = createScenario()
    givenAdventurer(scenario, A, { adventurer: { energy: 5, activity_locked_until: U64_MAX } })
    expect(
      scenario.call('regenerate_energy', { adventurer_id: A }, { block: 25 }).returned,
    ).toEqual([10n])
    expect(
      scenario.call('consume_energy', { adventurer_id: A, amount: 10 }, { block: 25 }).returned,
    ).toEqual([1n])
    expect(scenario.row('Adventurer', { adventurer_id: A }).activity_locked_until).toBe(U64_MAX)
  })

  test('the dead neither regenerate nor spend, and answer with the energy that they died with', () => {
    const scenario = createScenario()
    givenAdventurer(scenario, A, { adventurer: { energy: 41, is_alive: false } })
    const asked = scenario.call('regenerate_energy', { adventurer_id: A }, { block: 900 })
    expect([asked.emitted, asked.returned]).toEqual([[], [41n]])
    const taken = scenario.call('consume_energy', { adventurer_id: A, amount: 0 }, { block: 900 })
    expect([taken.emitted, taken.returned]).toEqual([[], [0n]])
  })

  test('death unlocks, keeps energy above the maximum, and takes any felt for its cause', () => {
    const scenario = createScenario()
    givenAdventurer(scenario, A, { adventurer: { energy: 150, activity_locked_until: U64_MAX } })
    const outcome = scenario.call(
      'kill_adventurer',
      { adventurer_id: A, cause: FELT_MAX },
      { block: 905 },
    )
    expect(outcome.the('Adventurer')).toMatchObject({
      energy: 150,
      is_alive: false,
      activity_locked_until: 0n,
    })
    expect(outcome.the('DeathRecord')).toMatchObject({
      death_cause: FELT_MAX,
      inventory_lost_hash: inventoryLostHash(A, 0n, 0n, FELT_MAX, 905n),
    })
  })
})
