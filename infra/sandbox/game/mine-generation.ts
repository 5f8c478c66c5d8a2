/**
 * Generation of mines (game.md §4.6). Unlike everything else it ignores the stored configuration
 * and always takes the library's default seed and salts (quirk 22).
 */

import type { Biome } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { clamp } from '../../../domain/worlds/infinite-hex-adventurers/rules/basis-points.ts'
import { MINE_TICK_ENERGY } from '../../../domain/worlds/infinite-hex-adventurers/rules/mining.ts'
import { ORES, type OreName } from '../../../domain/worlds/infinite-hex-adventurers/rules/ores.ts'
import { hades3 } from '../../../schemas/crypto/starknet.ts'
import { shortString } from '../../../schemas/worlds/short-string.ts'
import { miningProfileOf } from './biome-profiles.ts'
import type { RowOf } from './row-codec.ts'
import { areaSalt, DEFAULT_GENERATION, plantSalt, rangeOf, roll } from './world-generation.ts'

const AREA_SALT = areaSalt(DEFAULT_GENERATION)
const PLANT_SALT = plantSalt(DEFAULT_GENERATION)

const MINE_SLOTS_MAX = 8
const RARITY_BOUNDS = [40, 70, 90, 98] as const
const DEPTH_BOUNDS = [20, 40, 65, 85] as const
const RICHNESS_BP_MIN = 7_000
const RICHNESS_BP_SPAN = 9_000
const SAFE_SHIFT_SPAN_BLOCKS = 6
const BASE_STRESS_PER_BLOCK = 8
const STRESS_PER_TIER = 4

/**
 * What a mine's rarity decides: minimum and span of reserve and threshold, safe blocks, risk, and
 * the ores among which a roll picks.
 */
type RarityTier = Readonly<{
  reserve: readonly [min: number, span: number]
  threshold: readonly [min: number, span: number]
  safeShiftBlocksMin: number
  riskBp: number
  /** Upper bounds of the rolls for all ores of the tier but the last. */
  oreBounds: readonly number[]
}>

const TIERS: readonly RarityTier[] = [
  {
    reserve: [1_400, 1_000],
    threshold: [9_000, 3_000],
    safeShiftBlocksMin: 16,
    riskBp: 10_000,
    oreBounds: [25, 50, 75],
  },
  {
    reserve: [1_000, 800],
    threshold: [7_000, 2_500],
    safeShiftBlocksMin: 13,
    riskBp: 11_250,
    oreBounds: [34, 67],
  },
  {
    reserve: [700, 600],
    threshold: [5_000, 2_000],
    safeShiftBlocksMin: 10,
    riskBp: 13_000,
    oreBounds: [34, 67],
  },
  {
    reserve: [450, 450],
    threshold: [3_500, 1_500],
    safeShiftBlocksMin: 7,
    riskBp: 15_000,
    oreBounds: [50],
  },
  {
    reserve: [250, 350],
    threshold: [2_500, 1_000],
    safeShiftBlocksMin: 5,
    riskBp: 17_500,
    oreBounds: [],
  },
]

/** Ores of a tier, in the order in which a roll picks among them. */
const oresOf = (tier: number): readonly OreName[] =>
  // The keys are exactly the names.
  (Object.keys(ORES) as OreName[]).filter((name) => ORES[name].tier === tier)

const ORES_BY_TIER = TIERS.map((_, tier) => oresOf(tier))

const mineRoot = (hex: bigint, areaId: bigint): bigint => {
  const domain = shortString('MINE_V1')
  return hades3(hades3(DEFAULT_GENERATION.global_seed, hex, domain), areaId, domain)
}

/** Number of mines in a mine field, 1…8. */
export const mineSlotCount = (hex: bigint, areaId: bigint, biome: Biome): number => {
  const rolled = roll(mineRoot(hex, areaId), 'MINE_SLOT_ROLL_V1', AREA_SALT)
  const base = 1 + Math.floor((rolled * MINE_SLOTS_MAX) / 101)
  return clamp(base + miningProfileOf(biome).slotBias, 1, MINE_SLOTS_MAX)
}

export type MineProfile = Pick<
  RowOf<'MineNode'>,
  | 'ore_id'
  | 'rarity_tier'
  | 'depth_tier'
  | 'richness_bp'
  | 'remaining_reserve'
  | 'base_stress_per_block'
  | 'collapse_threshold'
  | 'safe_shift_blocks'
  | 'biome_risk_bp'
  | 'rarity_risk_bp'
  | 'base_tick_energy'
  | 'ore_energy_weight'
  | 'conversion_energy_per_unit'
>

const spanned = ([min, span]: readonly [min: number, span: number], rolled: number): number =>
  min + Math.floor((rolled * span) / 100)

/** What a mine holds and how it behaves. */
export const mineProfile = (
  hex: bigint,
  areaId: bigint,
  mineId: number,
  biome: Biome,
): MineProfile => {
  const seed = hades3(mineRoot(hex, areaId), BigInt(mineId), shortString('MINE_V1'))
  const rarityTier = rangeOf(roll(seed, 'MINE_RARITY_ROLLV1', AREA_SALT), RARITY_BOUNDS)
  const depthTier = 1 + rangeOf(roll(seed, 'MINE_DEPTH_ROLLV1', AREA_SALT), DEPTH_BOUNDS)
  const tier = TIERS[rarityTier] as RarityTier // five ranges, five tiers
  const strataSeed = hades3(seed, BigInt(depthTier), shortString('STRATA_V1'))
  const oreSeed = hades3(strataSeed, BigInt(mineId), shortString('ORE_V1'))
  const oreAt = rangeOf(roll(oreSeed, 'MINE_RESV_ROLL_V1', PLANT_SALT), tier.oreBounds)
  const ore = ORES_BY_TIER[rarityTier]?.[oreAt] as OreName // as many ores in a tier as ranges
  const { extraStressPerBlock, riskBp } = miningProfileOf(biome)
  const rolled = (tag: string): number => roll(seed, tag, PLANT_SALT)
  return {
    ore_id: shortString(ore),
    rarity_tier: rarityTier,
    depth_tier: depthTier,
    richness_bp: spanned([RICHNESS_BP_MIN, RICHNESS_BP_SPAN], rolled('MINE_RICH_ROLL_V1')),
    remaining_reserve: spanned(tier.reserve, rolled('MINE_RESV_ROLL_V1')),
    base_stress_per_block:
      BASE_STRESS_PER_BLOCK + STRESS_PER_TIER * rarityTier + extraStressPerBlock,
    collapse_threshold: spanned(tier.threshold, rolled('MINE_COLL_ROLL_V1')),
    safe_shift_blocks: BigInt(
      spanned([tier.safeShiftBlocksMin, SAFE_SHIFT_SPAN_BLOCKS], rolled('MINE_SAFE_ROLL_V1')),
    ),
    biome_risk_bp: riskBp,
    rarity_risk_bp: tier.riskBp,
    base_tick_energy: MINE_TICK_ENERGY,
    ore_energy_weight: ORES[ore].tickEnergyWeight,
    conversion_energy_per_unit: ORES[ore].energyPerUnit,
  }
}
