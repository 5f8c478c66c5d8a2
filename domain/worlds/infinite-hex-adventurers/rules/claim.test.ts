import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  claimIsImmediate,
  defenceEnergyAgainst,
  defenceStrength,
  escrowExpired,
  immediateClaimBlock,
  isClaimable,
  minimumClaim,
  minimumClaimOf,
} from './claim.ts'

test.each([
  [30, 99, 155, 100],
  [30, 81, 65, 65],
  [25, 80, 50, 50],
  [90, 100, 280, 100],
  [1, 0, 2, 2],
])(
  'with upkeep %i and decay %i a claim needs %i, capped by the claimant at %i',
  (upkeep, level, least, capped) => {
    expect([minimumClaim(upkeep, level), minimumClaimOf(upkeep, level)]).toEqual([least, capped])
  },
)

test('a hex is claimable from 80 on, once somebody recorded since when', () => {
  expect([isClaimable(80, 1), isClaimable(79, 1), isClaimable(100, 0)]).toEqual([
    true,
    false,
    false,
  ])
})

test('a claim is pending for 500 blocks, an escrow stands for 100 and the block at its end', () => {
  expect([claimIsImmediate(935, 1_434), claimIsImmediate(935, immediateClaimBlock(935))]).toEqual([
    false,
    true,
  ])
  expect([escrowExpired(1_060, 1_060), escrowExpired(1_060, 1_061)]).toEqual([false, true])
})

test('the least defence beats the escrow, and one less does not', () => {
  expect(defenceEnergyAgainst(100, true)).toBe(80)
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 65_535 }), fc.boolean(), (locked, hasWatchtower) => {
      const energy = defenceEnergyAgainst(locked, hasWatchtower)
      expect(defenceStrength(energy, hasWatchtower)).toBeGreaterThanOrEqual(locked)
      expect(defenceStrength(energy - 1, hasWatchtower)).toBeLessThan(locked)
    }),
  )
})
