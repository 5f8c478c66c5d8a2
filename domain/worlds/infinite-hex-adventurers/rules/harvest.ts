/**
 * Harvesting (game.md §3.4): energy buys a reservation of a plant's yield, time matures it, and
 * completing or cancelling it moves units into the backpack. Plants never regrow. All values are
 * small integers.
 */
import { shareOf, U32_MAX, WHOLE_BP } from './basis-points.ts'

export const HARVEST_ENERGY_PER_UNIT = 10
export const HARVEST_BLOCKS_PER_UNIT = 2
export const PLANT_STRESS_MAX = 100
export const PLANT_HEALTH_MAX = 100
/** Weight of one unit of any item in the backpack. */
export const UNIT_WEIGHT = 1
export const BACKPACK_WEIGHT_MAX = 750
/** Carrying capacity with an effective Storehouse on the hex; it is never stored. */
export const STOREHOUSE_CAPACITY_BP = 15_500
/** Extra units with an effective Greenhouse on the hex. */
export const GREENHOUSE_BONUS_BP = 2_000

export type PlantYield = Readonly<{ currentYield: number; reservedYield: number; maxYield: number }>

/** Units that may still be reserved; null when the row breaks reserved ≤ current ≤ max. */
export const availableYield = ({
  currentYield,
  reservedYield,
  maxYield,
}: PlantYield): number | null =>
  reservedYield > currentYield || currentYield > maxYield ? null : currentYield - reservedYield

export const harvestEnergy = (units: number): number => units * HARVEST_ENERGY_PER_UNIT

/** Block at which a harvest started now may be completed. */
export const harvestEta = (units: number, block: number): number =>
  block + units * HARVEST_BLOCKS_PER_UNIT

/** Blocks as rows hold them, any u64: the difference of two may be small where both are huge. */
export type Reservation = Readonly<{ amount: number; createdBlock: bigint; expiryBlock: bigint }>

/** Units taken by cancelling at this block: the matured share of the reservation, rounded down. */
export const cancelledYield = (
  { amount, createdBlock, expiryBlock }: Reservation,
  block: bigint,
): number => {
  const duration = expiryBlock - createdBlock
  if (duration <= 0n || block >= expiryBlock) return amount
  if (block <= createdBlock) return 0
  return Number((BigInt(amount) * (block - createdBlock)) / duration)
}

export type Plant = PlantYield & Readonly<{ stress: number; health: number }>

/**
 * A plant after `consumed` units were taken and `released` units of reservation given back. Stress
 * that lies above its maximum stays there.
 */
export const plantAfterHarvest = (plant: Plant, consumed: number, released: number): Plant => ({
  ...plant,
  currentYield: plant.currentYield - Math.min(consumed, plant.currentYield),
  reservedYield: plant.reservedYield - Math.min(released, plant.reservedYield),
  stress: plant.stress + Math.min(consumed, Math.max(0, PLANT_STRESS_MAX - plant.stress)),
  health: Math.max(0, plant.health - Math.floor(consumed / 2)),
})

/** Weight that can be carried here, a u32 too. */
export const carryCapacity = (maxWeight: number, hasStorehouse: boolean): number =>
  Math.min(U32_MAX, shareOf(maxWeight, hasStorehouse ? STOREHOUSE_CAPACITY_BP : WHOLE_BP))

/** Units that fit into what is left of a capacity; the rest is destroyed. */
export const unitsThatFit = (units: number, weight: number, capacity: number): number =>
  Math.min(units, Math.max(0, capacity - weight))

/** Units that a Greenhouse adds to a harvest, before capacity. */
export const greenhouseBonus = (consumed: number): number => shareOf(consumed, GREENHOUSE_BONUS_BP)
