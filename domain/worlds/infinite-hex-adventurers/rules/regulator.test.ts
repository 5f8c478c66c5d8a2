import { expect, test } from 'vitest'
import {
  mintQuote,
  normalisedRegulatorConfig,
  policyInForce,
  REGULATOR_DEFAULTS,
  taxAfterTick,
} from './regulator.ts'
import {
  isEffectiveUnder,
  isPermissionsMask,
  sharedUnits,
  sharingCooldownElapsed,
} from './sharing.ts'

const UNSET = Object.fromEntries(
  Object.keys(REGULATOR_DEFAULTS).map((name) => [name, 0]),
) as Record<keyof typeof REGULATOR_DEFAULTS, number>

test('zeros of the configuration take the defaults, and contradictions are resolved towards the smaller bounty', () => {
  expect(normalisedRegulatorConfig(UNSET)).toEqual(REGULATOR_DEFAULTS)
  expect(
    normalisedRegulatorConfig({
      ...UNSET,
      keeperBountyEnergy: 50,
      minConversionTaxBp: 9_000,
      maxConversionTaxBp: 80,
    }),
  ).toMatchObject({ keeperBountyEnergy: 20, maxConversionTaxBp: 9_000 })
})

test.each([
  [0, 100],
  [100, 200],
  [4_950, 5_000],
  [5_000, 5_000],
  [6_000, 5_000],
])('a tax of %i becomes %i', (before, after) => {
  expect(taxAfterTick(before, REGULATOR_DEFAULTS)).toBe(after)
})

test.each([
  [0, 900, 0],
  [1, 199, 0],
  [1, 200, 300],
  [3, 399, 0],
  [3, 400, 300],
])('after %i ticks, at block %i, the tax in force is %i', (policyEpoch, block, tax) => {
  const policy = { policyEpoch, conversionTaxBp: 300, upkeepBp: 0, mintDiscountBp: 1_234 }
  const inForce = policyInForce(policy, block)
  expect(inForce).toMatchObject({ conversionTaxBp: tax, upkeepBp: 10_000 })
  expect(mintQuote(inForce.mintDiscountBp)).toBe(tax === 0 ? 100 : 88)
})

test('permissions are 1…15; grants and rules count under their own epoch alone; a cooldown lasts 100 blocks', () => {
  expect([0, 1, 15, 16].map(isPermissionsMask)).toEqual([false, true, true, false])
  const grant = { isActive: true, policyEpoch: 2, amount: 3 }
  expect([1, 2].map((epoch) => isEffectiveUnder(epoch, grant))).toEqual([false, true])
  expect(isEffectiveUnder(2, { ...grant, amount: 0 })).toBe(false)
  expect([
    sharingCooldownElapsed(0, 1),
    sharingCooldownElapsed(710, 809),
    sharingCooldownElapsed(710, 810),
  ]).toEqual([true, false, true])
  expect([sharedUnits(9, 3_333), sharedUnits(9, 5_000)]).toEqual([2, 4])
})
