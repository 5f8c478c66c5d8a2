/** Hexes and what belongs to them: areas, plants, energy and decay, claims, and where they lie. */
import { FatalError } from '../../../../domain/errors.ts'
import type { Felt } from '../../../../domain/felt.ts'
import type { MemberValue } from '../../../../domain/worlds/definition.ts'
import {
  areaResourceKey,
  harvestItemId,
} from '../../../../schemas/worlds/infinite-hex-adventurers/ids.ts'
import type { Derivation } from '../../../engine/model-table.ts'
import type { ConstantTable } from '../../../engine/table.ts'
import { gameTable, type Row } from '../game-table.ts'

/** The subject of everything that is seen on a hex. */
export const HEX = 'hex'

const asBigint = (felt: MemberValue): bigint => {
  if (typeof felt !== 'string') throw new FatalError(`${String(felt)} is not a felt`)
  return BigInt(felt)
}

/**
 * One item type per plant; hashing costs 0.2 ms, so it is done once per plant and not once per
 * read.
 */
const itemOfPlant: Derivation = {
  type: 'item',
  from: (own) => {
    const plant = own('plant_key')
    return plant === null
      ? null
      : (`0x${harvestItemId(asBigint(plant)).toString(16)}` satisfies Felt)
  },
}

/**
 * An area's own row names its hex. An area that a claim gave to somebody before it was discovered
 * has no such row: its hex is that of the escrow, which the same call wrote just before (game.md
 * §2.11, claim immediate and defend).
 */
const hexOfArea: Derivation = {
  type: 'hex',
  from: (own, lastWritten) => own('hex_coordinate') ?? lastWritten(claims, 'hex_coordinate'),
}

/** The key under which harvests in an area are shared: hashed once per area, and not per read. */
const resourceOfArea: Derivation = {
  type: 'felt',
  from: (own) => {
    const area = own('area_id')
    return area === null
      ? null
      : (`0x${areaResourceKey(asBigint(area), 'plant').toString(16)}` satisfies Felt)
  },
}

export const hexes = gameTable('hexes', {
  models: { Hex: {} },
  lookup: 'coordinate',
  subjects: { [HEX]: 'coordinate' },
})

export const hexDecay = gameTable('hex_decay', {
  models: { HexDecayState: {} },
  lookup: 'hex_coordinate',
  subjects: { [HEX]: 'hex_coordinate' },
  indexes: [
    {
      name: 'hex_decay_by_owner',
      on: 'owner_adventurer_id',
      where: `owner_adventurer_id <> '0x0'`,
    },
  ],
})

export const claims = gameTable('claims', {
  models: { ClaimEscrow: {} },
  lookup: 'hex_coordinate',
  subjects: { [HEX]: 'hex_coordinate' },
})

export const areas = gameTable('areas', {
  models: { HexArea: {}, AreaOwnership: {} },
  lookup: 'hex',
  subjects: { [HEX]: 'hex' },
  derived: { hex: hexOfArea, resource_key: resourceOfArea },
})

export const plants = gameTable('plants', {
  models: { PlantNode: {} },
  lookup: 'hex_coordinate',
  subjects: { [HEX]: 'hex_coordinate' },
  derived: { item_id: itemOfPlant },
})

export const buildings = gameTable('buildings', {
  models: { ConstructionBuildingNode: {} },
  lookup: 'hex_coordinate',
  subjects: { [HEX]: 'hex_coordinate' },
})

export type BuildingRow = Row<typeof buildings>
export type HexRow = Row<typeof hexes>
export type DecayRow = Row<typeof hexDecay>
export type ClaimRow = Row<typeof claims>
export type AreaRow = Row<typeof areas>
export type PlantRow = Row<typeof plants>

/**
 * Where hexes lie that were discovered, or have a controller or decay. Planar: pointy-top hexes of
 * circumradius 1, y downwards.
 */
export const hexGeometry: ConstantTable = {
  kind: 'constant',
  name: 'hex_geometry',
  columns: [
    { name: 'hex', storage: 'text' },
    { name: 'q', storage: 'integer' },
    { name: 'r', storage: 'integer' },
    { name: 'h3', storage: 'text' },
    { name: 'outline', storage: 'geometry' },
  ],
  geometry: 'outline',
}
