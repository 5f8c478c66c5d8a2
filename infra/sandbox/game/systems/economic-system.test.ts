import { describe, expect, test } from 'vitest'
import { areaId } from '../../../../schemas/worlds/infinite-hex-adventurers/ids.ts'
import { shortString } from '../../../../schemas/worlds/short-string.ts'
import type { RowOf } from '../row-codec.ts'
import {
  ALICE,
  BOB,
  createScenario,
  decayOf,
  energyOf,
  givenAdventurer,
  OASIS_HEX,
  ORIGIN_HEX,
  type Scenario,
} from '../scenario.testing.ts'

const A = 0xan
const B = 0xbn
const ITEM = 0x1234n

const rateOf = ({ row }: Scenario, item = ITEM): readonly number[] => {
  const rate = row('ConversionRate', { item_type: item })
  return [
    rate.current_rate,
    rate.base_rate,
    Number(rate.last_update_block),
    rate.units_converted_in_window,
  ]
}
const stackOf = ({ row }: Scenario, id = A, item = ITEM): readonly number[] => {
  const { quantity, quality, weight_per_unit } = row('BackpackItem', {
    adventurer_id: id,
    item_id: item,
  })
  return [quantity, quality, weight_per_unit]
}
const givenStack = ({ given }: Scenario, quantity: number, { id = A, item = ITEM } = {}): void =>
  given(
    'BackpackItem',
    { adventurer_id: id, item_id: item },
    { quantity, quality: 98, weight_per_unit: 1 },
  )

describe('convert_items_to_energy', () => {
  test('examples Economy 1 to 3: the window, the cap, and a rate that is everybody’s', () => {
    const scenario = createScenario()
    givenAdventurer(scenario, A, {
      adventurer: { energy: 30 },
      economics: {
        energy_balance: 45,
        total_energy_spent: 60n,
        total_energy_earned: 12n,
        last_regen_block: 640n,
      },
      weight: 40,
    })
    givenStack(scenario, 26)
    const convert = (quantity: number, block: number, id = A) =>
      scenario.call(
        'convert_items_to_energy',
        { adventurer_id: id, item_id: ITEM, quantity },
        { block },
      )

    const first = convert(4, 660)
    expect(first.order).toEqual([
      'Adventurer',
      'AdventurerEconomics',
      'Inventory',
      'BackpackItem',
      'ConversionRate',
      '*ItemsConverted',
    ])
    expect(energyOf(scenario, A)).toEqual([70, [70, 60, 52, 640]])
    expect(scenario.row('Inventory', { adventurer_id: A }).current_weight).toBe(36)
    expect(stackOf(scenario)).toEqual([22, 98, 1])
    expect(rateOf(scenario)).toEqual([10, 10, 660, 4])

    const second = convert(12, 700)
    expect(second.the('*ItemsConverted')).toEqual({
      adventurer_id: A,
      item_id: ITEM,
      quantity: 12,
      energy_gained: 120,
    })
    expect(second.returned).toEqual([120n])
    expect(energyOf(scenario, A)).toEqual([100, [100, 60, 82, 640]])
    expect(rateOf(scenario)).toEqual([10, 10, 700, 16])

    givenAdventurer(scenario, B, { adventurer: { energy: 10 } })
    givenStack(scenario, 30, { id: B })
    convert(5, 750, B)
    expect(energyOf(scenario, B)[0]).toBe(55)
    expect(rateOf(scenario)).toEqual([10, 10, 750, 21])
    expect(convert(3, 850, B).returned).toEqual([30n])
    expect(rateOf(scenario)).toEqual([10, 10, 850, 3])
  })

  test('example Economy 4: tax is taken from the energy and from what the event reports', () => {
    const scenario = createScenario()
    givenAdventurer(scenario, A, { adventurer: { energy: 10 } })
    givenStack(scenario, 8)
    scenario.given('RegulatorPolicy', { slot: 1 }, { policy_epoch: 1, conversion_tax_bp: 300 })
    const args = { adventurer_id: A, item_id: ITEM, quantity: 8 }
    const outcome = scenario.call('convert_items_to_energy', args, { block: 200 })
    expect(energyOf(scenario, A)).toEqual([88, [88, 2, 80, 0]])
    expect(outcome.the('*ItemsConverted')).toMatchObject({ energy_gained: 78 })
  })

  test('quirk 10: at the cap items burn for nothing, and the event still reports the full amount', () => {
    const scenario = createScenario()
    givenAdventurer(scenario, A, { adventurer: { energy: 130 } })
    givenStack(scenario, 8)
    const args = { adventurer_id: A, item_id: ITEM, quantity: 8 }
    expect(scenario.call('convert_items_to_energy', args, { block: 1 }).returned).toEqual([80n])
    expect(energyOf(scenario, A)[0]).toBe(130)
    expect(stackOf(scenario)[0]).toBe(0)
  })

  test.each([
    ['ORE_IRON', 'SMELTER', 8, 80, 90],
    ['ORE_SILVER', 'SMELTER', 16, 64, 64],
    ['PLANT_FIBER', 'HERBAL_PRESS', 0, 60, 69],
    ['ORE_IRON', 'HERBAL_PRESS', 8, 80, 80],
  ])('%s with a %s on the hex', (item, building, rate, plain, withBonus) => {
    const scenario = createScenario()
    const itemId = shortString(item)
    givenAdventurer(scenario, A, { adventurer: { energy: 0, current_hex: OASIS_HEX } })
    givenStack(scenario, 100, { item: itemId })
    scenario.given('ConversionRate', { item_type: itemId }, { current_rate: rate, base_rate: rate })
    scenario.given('Hex', { coordinate: OASIS_HEX }, { is_discovered: true, area_count: 3 })
    const quantity = plain / (rate || 10)
    const args = { adventurer_id: A, item_id: itemId, quantity }
    expect(scenario.call('convert_items_to_energy', args, { block: 200 }).returned).toEqual([
      BigInt(plain),
    ])
    scenario.given(
      'ConstructionBuildingNode',
      { area_id: areaId(OASIS_HEX, 2) },
      {
        hex_coordinate: OASIS_HEX,
        building_type: shortString(building),
        condition_bp: 10_000,
        is_active: true,
      },
    )
    expect(scenario.call('convert_items_to_energy', args, { block: 400 }).returned).toEqual([
      BigInt(withBonus),
    ])
    expect(energyOf(scenario, A)[0]).toBe(Math.min(100, plain + withBonus))
  })

  test('what was ever earned and spent stops at the largest u64', () => {
    const scenario = createScenario()
    const nearlyAll = 2n ** 64n - 2n
    const totals = { total_energy_spent: nearlyAll, total_energy_earned: nearlyAll }
    givenAdventurer(scenario, A, { adventurer: { energy: 10 }, economics: totals })
    givenStack(scenario, 8)
    scenario.given('RegulatorPolicy', { slot: 1 }, { policy_epoch: 1, conversion_tax_bp: 500 })
    const args = { adventurer_id: A, item_id: ITEM, quantity: 8 }
    const { the } = scenario.call('convert_items_to_energy', args, { block: 200 })
    const most = 2n ** 64n - 1n
    expect(the('AdventurerEconomics')).toMatchObject({
      total_energy_spent: most,
      total_energy_earned: most,
    })
  })

  test('the reported energy stops at the largest u16', () => {
    const scenario = createScenario()
    givenAdventurer(scenario, A, { adventurer: { energy: 0, current_hex: OASIS_HEX } })
    givenStack(scenario, 70_000, { item: shortString('PLANT_FIBER') })
    const args = { adventurer_id: A, item_id: shortString('PLANT_FIBER'), quantity: 65_535 }
    expect(scenario.call('convert_items_to_energy', args, { block: 200 }).returned).toEqual([
      65_535n,
    ])
  })

  test.each([
    ['nothing', 0, ALICE],
    ['more than the stack', 27, ALICE],
    ['by a stranger', 1, BOB],
  ])('converting %s is refused in silence', (_, quantity, by) => {
    const scenario = createScenario()
    givenAdventurer(scenario, A)
    givenStack(scenario, 26)
    const args = { adventurer_id: A, item_id: ITEM, quantity }
    const outcome = scenario.call('convert_items_to_energy', args, { block: 1, by })
    expect([outcome.emitted, outcome.returned]).toEqual([[], [0n]])
  })
})

const givenDecay = (
  { given }: Scenario,
  fields: Partial<RowOf<'HexDecayState'>>,
  hex = OASIS_HEX,
): void => given('HexDecayState', { hex_coordinate: hex }, fields)

describe('pay_hex_maintenance and process_hex_decay', () => {
  test('example Economy 5: a payment recovers two upkeeps’ worth, and decay crosses the threshold later', () => {
    const scenario = createScenario()
    givenAdventurer(scenario, A, {
      adventurer: { energy: 62 },
      economics: { last_regen_block: 700n },
    })
    scenario.given('Hex', { coordinate: OASIS_HEX }, { biome: 'Grassland', is_discovered: true })
    givenDecay(scenario, {
      owner_adventurer_id: A,
      current_energy_reserve: 5,
      last_decay_processed_block: 600n,
      decay_level: 83,
      claimable_since_block: 650n,
    })
    const args = { adventurer_id: A, hex_coordinate: OASIS_HEX, amount: 61 }
    const paid = scenario.call('pay_hex_maintenance', args, { block: 712 })
    expect(paid.order).toEqual([
      'Adventurer',
      'AdventurerEconomics',
      'HexDecayState',
      '*HexEnergyPaid',
    ])
    expect(paid.the('*HexEnergyPaid')).toEqual({ hex: OASIS_HEX, payer: A, amount: 61 })
    expect(energyOf(scenario, A)).toEqual([3, [3, 61, 2, 710]])
    expect(decayOf(scenario, OASIS_HEX)).toEqual([A, 66, 712, 600, 75, 0])

    const processed = scenario.call(
      'process_hex_decay',
      { hex_coordinate: OASIS_HEX },
      { block: 935, by: BOB },
    )
    expect(processed.order).toEqual(['HexDecayState', '*HexBecameClaimable'])
    expect(processed.returned).toEqual([99n])
    expect(decayOf(scenario, OASIS_HEX)).toEqual([A, 0, 712, 900, 99, 935])
    expect(processed.the('*HexBecameClaimable')).toEqual({
      hex: OASIS_HEX,
      min_energy_to_claim: 100,
    })

    const again = scenario.call('process_hex_decay', { hex_coordinate: OASIS_HEX }, { block: 999 })
    expect([again.emitted, again.returned]).toEqual([[], [99n]])
  })

  test('quirks 4 and 5: a row that never was counts from block 0, on any felt, even one that is no hex', () => {
    const scenario = createScenario()
    const outcome = scenario.call('process_hex_decay', { hex_coordinate: 0n }, { block: 345 })
    expect(outcome.order).toEqual(['HexDecayState', '*HexBecameClaimable'])
    expect(decayOf(scenario, 0n)).toEqual([0n, 0, 0, 300, 100, 345])
    // Unknown: 2 × 35 + 100.
    expect(outcome.the('*HexBecameClaimable')).toEqual({ hex: 0n, min_energy_to_claim: 100 })
  })

  test('a reserve that covers the upkeep keeps the level, which never falls by itself', () => {
    const scenario = createScenario()
    scenario.given('Hex', { coordinate: OASIS_HEX }, { biome: 'Plains', is_discovered: true })
    givenDecay(scenario, { current_energy_reserve: 60, decay_level: 7 })
    expect(
      scenario.call('process_hex_decay', { hex_coordinate: OASIS_HEX }, { block: 299 }).returned,
    ).toEqual([7n])
    expect(decayOf(scenario, OASIS_HEX)).toEqual([0n, 10, 0, 200, 7, 0])
  })

  test('upkeep follows the regulator’s factor once it is in force', () => {
    const scenario = createScenario()
    scenario.given('RegulatorPolicy', { slot: 1 }, { policy_epoch: 1, upkeep_bp: 20_000 })
    scenario.given('Hex', { coordinate: ORIGIN_HEX }, { biome: 'Plains', is_discovered: true })
    givenDecay(scenario, { last_decay_processed_block: 200n }, ORIGIN_HEX)
    expect(
      scenario.call('process_hex_decay', { hex_coordinate: ORIGIN_HEX }, { block: 300 }).returned,
    ).toEqual([50n])
  })

  test('without the energy for it the regeneration stays, and nothing is paid', () => {
    const scenario = createScenario()
    givenAdventurer(scenario, A, { adventurer: { energy: 10 } })
    givenDecay(scenario, { owner_adventurer_id: A, decay_level: 50 })
    const args = { adventurer_id: A, hex_coordinate: OASIS_HEX, amount: 61 }
    const outcome = scenario.call('pay_hex_maintenance', args, { block: 12 })
    expect([outcome.order, outcome.returned]).toEqual([['Adventurer', 'AdventurerEconomics'], [0n]])
    expect(energyOf(scenario, A)).toEqual([12, [12, 0, 2, 10]])
  })

  test.each([
    ['nothing', 0, A, ALICE],
    ['by a stranger', 5, A, BOB],
    ['by who does not control it', 5, B, ALICE],
  ])('paying %s is refused in silence', (_, amount, owner, by) => {
    const scenario = createScenario()
    givenAdventurer(scenario, A)
    givenDecay(scenario, { owner_adventurer_id: owner })
    const args = { adventurer_id: A, hex_coordinate: OASIS_HEX, amount }
    const outcome = scenario.call('pay_hex_maintenance', args, { block: 5, by })
    expect([outcome.emitted, outcome.returned]).toEqual([[], [0n]])
  })
})
