/**
 * From rows to hexes as the API shows them. Pure; values that depend on time are computed for the
 * block of the answer.
 */
import { compareFelts, type Felt, feltOfShortString } from '../../../../domain/felt.ts'
import type { Biome } from '../../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { isBuildingEffective } from '../../../../domain/worlds/infinite-hex-adventurers/rules/buildings.ts'
import {
  defenceEnergyAgainst,
  immediateClaimBlock,
  isClaimable,
  minimumClaimOf,
} from '../../../../domain/worlds/infinite-hex-adventurers/rules/claim.ts'
import {
  projectedDecay,
  upkeepOf,
} from '../../../../domain/worlds/infinite-hex-adventurers/rules/decay.ts'
import type {
  Area,
  Claim,
  Decay,
  Hex,
  Plant,
} from '../../../../schemas/graphql/worlds/infinite-hex-adventurers/types.ts'
import { hexPoint } from '../../../../schemas/h3.ts'
import { areaId } from '../../../../schemas/worlds/infinite-hex-adventurers/ids.ts'
import { blockOrNull, idOrNull, present, textOf } from '../row-values.ts'
import type { AreaRow, BuildingRow, ClaimRow, DecayRow, HexRow, PlantRow } from './tables.ts'

const plantView = (row: PlantRow): Plant => ({
  key: row.plant_key,
  slot: present(row.plant_id, 'plant_id'),
  species: textOf(present(row.species, 'species')),
  currentYield: present(row.current_yield, 'current_yield'),
  reservedYield: present(row.reserved_yield, 'reserved_yield'),
  maxYield: present(row.max_yield, 'max_yield'),
  availableYield:
    present(row.current_yield, 'current_yield') - present(row.reserved_yield, 'reserved_yield'),
  regrowthRate: present(row.regrowth_rate, 'regrowth_rate'),
  health: present(row.health, 'health'),
  stress: present(row.stress_level, 'stress_level'),
  lastHarvestBlock: Number(present(row.last_harvest_block, 'last_harvest_block')),
  itemId: present(row.item_id, 'item_id'),
})

/**
 * `plants`: those of the area; `harvesters`: who may harvest there besides its owner. An area that
 * nobody discovered has an owner at most.
 */
export const areaView = (
  row: AreaRow,
  plants: readonly PlantRow[],
  harvesters: readonly Felt[],
): Area => ({
  id: row.area_id,
  index: row.area_index,
  type: row.area_type,
  isDiscovered: row.is_discovered ?? false,
  discoverer: idOrNull(row.discoverer),
  quality: row.resource_quality,
  size: row.size_category,
  plantSlots: row.plant_slot_count,
  ownerId: idOrNull(row.owner_adventurer_id),
  discovererAdventurerId: idOrNull(row.discoverer_adventurer_id),
  harvesterIds: harvesters,
  claimBlock: blockOrNull(row.claim_block),
  plants: plants.map(plantView).sort((a, b) => a.slot - b.slot || compareFelts(a.key, b.key)),
})

export const decayView = (
  row: DecayRow,
  biome: Biome | null,
  block: number,
  upkeepBp: number,
): Decay => {
  const level = present(row.decay_level, 'decay_level')
  const reserve = present(row.current_energy_reserve, 'current_energy_reserve')
  const lastProcessedBlock = Number(
    present(row.last_decay_processed_block, 'last_decay_processed_block'),
  )
  const claimableSince = Number(present(row.claimable_since_block, 'claimable_since_block'))
  const claimable = isClaimable(level, claimableSince)
  const upkeep = upkeepOf(biome, upkeepBp)
  return {
    ownerId: idOrNull(row.owner_adventurer_id),
    energyReserve: reserve,
    level,
    projectedLevel: projectedDecay({ level, reserve, lastProcessedBlock }, biome, block, upkeepBp)
      .level,
    lastPaymentBlock: Number(present(row.last_energy_payment_block, 'last_energy_payment_block')),
    lastProcessedBlock,
    claimableSinceBlock: claimableSince === 0 ? null : claimableSince,
    upkeepPer100Blocks: upkeep,
    minimumClaimEnergy: claimable ? minimumClaimOf(upkeep, level) : null,
    immediateClaimBlock: claimable ? immediateClaimBlock(claimableSince) : null,
  }
}

const WATCHTOWER = feltOfShortString('WATCHTOWER')

/** Whether a building is one of a hex: any area's id may be built under, and any hex named. */
const standsOn = ({ area_id }: BuildingRow, hex: Felt, areaCount: number): boolean =>
  Array.from({ length: areaCount }, (_, index) => index).some(
    (index) => areaId(BigInt(hex), index) === BigInt(area_id),
  )

/** Whether an effective Watchtower stands on a hex. */
export const hasWatchtower = (
  hex: Felt,
  areaCount: number,
  buildings: readonly BuildingRow[],
): boolean =>
  buildings.some(
    (row) =>
      row.building_type === WATCHTOWER &&
      isBuildingEffective(row.is_active ?? false, row.condition_bp ?? 0) &&
      standsOn(row, hex, areaCount),
  )

export const claimView = (row: ClaimRow, isWatched: boolean): Claim => ({
  id: row.claim_id,
  claimantId: present(row.claimant_adventurer_id, 'claimant_adventurer_id'),
  energyLocked: present(row.energy_locked, 'energy_locked'),
  createdBlock: Number(present(row.created_block, 'created_block')),
  expiryBlock: Number(present(row.expiry_block, 'expiry_block')),
  minimumDefenceEnergy: defenceEnergyAgainst(
    present(row.energy_locked, 'energy_locked'),
    isWatched,
  ),
  status: row.status ?? 'Inactive',
})

export type HexRows = Readonly<{
  hex: ReadonlyMap<Felt, HexRow>
  decay: ReadonlyMap<Felt, DecayRow>
  areas: ReadonlyMap<Felt | null, readonly AreaRow[]>
  plants: ReadonlyMap<Felt | null, readonly PlantRow[]>
  claim: ReadonlyMap<Felt | null, ClaimRow>
  buildings: ReadonlyMap<Felt | null, readonly BuildingRow[]>
  /** By resource key. */
  harvesters: ReadonlyMap<Felt | null, readonly Felt[]>
}>

export type HexTerms = Readonly<{ block: number; upkeepBp: number; showsDecay: boolean }>

export const hexView = (
  id: Felt,
  rows: HexRows,
  { block, upkeepBp, showsDecay }: HexTerms,
): Omit<Hex, 'adventurers'> | null => {
  const coordinate = hexPoint(id)
  if (coordinate === null) return null
  const hex = rows.hex.get(id)
  const decay = showsDecay ? rows.decay.get(id) : undefined
  const claim = rows.claim.get(id)
  const isDiscovered = hex?.is_discovered ?? false
  const biome = isDiscovered ? (hex?.biome ?? null) : null
  const isWatched = (): boolean =>
    hasWatchtower(id, isDiscovered ? (hex?.area_count ?? 0) : 0, rows.buildings.get(id) ?? [])
  const areas = (rows.areas.get(id) ?? []).map((area) =>
    areaView(
      area,
      rows.plants.get(area.area_id) ?? [],
      rows.harvesters.get(area.resource_key) ?? [],
    ),
  )
  return {
    coordinate,
    isDiscovered,
    biome,
    discoveryBlock: isDiscovered && hex ? Number(hex.discovery_block) : null,
    discoverer: isDiscovered && hex ? idOrNull(hex.discoverer) : null,
    areaCount: isDiscovered && hex ? hex.area_count : null,
    areas: areas.sort(
      (a, b) => (a.index ?? Infinity) - (b.index ?? Infinity) || compareFelts(a.id, b.id),
    ),
    decay: decay === undefined ? null : decayView(decay, biome, block, upkeepBp),
    claim: claim === undefined ? null : claimView(claim, isWatched()),
  }
}
