/**
 * World generation against the tables of game.md §4.2–§4.5, roll by roll. The chains of hashes are
 * restated here call by call, so that the code is not checked against itself; places are taken one
 * after the other until every roll 0…100 has come up.
 */
import { describe, expect, test } from 'vitest'
import {
  type Biome,
  infiniteHexAdventurers,
} from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { hades3 } from '../../../schemas/crypto/starknet.ts'
import { BIOME_PROFILES } from './biome-profiles.ts'
import { areaProfile, type GenerationConfig, hexProfile, plantProfile } from './world-generation.ts'

const s = (text: string): bigint => BigInt(`0x${Buffer.from(text).toString('hex')}`)

/**
 * Three scales and octaves that differ, so that rolls of one kind cannot pass for those of another.
 */
const CONFIG: GenerationConfig = {
  global_seed: 77n,
  biome_scale_bp: 1,
  area_scale_bp: 20_000,
  plant_scale_bp: 333,
  biome_octaves: 8,
  area_octaves: 1,
  plant_octaves: 2,
}
const BIOME_SALT = [1n, 8n] as const
const AREA_SALT = [20_000n, 1n] as const
const PLANT_SALT = [333n, 2n] as const

const rollOf = (seed: bigint, tag: string, [scale, octaves]: readonly [bigint, bigint]): number => {
  const salt = hades3(hades3(s(tag), scale, s('NOISE_SCALE_V1')), octaves, s('NOISE_OCT_V1'))
  return Number(((hades3(seed, salt, s('NOISE_SAMPLE_V1')) % 2n ** 32n) * 101n) / 2n ** 32n)
}

const hexSeed = (hex: bigint): bigint => hades3(77n, hex, s('HEX_V1'))

/**
 * Checks place after place until every roll of every kind has come up. `check` returns the rolls of
 * a place by kind.
 */
const throughAllRolls = (check: (place: number) => readonly number[]): void => {
  const seen: Set<number>[] = []
  for (let place = 0; place < 3_000; place++) {
    for (const [kind, rolled] of check(place).entries()) {
      seen[kind] ??= new Set()
      seen[kind].add(rolled)
    }
    if (seen.every(({ size }) => size === 101)) return
  }
  throw new Error(`Only ${seen.map(({ size }) => size).join(' and ')} of 101 rolls came up`)
}

const quarter = (rolled: number): number =>
  rolled < 25 ? 0 : rolled < 50 ? 1 : rolled < 75 ? 2 : 3

/**
 * Rows of the table of biomes: plant below, mine from, shares of 101 rolls (plant, mine, wild),
 * species.
 */
const BIOMES = {
  Plains: [60, 68, [60, 33, 8], 'GRAIN', 'CLOVR'],
  Forest: [70, 68, [70, 31, 0], 'HERB', 'MUSHR'],
  Mountain: [25, 58, [25, 43, 33], 'MOSS', 'LICHN'],
  Desert: [30, 60, [30, 41, 30], 'CACTS', 'AGAVE'],
  Swamp: [55, 68, [55, 33, 13], 'REED', 'LOTUS'],
  Tundra: [20, 68, [20, 33, 48], 'LCHEN', 'SNWRT'],
  Taiga: [58, 68, [58, 33, 10], 'PINEC', 'BRYER'],
  Jungle: [72, 68, [72, 29, 0], 'VINES', 'ORCHD'],
  Savanna: [50, 68, [50, 33, 18], 'ACACI', 'SORGM'],
  Grassland: [62, 68, [62, 33, 6], 'PRAIR', 'THYME'],
  Canyon: [24, 58, [24, 43, 34], 'SAGEB', 'YUCCA'],
  Badlands: [28, 58, [28, 43, 30], 'SHRUB', 'RESIN'],
  Volcanic: [18, 55, [18, 46, 37], 'ASHFR', 'EMBER'],
  Glacier: [15, 62, [15, 39, 47], 'ICEFN', 'SNOWL'],
  Wetlands: [64, 68, [64, 33, 4], 'BULRU', 'SEDGE'],
  Steppe: [52, 68, [52, 33, 16], 'RYEGR', 'FLAXS'],
  Oasis: [68, 68, [68, 33, 0], 'DATEP', 'MINTS'],
  Mire: [57, 68, [57, 33, 11], 'PEATM', 'HEMPL'],
  Highlands: [40, 60, [40, 41, 20], 'HEATH', 'JUNPR'],
  Coast: [48, 68, [48, 33, 20], 'KELP', 'SEAGR'],
  Unknown: [45, 68, [45, 33, 23], 'FERN', 'BRIAR'],
} as const satisfies Readonly<Record<Biome, unknown>>
const NAMES = Object.keys(BIOMES) as Biome[] // the keys are the biomes

const fieldOf = (biome: Biome, rolled: number): string => {
  const [plantBelow, mineFrom] = BIOMES[biome]
  if (rolled < plantBelow) return 'PlantField'
  return rolled >= mineFrom ? 'MineField' : 'Wilderness'
}

/** Whether a roll stands on either side of one of a biome's thresholds. */
const isAtThreshold = (biome: Biome, rolled: number): boolean => {
  const [plantBelow, mineFrom] = BIOMES[biome]
  return [plantBelow, mineFrom].some(
    (threshold) => rolled === threshold || rolled === threshold - 1,
  )
}

describe('the table of biomes', () => {
  test.each(NAMES)(
    '%s: its thresholds and species, and fields in the documented shares of all rolls',
    (biome) => {
      const [plantBelow, mineFrom, shares, primary, secondary] = BIOMES[biome]
      expect(BIOME_PROFILES[biome]).toEqual({ plantBelow, mineFrom, species: [primary, secondary] })
      const rolled = Array.from({ length: 101 }, (_, roll) => fieldOf(biome, roll))
      const count = (field: string): number => rolled.filter((other) => other === field).length
      expect(['PlantField', 'MineField', 'Wilderness'].map(count)).toEqual(shares)
    },
  )
})

test('every roll of a hex gives the documented biome and number of areas', () => {
  const biomes = infiniteHexAdventurers.enums.Biome
  throughAllRolls((place) => {
    const hex = BigInt(place)
    const biomeRoll = rollOf(hexSeed(hex), 'HEX_BIOME_ROLL_V1', BIOME_SALT)
    const areasRoll = rollOf(hexSeed(hex), 'HEX_AREA_COUNT_ROL', AREA_SALT)
    // Five rolls each, six for Coast.
    const index = biomeRoll >= 95 ? 20 : 1 + Math.floor(biomeRoll / 5)
    expect(hexProfile(hex, CONFIG)).toEqual({
      biome: biomes[index],
      areaCount: 3 + quarter(areasRoll),
    })
    return [biomeRoll, areasRoll]
  })
})

test('every roll of an area gives the documented type, quality, size and number of slots, in every biome', () => {
  throughAllRolls((place) => {
    const hex = BigInt(place >> 3)
    const index = 1 + (place & 7)
    const biome = NAMES[place % NAMES.length] as Biome
    const seed = hades3(hexSeed(hex), BigInt(index), s('AREA_V1'))
    const [type = 0, quality = 0, size = 0, slots = 0] = [
      ...['AREA_TYPE_ROLL_V1', 'AREA_QUALITY_ROLL', 'AREA_SIZE_ROLL_V1', 'AREA_PLANT_SLOT_RL'],
    ].map((tag) => rollOf(seed, tag, AREA_SALT))
    expect(areaProfile(hex, index, biome, CONFIG)).toEqual({
      area_type: fieldOf(biome, type),
      resource_quality: 30 + Math.floor((quality * 70) / 100),
      size_category: size < 30 ? 'Small' : size < 75 ? 'Medium' : 'Large',
      plant_slot_count: 5 + quarter(slots),
    })
    for (const other of NAMES.filter((name) => isAtThreshold(name, type))) {
      expect(areaProfile(hex, index, other, CONFIG).area_type).toBe(fieldOf(other, type))
    }
    return [type, quality, size, slots]
  })
})

test('area 0 is the control area, with a quality, a size and slots of its own', () => {
  const seed = hades3(hexSeed(5n), 0n, s('AREA_V1'))
  expect(areaProfile(5n, 0, 'Forest', CONFIG)).toMatchObject({
    area_type: 'Control',
    resource_quality: 30 + Math.floor((rollOf(seed, 'AREA_QUALITY_ROLL', AREA_SALT) * 70) / 100),
  })
})

test('every roll of a plant gives the documented species, yield and regrowth, and its genes follow from all', () => {
  throughAllRolls((place) => {
    const hex = BigInt(place >> 2)
    const area = 1_000n + BigInt(place & 3)
    const biome = NAMES[place % NAMES.length] as Biome
    const [, , , primary, secondary] = BIOMES[biome]
    const seed = hades3(hades3(hexSeed(hex), area, s('AREA_V1')), 3n, s('PLANT_V1'))
    const [kind = 0, yields = 0, regrowth = 0] = [
      'PLANT_SPECIES_ROL',
      'PLANT_MAX_YIELDR',
      'PLANT_REGROWTH_RL',
    ].map((tag) => rollOf(seed, tag, PLANT_SALT))
    const species = s(kind < 65 ? primary : secondary)
    expect(plantProfile({ hex, areaId: area, plantId: 3 }, biome, CONFIG)).toEqual({
      species,
      max_yield: 35 + Math.floor((yields * 45) / 100),
      regrowth_rate: 1 + Math.floor((regrowth * 3) / 100),
      genetics_hash: hades3(seed, species, s('GENE_V1')),
    })
    return [kind, yields, regrowth]
  })
})
