import fc from 'fast-check'
import { expect, test } from 'vitest'
import { blockWhenEnergyReaches, effectiveEnergy, regenerate } from './energy.ts'

test.each([
  // energy, last regeneration, now → gain, energy, last regeneration (game.md §3.3 and §2.11)
  [20, 100, 200, 20, 40, 200],
  [10, 100, 104, 0, 10, 100],
  [10, 100, 105, 1, 11, 105],
  [10, 0, 500, 90, 100, 500],
  [60, 93, 99, 1, 61, 98],
  [100, 640, 700, 0, 100, 700],
  [118, 640, 900, 0, 118, 640],
  [50, 700, 650, 0, 50, 700],
])(
  'energy %i regenerated last at %i, at block %i',
  (energy, lastRegenBlock, block, gained, after, last) => {
    expect(regenerate({ energy, maxEnergy: 100, lastRegenBlock }, block)).toEqual({
      energy: after,
      gained,
      lastRegenBlock: last,
    })
  },
)

const state = fc.record({
  energy: fc.nat(200),
  maxEnergy: fc.constant(100),
  lastRegenBlock: fc.nat(10_000),
})

test('regeneration never lifts energy above the maximum, never lowers it, and never runs ahead of the block', () => {
  fc.assert(
    fc.property(state, fc.nat(20_000), (before, block) => {
      const after = regenerate(before, block)
      expect(after.energy).toBeGreaterThanOrEqual(before.energy)
      expect(after.energy).toBeLessThanOrEqual(Math.max(before.maxEnergy, before.energy))
      expect(after.lastRegenBlock).toBeLessThanOrEqual(Math.max(block, before.lastRegenBlock))
      expect(effectiveEnergy(before, block)).toBe(after.energy)
    }),
  )
})

test('regenerating on the way loses nothing: the end is the same as in one go, below the maximum', () => {
  fc.assert(
    fc.property(
      fc.nat(20),
      fc.nat(200),
      fc.nat(150),
      fc.nat(150),
      (energy, last, first, second) => {
        const before = { energy, maxEnergy: 100, lastRegenBlock: last }
        const once = regenerate(before, last + first + second)
        const halfway = regenerate(before, last + first)
        const twice = regenerate({ ...before, ...halfway }, last + first + second)
        expect([twice.energy, twice.lastRegenBlock]).toEqual([once.energy, once.lastRegenBlock])
      },
    ),
  )
})

test('a target that the energy has reached is reached now, also before the block of the last regeneration', () => {
  expect(blockWhenEnergyReaches(50, { energy: 50, maxEnergy: 100, lastRegenBlock: 900 }, 10)).toBe(
    10,
  )
})

test('the block at which energy reaches a target is the first one at which it does', () => {
  fc.assert(
    fc.property(state, fc.nat(120), fc.nat(10_000), (before, target, block) => {
      const when = blockWhenEnergyReaches(target, before, block)
      if (when === null) {
        expect(target).toBeGreaterThan(before.maxEnergy)
        return
      }
      expect(effectiveEnergy(before, when)).toBeGreaterThanOrEqual(target)
      if (when > block) expect(effectiveEnergy(before, when - 1)).toBeLessThan(target)
    }),
  )
})
