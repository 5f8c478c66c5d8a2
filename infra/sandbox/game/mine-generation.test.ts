import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type Biome,
  infiniteHexAdventurers,
} from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { areaId } from '../../../schemas/worlds/infinite-hex-adventurers/ids.ts'
import { shortString } from '../../../schemas/worlds/short-string.ts'
import { type MineProfile, mineProfile, mineSlotCount } from './mine-generation.ts'

/** By biome (game.md §3.7, §4.6): risk, extra stress a block, extra slots. */
const BIOMES: Readonly<
  Partial<Record<Biome, readonly [riskBp: number, stress: number, slots: number]>>
> = {
  Volcanic: [14_000, 8, 2],
  Glacier: [13_000, 5, -1],
  Mountain: [12_500, 4, 1],
  Highlands: [11_500, 3, 1],
  Canyon: [11_500, 0, 0],
  Badlands: [11_250, 0, 0],
}

type Range = readonly [least: number, most: number]
type Tier = Readonly<{
  risk: number
  stress: number
  reserve: Range
  threshold: Range
  safe: Range
  ores: readonly string[]
}>

/** By rarity tier (game.md §3.7, §4.6). */
const TIERS: readonly Tier[] = [
  {
    risk: 10_000,
    stress: 8,
    reserve: [1_400, 2_400],
    threshold: [9_000, 12_000],
    safe: [16, 22],
    ores: ['IRON', 'COPPER', 'TIN', 'COAL'],
  },
  {
    risk: 11_250,
    stress: 12,
    reserve: [1_000, 1_800],
    threshold: [7_000, 9_500],
    safe: [13, 19],
    ores: ['SILVER', 'NICKEL', 'COBALT'],
  },
  {
    risk: 13_000,
    stress: 16,
    reserve: [700, 1_300],
    threshold: [5_000, 7_000],
    safe: [10, 16],
    ores: ['GOLD', 'TITAN', 'URAN'],
  },
  {
    risk: 15_000,
    stress: 20,
    reserve: [450, 900],
    threshold: [3_500, 5_000],
    safe: [7, 13],
    ores: ['MITH', 'ADAM'],
  },
  {
    risk: 17_500,
    stress: 24,
    reserve: [250, 600],
    threshold: [2_500, 3_500],
    safe: [5, 11],
    ores: ['AETHER'],
  },
]

const expectWithin = (value: number, [least, most]: Range): void => {
  expect(value).toBeGreaterThanOrEqual(least)
  expect(value).toBeLessThanOrEqual(most)
}

const checkMine = (mine: MineProfile, biome: Biome): void => {
  const tier = TIERS[mine.rarity_tier] as Tier
  const [riskBp, stress] = BIOMES[biome] ?? [10_000, 0]
  expect(mine).toMatchObject({
    rarity_risk_bp: tier.risk,
    biome_risk_bp: riskBp,
    base_stress_per_block: tier.stress + stress,
    base_tick_energy: 3,
  })
  expectWithin(mine.remaining_reserve, tier.reserve)
  expectWithin(mine.collapse_threshold, tier.threshold)
  expectWithin(Number(mine.safe_shift_blocks), tier.safe)
  expectWithin(mine.depth_tier, [1, 5])
  expectWithin(mine.richness_bp, [7_000, 16_000])
  expect(tier.ores.map((ore) => shortString(`ORE_${ore}`))).toContain(mine.ore_id)
}

const SEED = 29

test(`every mine is within its tier and its biome, and every tier and ore occurs (seed ${SEED})`, () => {
  const tiers = new Set<number>()
  const ores = new Set<bigint>()
  const place = fc.record({
    hex: fc.bigInt(0n, (1n << 62n) - 1n),
    biome: fc.constantFrom(...infiniteHexAdventurers.enums.Biome),
    mineId: fc.nat(7),
  })
  fc.assert(
    fc.property(place, ({ hex, biome, mineId }) => {
      const mine = mineProfile(hex, areaId(hex, 1), mineId, biome)
      checkMine(mine, biome)
      tiers.add(mine.rarity_tier)
      ores.add(mine.ore_id)
    }),
    { seed: SEED, numRuns: 250 },
  )
  expect([tiers.size, ores.size]).toEqual([5, 13])
})

test.each(infiniteHexAdventurers.enums.Biome)(
  'a mine field in %s has 1 to 8 slots, its biome’s bias included',
  (biome) => {
    const bias = BIOMES[biome]?.[2] ?? 0
    for (let index = 1; index <= 6; index++) {
      const field = [0x4000020000100000n, areaId(0x4000020000100000n, index)] as const
      const unbiased = mineSlotCount(...field, 'Plains')
      expect(mineSlotCount(...field, biome)).toBe(Math.min(8, Math.max(1, unbiased + bias)))
    }
  },
)
