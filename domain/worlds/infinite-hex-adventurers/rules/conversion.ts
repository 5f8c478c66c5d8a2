/**
 * Turning items into energy (game.md §3.5): one global rate per item, lowered by the units
 * converted lately. Amounts are small integers (a quantity is a u16, a rate a u16), so number
 * arithmetic is exact.
 */
import { clamp, shareOf, U16_MAX, U32_MAX, WHOLE_BP } from './basis-points.ts'

/** Energy per unit of an item that has no rate of its own yet. */
export const CONVERSION_RATE_DEFAULT = 10
export const CONVERSION_WINDOW_BLOCKS = 100
export const CONVERSION_PENALTY_STEP_UNITS = 10
export const CONVERSION_PENALTY_STEP_BP = 100
export const CONVERSION_PENALTY_BP_MAX = 5_000

/**
 * Extra output, in basis points, of items converted on a hex with the matching effective building.
 */
export const SMELTER_BONUS_BP = 1_250
export const HERBAL_PRESS_BONUS_BP = 1_500

/** The stored rate of one item; zeros when it was never converted. */
export type ConversionRate = Readonly<{
  currentRate: number
  baseRate: number
  lastUpdateBlock: number
  unitsInWindow: number
}>

/** Discount for the units already converted in the window, in basis points. */
export const conversionPenaltyBp = (unitsInWindow: number): number =>
  Math.min(
    CONVERSION_PENALTY_BP_MAX,
    Math.floor(unitsInWindow / CONVERSION_PENALTY_STEP_UNITS) * CONVERSION_PENALTY_STEP_BP,
  )

/** A rate after the penalty; a rate above zero never falls below 1. */
export const penalisedRate = (rate: number, unitsInWindow: number): number =>
  rate === 0 ? 0 : Math.max(1, shareOf(rate, WHOLE_BP - conversionPenaltyBp(unitsInWindow)))

/**
 * Whether a conversion at this block still counts into the rate's window, which every conversion
 * prolongs.
 */
export const inConversionWindow = (lastUpdateBlock: number, block: number): boolean =>
  block < lastUpdateBlock || block - lastUpdateBlock < CONVERSION_WINDOW_BLOCKS

/**
 * The rate row as the contract sees it: an unset current rate is the base, and an unset base is the
 * default.
 */
export const withRateDefaults = (rate: ConversionRate): ConversionRate => {
  if (rate.currentRate !== 0) return rate
  const baseRate = rate.baseRate === 0 ? CONVERSION_RATE_DEFAULT : rate.baseRate
  return { ...rate, currentRate: baseRate, baseRate }
}

/** Energy per unit that a conversion at this block would get. */
export const effectiveConversionRate = (rate: ConversionRate, block: number): number => {
  const { currentRate, baseRate, lastUpdateBlock, unitsInWindow } = withRateDefaults(rate)
  return inConversionWindow(lastUpdateBlock, block)
    ? penalisedRate(currentRate, unitsInWindow)
    : baseRate
}

/**
 * The rate row after converting `quantity` units at this block; current and base rate never change
 * by it.
 */
export const rateAfterConversion = (
  rate: ConversionRate,
  quantity: number,
  block: number,
): ConversionRate => {
  const filled = withRateDefaults(rate)
  const unitsBefore = inConversionWindow(filled.lastUpdateBlock, block) ? filled.unitsInWindow : 0
  return {
    ...filled,
    lastUpdateBlock: block,
    unitsInWindow: Math.min(U32_MAX, unitsBefore + quantity),
  }
}

export type ConversionTerms = Readonly<{
  quantity: number
  /** Energy per unit, from `effectiveConversionRate`. */
  rate: number
  energy: number
  maxEnergy: number
  /** Bonus of an effective building on the hex; 0 without one. */
  bonusBp: number
  /** Tax of the regulator's policy in force; 0 without one. */
  taxBp: number
}>

export type ConversionQuote = Readonly<{
  /** Energy added by the items themselves, limited by the room below the maximum. */
  minted: number
  /** Energy added by the building, limited by the room that is left. */
  bonusMinted: number
  tax: number
  /** What the energy changes by: minted + bonusMinted − tax. */
  energyDelta: number
  /**
   * What the event reports as energy_gained: before the cap on energy, so at full energy items
   * simply burn.
   */
  reported: number
}>

/** What a conversion yields. A single large one has one rate, so a batch avoids its own penalty. */
export const quoteConversion = (terms: ConversionTerms): ConversionQuote => {
  const raw = Math.min(U16_MAX, terms.quantity * terms.rate)
  const room = Math.max(0, terms.maxEnergy - terms.energy)
  const minted = Math.min(raw, room)
  const bonus = shareOf(raw, terms.bonusBp)
  const bonusMinted = clamp(bonus, 0, room - minted)
  const tax = shareOf(minted + bonusMinted, Math.min(terms.taxBp, WHOLE_BP))
  const reported = Math.max(0, Math.min(U16_MAX, raw + bonus) - tax)
  return { minted, bonusMinted, tax, energyDelta: minted + bonusMinted - tax, reported }
}
