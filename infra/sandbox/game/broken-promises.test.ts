/**
 * Promises of the game's specification that its code breaks (game.md §8). Each is shown to be
 * broken exactly as far as the rules say, over random cases from a seed.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  areaId,
  areaResourceKey,
  claimId,
  mineKey,
  plantKey,
  reservationId,
  shiftId,
} from '../../../schemas/worlds/infinite-hex-adventurers/ids.ts'
import {
  ALICE,
  createScenario,
  energyOf,
  givenAdventurer,
  OASIS_HEX,
  ORIGIN_HEX,
  type Scenario,
} from './scenario.testing.ts'

const SEED = 1_848
const CASES = { seed: SEED, numRuns: 40 }

const OWNER = 0xan
const CLAIMANT = 0xcn
const OTHER = 0xdn
const IDS = [OWNER, CLAIMANT, OTHER] as const
const HEX = { hex_coordinate: OASIS_HEX }
const SINCE = 900n

/**
 * A hex of the owner that has been claimable since block 900; a claim needs 60 energy, or up to 100
 * by its decay.
 */
const givenClaimable = (level = 80): Scenario => {
  const scenario = createScenario()
  for (const id of IDS) givenAdventurer(scenario, id, { economics: { last_regen_block: SINCE } })
  scenario.given(
    'Hex',
    { coordinate: OASIS_HEX },
    { biome: 'Grassland', is_discovered: true, area_count: 3 },
  )
  const decay = {
    decay_level: level,
    claimable_since_block: SINCE,
    last_decay_processed_block: SINCE,
  }
  scenario.given('HexDecayState', HEX, { owner_adventurer_id: OWNER, ...decay })
  return scenario
}

const claim = (scenario: Scenario, id: bigint, energy_offered: number, block: number) =>
  scenario.call('initiate_hex_claim', { adventurer_id: id, ...HEX, energy_offered }, { block })

const setEnergy = (scenario: Scenario, id: bigint, energy: number): void =>
  givenAdventurer(scenario, id, {
    adventurer: { energy },
    economics: { last_regen_block: SINCE + 60n },
  })

const offered = fc.integer({ min: 60, max: 100 })
const energy = fc.nat(100)

describe(`promises that the game breaks (seed ${SEED})`, () => {
  test('energy stays within its maximum: a refund adds all of the lock to whatever was regenerated', () => {
    const reached: number[] = []
    fc.assert(
      fc.property(offered, energy, fc.boolean(), (lock, held, isDefended) => {
        const scenario = givenClaimable()
        claim(scenario, CLAIMANT, lock, 960)
        setEnergy(scenario, CLAIMANT, held)
        const hex = { adventurer_id: OWNER, ...HEX }
        if (isDefended)
          scenario.call('defend_hex_from_claim', { ...hex, defense_energy: 100 }, { block: 1_060 })
        else claim(scenario, 0n, 0, 1_061)
        expect(energyOf(scenario, CLAIMANT)[0]).toBe(held + lock)
        reached.push(held + lock)
      }),
      CASES,
    )
    expect(reached.some((after) => after > 100)).toBe(true)
  })

  test('energy in escrow is conserved: who claims anew with energy of his own loses exactly the refund', () => {
    const lost: number[] = []
    fc.assert(
      fc.property(offered, energy, offered, (lock, held, offer) => {
        const scenario = givenClaimable()
        claim(scenario, CLAIMANT, lock, 960)
        setEnergy(scenario, CLAIMANT, held)
        const [again] = claim(scenario, CLAIMANT, offer, 1_061).returned
        const relocked = scenario.row('ClaimEscrow', { claim_id: claimId(OASIS_HEX) }).energy_locked
        const missing = held + lock - energyOf(scenario, CLAIMANT)[0] - relocked
        expect(again).toBe(held >= offer ? 1n : 0n)
        expect(missing).toBe(held >= offer ? lock : 0)
        lost.push(missing)
      }),
      CASES,
    )
    expect(new Set(lost.map((missing) => missing > 0))).toEqual(new Set([true, false]))
  })

  test('a defence costs energy: against his own claim the controller pays nothing, and the reserve grows', () => {
    fc.assert(
      fc.property(offered, fc.integer({ min: 0, max: 40 }), (lock, more) => {
        const scenario = givenClaimable()
        claim(scenario, OWNER, lock, 960)
        setEnergy(scenario, OWNER, 100)
        const defence = { adventurer_id: OWNER, ...HEX, defense_energy: Math.min(100, lock + more) }
        expect(scenario.call('defend_hex_from_claim', defence, { block: 970 }).returned).toEqual([
          1n,
        ])
        expect(energyOf(scenario, OWNER)[0]).toBe(100 + lock)
        expect(scenario.row('HexDecayState', HEX).current_energy_reserve).toBe(
          defence.defense_energy,
        )
      }),
      CASES,
    )
  })

  test('a hex has a single controller: areas handed over one by one leave the control of the hex where it was', () => {
    const step = fc.record({ index: fc.nat(2), to: fc.constantFrom(...IDS) })
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), (steps) => {
        const scenario = givenClaimable()
        const owners = [OWNER, OWNER, OWNER]
        for (const index of owners.keys()) {
          scenario.given(
            'AreaOwnership',
            { area_id: areaId(OASIS_HEX, index) },
            { owner_adventurer_id: OWNER },
          )
        }
        for (const { index, to } of steps) {
          const args = { area_id: areaId(OASIS_HEX, index), to_adventurer_id: to }
          const { returned } = scenario.call('transfer_ownership', args, { block: 950 })
          expect(returned).toEqual([to === owners[index] ? 0n : 1n])
          owners[index] = to
        }
        const held = owners.map(
          (_, index) =>
            scenario.row('AreaOwnership', { area_id: areaId(OASIS_HEX, index) })
              .owner_adventurer_id,
        )
        expect(held).toEqual(owners)
        expect(scenario.row('HexDecayState', HEX).owner_adventurer_id).toBe(OWNER)
      }),
      CASES,
    )
  })
})

const FIELD = areaId(OASIS_HEX, 1)

const givenPlants = (count: number): Scenario => {
  const scenario = createScenario()
  givenAdventurer(scenario, OWNER, {
    adventurer: { current_hex: OASIS_HEX },
    economics: { last_regen_block: 500n },
  })
  for (let plant_id = 0; plant_id < count; plant_id++) {
    const plant = {
      ...HEX,
      area_id: FIELD,
      plant_id,
      current_yield: 40,
      max_yield: 40,
      health: 100,
    }
    scenario.given('PlantNode', { plant_key: plantKey(OASIS_HEX, FIELD, plant_id) }, plant)
  }
  return scenario
}

const startHarvest = (scenario: Scenario, plant_id: number, amount: number, block: number) =>
  scenario.call(
    'start_harvesting',
    { adventurer_id: OWNER, ...HEX, area_id: FIELD, plant_id, amount },
    { block },
  )

const reservationStatus = ({ row }: Scenario, plantId: number): string =>
  row('HarvestReservation', {
    reservation_id: reservationId(OWNER, plantKey(OASIS_HEX, FIELD, plantId)),
  }).status

describe(`promises on harvests, mines and grants (seed ${SEED})`, () => {
  test('an adventurer has one active harvest: a next one may start as soon as the lock has run out', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 2 }), { minLength: 2, maxLength: 5 }),
        (amounts) => {
          const scenario = givenPlants(amounts.length)
          let block = 500
          for (const [plantId, amount] of amounts.entries()) {
            expect(startHarvest(scenario, plantId, amount, block).order).toContain(
              '*HarvestingStarted',
            )
            block += 2 * amount
          }
          expect(amounts.map((_, plantId) => reservationStatus(scenario, plantId))).toEqual(
            amounts.map(() => 'Active'),
          )
        },
      ),
      CASES,
    )
  })

  test('death settles reservations and escrows: both stay active, whenever death comes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), fc.nat(200), (amount, later) => {
        const scenario = givenPlants(1)
        startHarvest(scenario, 0, amount, 500)
        const escrow = {
          ...HEX,
          claimant_adventurer_id: OWNER,
          energy_locked: 70,
          status: 'Active',
        } as const
        scenario.given('ClaimEscrow', { claim_id: claimId(OASIS_HEX) }, escrow)
        scenario.call(
          'kill_adventurer',
          { adventurer_id: OWNER, cause: 1n },
          { block: 500 + later },
        )
        expect(reservationStatus(scenario, 0)).toBe('Active')
        const plant = scenario.row('PlantNode', { plant_key: plantKey(OASIS_HEX, FIELD, 0) })
        expect(plant.reserved_yield).toBe(amount)
        expect(scenario.row('ClaimEscrow', { claim_id: claimId(OASIS_HEX) })).toMatchObject(escrow)
      }),
      CASES,
    )
  })

  test('a mine counts the shifts of the living: killed miners stay in its list, its count and its crowd', () => {
    const mine_key = mineKey(ORIGIN_HEX, FIELD, 0)
    const mine = {
      hex_coordinate: ORIGIN_HEX,
      area_id: FIELD,
      collapse_threshold: 9_000,
      remaining_reserve: 900,
    }
    const isKilled = fc.array(fc.boolean(), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(isKilled, (killed) => {
        const scenario = createScenario()
        scenario.given('MineNode', { mine_key }, mine)
        const miners = killed.map((_, at) => 0x100n + BigInt(at))
        for (const id of miners) {
          givenAdventurer(scenario, id)
          scenario.given(
            'MineAccessGrant',
            { mine_key, grantee_adventurer_id: id },
            { is_allowed: true },
          )
          const start = {
            adventurer_id: id,
            hex_coordinate: ORIGIN_HEX,
            area_id: FIELD,
            mine_id: 0,
          }
          scenario.call('start_mining', start, { block: 400 })
        }
        for (const [at, id] of miners.entries()) {
          if (killed[at])
            scenario.call(
              'kill_adventurer',
              { adventurer_id: id, cause: 1n },
              { block: 401, by: ALICE },
            )
        }
        const shifts = miners.map(
          (id) => scenario.row('MiningShift', { shift_id: shiftId(id, mine_key) }).status,
        )
        expect(shifts).toEqual(miners.map(() => 'Active'))
        expect(scenario.row('MineNode', { mine_key }).active_miners).toBe(miners.length)
      }),
      CASES,
    )
  })

  test('grants are dropped when their area changes hands: a mask of the former owner stays what it was', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 15 }), (mask) => {
        const scenario = givenPlants(1)
        for (const id of [CLAIMANT, OTHER]) givenAdventurer(scenario, id)
        const resource_key = areaResourceKey(FIELD, 'plant')
        scenario.given('AreaOwnership', { area_id: FIELD }, { owner_adventurer_id: CLAIMANT })
        const change = { controller_adventurer_id: CLAIMANT, resource_key }
        const policy = { ...change, resource_kind: 'PlantArea', is_enabled: true } as const
        scenario.call('upsert_resource_policy', policy, { block: 100 })
        const grant = { ...change, grantee_adventurer_id: OWNER, permissions_mask: mask }
        scenario.call('grant_resource_access', grant, { block: 200 })
        scenario.call(
          'transfer_ownership',
          { area_id: FIELD, to_adventurer_id: OTHER },
          { block: 300 },
        )
        const asked = [resource_key, OWNER]
        const at = { block: 500 }
        expect(scenario.view('sharing_manager', 'inspect_resource_permissions', asked, at)).toEqual(
          [BigInt(mask)],
        )
        const opens = startHarvest(scenario, 0, 1, 500).order.includes('*HarvestingStarted')
        expect(opens).toBe((mask & 2) === 2)
      }),
      CASES,
    )
  })
})
