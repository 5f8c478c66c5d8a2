import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Biome, infiniteHexAdventurers } from '../definition.ts'
import {
  blockWhenClaimable,
  chargePeriods,
  levelAfterPayment,
  periodsDue,
  periodsToClaimable,
  projectedDecay,
  recoveryOf,
  upkeepOf,
} from './decay.ts'

const biome = fc.constantFrom(...infiniteHexAdventurers.enums.Biome)
const state = fc.record({
  level: fc.nat(100),
  reserve: fc.nat(500),
  lastProcessedBlock: fc.nat(2_000),
})

test('decay stays within 0…100, and processing twice in one window changes nothing more', () => {
  fc.assert(
    fc.property(state, biome, fc.nat(5_000), (before, of, block) => {
      const after = projectedDecay(before, of, block)
      expect(after.level).toBeGreaterThanOrEqual(before.level)
      expect(after.level).toBeLessThanOrEqual(100)
      expect(after.reserve).toBeGreaterThanOrEqual(0)
      expect(projectedDecay(after, of, block)).toEqual(after)
      expect(periodsDue(after.lastProcessedBlock, block)).toBe(0)
    }),
  )
})

test('charging periods one by one ends where charging them at once does', () => {
  fc.assert(
    fc.property(state, fc.integer({ min: 1, max: 90 }), fc.nat(12), (before, upkeep, periods) => {
      let stepwise = before
      for (let at = 0; at < periods; at++) stepwise = chargePeriods(stepwise, upkeep, 1)
      expect(stepwise).toEqual(chargePeriods(before, upkeep, periods))
    }),
  )
})

/**
 * Upkeep by biome (game.md §4.3), and periods from an empty reserve until a hex may be claimed
 * (§3.6).
 */
const UPKEEPS = {
  Unknown: [35, 3],
  Plains: [25, 4],
  Forest: [35, 3],
  Mountain: [45, 2],
  Desert: [55, 2],
  Swamp: [65, 2],
  Tundra: [70, 2],
  Taiga: [50, 2],
  Jungle: [75, 2],
  Savanna: [40, 2],
  Grassland: [30, 3],
  Canyon: [60, 2],
  Badlands: [68, 2],
  Volcanic: [90, 1],
  Glacier: [85, 1],
  Wetlands: [62, 2],
  Steppe: [38, 3],
  Oasis: [58, 2],
  Mire: [72, 2],
  Highlands: [52, 2],
  Coast: [48, 2],
} as const satisfies Readonly<Record<Biome, readonly [upkeep: number, periods: number]>>

test.each(infiniteHexAdventurers.enums.Biome)(
  'a %s hex pays its upkeep, and an empty one is claimable after its periods',
  (of) => {
    const upkeep = upkeepOf(of)
    expect([upkeep, periodsToClaimable({ level: 0, reserve: 0 }, upkeep)]).toEqual(UPKEEPS[of])
  },
)

test.each([
  [299, 200, 0],
  [300, 200, 1],
  [301, 200, 1],
  [199, 200, 0],
  [935, 600, 3],
])('at block %i, charged up to block %i, %i whole periods are due', (block, processed, periods) => {
  expect(periodsDue(processed, block)).toBe(periods)
})

test.each([
  ['covers all', { level: 7, reserve: 60 }, 2, { level: 7, reserve: 10 }],
  ['just covers all', { level: 79, reserve: 50 }, 2, { level: 79, reserve: 0 }],
  ['lacks one', { level: 79, reserve: 49 }, 2, { level: 80, reserve: 0 }],
  ['is empty', { level: 99, reserve: 0 }, 1_000_000, { level: 100, reserve: 0 }],
])('a reserve that %s', (_, before, periods, after) => {
  const charged = chargePeriods({ ...before, lastProcessedBlock: 600 }, 25, periods)
  expect(charged).toEqual({ ...after, lastProcessedBlock: 600 + periods * 100 })
})

test('the block when a hex becomes claimable is the first at which processing finds it so', () => {
  fc.assert(
    fc.property(state, biome, (before, of) => {
      const when = blockWhenClaimable(before, upkeepOf(of))
      expect(projectedDecay(before, of, when).level).toBeGreaterThanOrEqual(80)
      if (before.level < 80) expect(projectedDecay(before, of, when - 1).level).toBeLessThan(80)
    }),
  )
})

test.each([
  [61, 30, 8],
  [29, 30, 0],
  [100, 30, 12],
  [65_535, 1, 100],
])('paying %i against an upkeep of %i takes back %i points', (amount, upkeep, points) => {
  expect(recoveryOf(amount, upkeep)).toBe(points)
})

test.each([
  [84, 70, 35, 76],
  [84, 69, 35, 80],
  [3, 35, 35, 0],
  [100, 0, 35, 100],
])(
  'from level %i, paying %i against an upkeep of %i leaves level %i',
  (level, amount, upkeep, left) => {
    expect(levelAfterPayment(level, amount, upkeep)).toBe(left)
  },
)

test.each([
  ['Plains', 10_000, 25],
  ['Plains', 0, 25],
  ['Plains', 1, 1],
  ['Volcanic', 65_535, 180],
  [null, 10_000, 35],
  ['Unknown', 10_000, 35],
] as const)('upkeep of %s under a factor of %i', (of: Biome | null, bp, upkeep) => {
  expect(upkeepOf(of, bp)).toBe(upkeep)
})
