/** A plant field with a plant on it, and what can stand around it, for the tests of harvesting. */
import {
  areaId,
  areaResourceKey,
  harvestItemId,
  plantKey,
  reservationId,
} from '../../../../schemas/worlds/infinite-hex-adventurers/ids.ts'
import { shortString } from '../../../../schemas/worlds/short-string.ts'
import type { RowOf } from '../row-codec.ts'
import { createScenario, givenAdventurer, OASIS_HEX, type Scenario } from '../scenario.testing.ts'

export const A = 0xan
export const B = 0xbn
export const AREA = areaId(OASIS_HEX, 1)
export const PLANT = plantKey(OASIS_HEX, AREA, 0)
export const ITEM = harvestItemId(PLANT)
export const PLACE = { hex_coordinate: OASIS_HEX, area_id: AREA, plant_id: 0 }
export const ACTION = { adventurer_id: A, ...PLACE }

export const plant = (fields: Partial<RowOf<'PlantNode'>> = {}): Partial<RowOf<'PlantNode'>> => ({
  hex_coordinate: OASIS_HEX,
  area_id: AREA,
  current_yield: 52,
  max_yield: 52,
  health: 100,
  ...fields,
})

export const givenPlant = (fields: Partial<RowOf<'PlantNode'>> = {}): Scenario => {
  const scenario = createScenario()
  givenAdventurer(scenario, A, {
    adventurer: { current_hex: OASIS_HEX },
    economics: { last_regen_block: 640n },
  })
  scenario.given('PlantNode', { plant_key: PLANT }, plant(fields))
  return scenario
}

export const plantOf = ({ row }: Scenario): readonly number[] => {
  const p = row('PlantNode', { plant_key: PLANT })
  return [p.current_yield, p.reserved_yield, p.stress_level, p.health, Number(p.last_harvest_block)]
}
export const reservationOf = (
  { row }: Scenario,
  id = A,
): readonly [number, number, number, string] => {
  const r = row('HarvestReservation', { reservation_id: reservationId(id, PLANT) })
  return [r.reserved_amount, Number(r.created_block), Number(r.expiry_block), r.status]
}
export const stackOf = ({ row }: Scenario, id = A): readonly number[] => {
  const item = row('BackpackItem', { adventurer_id: id, item_id: ITEM })
  return [
    item.quantity,
    item.quality,
    item.weight_per_unit,
    row('Inventory', { adventurer_id: id }).current_weight,
  ]
}

export const givenReservation = (
  { given }: Scenario,
  fields: Partial<RowOf<'HarvestReservation'>> = {},
  id = A,
): void =>
  given(
    'HarvestReservation',
    { reservation_id: reservationId(id, PLANT) },
    {
      adventurer_id: id,
      plant_key: PLANT,
      created_block: 80n,
      expiry_block: 98n,
      status: 'Active',
      ...fields,
    },
  )

export const givenBuilding = (
  { given }: Scenario,
  kind: string,
  fields: Partial<RowOf<'ConstructionBuildingNode'>> = {},
): void => {
  given('Hex', { coordinate: OASIS_HEX }, { biome: 'Oasis', is_discovered: true, area_count: 5 })
  given(
    'ConstructionBuildingNode',
    { area_id: areaId(OASIS_HEX, 4) },
    {
      hex_coordinate: OASIS_HEX,
      building_type: shortString(kind),
      tier: 1,
      condition_bp: 3_001,
      is_active: true,
      ...fields,
    },
  )
}

export const givenShares = (
  { given }: Scenario,
  shares: readonly (readonly [bigint, number])[],
): void => {
  const key = areaResourceKey(AREA, 'plant')
  given(
    'ResourcePolicy',
    { resource_key: key },
    { controller_adventurer_id: A, is_enabled: true, policy_epoch: 1 },
  )
  const [first = [0n, 0], second = [0n, 0]] = shares
  given(
    'ResourceShareRuleTally',
    { resource_key: key, rule_kind: 'OutputItem' },
    {
      total_bp: first[1] + second[1],
      active_recipient_count: shares.length,
      policy_epoch: 1,
      recipient_0: first[0],
      recipient_7: second[0],
    },
  )
  for (const [recipient, share_bp] of shares) {
    given(
      'ResourceShareRule',
      { resource_key: key, recipient_adventurer_id: recipient, rule_kind: 'OutputItem' },
      { share_bp, is_active: true, policy_epoch: 1 },
    )
  }
}
