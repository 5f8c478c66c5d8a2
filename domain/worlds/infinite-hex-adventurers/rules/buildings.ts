/**
 * Buildings and what they do for their hex (game.md §3.8). One building stands in an area; the
 * first effective one of a kind, in area order, counts for the whole hex. Tiers change nothing,
 * materials are never consumed, and condition never falls on chain.
 */
import { shareOf, WHOLE_BP } from './basis-points.ts'
import { HERBAL_PRESS_BONUS_BP, SMELTER_BONUS_BP } from './conversion.ts'

export const CONDITION_BP_MAX = 10_000
/** A building at or below this condition has no effect. */
export const CONDITION_DISABLED_BP = 3_000
export const REPAIR_BP_PER_ENERGY = 100
export const BUILDING_TIER_MAX = 255

/**
 * What an effective Workshop takes off the stake and the building time of new construction on its
 * hex.
 */
export const WORKSHOP_STAKE_CUT_BP = 1_200
export const WORKSHOP_TIME_CUT_BP = 1_800

export type BuildingTerms = Readonly<{
  /** Energy spent at the start. */
  stakeEnergy: number
  buildBlocks: number
}>

/**
 * Every kind of building by its short string. Upkeep and recipes of the game's balance sheet mean
 * nothing on chain.
 */
export const BUILDINGS = {
  SMELTER: { stakeEnergy: 40, buildBlocks: 120 },
  SHORING_RIG: { stakeEnergy: 45, buildBlocks: 130 },
  GREENHOUSE: { stakeEnergy: 35, buildBlocks: 110 },
  HERBAL_PRESS: { stakeEnergy: 35, buildBlocks: 105 },
  WORKSHOP: { stakeEnergy: 40, buildBlocks: 115 },
  STOREHOUSE: { stakeEnergy: 30, buildBlocks: 100 },
  WATCHTOWER: { stakeEnergy: 45, buildBlocks: 140 },
} as const satisfies Readonly<Record<string, BuildingTerms>>

export type BuildingKind = keyof typeof BUILDINGS

// The keys of a literal are exactly its type.
export const BUILDING_KINDS = Object.keys(BUILDINGS) as readonly BuildingKind[]

/** Materials that a plant item can be processed into, one unit for one. */
export const PLANT_MATERIALS = ['PLANT_FIBER', 'PLANT_RESIN', 'PLANT_COMPOUND'] as const

/** Ores whose conversion a Smelter improves; the rarer ores get nothing. */
export const SMELTED_ORES = [
  'ORE_IRON',
  'ORE_COAL',
  'ORE_COPPER',
  'ORE_TIN',
  'ORE_NICKEL',
  'ORE_COBALT',
] as const

const CONVERSION_BONUSES = new Map<string, Readonly<{ building: BuildingKind; bonusBp: number }>>([
  ...SMELTED_ORES.map(
    (item) => [item, { building: 'SMELTER', bonusBp: SMELTER_BONUS_BP }] as const,
  ),
  ...PLANT_MATERIALS.map(
    (item) => [item, { building: 'HERBAL_PRESS', bonusBp: HERBAL_PRESS_BONUS_BP }] as const,
  ),
])

/**
 * The building that improves the conversion of an item (by its short string), and by how much; null
 * when none does.
 */
export const conversionBonusOf = (
  item: string,
): Readonly<{ building: BuildingKind; bonusBp: number }> | null =>
  CONVERSION_BONUSES.get(item) ?? null

/** Whether a building has its effect. */
export const isBuildingEffective = (isActive: boolean, conditionBp: number): boolean =>
  isActive && conditionBp > CONDITION_DISABLED_BP

/**
 * What building of this kind costs and how long it takes, with or without an effective Workshop on
 * the hex.
 */
export const quoteConstruction = (kind: BuildingKind, hasWorkshop: boolean): BuildingTerms => {
  const { stakeEnergy, buildBlocks } = BUILDINGS[kind]
  if (!hasWorkshop) return { stakeEnergy, buildBlocks }
  return {
    stakeEnergy: Math.max(1, shareOf(stakeEnergy, WHOLE_BP - WORKSHOP_STAKE_CUT_BP)),
    buildBlocks: Math.max(1, shareOf(buildBlocks, WHOLE_BP - WORKSHOP_TIME_CUT_BP)),
  }
}

/** Condition after spending energy on a repair; what is not needed is wasted. */
export const conditionAfterRepair = (conditionBp: number, energy: number): number =>
  Math.min(CONDITION_BP_MAX, conditionBp + energy * REPAIR_BP_PER_ENERGY)
