/**
 * Rows that no call of the game leaves behind: another contract with the WRITER role, or an older
 * version of one, may have written any value of a member's type. The game reads what is stored
 * without checking it, and so does the sandbox, to the same end.
 */
import { describe, expect, test } from 'vitest'
import {
  areaId,
  areaResourceKey,
  claimId,
  mineKey,
  reservationId,
  shiftId,
} from '../../../../schemas/worlds/infinite-hex-adventurers/ids.ts'
import { shortString } from '../../../../schemas/worlds/short-string.ts'
import type { RowOf } from '../row-codec.ts'
import {
  createScenario,
  decayOf,
  energyOf,
  givenAdventurer,
  ORIGIN_HEX,
  type Scenario,
} from '../scenario.testing.ts'
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
  PLANT,
  plantOf,
  reservationOf,
  stackOf,
} from './harvest-scenario.testing.ts'

const U64_MAX = 2n ** 64n - 1n
const U32_MAX = 2 ** 32 - 1
const U16_MAX = 2 ** 16 - 1
const BLOCK = 1_000
const HEX = { hex_coordinate: ORIGIN_HEX }

describe('energy', () => {
  test.each([U64_MAX, 2n ** 53n + 1n])(
    'last regenerated at block %d stays so, and is spent from as it is stored',
    (last_regen_block) => {
      const scenario = createScenario()
      givenAdventurer(scenario, A, { adventurer: { energy: 40 }, economics: { last_regen_block } })
      expect(scenario.call('regenerate_energy', { adventurer_id: A }, { block: BLOCK }).returned) //
        .toEqual([40n])
      const spend = { adventurer_id: A, amount: 15 }
      expect(scenario.call('consume_energy', spend, { block: BLOCK }).returned).toEqual([1n])
      expect(energyOf(scenario, A)[0]).toBe(25)
      expect(scenario.row('AdventurerEconomics', { adventurer_id: A })).toMatchObject({
        energy_balance: 25,
        total_energy_earned: 0n,
        last_regen_block,
      })
    },
  )
})

describe('decay', () => {
  const given = (fields: Partial<RowOf<'HexDecayState'>>): Scenario => {
    const scenario = createScenario()
    givenAdventurer(scenario, A, { economics: { last_regen_block: BigInt(BLOCK) } })
    scenario.given('Hex', { coordinate: ORIGIN_HEX }, { biome: 'Plains', is_discovered: true })
    scenario.given('HexDecayState', HEX, { owner_adventurer_id: A, ...fields })
    return scenario
  }

  test.each([
    [150, 0],
    [150, 1_000],
    [U16_MAX, 0],
  ])('at level %i with a reserve of %i is charged and stays at its level', (level, reserve) => {
    const scenario = given({ decay_level: level, current_energy_reserve: reserve })
    const outcome = scenario.call('process_hex_decay', HEX, { block: BLOCK })
    expect(outcome.returned).toEqual([BigInt(level)])
    expect(decayOf(scenario, ORIGIN_HEX)).toEqual([
      A,
      Math.max(0, reserve - 250),
      0,
      BLOCK,
      level,
      0,
    ])
  })

  test('above its maximum recovers from where it is', () => {
    const scenario = given({ decay_level: 150, claimable_since_block: 5n })
    scenario.call('pay_hex_maintenance', { adventurer_id: A, ...HEX, amount: 50 }, { block: BLOCK })
    expect(decayOf(scenario, ORIGIN_HEX)).toEqual([A, 50, BLOCK, 0, 142, 5])
  })
})

describe('an escrow of nobody', () => {
  const given = (expiry_block: bigint): Scenario => {
    const scenario = createScenario()
    givenAdventurer(scenario, A, { economics: { last_regen_block: BigInt(BLOCK) } })
    scenario.given('HexDecayState', HEX, { owner_adventurer_id: A, decay_level: 90 })
    scenario.given(
      'ClaimEscrow',
      { claim_id: claimId(ORIGIN_HEX) },
      { energy_locked: 30, created_block: 5n, expiry_block, status: 'Active' },
    )
    return scenario
  }

  test.each(['initiate_hex_claim', 'defend_hex_from_claim'] as const)(
    'that has run out is closed in silence by %s, and pays nobody',
    (entrypoint) => {
      const scenario = given(999n)
      const outcome =
        entrypoint === 'initiate_hex_claim'
          ? scenario.call(
              entrypoint,
              { adventurer_id: A, ...HEX, energy_offered: 50 },
              { block: BLOCK },
            )
          : scenario.call(
              entrypoint,
              { adventurer_id: A, ...HEX, defense_energy: 50 },
              { block: BLOCK },
            )
      expect(outcome.returned).toEqual([0n])
      expect(outcome.order).toEqual(['ClaimEscrow'])
      expect(outcome.the('ClaimEscrow')).toMatchObject({
        ...HEX,
        claimant_adventurer_id: 0n,
        energy_locked: 0,
        expiry_block: 999n,
        status: 'Expired',
      })
    },
  )

  test('that runs yet cannot be defended against', () => {
    const defence = { adventurer_id: A, ...HEX, defense_energy: 50 }
    const outcome = given(1_000n).call('defend_hex_from_claim', defence, { block: BLOCK })
    expect([outcome.returned, outcome.order]).toEqual([[0n], []])
  })
})

describe('a harvest', () => {
  test('of a plant under more than the most stress leaves it there', () => {
    const scenario = givenPlant({ reserved_yield: 7, stress_level: 150, health: U16_MAX })
    givenReservation(scenario, { reserved_amount: 7 })
    scenario.call('complete_harvesting', ACTION, { block: 98 })
    expect(plantOf(scenario)).toEqual([45, 0, 150, U16_MAX - 3, 98])
  })

  test.each(['complete_harvesting', 'cancel_harvesting'] as const)(
    'whose reservation names another plant is given its own by %s, and pays',
    (entrypoint) => {
      const scenario = givenPlant({ reserved_yield: 4 })
      givenReservation(scenario, { reserved_amount: 4, plant_key: 0xbadn })
      expect(scenario.call(entrypoint, ACTION, { block: 98 }).returned).toEqual([4n])
      expect(stackOf(scenario)).toEqual([4, 98, 1, 4])
      const keys = { reservation_id: reservationId(A, PLANT) }
      expect(scenario.row('HarvestReservation', keys).plant_key).toBe(PLANT)
    },
  )

  test('reserved by another, whatever plant it names, is not linked', () => {
    const scenario = givenPlant({ reserved_yield: 4 })
    givenReservation(scenario, { reserved_amount: 4, adventurer_id: B })
    expect(scenario.call('cancel_harvesting', ACTION, { block: 98 }).order) //
      .toEqual(['*HarvestingRejected'])
  })

  test('cancelled in a reservation at the end of all blocks takes nothing', () => {
    const scenario = givenPlant({ reserved_yield: 4 })
    const period = { created_block: U64_MAX - 10n, expiry_block: U64_MAX }
    givenReservation(scenario, { reserved_amount: 4, ...period })
    expect(scenario.call('cancel_harvesting', ACTION, { block: 98 }).returned).toEqual([0n])
    expect(reservationOf(scenario)[3]).toBe('Canceled')
  })

  test('that lifts a stack beyond a u32 reverts, though shares would bring it back', () => {
    const scenario = givenPlant({ reserved_yield: 4 })
    givenReservation(scenario, { reserved_amount: 4 })
    givenShares(scenario, [[B, 10_000]])
    givenAdventurer(scenario, B)
    scenario.given('BackpackItem', { adventurer_id: A, item_id: ITEM }, { quantity: U32_MAX })
    expect(() => scenario.call('complete_harvesting', ACTION, { block: 98 })) //
      .toThrow('u32_add Overflow')
  })

  test('fills no backpack beyond the largest u32, whatever a Storehouse adds', () => {
    const scenario = givenPlant({ reserved_yield: 4 })
    givenReservation(scenario, { reserved_amount: 4 })
    givenBuilding(scenario, 'STOREHOUSE')
    const full = { current_weight: U32_MAX - 1, max_weight: U32_MAX }
    scenario.given('Inventory', { adventurer_id: A }, full)
    scenario.call('complete_harvesting', ACTION, { block: 98 })
    expect(stackOf(scenario)).toEqual([1, 98, 1, U32_MAX])
  })

  test.each([
    [0, false],
    [1, false],
    [2, true],
    [3, true],
    [15, true],
    [18, false],
    [U16_MAX, false],
  ])('by a grantee with a mask of %i: %s', (permissions_mask, mayHarvest) => {
    const scenario = givenPlant()
    scenario.given('AreaOwnership', { area_id: AREA }, { owner_adventurer_id: B })
    const resource_key = areaResourceKey(AREA, 'plant')
    scenario.given(
      'ResourcePolicy',
      { resource_key },
      { controller_adventurer_id: B, is_enabled: true, policy_epoch: 1 },
    )
    scenario.given(
      'ResourceAccessGrant',
      { resource_key, grantee_adventurer_id: A },
      { permissions_mask, is_active: true, policy_epoch: 1 },
    )
    const started = scenario.call('start_harvesting', { ...ACTION, amount: 1 }, { block: 700 })
    expect(started.returned).toEqual([BigInt(mayHarvest)])
  })
})

describe('a mine', () => {
  const FIELD = areaId(ORIGIN_HEX, 1)
  const MINE = mineKey(ORIGIN_HEX, FIELD, 0)
  const SHIFT = shiftId(A, MINE)
  const WORK = { adventurer_id: A, mine_key: MINE }
  const PLACE = { hex_coordinate: ORIGIN_HEX, area_id: FIELD, mine_id: 0 }

  /** The extreme of every member from which a tick's stress is computed. */
  const ABSURD: Partial<RowOf<'MineNode'>> = {
    hex_coordinate: ORIGIN_HEX,
    remaining_reserve: U32_MAX,
    base_stress_per_block: U16_MAX,
    collapse_threshold: U32_MAX,
    biome_risk_bp: U16_MAX,
    rarity_risk_bp: U16_MAX,
    active_miners: 200,
    base_tick_energy: 3,
  }
  const atWork = (
    mine: Partial<RowOf<'MineNode'>>,
    shift: Partial<RowOf<'MiningShift'>> = {},
  ): Scenario => {
    const scenario = createScenario()
    givenAdventurer(scenario, A, { adventurer: { energy: U16_MAX } })
    scenario.given('MineNode', { mine_key: MINE }, mine)
    const begun = { adventurer_id: A, mine_key: MINE, status: 'Active' } as const
    scenario.given('MiningShift', { shift_id: SHIFT }, { ...begun, ...shift })
    return scenario
  }

  test('without a threshold is made known as untouched, whatever its row held', () => {
    const scenario = createScenario()
    const hex = { biome: 'Canyon', is_discovered: true } as const
    scenario.given('Hex', { coordinate: ORIGIN_HEX }, hex)
    const field = { ...HEX, area_type: 'MineField', is_discovered: true } as const
    scenario.given('HexArea', { area_id: FIELD }, field)
    const leftOver = {
      mine_stress: 7,
      active_miners: 3,
      collapsed_until_block: 9n,
      repair_energy_needed: 11,
      is_depleted: true,
      active_head_shift_id: 0x5n,
      active_tail_shift_id: 0x6n,
    }
    scenario.given('MineNode', { mine_key: MINE }, leftOver)
    expect(scenario.call('init_mining', PLACE, { block: BLOCK }).returned).toEqual([1n])
    expect(scenario.row('MineNode', { mine_key: MINE })).toMatchObject({
      collapse_threshold: 11_220,
      mine_stress: 0,
      active_miners: 0,
      collapsed_until_block: 0n,
      repair_energy_needed: 0,
      is_depleted: false,
      active_head_shift_id: 0n,
      active_tail_shift_id: 0n,
    })
  })

  test('is not continued in a shift of another mine, which can be stabilised and left', () => {
    const calm = { hex_coordinate: ORIGIN_HEX, collapse_threshold: 9_000, remaining_reserve: 50 }
    const scenario = atWork(calm, { mine_key: 0xbadn })
    const refused = scenario.call('continue_mining', WORK, { block: BLOCK })
    expect(refused.the('*MiningRejected')).toMatchObject({
      reason: shortString('SHIFT_INACTIVE'),
    })
    expect(scenario.call('stabilize_mine', WORK, { block: BLOCK }).order).toContain(
      '*MineStabilized',
    )
    expect(scenario.call('exit_mining', WORK, { block: BLOCK }).order).toContain('*MiningExited')
  })

  test('whose stress the game cannot compute reverts, but not for a miner without the energy', () => {
    const scenario = atWork({ ...ABSURD, safe_shift_blocks: 0n })
    const later = { block: 2 ** 36 }
    expect(() => scenario.call('continue_mining', WORK, later)).toThrow('u128_mul Overflow')
    givenAdventurer(scenario, A, { adventurer: { energy: 2 } })
    expect(scenario.call('continue_mining', WORK, later).order).toEqual(['*MiningRejected'])
  })

  test('that counts shifts in a circle collapses once round', () => {
    const other = shiftId(B, MINE)
    const scenario = atWork(
      { ...ABSURD, mine_stress: U32_MAX, active_head_shift_id: SHIFT },
      { next_active_shift_id: other, last_settle_block: 999n, start_block: 999n },
    )
    givenAdventurer(scenario, B)
    const begun = { adventurer_id: B, mine_key: MINE, status: 'Active' } as const
    scenario.given('MiningShift', { shift_id: other }, { ...begun, next_active_shift_id: SHIFT })
    const outcome = scenario.call('continue_mining', WORK, { block: BLOCK })
    expect(outcome.the('*MineCollapsed')).toMatchObject({ killed_miners: 2, collapse_count: 1 })
    expect(scenario.row('MineNode', { mine_key: MINE })).toMatchObject({ active_miners: 0 })
  })
})
