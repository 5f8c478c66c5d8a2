import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Biome, infiniteHexAdventurers } from '../worlds/infinite-hex-adventurers.ts'
import {
  blockWhenClaimable,
  chargePeriods,
  levelAfterPayment,
  paymentToLeaveClaimable,
  periodsDue,
  periodsToClaimable,
  projectedDecay,
  recoveryOf,
  upkeepOf,
} from './decay.ts'

const biome = fc.constantFrom(...infiniteHexAdventurers.enums.Biome)
const state = fc.record({ level: fc.nat(100), reserve: fc.nat(500), lastProcessedBlock: fc.nat(2_000) })

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

test.each([
  ['Plains', 4],
  ['Forest', 3],
  ['Grassland', 3],
  ['Steppe', 3],
  ['Volcanic', 1],
  ['Glacier', 1],
  ['Jungle', 2],
  ['Coast', 2],
] as const)('an empty %s hex is claimable after %i periods', (of, periods) => {
  expect(periodsToClaimable({ level: 0, reserve: 0 }, upkeepOf(of))).toBe(periods)
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

test('the least payment that ends being claimable does so, and one less does not', () => {
  fc.assert(
    fc.property(fc.integer({ min: 80, max: 100 }), fc.integer({ min: 1, max: 180 }), (level, upkeep) => {
      const payment = paymentToLeaveClaimable(level, upkeep)
      expect(levelAfterPayment(level, payment, upkeep)).toBeLessThan(80)
      expect(levelAfterPayment(level, payment - 1, upkeep)).toBeGreaterThanOrEqual(80)
    }),
  )
})

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
