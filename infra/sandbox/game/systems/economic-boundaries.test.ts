/**
 * `economic_manager` and claims at their boundaries (game.md §2.4): silent guards in order, exact
 * prices, exact blocks.
 */
import { describe, expect, test } from 'vitest'
import { areaId, claimId } from '../../../../schemas/worlds/infinite-hex-adventurers/ids.ts'
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
import { climb } from './guard-ladder.testing.ts'

const A = 0xan
const B = 0xbn
const BLOCK = 1_000
const HEX = { hex_coordinate: OASIS_HEX }
const ITEM = 0x1234n
const U32_MAX = 2 ** 32 - 1
const LOCKED_FOREVER = 2n ** 64n - 1n

const actor =
  (fields: Partial<RowOf<'Adventurer'>> = {}) =>
  (scenario: Scenario): void =>
    givenAdventurer(scenario, A, {
      adventurer: fields,
      economics: { last_regen_block: BigInt(BLOCK) },
    })
const decay =
  (fields: Partial<RowOf<'HexDecayState'>> = {}) =>
  ({ given }: Scenario): void =>
    given('HexDecayState', HEX, {
      owner_adventurer_id: A,
      last_decay_processed_block: 1_000n,
      ...fields,
    })
const escrow =
  (fields: Partial<RowOf<'ClaimEscrow'>> = {}) =>
  ({ given }: Scenario): void => {
    const open = {
      ...HEX,
      claimant_adventurer_id: B,
      energy_locked: 100,
      expiry_block: 1_000n,
      status: 'Active',
    } as const
    given('ClaimEscrow', { claim_id: claimId(OASIS_HEX) }, { ...open, ...fields })
  }
const silent = (repair?: (scenario: Scenario) => void) =>
  ({ refused: 'in silence', ...(repair === undefined ? {} : { repair }) }) as const

describe('silent guards', () => {
  test('convert_items_to_energy needs a living actor of the caller and so many items; a lock does not matter', () => {
    const stack =
      (quantity: number) =>
      ({ given }: Scenario): void =>
        given('BackpackItem', { adventurer_id: A, item_id: ITEM }, { quantity, weight_per_unit: 2 })
    const outcome = climb('convert_items_to_energy', {
      args: { adventurer_id: A, item_id: ITEM, quantity: 0 },
      block: BLOCK,
      rungs: [
        silent(),
        silent(actor({ owner: BOB })),
        silent(actor({ energy: 50, activity_locked_until: LOCKED_FOREVER })),
        { ...silent(stack(3)), args: { quantity: 4 } },
        { repair: stack(4), refused: null },
      ],
    })
    expect(outcome.returned).toEqual([40n])
    // The item weighs 8 units, of which the backpack had recorded none.
    expect(outcome.the('Inventory')).toMatchObject({ current_weight: 0 })
    expect(outcome.the('Adventurer')).toMatchObject({
      energy: 90,
      activity_locked_until: LOCKED_FOREVER,
    })
  })

  test('pay_hex_maintenance needs a living controller of the caller, wherever he stands, and an amount', () => {
    const outcome = climb('pay_hex_maintenance', {
      args: { adventurer_id: A, ...HEX, amount: 0 },
      block: BLOCK,
      rungs: [
        silent(decay({ owner_adventurer_id: B, decay_level: 80, claimable_since_block: 5n })),
        silent(actor({ owner: BOB })),
        silent(actor({ current_hex: ORIGIN_HEX, energy: 35 })),
        silent(decay({ decay_level: 80, claimable_since_block: 5n })),
        { args: { amount: 35 }, refused: null },
      ],
    })
    expect(outcome.the('HexDecayState')).toMatchObject({
      decay_level: 76,
      claimable_since_block: 0n,
    })
  })

  test('initiate_hex_claim needs a living actor of the caller, a claimable hex, enough on offer, no escrow, and energy', () => {
    const outcome = climb('initiate_hex_claim', {
      args: { adventurer_id: A, ...HEX, energy_offered: 0 },
      block: BLOCK,
      rungs: [
        silent(escrow()),
        silent(actor({ owner: BOB, energy: 69 })),
        silent(actor({ energy: 69 })),
        silent(decay({ decay_level: 79, claimable_since_block: 900n })),
        silent(decay({ decay_level: 80 })),
        silent(decay({ decay_level: 80, claimable_since_block: 900n })),
        { ...silent(), args: { energy_offered: 69 } },
        { ...silent(), args: { energy_offered: 70 } },
        silent(escrow({ status: 'Resolved' })),
        { repair: actor({ energy: 70 }), refused: null },
      ],
    })
    expect(outcome.the('*ClaimInitiated')).toMatchObject({
      energy_locked: 70,
      expiry_block: 1_100n,
    })
  })

  test('a claimant whose maximum is lower needs to offer no more than that', () => {
    const scenario = createScenario()
    actor({ energy: 40, max_energy: 40 })(scenario)
    decay({ decay_level: 100, claimable_since_block: 900n })(scenario)
    const offer = (energy_offered: number): readonly bigint[] =>
      scenario.call(
        'initiate_hex_claim',
        { adventurer_id: A, ...HEX, energy_offered },
        { block: BLOCK },
      ).returned
    expect([offer(39), offer(40)]).toEqual([[0n], [1n]])
  })

  test('defend_hex_from_claim needs an escrow, a living controller of the caller, and strength, up to the last block', () => {
    const outcome = climb('defend_hex_from_claim', {
      args: { adventurer_id: A, ...HEX, defense_energy: 0 },
      block: BLOCK,
      rungs: [
        silent(decay({ owner_adventurer_id: B, decay_level: 100, claimable_since_block: 900n })),
        silent(actor({ owner: BOB, energy: 99 })),
        silent(actor({ current_hex: ORIGIN_HEX })),
        silent(decay({ decay_level: 100, claimable_since_block: 900n })),
        silent(escrow()),
        { ...silent(), args: { defense_energy: 99 } },
        { args: { defense_energy: 100 }, refused: null },
      ],
    })
    expect(outcome.the('*ClaimRefunded')).toMatchObject({ claimant: B, amount: 100 })
    expect(outcome.the('HexDecayState')).toMatchObject({
      decay_level: 92,
      last_energy_payment_block: 0n,
    })
  })
})

describe('exact blocks', () => {
  test.each([
    [1_099, 45, 1_000, []],
    [1_100, 80, 1_100, ['HexDecayState', '*HexBecameClaimable']],
    [1_199, 80, 1_100, ['HexDecayState', '*HexBecameClaimable']],
    [1_200, 100, 1_200, ['HexDecayState', '*HexBecameClaimable']],
    [999, 45, 1_000, []],
    [9_000_000_000, 100, 9_000_000_000, ['HexDecayState', '*HexBecameClaimable']],
  ])('decay at block %i brings 45 to %i', (block, level, processed, order) => {
    const scenario = createScenario()
    decay({ decay_level: 45 })(scenario)
    const outcome = scenario.call('process_hex_decay', HEX, { block })
    expect([outcome.returned, outcome.order]).toEqual([[BigInt(level)], order])
    expect(decayOf(scenario, OASIS_HEX).slice(3, 5)).toEqual([processed, level])
  })

  test('a hex that is claimable already is announced no second time, and keeps since when', () => {
    const scenario = createScenario()
    decay({ decay_level: 80, claimable_since_block: 950n })(scenario)
    expect(scenario.call('process_hex_decay', HEX, { block: 1_100 }).order).toEqual([
      'HexDecayState',
    ])
    expect(decayOf(scenario, OASIS_HEX)).toEqual([A, 0, 0, 1_100, 100, 950])
  })

  test.each([
    [1_399, 100, 'Active'],
    [1_400, 0, 'Resolved'],
  ])(
    'a claim at block %i on a hex that is claimable since 900 locks %i',
    (block, locked, status) => {
      const scenario = createScenario()
      actor()(scenario)
      decay({ owner_adventurer_id: B, decay_level: 100, claimable_since_block: 900n })(scenario)
      const offer = { adventurer_id: A, ...HEX, energy_offered: 100 }
      const { the } = scenario.call('initiate_hex_claim', offer, { block })
      expect(the('ClaimEscrow')).toMatchObject({
        energy_locked: locked,
        status,
        expiry_block: BigInt(block + 100),
      })
    },
  )

  test.each([
    [199, 36, 25],
    [200, 40, 4],
    [100, 36, 25],
    [99, 36, 25],
  ])(
    'converting 4 at block %i, when 21 were converted at 100, gives %i',
    (block, gained, units) => {
      const scenario = createScenario()
      actor({ energy: 0 })(scenario)
      scenario.given(
        'BackpackItem',
        { adventurer_id: A, item_id: ITEM },
        { quantity: 4, weight_per_unit: 1 },
      )
      const rate = {
        current_rate: 10,
        base_rate: 10,
        last_update_block: 100n,
        units_converted_in_window: 21,
      }
      scenario.given('ConversionRate', { item_type: ITEM }, rate)
      const outcome = scenario.call(
        'convert_items_to_energy',
        { adventurer_id: A, item_id: ITEM, quantity: 4 },
        { block },
      )
      expect(outcome.returned).toEqual([BigInt(gained)])
      const converted = { last_update_block: BigInt(block), units_converted_in_window: units }
      expect(outcome.the('ConversionRate')).toMatchObject(converted)
    },
  )
})

describe('overflow and repetition', () => {
  test('reserves and counted units stop at the largest u32', () => {
    const scenario = createScenario()
    actor()(scenario)
    decay({ current_energy_reserve: U32_MAX - 1 })(scenario)
    scenario.call('pay_hex_maintenance', { adventurer_id: A, ...HEX, amount: 9 }, { block: BLOCK })
    expect(decayOf(scenario, OASIS_HEX)[1]).toBe(U32_MAX)
    scenario.given('BackpackItem', { adventurer_id: A, item_id: ITEM }, { quantity: 9 })
    const many = {
      last_update_block: 999n,
      units_converted_in_window: U32_MAX - 1,
      current_rate: 1,
      base_rate: 1,
    }
    scenario.given('ConversionRate', { item_type: ITEM }, many)
    const convert = { adventurer_id: A, item_id: ITEM, quantity: 9 }
    const { the } = scenario.call('convert_items_to_energy', convert, { block: BLOCK })
    expect(the('ConversionRate')).toMatchObject({ units_converted_in_window: U32_MAX })
    expect(the('*ItemsConverted')).toMatchObject({ energy_gained: 9 }) // half of 1 is still 1
  })

  test('a defence refunds to the largest u16 and no further, reports what arrived, and books all as earned', () => {
    const scenario = createScenario()
    actor()(scenario)
    givenAdventurer(scenario, B, { adventurer: { energy: 65_500, is_alive: false } })
    decay({ decay_level: 100, claimable_since_block: 900n })(scenario)
    escrow()(scenario)
    const defend = { adventurer_id: A, ...HEX, defense_energy: 100 }
    const { the } = scenario.call('defend_hex_from_claim', defend, { block: BLOCK })
    expect(the('*ClaimRefunded')).toMatchObject({ amount: 35 })
    expect(energyOf(scenario, B)).toEqual([65_535, [65_535, 0, 100, 0]])
  })

  test('quirk 7: the controller may take his own hex over, which ends the decay and transfers nothing', () => {
    const scenario = createScenario()
    actor()(scenario)
    decay({ decay_level: 100, claimable_since_block: 500n, current_energy_reserve: 3 })(scenario)
    scenario.given(
      'Hex',
      { coordinate: OASIS_HEX },
      { biome: 'Oasis', is_discovered: true, area_count: 1 },
    )
    scenario.given(
      'AreaOwnership',
      { area_id: areaId(OASIS_HEX, 0) },
      { owner_adventurer_id: A, claim_block: 7n },
    )
    const offer = { adventurer_id: A, ...HEX, energy_offered: 100 }
    const outcome = scenario.call('initiate_hex_claim', offer, { block: BLOCK })
    expect(outcome.order).not.toContain('*OwnershipTransferred')
    expect(outcome.the('AreaOwnership')).toMatchObject({
      owner_adventurer_id: A,
      claim_block: 1_000n,
    })
    expect(decayOf(scenario, OASIS_HEX)).toEqual([A, 103, 0, 1_000, 0, 0])
  })

  test('a claim finds its area rows by the hex: a building of another hex on the area keeps its owner', () => {
    const scenario = createScenario()
    actor()(scenario)
    decay({ owner_adventurer_id: B, decay_level: 100, claimable_since_block: 500n })(scenario)
    scenario.given(
      'Hex',
      { coordinate: OASIS_HEX },
      { biome: 'Oasis', is_discovered: true, area_count: 1 },
    )
    const built = {
      hex_coordinate: ORIGIN_HEX,
      building_type: shortString('SMELTER'),
      owner_adventurer_id: B,
    }
    scenario.given('ConstructionBuildingNode', { area_id: areaId(OASIS_HEX, 0) }, built)
    const offer = { adventurer_id: A, ...HEX, energy_offered: 100 }
    const outcome = scenario.call('initiate_hex_claim', offer, { block: BLOCK, by: ALICE })
    expect(outcome.order).not.toContain('ConstructionBuildingNode')
  })
})
