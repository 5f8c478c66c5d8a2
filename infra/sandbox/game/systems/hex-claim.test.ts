import { describe, expect, test } from 'vitest'
import { areaId, claimId } from '../../../../schemas/worlds/infinite-hex-adventurers/ids.ts'
import { shortString } from '../../../../schemas/worlds/short-string.ts'
import { CallReverted } from '../../chain/game.ts'
import type { RowOf } from '../row-codec.ts'
import {
  BOB,
  createScenario,
  decayOf,
  energyOf,
  givenAdventurer,
  OASIS_HEX,
  type Scenario,
} from '../scenario.testing.ts'

const A = 0xan
const C = 0xcn
const D = 0xdn
const F = 0xfn
const HEX = { hex_coordinate: OASIS_HEX }
const CLAIM = claimId(OASIS_HEX)

const escrowOf = ({ row }: Scenario): readonly [bigint, number, number, number, string] => {
  const e = row('ClaimEscrow', { claim_id: CLAIM })
  return [
    e.claimant_adventurer_id,
    e.energy_locked,
    Number(e.created_block),
    Number(e.expiry_block),
    e.status,
  ]
}

/**
 * A Grassland hex of A with three areas, decayed to 99 and claimable since block 935, as in example
 * Economy 5.
 */
const givenClaimable = (): Scenario => {
  const scenario = createScenario()
  for (const id of [A, C, D, F])
    givenAdventurer(scenario, id, { economics: { last_regen_block: 900n } })
  scenario.given(
    'Hex',
    { coordinate: OASIS_HEX },
    { biome: 'Grassland', is_discovered: true, area_count: 3 },
  )
  scenario.given('HexDecayState', HEX, {
    owner_adventurer_id: A,
    last_energy_payment_block: 712n,
    last_decay_processed_block: 900n,
    decay_level: 99,
    claimable_since_block: 935n,
  })
  const owned = { owner_adventurer_id: A, discoverer_adventurer_id: A, discovery_block: 50n }
  scenario.given('AreaOwnership', { area_id: areaId(OASIS_HEX, 0) }, owned)
  return scenario
}

type Signed = Readonly<{ block: number; by?: bigint }>

const claimBy = (scenario: Scenario, id: bigint, energy_offered: number, signed: Signed) =>
  scenario.call('initiate_hex_claim', { adventurer_id: id, ...HEX, energy_offered }, signed)

const claim = (scenario: Scenario, id: bigint, energyOffered: number, block: number) =>
  claimBy(scenario, id, energyOffered, { block })
const defend = (scenario: Scenario, id: bigint, defense_energy: number, block: number) =>
  scenario.call('defend_hex_from_claim', { adventurer_id: id, ...HEX, defense_energy }, { block })

const PENDING = [
  'Adventurer',
  'AdventurerEconomics',
  'HexDecayState',
  'ClaimEscrow',
  '*ClaimInitiated',
]
const SETTLED = [
  'Adventurer',
  'AdventurerEconomics',
  'ClaimEscrow',
  '*ClaimExpired',
  '*ClaimRefunded',
]

describe('claims through their worked examples', () => {
  test('examples Economy 6 and 7: pending, expired and refunded above the cap, defended, and taken at once', () => {
    const scenario = givenClaimable()
    const pending = claim(scenario, C, 100, 960)
    expect(pending.order).toEqual(PENDING)
    expect(pending.the('*ClaimInitiated')).toEqual({
      hex: OASIS_HEX,
      claimant: C,
      claim_id: CLAIM,
      energy_locked: 100,
      expiry_block: 1_060n,
    })
    expect(escrowOf(scenario)).toEqual([C, 100, 960, 1_060, 'Active'])
    expect(energyOf(scenario, C)).toEqual([0, [0, 100, 0, 900]])

    scenario.call('regenerate_energy', { adventurer_id: C }, { block: 1_000 })
    expect(energyOf(scenario, C)).toEqual([20, [20, 100, 20, 1_000]])
    const next = claim(scenario, D, 100, 1_061)
    expect(next.order).toEqual([...SETTLED, ...PENDING])
    expect(next.the('*ClaimRefunded')).toEqual({
      hex: OASIS_HEX,
      claim_id: CLAIM,
      claimant: C,
      amount: 100,
    })
    expect(next.the('*ClaimExpired')).toEqual({ hex: OASIS_HEX, claim_id: CLAIM, claimant: C })
    // Quirk 9: above the maximum.
    expect(energyOf(scenario, C)).toEqual([120, [120, 100, 120, 1_000]])
    expect(escrowOf(scenario)).toEqual([D, 100, 1_061, 1_161, 'Active'])

    const defended = defend(scenario, A, 100, 1_100)
    expect(defended.order).toEqual([
      ...[
        'Adventurer',
        'AdventurerEconomics',
        'Adventurer',
        'AdventurerEconomics',
        'HexDecayState',
        'ClaimEscrow',
      ],
      ...['AreaOwnership', 'AreaOwnership', 'AreaOwnership', '*ClaimRefunded', '*HexDefended'],
    ])
    expect(decayOf(scenario, OASIS_HEX)).toEqual([A, 100, 712, 900, 87, 935])
    expect(energyOf(scenario, D)).toEqual([100, [100, 100, 100, 900]])
    expect(energyOf(scenario, A)).toEqual([0, [0, 100, 0, 1_100]])
    expect(escrowOf(scenario)).toEqual([D, 0, 1_061, 1_161, 'Resolved'])
    expect(defended.the('*HexDefended')).toEqual({ hex: OASIS_HEX, owner: A, energy: 100 })

    const taken = claim(scenario, F, 100, 1_435)
    expect(decayOf(scenario, OASIS_HEX)).toEqual([F, 200, 712, 900, 0, 0])
    expect(escrowOf(scenario)).toEqual([F, 0, 1_435, 1_535, 'Resolved'])
    expect(taken.the('*ClaimInitiated')).toMatchObject({ energy_locked: 0, expiry_block: 1_535n })
  })

  test('quirk 20: a take-over writes every area, discovered or not, its building, and a transfer where one owned it', () => {
    const scenario = givenClaimable()
    scenario.given(
      'AreaOwnership',
      { area_id: areaId(OASIS_HEX, 1) },
      { owner_adventurer_id: D, claim_block: 9n },
    )
    const built = {
      hex_coordinate: OASIS_HEX,
      building_type: shortString('SMELTER'),
      owner_adventurer_id: D,
      tier: 1,
    }
    scenario.given('ConstructionBuildingNode', { area_id: areaId(OASIS_HEX, 1) }, built)
    const outcome = claim(scenario, F, 100, 1_435)
    expect(outcome.order).toEqual([
      ...PENDING.slice(0, 4),
      ...['AreaOwnership', '*OwnershipTransferred'],
      ...['AreaOwnership', 'ConstructionBuildingNode', '*OwnershipTransferred'],
      'AreaOwnership',
      '*ClaimInitiated',
    ])
    const owners = [0, 1, 2].map((index) => {
      const o = scenario.row('AreaOwnership', { area_id: areaId(OASIS_HEX, index) })
      return [o.owner_adventurer_id, o.discoverer_adventurer_id, o.discovery_block, o.claim_block]
    })
    expect(owners).toEqual([
      [F, A, 50n, 1_435n],
      [F, 0n, 0n, 1_435n],
      [F, 0n, 0n, 1_435n],
    ])
    expect(outcome.the('ConstructionBuildingNode')).toMatchObject({
      owner_adventurer_id: F,
      tier: 1,
    })
  })

  test('quirk 6: a pending claim never becomes ownership; after 500 blocks a second one takes the hex', () => {
    const scenario = givenClaimable()
    claim(scenario, C, 100, 1_434)
    expect(decayOf(scenario, OASIS_HEX)[0]).toBe(A)
    // At its expiry block the escrow still stands.
    expect(claim(scenario, D, 100, 1_534).returned).toEqual([0n])
    expect(claim(scenario, D, 100, 1_535).order.slice(0, 5)).toEqual(SETTLED)
    expect(decayOf(scenario, OASIS_HEX)[0]).toBe(D)
  })
})

describe('initiate_hex_claim', () => {
  test.each([
    ['below the minimum', { offer: 99 }],
    ['nothing', { offer: 0 }],
    ['with too little energy', { energy: 99 }],
    ['a hex below 80', { decay: { decay_level: 79 } }],
    ['a hex that nobody declared claimable', { decay: { claimable_since_block: 0n } }],
    ['by a stranger', { by: BOB }],
  ])(
    'offering %s is refused in silence',
    (_, { offer = 100, energy = 100, decay = {}, by }: ClaimCase) => {
      const scenario = givenClaimable()
      givenAdventurer(scenario, C, { adventurer: { energy } })
      scenario.given('HexDecayState', HEX, {
        decay_level: 99,
        claimable_since_block: 935n,
        ...decay,
      })
      const outcome = claimBy(
        scenario,
        C,
        offer,
        by === undefined ? { block: 960 } : { block: 960, by },
      )
      expect([outcome.emitted, outcome.returned]).toEqual([[], [0n]])
    },
  )

  test('the minimum is twice the upkeep and five for each point above 80', () => {
    const scenario = givenClaimable()
    scenario.given('HexDecayState', HEX, { decay_level: 81, claimable_since_block: 935n })
    expect(claim(scenario, C, 64, 960).returned).toEqual([0n])
    expect(claim(scenario, C, 65, 960).returned).toEqual([1n])
  })

  test('settlement happens for any caller and any id, and stays when the claim then fails', () => {
    const scenario = givenClaimable()
    claim(scenario, C, 100, 960)
    expect(claim(scenario, 0x999n, 0, 1_061).order).toEqual(SETTLED)
    expect(escrowOf(scenario)).toEqual([C, 0, 960, 1_060, 'Expired'])
    expect(claim(scenario, 0x999n, 0, 1_062).emitted).toEqual([])
  })

  test('quirk 7: who claims anew after his own escrow expired loses the refund', () => {
    const scenario = givenClaimable()
    scenario.given('HexDecayState', HEX, { decay_level: 80, claimable_since_block: 935n })
    claim(scenario, C, 70, 960)
    givenAdventurer(scenario, C, {
      adventurer: { energy: 75 },
      economics: { total_energy_spent: 70n },
    })
    const again = claim(scenario, C, 70, 1_061)
    const written = again.emitted
      .filter(({ name }) => name === 'Adventurer')
      .map(({ fields }) => fields.energy)
    expect(written).toEqual([145, 5])
    expect(energyOf(scenario, C)).toEqual([5, [5, 140, 0, 0]])
  })

  test('quirk 7: without energy of his own for the offer the new claim fails, and the refund stays', () => {
    const scenario = givenClaimable()
    claim(scenario, C, 100, 960)
    expect(claim(scenario, C, 100, 1_061).returned).toEqual([0n])
    expect(energyOf(scenario, C)).toEqual([100, [100, 100, 100, 900]])
  })

  test('quirk 9: a refund beyond the largest u16 reverts, and with it the whole call', () => {
    const scenario = givenClaimable()
    claim(scenario, C, 100, 960)
    givenAdventurer(scenario, C, { adventurer: { energy: 65_500 } })
    expect(() => claim(scenario, D, 100, 1_061)).toThrow(CallReverted)
    expect(escrowOf(scenario)[4]).toBe('Active')
  })

  test('quirk 5: a hex that nobody discovered can be claimed; discovering its control area does not take it back', () => {
    const scenario = createScenario()
    for (const id of [C, F]) givenAdventurer(scenario, id)
    scenario.call('process_hex_decay', HEX, { block: 300 })
    expect(claim(scenario, F, 100, 800).order).toEqual(PENDING) // no areas, no area rows
    expect(decayOf(scenario, OASIS_HEX)).toEqual([F, 100, 0, 300, 0, 0])
    scenario.call('discover_hex', { adventurer_id: C, ...HEX }, { block: 801 })
    scenario.call(
      'move_adventurer',
      { adventurer_id: C, to_hex_coordinate: OASIS_HEX },
      { block: 801 },
    )
    scenario.call('discover_area', { adventurer_id: C, ...HEX, area_index: 0 }, { block: 801 })
    expect(
      scenario.row('AreaOwnership', { area_id: areaId(OASIS_HEX, 0) }).owner_adventurer_id,
    ).toBe(C)
    expect(decayOf(scenario, OASIS_HEX)[0]).toBe(F)
  })

  test('death settles nothing: the refund goes to the dead (violates what the specification promises)', () => {
    const scenario = givenClaimable()
    claim(scenario, C, 100, 960)
    scenario.call('kill_adventurer', { adventurer_id: C, cause: 0n }, { block: 970 })
    expect(escrowOf(scenario)[4]).toBe('Active')
    claim(scenario, D, 100, 1_061)
    expect(energyOf(scenario, C)[0]).toBe(100)
  })
})

type ClaimCase = {
  offer?: number
  energy?: number
  decay?: Partial<RowOf<'HexDecayState'>>
  by?: bigint
}

describe('defend_hex_from_claim', () => {
  test.each([
    ['with less than is locked', A, 99],
    ['with nothing', A, 0],
    ['by who does not control the hex', C, 100],
  ])('%s is refused in silence', (_, id, energy) => {
    const scenario = givenClaimable()
    claim(scenario, D, 100, 960)
    const outcome = defend(scenario, id, energy, 970)
    expect([outcome.emitted, outcome.returned]).toEqual([[], [0n]])
  })

  test('a Watchtower lets 80 energy beat a lock of 100, and the nominal energy goes to the reserve', () => {
    const scenario = givenClaimable()
    const tower = {
      hex_coordinate: OASIS_HEX,
      building_type: shortString('WATCHTOWER'),
      is_active: true,
    }
    scenario.given(
      'ConstructionBuildingNode',
      { area_id: areaId(OASIS_HEX, 2) },
      { ...tower, condition_bp: 9_000 },
    )
    claim(scenario, D, 100, 960)
    expect(defend(scenario, A, 79, 970).returned).toEqual([0n])
    expect(defend(scenario, A, 80, 970).returned).toEqual([1n])
    expect(decayOf(scenario, OASIS_HEX)[1]).toBe(80)
  })

  test('without the energy for it the regeneration stays', () => {
    const scenario = givenClaimable()
    claim(scenario, D, 100, 960)
    givenAdventurer(scenario, A, {
      adventurer: { energy: 50 },
      economics: { last_regen_block: 900n },
    })
    const outcome = defend(scenario, A, 100, 970)
    expect([outcome.order, outcome.returned]).toEqual([['Adventurer', 'AdventurerEconomics'], [0n]])
    expect(energyOf(scenario, A)[0]).toBe(64)
  })

  test('quirk 8: after its expiry an escrow is settled first, and there is nothing left to defend', () => {
    const scenario = givenClaimable()
    claim(scenario, D, 100, 960)
    const late = defend(scenario, A, 100, 1_061)
    expect([late.order, late.returned]).toEqual([SETTLED, [0n]])
    expect(defend(givenClaimable(), A, 100, 1_061).emitted).toEqual([])
  })

  test('quirk 7: defending against oneself credits the reserve and costs nothing', () => {
    const scenario = givenClaimable()
    claim(scenario, A, 100, 960)
    givenAdventurer(scenario, A, {
      adventurer: { energy: 100 },
      economics: { last_regen_block: 960n },
    })
    expect(defend(scenario, A, 100, 965).returned).toEqual([1n])
    expect(energyOf(scenario, A)).toEqual([200, [200, 0, 100, 960]])
    expect(decayOf(scenario, OASIS_HEX)[1]).toBe(100)
  })

  test('re-syncs areas that went to others, keeping their claim block', () => {
    const scenario = givenClaimable()
    const control = areaId(OASIS_HEX, 0)
    scenario.given(
      'AreaOwnership',
      { area_id: control },
      { owner_adventurer_id: F, claim_block: 77n },
    )
    claim(scenario, D, 100, 960)
    const outcome = defend(scenario, A, 100, 970)
    expect(outcome.the('*OwnershipTransferred')).toEqual({
      area_id: control,
      from_adventurer_id: F,
      to_adventurer_id: A,
      claim_block: 77n,
    })
  })
})
