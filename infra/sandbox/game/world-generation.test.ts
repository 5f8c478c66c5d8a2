import fc from 'fast-check'
import { expect, test } from 'vitest'
import { areaId } from '../../../schemas/worlds/infinite-hex-adventurers/ids.ts'
import { shortString } from '../../../schemas/worlds/short-string.ts'
import { mineProfile, mineSlotCount } from './mine-generation.ts'
import {
  areaProfile,
  DEFAULT_GENERATION,
  hexProfile,
  normalisedGeneration,
  plantProfile,
  rangeOf,
  roll,
} from './world-generation.ts'

const LIVE = {
  ...DEFAULT_GENERATION,
  area_scale_bp: 2_200,
  plant_scale_bp: 2_200,
  area_octaves: 3,
  plant_octaves: 3,
}
const ORIGIN_HEX = 0x4000020000100000n
const OASIS_HEX = 0x400005fffff00000n

const areasOf = (hex: bigint): string[] => {
  const { biome, areaCount } = hexProfile(hex, LIVE)
  return Array.from({ length: areaCount }, (_, index) => {
    const area = areaProfile(hex, index, biome, LIVE)
    return `${area.area_type} ${area.resource_quality} ${area.size_category.charAt(0)} ${area.plant_slot_count}`
  })
}

test('the sample world around the origin comes out as the game documents it', () => {
  expect(hexProfile(ORIGIN_HEX, LIVE)).toEqual({ biome: 'Canyon', areaCount: 3 })
  expect(areasOf(ORIGIN_HEX)).toEqual(['Control 93 L 5', 'MineField 40 L 8', 'Wilderness 90 S 6'])
  expect(hexProfile(OASIS_HEX, LIVE)).toEqual({ biome: 'Oasis', areaCount: 5 })
  expect(areasOf(OASIS_HEX)).toEqual([
    'Control 65 M 8',
    'PlantField 61 L 6',
    'PlantField 35 L 8',
    'PlantField 93 L 6',
    'PlantField 66 M 8',
  ])
})

test.each([
  [0, 45, 1],
  [1, 61, 2],
  [2, 75, 3],
])(
  'plant %i of the sample plant field is DATEP with the documented yield and regrowth',
  (plantId, yield_, regrowth) => {
    expect(
      plantProfile({ hex: OASIS_HEX, areaId: areaId(OASIS_HEX, 1), plantId }, 'Oasis', LIVE),
    ).toMatchObject({
      species: shortString('DATEP'),
      max_yield: yield_,
      regrowth_rate: regrowth,
    })
  },
)

test('quirk 22: the sample mine of the origin comes out as documented, whatever the stored configuration', () => {
  const area = areaId(ORIGIN_HEX, 1)
  expect(mineSlotCount(ORIGIN_HEX, area, 'Canyon')).toBe(5)
  expect(mineProfile(ORIGIN_HEX, area, 0, 'Canyon')).toEqual({
    ore_id: shortString('ORE_IRON'),
    rarity_tier: 0,
    depth_tier: 2,
    richness_bp: 13_930,
    remaining_reserve: 2_330,
    base_stress_per_block: 8,
    collapse_threshold: 11_220,
    safe_shift_blocks: 21n,
    biome_risk_bp: 11_500,
    rarity_risk_bp: 10_000,
    base_tick_energy: 3,
    ore_energy_weight: 1,
    conversion_energy_per_unit: 8,
  })
})

test('a configuration of zeros takes the defaults, and what is too large is capped', () => {
  const zeros = { ...DEFAULT_GENERATION, global_seed: 0n, biome_scale_bp: 0, area_octaves: 0 }
  expect(normalisedGeneration(zeros)).toEqual(DEFAULT_GENERATION)
  expect(normalisedGeneration({ ...LIVE, biome_scale_bp: 30_000, plant_octaves: 9 })).toEqual({
    ...LIVE,
    biome_scale_bp: 20_000,
    plant_octaves: 8,
  })
})

test('rolls stay within 0…100 and spread evenly', () => {
  const counts = new Array<number>(101).fill(0)
  for (let seed = 0n; seed < 2_000n; seed++) {
    const rolled = roll(seed, 'HEX_BIOME_ROLL_V1', { scaleBp: 2_200, octaves: 3 })
    counts[rolled] = (counts[rolled] ?? Number.NaN) + 1
  }
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(2_000)
  expect(Math.max(...counts)).toBeLessThan(60) // 20 are expected; the seeds are fixed
})

test('a roll falls into exactly one of its ranges', () => {
  fc.assert(
    fc.property(fc.nat(100), (rolled) => {
      const at = rangeOf(rolled, [25, 50, 75])
      expect(at).toBe(rolled < 25 ? 0 : rolled < 50 ? 1 : rolled < 75 ? 2 : 3)
    }),
  )
})

test('generated values stay within the documented ranges', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, (1n << 62n) - 1n), fc.integer({ min: 1, max: 5 }), (hex, index) => {
      const { biome, areaCount } = hexProfile(hex, LIVE)
      expect(biome).not.toBe('Unknown')
      expect(areaCount).toBeGreaterThanOrEqual(3)
      expect(areaCount).toBeLessThanOrEqual(6)
      const area = areaProfile(hex, index, biome, LIVE)
      expect(area.area_type).not.toBe('Control')
      expect(area.resource_quality).toBeGreaterThanOrEqual(30)
      expect(area.resource_quality).toBeLessThanOrEqual(100)
      expect([5, 6, 7, 8]).toContain(area.plant_slot_count)
      const plant = plantProfile({ hex, areaId: areaId(hex, index), plantId: 0 }, biome, LIVE)
      expect(plant.max_yield).toBeGreaterThanOrEqual(35)
      expect(plant.max_yield).toBeLessThanOrEqual(80)
      expect([1, 2, 3, 4]).toContain(plant.regrowth_rate)
      const slots = mineSlotCount(hex, areaId(hex, index), biome)
      expect(slots).toBeGreaterThanOrEqual(1)
      expect(slots).toBeLessThanOrEqual(8)
    }),
    { numRuns: 60 },
  )
})
