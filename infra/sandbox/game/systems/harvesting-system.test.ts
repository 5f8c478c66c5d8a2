import { describe, expect, test } from 'vitest'
import {
  areaResourceKey,
  plantKey,
} from '../../../../schemas/worlds/infinite-hex-adventurers/ids.ts'
import { shortString } from '../../../../schemas/worlds/short-string.ts'
import type { RowOf } from '../row-codec.ts'
import {
  ALICE,
  BOB,
  createScenario,
  givenAdventurer,
  OASIS_HEX,
  ORIGIN_HEX,
  type Scenario,
} from '../scenario.testing.ts'

import {
  A,
  ACTION,
  AREA,
  B,
  givenPlant,
  PLACE,
  PLANT,
  plant,
  reservationOf,
} from './harvest-scenario.testing.ts'

describe('init_harvesting', () => {
  const givenField = (
    area: Partial<RowOf<'HexArea'>> = {},
    hex: Partial<RowOf<'Hex'>> = {},
  ): Scenario => {
    const scenario = createScenario()
    scenario.given(
      'Hex',
      { coordinate: OASIS_HEX },
      { biome: 'Oasis', is_discovered: true, area_count: 5, ...hex },
    )
    scenario.given(
      'HexArea',
      { area_id: AREA },
      {
        hex_coordinate: OASIS_HEX,
        area_type: 'PlantField',
        is_discovered: true,
        plant_slot_count: 6,
        ...area,
      },
    )
    return scenario
  }

  test('writes the generated plant and nothing else; anyone may, once', () => {
    const scenario = givenField()
    const outcome = scenario.call('init_harvesting', PLACE, { block: 660, by: BOB })
    expect(outcome.order).toEqual(['PlantNode'])
    expect(outcome.returned).toEqual([1n])
    expect(outcome.the('PlantNode')).toMatchObject({
      plant_key: PLANT,
      hex_coordinate: OASIS_HEX,
      area_id: AREA,
      plant_id: 0,
      species: shortString('DATEP'),
      current_yield: 45,
      reserved_yield: 0,
      max_yield: 45,
      regrowth_rate: 1,
      health: 100,
      stress_level: 0,
      last_harvest_block: 660n,
      discoverer: BOB,
    })
    const again = scenario.call('init_harvesting', PLACE, { block: 661 })
    expect(again.the('*HarvestingRejected')).toEqual({
      adventurer_id: 0n,
      hex: OASIS_HEX,
      area_id: AREA,
      plant_id: 0,
      phase: shortString('INIT'),
      reason: shortString('ALREADY_INIT'),
    })
  })

  test('inspect_plant answers the row, zeros for a plant that nobody made known', () => {
    const scenario = givenField()
    const inspect = (): readonly bigint[] =>
      scenario.view('harvesting_manager', 'inspect_plant', [OASIS_HEX, AREA, 0n], { block: 1 })
    expect(inspect()).toEqual([PLANT, ...new Array<bigint>(13).fill(0n)])
    scenario.call('init_harvesting', PLACE, { block: 660 })
    expect(inspect().slice(0, 8)).toEqual([
      PLANT,
      OASIS_HEX,
      AREA,
      0n,
      shortString('DATEP'),
      45n,
      0n,
      45n,
    ])
  })

  test.each([
    ['an undiscovered hex', {}, { is_discovered: false }, 'HEX_UNDISC'],
    ['an undiscovered area', { is_discovered: false }, {}, 'AREA_UNDISC'],
    ['an area of another hex', { hex_coordinate: ORIGIN_HEX }, {}, 'AREA_UNDISC'],
    ['a mine field', { area_type: 'MineField' }, {}, 'NOT_PLANT'],
    ['a slot that does not exist', { plant_slot_count: 0 }, {}, 'PLANT_RANGE'],
  ] as const)('rejects %s', (_, area, hex, reason) => {
    const outcome = givenField(area, hex).call('init_harvesting', PLACE, { block: 660 })
    expect(outcome.order).toEqual(['*HarvestingRejected'])
    expect(outcome.the('*HarvestingRejected')).toMatchObject({ reason: shortString(reason) })
  })
})

describe('start_harvesting', () => {
  const start = (scenario: Scenario, amount: number, by = ALICE): string => {
    const outcome = scenario.call('start_harvesting', { ...ACTION, amount }, { block: 668, by })
    if (!outcome.order.includes('*HarvestingRejected')) return 'started'
    const { reason } = outcome.the('*HarvestingRejected')
    return Buffer.from((reason as bigint).toString(16), 'hex').toString()
  }

  test.each([
    ['nothing', { amount: 0 }, 'BAD_AMOUNT'],
    ['more than is left', { plant: { reserved_yield: 50 }, amount: 3 }, 'LOW_YIELD'],
    [
      'an amount whose cost exceeds a u16, which is more than any plant yields',
      { amount: 7_000 },
      'LOW_YIELD',
    ],
    ['more energy than there is', { amount: 11 }, 'LOW_ENERGY'],
    ['while locked', { adventurer: { activity_locked_until: 669n } }, 'LOCKED'],
    ['from elsewhere', { adventurer: { current_hex: ORIGIN_HEX } }, 'WRONG_HEX'],
    ['by the dead', { adventurer: { is_alive: false } }, 'DEAD'],
    ['by a stranger', { by: BOB }, 'NOT_OWNER'],
    [
      'an unknown plant (quirk 11: its hex is 0)',
      { plant: { hex_coordinate: 0n, max_yield: 0 } },
      'WRONG_HEX',
    ],
    [
      'at the block where the lock ends',
      { adventurer: { activity_locked_until: 668n } },
      'started',
    ],
  ])(
    '%s',
    (_, {
      amount = 1,
      adventurer = {},
      plant: plantFields = {},
      by = ALICE,
    }: StartCase, result) => {
      const scenario = givenPlant(plantFields)
      givenAdventurer(scenario, A, { adventurer: { current_hex: OASIS_HEX, ...adventurer } })
      expect(start(scenario, amount, by)).toBe(result)
    },
  )

  test('a plant reserved by him already is refused, and quirk 12: another plant is not, once the lock ended', () => {
    const scenario = givenPlant()
    expect(start(scenario, 1)).toBe('started')
    expect(start(scenario, 1)).toBe('ACTIVE')
    const other = plantKey(OASIS_HEX, AREA, 1)
    scenario.given('PlantNode', { plant_key: other }, plant({ plant_id: 1 }))
    const second = { ...ACTION, plant_id: 1, amount: 1 }
    expect(scenario.call('start_harvesting', second, { block: 670 }).order).toContain(
      '*HarvestingStarted',
    )
    expect(reservationOf(scenario)[3]).toBe('Active')
  })

  test.each([
    ['nobody owns the area', 0n, {}, 'started'],
    ['he owns it', A, {}, 'started'],
    ['somebody else does', B, {}, 'NO_ACCESS'],
    ['quirk 18: he squats on the policy', B, { controller: A }, 'started'],
    ['the policy is off', B, { controller: A, enabled: false }, 'NO_ACCESS'],
    ['a grant lets him extract', B, { controller: B, mask: 2 }, 'started'],
    ['a grant lets him only inspect', B, { controller: B, mask: 1 }, 'NO_ACCESS'],
    ['the grant is of an earlier epoch', B, { controller: B, mask: 2, epoch: 4 }, 'NO_ACCESS'],
  ])(
    'access when %s',
    (_, owner, { controller, enabled = true, mask = 0, epoch = 5 }: AccessCase, result) => {
      const scenario = givenPlant()
      const key = areaResourceKey(AREA, 'plant')
      scenario.given('AreaOwnership', { area_id: AREA }, { owner_adventurer_id: owner })
      if (controller !== undefined) {
        const policy = {
          controller_adventurer_id: controller,
          is_enabled: enabled,
          policy_epoch: 5,
        }
        scenario.given('ResourcePolicy', { resource_key: key }, policy)
      }
      const grantKeys = { resource_key: key, grantee_adventurer_id: A }
      scenario.given('ResourceAccessGrant', grantKeys, {
        permissions_mask: mask,
        is_active: true,
        policy_epoch: epoch,
      })
      expect(start(scenario, 1)).toBe(result)
    },
  )
})

type StartCase = {
  amount?: number
  by?: bigint
  adventurer?: Partial<RowOf<'Adventurer'>>
  plant?: Partial<RowOf<'PlantNode'>>
}
type AccessCase = { controller?: bigint; enabled?: boolean; mask?: number; epoch?: number }
