import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type MineTerms,
  type MiningTickQuote,
  quoteMiningTick,
  repairEnergyNeeded,
  stabilisedStress,
  stressAfterRepair,
  stressDelta,
  tickEnergy,
} from './mining.ts'

/** A tick that the game can compute. */
const tickOf = (...terms: Parameters<typeof quoteMiningTick>): MiningTickQuote => {
  const tick = quoteMiningTick(...terms)
  if (tick === null) throw new Error('The tick cannot be computed')
  return tick
}

/** The solo mine of game.md §3.7: the Canyon of the origin. */
const MINE: MineTerms = {
  baseTickEnergy: 3,
  oreEnergyWeight: 1,
  depthTier: 2,
  activeMiners: 1,
  richnessBp: 13_930,
  remainingReserve: 2_330,
  baseStressPerBlock: 8,
  collapseThreshold: 11_220,
  stress: 0,
  safeShiftBlocks: 21,
  biomeRiskBp: 11_500,
  rarityRiskBp: 10_000,
}

test('the documented solo example, tick by tick', () => {
  let mine = MINE
  let lastSettleBlock = 0
  const ticks = [5, 10, 10, 10, 50, 100].map((blocks) => {
    const block = lastSettleBlock + blocks
    const tick = tickOf(mine, { startBlock: 0, lastSettleBlock }, block, false)
    const delta = tick.stressAfter - mine.stress
    mine = { ...mine, stress: tick.stressAfter, remainingReserve: mine.remainingReserve - tick.ore }
    lastSettleBlock = block
    return [tick.ore, delta, tick.stressAfter]
  })
  expect(ticks).toEqual([
    [70, 46, 46],
    [130, 92, 138],
    [130, 96, 234],
    [130, 107, 341],
    [650, 813, 1_154],
    [1_200, 2_730, 3_884],
  ])
})

test.each([
  [1, 6],
  [2, 8],
  [3, 14],
  [65_535, 65_535],
])('%i miners pay %i energy a tick each', (activeMiners, energy) => {
  expect(tickEnergy({ ...MINE, activeMiners })).toBe(energy)
})

test('stress is exact beyond 2^53 and stops at the largest u32', () => {
  const hot = {
    ...MINE,
    baseStressPerBlock: 65_535,
    biomeRiskBp: 65_535,
    rarityRiskBp: 65_535,
    activeMiners: 60_000,
  }
  expect(stressDelta(hot, { startBlock: 0, lastSettleBlock: 0 }, 1_000_000, false)).toBe(
    2 ** 32 - 1,
  )
  const busy = {
    ...MINE,
    baseStressPerBlock: 32,
    biomeRiskBp: 14_000,
    rarityRiskBp: 17_500,
    safeShiftBlocks: 5,
  }
  const exact = (777n * 32n * 10_000n * (10_000n + 120n * 772n) * 14_000n * 17_500n) / 10n ** 16n
  expect(stressDelta(busy, { startBlock: 0, lastSettleBlock: 0 }, 777, false)).toBe(Number(exact))
})

test('stress whose product leaves a u128 cannot be computed, even if a factor of 0 follows', () => {
  const absurd = {
    ...MINE,
    baseStressPerBlock: 65_535,
    biomeRiskBp: 65_535,
    rarityRiskBp: 65_535,
    activeMiners: 65_535,
    safeShiftBlocks: 0,
  }
  const shift = { startBlock: 0, lastSettleBlock: 0 }
  expect(quoteMiningTick(absurd, shift, 10_000_000, false)).toBeNull()
  const farAhead = 2 ** 40
  expect(stressDelta({ ...absurd, rarityRiskBp: 0 }, shift, farAhead, true)).toBeNull()
  expect(stressDelta({ ...absurd, baseStressPerBlock: 0 }, shift, farAhead, true)).toBe(0)
})

test('a tick never yields more than the reserve, and a Shoring Rig never adds stress', () => {
  fc.assert(
    fc.property(
      fc.nat(2_000),
      fc.nat(11_220),
      fc.integer({ min: 1, max: 12 }),
      (blocks, stress, activeMiners) => {
        const mine = { ...MINE, stress, activeMiners }
        const shift = { startBlock: 0, lastSettleBlock: 0 }
        const bare = tickOf(mine, shift, blocks, false)
        const shored = tickOf(mine, shift, blocks, true)
        expect(bare.ore).toBeLessThanOrEqual(MINE.remainingReserve)
        expect(shored.stressAfter).toBeLessThanOrEqual(bare.stressAfter)
        expect(bare.collapses).toBe(bare.stressAfter >= MINE.collapseThreshold)
      },
    ),
  )
})

test.each([
  [9_000, 450, 3_000, 2_250],
  [19, 1, 6, 4],
  [2, 1, 1, 0],
])(
  'a threshold of %i: stabilise %i, repair %i, and %i stress after it',
  (threshold, reduced, needed, stress) => {
    expect(stabilisedStress(10_000, threshold)).toBe(reduced)
    expect(stabilisedStress(0, threshold)).toBe(0)
    expect([repairEnergyNeeded(threshold), stressAfterRepair(threshold)]).toEqual([needed, stress])
  },
)
