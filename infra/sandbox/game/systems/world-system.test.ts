import { describe, expect, test } from 'vitest'
import { areaId } from '../../../../schemas/worlds/infinite-hex-adventurers/ids.ts'
import { shortString } from '../../../../schemas/worlds/short-string.ts'
import {
  ALICE,
  BOB,
  createScenario,
  decayOf,
  givenAdventurer,
  OASIS_HEX,
  ORIGIN_HEX,
  type Scenario,
} from '../scenario.testing.ts'

const A = 0xan
const B = 0xbn
const C = 0xcn

const givenDiscovered = ({ given }: Scenario, areaCount = 5): void =>
  given(
    'Hex',
    { coordinate: OASIS_HEX },
    { biome: 'Oasis', is_discovered: true, discoverer: ALICE, area_count: areaCount },
  )

describe('discover_hex', () => {
  test('example World 1: writes the hex, takes 25 energy raw, and names the account as discoverer', () => {
    const scenario = createScenario()
    givenAdventurer(scenario, A, {
      adventurer: { energy: 70 },
      economics: { energy_balance: 70, last_regen_block: 1n },
    })
    const outcome = scenario.call(
      'discover_hex',
      { adventurer_id: A, hex_coordinate: OASIS_HEX },
      { block: 650 },
    )
    expect(outcome.order).toEqual(['Hex', 'Adventurer', '*HexDiscovered'])
    expect(outcome.the('Hex')).toEqual({
      coordinate: OASIS_HEX,
      biome: 'Oasis',
      is_discovered: true,
      discovery_block: 650n,
      discoverer: ALICE,
      area_count: 5,
    })
    expect(outcome.the('*HexDiscovered')).toEqual({
      hex: OASIS_HEX,
      biome: 'Oasis',
      discoverer: ALICE,
    })
    expect(outcome.the('Adventurer')).toMatchObject({ energy: 45 })
    expect(scenario.row('AdventurerEconomics', { adventurer_id: A })).toMatchObject({
      energy_balance: 70,
      last_regen_block: 1n,
    })
  })

  test('a second discovery is silent and free', () => {
    const scenario = createScenario()
    givenAdventurer(scenario, A)
    const args = { adventurer_id: A, hex_coordinate: OASIS_HEX }
    scenario.call('discover_hex', args, { block: 650 })
    expect(scenario.call('discover_hex', args, { block: 651 }).emitted).toEqual([])
    expect(scenario.row('Adventurer', { adventurer_id: A }).energy).toBe(75)
  })

  test('quirk 1: the origin is undiscovered at the start and can only be discovered from a neighbour', () => {
    const scenario = createScenario()
    givenAdventurer(scenario, A)
    const here = { adventurer_id: A, hex_coordinate: ORIGIN_HEX }
    expect(
      scenario.call('discover_hex', here, { block: 1 }).the('*WorldActionRejected'),
    ).toMatchObject({
      reason: shortString('NOT_ADJ'),
    })
    scenario.call(
      'move_adventurer',
      { adventurer_id: A, to_hex_coordinate: OASIS_HEX },
      { block: 1 },
    )
    expect(scenario.call('discover_hex', here, { block: 2 }).the('*HexDiscovered')).toMatchObject({
      biome: 'Canyon',
    })
  })

  test.each([
    ['an adventurer who never was', { id: B }, 'DEAD'],
    ['a dead one', { adventurer: { is_alive: false } }, 'DEAD'],
    ['somebody else’s', { by: BOB }, 'NOT_OWNER'],
    ['a felt that is no hex', { hex: 0n }, 'BAD_COORD'],
    ['a felt above 63 bits', { hex: 1n << 130n }, 'BAD_COORD'],
    ['a hex two steps away', { hex: 0x400015ffffcffffdn }, 'NOT_ADJ'],
    ['too little energy', { adventurer: { energy: 24 } }, 'LOW_ENERGY'],
  ])(
    'rejects %s',
    (_, { id = A, by = ALICE, hex = OASIS_HEX, adventurer = {} }: RejectionCase, reason) => {
      const scenario = createScenario()
      givenAdventurer(scenario, A, { adventurer })
      const outcome = scenario.call(
        'discover_hex',
        { adventurer_id: id, hex_coordinate: hex },
        { block: 9, by },
      )
      expect(outcome.emitted).toEqual([
        {
          name: '*WorldActionRejected',
          fields: {
            adventurer_id: id,
            action: shortString('DISC_HEX'),
            target: hex,
            reason: shortString(reason),
          },
        },
      ])
    },
  )
})

type RejectionCase = {
  id?: bigint
  by?: bigint
  hex?: bigint
  adventurer?: { is_alive?: boolean; energy?: number }
}

describe('discover_area', () => {
  test('example World 3: control area, its transfer, and another area that follows the new owner', () => {
    const scenario = createScenario()
    for (const id of [A, B, C])
      givenAdventurer(scenario, id, { adventurer: { current_hex: OASIS_HEX } })
    givenDiscovered(scenario)
    const control = areaId(OASIS_HEX, 0)
    const place = { hex_coordinate: OASIS_HEX, area_index: 0 }
    const first = scenario.call('discover_area', { adventurer_id: A, ...place }, { block: 655 })
    expect(first.order).toEqual([
      'HexArea',
      'AreaOwnership',
      '*AreaOwnershipAssigned',
      '*AreaDiscovered',
      'HexDecayState',
    ])
    expect(first.the('HexArea')).toEqual({
      area_id: control,
      hex_coordinate: OASIS_HEX,
      area_index: 0,
      area_type: 'Control',
      is_discovered: true,
      discoverer: ALICE,
      resource_quality: 65,
      size_category: 'Medium',
      plant_slot_count: 8,
    })
    expect(first.the('*AreaDiscovered')).toEqual({
      area_id: control,
      hex: OASIS_HEX,
      area_type: 'Control',
      discoverer: ALICE,
    })
    expect(first.the('*AreaOwnershipAssigned')).toEqual({
      area_id: control,
      owner_adventurer_id: A,
      discoverer_adventurer_id: A,
      claim_block: 0n,
    })
    expect(ownershipOf(scenario, 0)).toEqual([A, A, 655n, 0n])
    expect(decayOf(scenario, OASIS_HEX)).toEqual([A, 0, 0, 0, 0, 0])

    scenario.call('transfer_ownership', { area_id: control, to_adventurer_id: C }, { block: 658 })
    const second = scenario.call(
      'discover_area',
      { adventurer_id: B, ...place, area_index: 2 },
      { block: 660 },
    )
    expect(second.order).toEqual([
      'HexArea',
      'AreaOwnership',
      '*AreaOwnershipAssigned',
      '*AreaDiscovered',
    ])
    expect(ownershipOf(scenario, 0)).toEqual([C, A, 655n, 658n])
    expect(ownershipOf(scenario, 2)).toEqual([C, B, 660n, 658n])
    expect(decayOf(scenario, OASIS_HEX)[0]).toBe(A)
  })

  test('quirk 20: overwrites the ownership row that a claim left for an undiscovered area', () => {
    const scenario = createScenario()
    givenAdventurer(scenario, A, { adventurer: { current_hex: OASIS_HEX } })
    givenDiscovered(scenario)
    scenario.given(
      'AreaOwnership',
      { area_id: areaId(OASIS_HEX, 0) },
      { owner_adventurer_id: C, claim_block: 400n },
    )
    scenario.given('HexDecayState', { hex_coordinate: OASIS_HEX }, { owner_adventurer_id: C })
    const args = { adventurer_id: A, hex_coordinate: OASIS_HEX, area_index: 0 }
    const outcome = scenario.call('discover_area', args, { block: 700 })
    expect(ownershipOf(scenario, 0)).toEqual([A, A, 700n, 0n])
    // Quirk 5: the controller that the claim set stays.
    expect(outcome.order).not.toContain('HexDecayState')
    expect(scenario.call('discover_area', args, { block: 701 }).emitted).toEqual([])
  })

  test.each([
    ['an adventurer elsewhere', { at: ORIGIN_HEX }, 'WRONG_HEX'],
    ['an undiscovered hex', { areas: null }, 'HEX_UNDISC'],
    ['an index beyond the last area', { index: 5 }, 'AREA_INDEX'],
    ['an area before the control area', { index: 1 }, 'CTRL_UNSET'],
    ['a dead adventurer', { alive: false }, 'DEAD'],
  ])(
    'rejects %s',
    (_, { at = OASIS_HEX, areas = 5, index = 0, alive = true }: AreaCase, reason) => {
      const scenario = createScenario()
      givenAdventurer(scenario, A, { adventurer: { current_hex: at, is_alive: alive } })
      if (areas !== null) givenDiscovered(scenario, areas)
      const args = { adventurer_id: A, hex_coordinate: OASIS_HEX, area_index: index }
      const outcome = scenario.call('discover_area', args, { block: 9 })
      expect(outcome.order).toEqual(['*WorldActionRejected'])
      expect(outcome.the('*WorldActionRejected')).toEqual({
        adventurer_id: A,
        action: shortString('DISC_AREA'),
        target: OASIS_HEX,
        reason: shortString(reason),
      })
    },
  )

  const ownershipOf = ({ row }: Scenario, index: number): readonly bigint[] => {
    const owned = row('AreaOwnership', { area_id: areaId(OASIS_HEX, index) })
    return [
      owned.owner_adventurer_id,
      owned.discoverer_adventurer_id,
      owned.discovery_block,
      owned.claim_block,
    ]
  }
})

type AreaCase = { at?: bigint; areas?: number | null; index?: number; alive?: boolean }

describe('move_adventurer', () => {
  test('example World 2 and quirk 2: takes 15 energy and ignores lock and discovery', () => {
    const scenario = createScenario()
    givenAdventurer(scenario, A, { adventurer: { energy: 45, activity_locked_until: 676n } })
    const outcome = scenario.call(
      'move_adventurer',
      { adventurer_id: A, to_hex_coordinate: OASIS_HEX },
      { block: 670 },
    )
    expect(outcome.order).toEqual(['Adventurer', '*AdventurerMoved'])
    expect(outcome.the('Adventurer')).toMatchObject({
      energy: 30,
      activity_locked_until: 676n,
      current_hex: OASIS_HEX,
    })
    expect(outcome.the('*AdventurerMoved')).toEqual({
      adventurer_id: A,
      from: ORIGIN_HEX,
      to: OASIS_HEX,
    })
  })

  test.each([
    ['too little energy', OASIS_HEX, 14, 'LOW_ENERGY'],
    ['the hex where he stands', ORIGIN_HEX, 100, 'NOT_ADJ'],
    ['a felt that is no hex', 0x7fffffffffffffffn, 100, 'BAD_COORD'],
  ])('rejects %s', (_, to, energy, reason) => {
    const scenario = createScenario()
    givenAdventurer(scenario, A, { adventurer: { energy } })
    const outcome = scenario.call(
      'move_adventurer',
      { adventurer_id: A, to_hex_coordinate: to },
      { block: 9 },
    )
    expect(outcome.the('*WorldActionRejected')).toEqual({
      adventurer_id: A,
      action: shortString('MOVE'),
      target: to,
      reason: shortString(reason),
    })
  })
})
