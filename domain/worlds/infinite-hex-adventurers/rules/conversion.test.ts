import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  conversionPenaltyBp,
  effectiveConversionRate,
  inConversionWindow,
  penalisedRate,
  quoteConversion,
  rateAfterConversion,
} from './conversion.ts'

test.each([
  // base, units → penalty, rate (game.md §3.5)
  [10, 9, 0, 10],
  [10, 10, 100, 9],
  [10, 99, 900, 9],
  [10, 100, 1_000, 9],
  [10, 499, 4_900, 5],
  [10, 500, 5_000, 5],
  [8, 25, 200, 7],
  [120, 37, 300, 116],
  [1, 500, 5_000, 1],
  [0, 0, 0, 0],
])('rate %i after %i units', (rate, units, penalty, penalised) => {
  expect([conversionPenaltyBp(units), penalisedRate(rate, units)]).toEqual([penalty, penalised])
})

test('the window holds for 99 blocks after the last conversion, and backwards in time', () => {
  expect([
    inConversionWindow(100, 199),
    inConversionWindow(100, 200),
    inConversionWindow(100, 50),
  ]).toEqual([true, false, true])
})

const rate = fc.record({
  currentRate: fc.nat(200),
  baseRate: fc.nat(200),
  lastUpdateBlock: fc.nat(1_000),
  unitsInWindow: fc.nat(2_000),
})

test('a conversion changes neither current nor base rate once they are set, so penalties do not compound', () => {
  fc.assert(
    fc.property(rate, fc.integer({ min: 1, max: 500 }), fc.nat(500), (before, units, wait) => {
      const block = before.lastUpdateBlock + wait
      const after = rateAfterConversion(before, units, block)
      expect(after.lastUpdateBlock).toBe(block)
      expect(after.unitsInWindow).toBe(wait < 100 ? before.unitsInWindow + units : units)
      const again = rateAfterConversion(after, units, block)
      expect([again.currentRate, again.baseRate]).toEqual([after.currentRate, after.baseRate])
      expect(effectiveConversionRate(after, block + 100)).toBe(after.baseRate)
    }),
  )
})

test('what is gained never exceeds the room below the maximum, and the tax never exceeds the gain', () => {
  const terms = fc.record({
    quantity: fc.nat(65_535),
    rate: fc.nat(200),
    energy: fc.nat(150),
    maxEnergy: fc.constant(100),
    bonusBp: fc.constantFrom(0, 1_250, 1_500),
    taxBp: fc.nat(65_535),
  })
  fc.assert(
    fc.property(terms, (given) => {
      const quote = quoteConversion(given)
      const gained = quote.minted + quote.bonusMinted
      expect(gained).toBeLessThanOrEqual(Math.max(0, given.maxEnergy - given.energy))
      expect(quote.tax).toBeLessThanOrEqual(gained)
      expect(quote.energyDelta).toBe(gained - quote.tax)
      expect(quote.reported).toBeGreaterThanOrEqual(0)
      expect(quote.reported).toBeLessThanOrEqual(65_535)
    }),
  )
})

test('one large conversion has one rate, so a batch avoids its own penalty', () => {
  const fresh = { currentRate: 10, baseRate: 10, lastUpdateBlock: 0, unitsInWindow: 0 }
  const terms = { energy: 0, maxEnergy: 1_000, bonusBp: 0, taxBp: 0 }
  const batch = quoteConversion({
    ...terms,
    quantity: 40,
    rate: effectiveConversionRate(fresh, 500),
  })
  let split = 0
  let now = fresh
  for (let at = 0; at < 4; at++) {
    split += quoteConversion({
      ...terms,
      quantity: 10,
      rate: effectiveConversionRate(now, 500),
    }).minted
    now = rateAfterConversion(now, 10, 500)
  }
  expect([batch.minted, split]).toEqual([400, 370])
})
