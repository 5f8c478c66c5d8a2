/**
 * World generation (game.md §4): every hex, area and plant follows from the global seed and its
 * coordinates alone, by independent rolls. Scale and octaves only salt the hash; there is no smooth
 * noise. Pure: the results become rows when somebody discovers the place. Mines are in
 * mine-generation.ts.
 */

import type { AreaType, Biome } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { infiniteHexAdventurers } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { clamp } from '../../../domain/worlds/infinite-hex-adventurers/rules/basis-points.ts'
import { hades3 } from '../../../schemas/crypto/starknet.ts'
import { memoisedHash } from '../../../schemas/worlds/memoised-hash.ts'
import { shortString } from '../../../schemas/worlds/short-string.ts'
import { BIOME_PROFILES } from './biome-profiles.ts'
import type { RowOf } from './row-codec.ts'

/** Parameters of generation: a WorldGenConfig row. */
export type GenerationConfig = RowOf<'WorldGenConfig'>

/** Salt of a kind of roll; there are few, so their hashes are remembered. */
export type RollSalt = Readonly<{ scaleBp: number; octaves: number }>

const SCALE_BP_MAX = 20_000
const OCTAVES_MAX = 8

/** What the library falls back to, and what mines always use (quirk 22). */
export const DEFAULT_GENERATION: GenerationConfig = {
  global_seed: shortString('WORLD_GEN_SEED_V1'),
  biome_scale_bp: 2_200,
  area_scale_bp: 2_800,
  plant_scale_bp: 3_200,
  biome_octaves: 3,
  area_octaves: 4,
  plant_octaves: 5,
}

const filled = (value: number, fallback: number, max: number): number =>
  value === 0 ? fallback : Math.min(value, max)

/** The configuration in force: zeros replaced by the defaults, scales and octaves capped. */
export const normalisedGeneration = (config: GenerationConfig): GenerationConfig => ({
  global_seed: config.global_seed === 0n ? DEFAULT_GENERATION.global_seed : config.global_seed,
  biome_scale_bp: filled(config.biome_scale_bp, DEFAULT_GENERATION.biome_scale_bp, SCALE_BP_MAX),
  area_scale_bp: filled(config.area_scale_bp, DEFAULT_GENERATION.area_scale_bp, SCALE_BP_MAX),
  plant_scale_bp: filled(config.plant_scale_bp, DEFAULT_GENERATION.plant_scale_bp, SCALE_BP_MAX),
  biome_octaves: filled(config.biome_octaves, DEFAULT_GENERATION.biome_octaves, OCTAVES_MAX),
  area_octaves: filled(config.area_octaves, DEFAULT_GENERATION.area_octaves, OCTAVES_MAX),
  plant_octaves: filled(config.plant_octaves, DEFAULT_GENERATION.plant_octaves, OCTAVES_MAX),
})

const SALTS_MAX = 1_024
const saltHash = memoisedHash(hades3, SALTS_MAX)

const SAMPLE_MASK = (1n << 32n) - 1n
const ROLL_SIDES = 101n

/** A roll 0…100 by hash: uniform, and the same for the same seed, tag and salt. */
export const roll = (seed: bigint, tag: string, { scaleBp, octaves }: RollSalt): number => {
  const scaled = saltHash(shortString(tag), BigInt(scaleBp), shortString('NOISE_SCALE_V1'))
  const salt = saltHash(scaled, BigInt(octaves), shortString('NOISE_OCT_V1'))
  const sample = hades3(seed, salt, shortString('NOISE_SAMPLE_V1'))
  return Number(((sample & SAMPLE_MASK) * ROLL_SIDES) >> 32n)
}

const biomeSalt = (config: GenerationConfig): RollSalt => ({
  scaleBp: config.biome_scale_bp,
  octaves: config.biome_octaves,
})
export const areaSalt = (config: GenerationConfig): RollSalt => ({
  scaleBp: config.area_scale_bp,
  octaves: config.area_octaves,
})
export const plantSalt = (config: GenerationConfig): RollSalt => ({
  scaleBp: config.plant_scale_bp,
  octaves: config.plant_octaves,
})

/**
 * Seeds of the hexes that are being discovered and worked: the areas and plants of a hex share its
 * seed.
 */
const HEX_SEEDS_MAX = 4_096
const hexSeedHash = memoisedHash(hades3, HEX_SEEDS_MAX)
const hexSeed = (config: GenerationConfig, hex: bigint): bigint =>
  hexSeedHash(config.global_seed, hex, shortString('HEX_V1'))

/**
 * Index of the range that a roll falls into, given the upper bounds (exclusive) of all ranges but
 * the last.
 */
export const rangeOf = (rolled: number, bounds: readonly number[]): number => {
  const at = bounds.findIndex((bound) => rolled < bound)
  return at === -1 ? bounds.length : at
}

const QUARTERS = [25, 50, 75] as const
const ROLLS_PER_BIOME = 5
const PLAYABLE_BIOMES = infiniteHexAdventurers.enums.Biome.slice(1)
const AREAS_MIN = 3

export type HexProfile = Readonly<{ biome: Biome; areaCount: number }>

/** Biome and number of areas of a hex. `config` must be normalised. */
export const hexProfile = (hex: bigint, config: GenerationConfig): HexProfile => {
  const seed = hexSeed(config, hex)
  const biomeRoll = roll(seed, 'HEX_BIOME_ROLL_V1', biomeSalt(config))
  const areasRoll = roll(seed, 'HEX_AREA_COUNT_ROL', areaSalt(config))
  // The index is clamped to those of the list.
  const biome = PLAYABLE_BIOMES[
    clamp(Math.floor(biomeRoll / ROLLS_PER_BIOME), 0, PLAYABLE_BIOMES.length - 1)
  ] as Biome
  return { biome, areaCount: AREAS_MIN + rangeOf(areasRoll, QUARTERS) }
}

export type AreaProfile = Pick<
  RowOf<'HexArea'>,
  'area_type' | 'resource_quality' | 'size_category' | 'plant_slot_count'
>

const areaTypeOf = (areaIndex: number, biome: Biome, rolled: () => number): AreaType => {
  if (areaIndex === 0) return 'Control'
  const { plantBelow, mineFrom } = BIOME_PROFILES[biome]
  const typeRoll = rolled()
  if (typeRoll < plantBelow) return 'PlantField'
  return typeRoll >= mineFrom ? 'MineField' : 'Wilderness'
}

const SIZES = infiniteHexAdventurers.enums.SizeCategory
const SIZE_BOUNDS = [30, 75] as const
const QUALITY_MIN = 30
const QUALITY_SPAN = 70
const PLANT_SLOTS_MIN = 5

const spanned = (min: number, span: number, rolled: number): number =>
  min + Math.floor((rolled * span) / 100)

/** What an area is. Its seed depends on the area's index; `config` must be normalised. */
export const areaProfile = (
  hex: bigint,
  areaIndex: number,
  biome: Biome,
  config: GenerationConfig,
): AreaProfile => {
  const seed = hades3(hexSeed(config, hex), BigInt(areaIndex), shortString('AREA_V1'))
  const salt = areaSalt(config)
  return {
    area_type: areaTypeOf(areaIndex, biome, () => roll(seed, 'AREA_TYPE_ROLL_V1', salt)),
    resource_quality: spanned(QUALITY_MIN, QUALITY_SPAN, roll(seed, 'AREA_QUALITY_ROLL', salt)),
    // Two bounds make three ranges, and there are three sizes.
    size_category: SIZES[
      rangeOf(roll(seed, 'AREA_SIZE_ROLL_V1', salt), SIZE_BOUNDS)
    ] as (typeof SIZES)[number],
    plant_slot_count: PLANT_SLOTS_MIN + rangeOf(roll(seed, 'AREA_PLANT_SLOT_RL', salt), QUARTERS),
  }
}

export type PlantProfile = Pick<
  RowOf<'PlantNode'>,
  'species' | 'max_yield' | 'regrowth_rate' | 'genetics_hash'
>

const PRIMARY_SPECIES_BELOW = 65
const YIELD_MIN = 35
const YIELD_SPAN = 45
const REGROWTH_MIN = 1
const REGROWTH_SPAN = 3

/** A slot of a plant field. */
export type PlantSlot = Readonly<{ hex: bigint; areaId: bigint; plantId: number }>

/**
 * What grows in a slot of a plant field. Unlike the seed of the area itself, this one depends on the
 * area's id (quirk 22). `config` must be normalised.
 */
export const plantProfile = (
  { hex, areaId, plantId }: PlantSlot,
  biome: Biome,
  config: GenerationConfig,
): PlantProfile => {
  const areaSeed = hades3(hexSeed(config, hex), areaId, shortString('AREA_V1'))
  const seed = hades3(areaSeed, BigInt(plantId), shortString('PLANT_V1'))
  const salt = plantSalt(config)
  const [primary, secondary] = BIOME_PROFILES[biome].species
  const species = shortString(
    roll(seed, 'PLANT_SPECIES_ROL', salt) < PRIMARY_SPECIES_BELOW ? primary : secondary,
  )
  return {
    species,
    max_yield: spanned(YIELD_MIN, YIELD_SPAN, roll(seed, 'PLANT_MAX_YIELDR', salt)),
    regrowth_rate: spanned(REGROWTH_MIN, REGROWTH_SPAN, roll(seed, 'PLANT_REGROWTH_RL', salt)),
    genetics_hash: hades3(seed, species, shortString('GENE_V1')),
  }
}
