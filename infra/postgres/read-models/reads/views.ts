/**
 * From rows to what the API shows. Pure; values that depend on time are computed for the block of
 * the answer.
 */
import { FatalError } from '../../../../domain/errors.ts'
import { compareFelts, type Felt, shortStringOf } from '../../../../domain/felt.ts'
import type { Biome } from '../../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { WHOLE_BP } from '../../../../domain/worlds/infinite-hex-adventurers/rules/basis-points.ts'
import {
  immediateClaimBlock,
  isClaimable,
  minimumClaimOf,
} from '../../../../domain/worlds/infinite-hex-adventurers/rules/claim.ts'
import {
  conversionPenaltyBp,
  effectiveConversionRate,
  inConversionWindow,
  withRateDefaults,
} from '../../../../domain/worlds/infinite-hex-adventurers/rules/conversion.ts'
import {
  projectedDecay,
  upkeepOf,
} from '../../../../domain/worlds/infinite-hex-adventurers/rules/decay.ts'
import { effectiveEnergy } from '../../../../domain/worlds/infinite-hex-adventurers/rules/energy.ts'
import { policyInForce } from '../../../../domain/worlds/infinite-hex-adventurers/rules/regulator.ts'
import type {
  AdventurerPart,
  AdventurerView,
  AreaView,
  ClaimView,
  ConversionRateView,
  DecayView,
  ItemView,
  PlantView,
  ReservationView,
} from '../../../../projections/world-reads.ts'
import type { WorldRow } from '../../../../projections/world-tables.ts'
import { hexPoint } from '../../../../schemas/h3.ts'

/** Id 0, and a row that has none, stand for nobody. */
export const idOrNull = (id: Felt | null): Felt | null => (id === '0x0' ? null : id)

/** Blocks are u64 on chain and far below 2^53 in practice. 0 and a missing row stand for never. */
const blockOrNull = (block: string | null): number | null =>
  block === null || block === '0' ? null : Number(block)

/** A column that is there whenever its model's row is; the caller has made sure of the row. */
const present = <T>(value: T | null, column: string): T => {
  if (value === null) throw new FatalError(`Column ${column} is null in a row that has its model`)
  return value
}

export const plantView = (row: WorldRow<'plants'>): PlantView => ({
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

/** The text of a short string, or its felt where it is not printable. */
const textOf = (felt: Felt): string => shortStringOf(felt) ?? felt

/** `plants`: those of the area. An area that nobody discovered has an owner at most. */
export const areaView = (
  row: WorldRow<'areas'>,
  plants: readonly WorldRow<'plants'>[],
): AreaView => ({
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
  claimBlock: blockOrNull(row.claim_block),
  plants: plants.map(plantView).sort((a, b) => a.slot - b.slot || compareFelts(a.key, b.key)),
})

/** Upkeep factor in force at a block; `policy` is the regulator's row, if it ever ticked. */
export const upkeepBpAt = (
  policy: WorldRow<'regulator_policies'> | undefined,
  block: number,
): number =>
  policy === undefined
    ? WHOLE_BP
    : policyInForce(
        {
          policyEpoch: policy.policy_epoch ?? 0,
          conversionTaxBp: policy.conversion_tax_bp ?? 0,
          upkeepBp: policy.upkeep_bp ?? 0,
          mintDiscountBp: policy.mint_discount_bp ?? 0,
        },
        block,
      ).upkeepBp

export const decayView = (
  row: WorldRow<'hex_decay'>,
  biome: Biome | null,
  block: number,
  upkeepBp: number,
): DecayView => {
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

export const claimView = (row: WorldRow<'claims'>): ClaimView => ({
  id: row.claim_id,
  claimantId: present(row.claimant_adventurer_id, 'claimant_adventurer_id'),
  energyLocked: present(row.energy_locked, 'energy_locked'),
  createdBlock: Number(present(row.created_block, 'created_block')),
  expiryBlock: Number(present(row.expiry_block, 'expiry_block')),
  status: row.status ?? 'Inactive',
})

/** `plant`: the plant that is reserved; undefined when its row is not known. */
export const reservationView = (
  row: WorldRow<'reservations'>,
  plant: WorldRow<'plants'> | undefined,
): ReservationView => ({
  id: row.reservation_id,
  plantKey: present(row.plant_key, 'plant_key'),
  hex: plant?.hex_coordinate ? hexPoint(plant.hex_coordinate) : null,
  areaId: plant?.area_id ?? null,
  plantSlot: plant?.plant_id ?? null,
  amount: present(row.reserved_amount, 'reserved_amount'),
  createdBlock: Number(present(row.created_block, 'created_block')),
  readyBlock: Number(present(row.expiry_block, 'expiry_block')),
})

export const itemView = (row: WorldRow<'backpack_items'>): ItemView => ({
  id: row.item_id,
  name: shortStringOf(row.item_id),
  quantity: present(row.quantity, 'quantity'),
  quality: present(row.quality, 'quality'),
  weightPerUnit: present(row.weight_per_unit, 'weight_per_unit'),
})

/** What belongs to an adventurer beside its own row. */
export type Belongings = Readonly<{
  items: readonly ItemView[]
  reservations: readonly ReservationView[]
}>

/** Null for a row without the adventurer itself, and for one that stands nowhere on the map. */
export const adventurerView = (
  row: WorldRow<'adventurers'>,
  { items, reservations }: Belongings,
  block: number,
  parts: ReadonlySet<AdventurerPart>,
): AdventurerView | null => {
  const coordinate = row.current_hex === null ? null : hexPoint(row.current_hex)
  if (coordinate === null) return null
  const energy = present(row.energy, 'energy')
  const maxEnergy = present(row.max_energy, 'max_energy')
  const lastRegenBlock = row.last_regen_block === null ? null : Number(row.last_regen_block)
  return {
    id: row.adventurer_id,
    owner: present(row.owner, 'owner'),
    name: textOf(present(row.name, 'name')),
    energy,
    effectiveEnergy:
      lastRegenBlock === null
        ? energy
        : effectiveEnergy({ energy, maxEnergy, lastRegenBlock }, block),
    maxEnergy,
    coordinate,
    lockedUntilBlock: present(row.activity_locked_until, 'activity_locked_until'),
    isAlive: present(row.is_alive, 'is_alive'),
    death:
      row.death_block === null
        ? null
        : {
            block: Number(row.death_block),
            cause: textOf(present(row.death_cause, 'death_cause')),
          },
    economics:
      !parts.has('economics') || lastRegenBlock === null
        ? null
        : {
            totalEnergySpent: present(row.total_energy_spent, 'total_energy_spent'),
            totalEnergyEarned: present(row.total_energy_earned, 'total_energy_earned'),
            lastRegenBlock,
          },
    inventory:
      !parts.has('inventory') || row.current_weight === null
        ? null
        : { weight: row.current_weight, maxWeight: present(row.max_weight, 'max_weight'), items },
    reservations,
  }
}

export const conversionRateView = (
  row: WorldRow<'conversion_rates'>,
  block: number,
): ConversionRateView => {
  const rate = withRateDefaults({
    currentRate: present(row.current_rate, 'current_rate'),
    baseRate: present(row.base_rate, 'base_rate'),
    lastUpdateBlock: Number(present(row.last_update_block, 'last_update_block')),
    unitsInWindow: present(row.units_converted_in_window, 'units_converted_in_window'),
  })
  const unitsInWindow = inConversionWindow(rate.lastUpdateBlock, block) ? rate.unitsInWindow : 0
  return {
    itemId: row.item_type,
    itemName: shortStringOf(row.item_type),
    baseRate: rate.baseRate,
    effectiveRate: effectiveConversionRate(rate, block),
    unitsInWindow,
    penaltyBp: conversionPenaltyBp(unitsInWindow),
    lastConversionBlock: rate.lastUpdateBlock,
  }
}
