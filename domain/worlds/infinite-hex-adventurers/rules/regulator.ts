/**
 * The autoregulator (game.md §3.10): once per epoch of 100 blocks anybody may tick it, and every
 * tick raises the tax on conversion by 100 basis points up to 5 000. Upkeep factor and mint
 * discount exist but are never changed by the game.
 */
import { clamp, shareOf, U32_MAX, WHOLE_BP } from './basis-points.ts'

/** Configuration of the regulator with the values that an unset field takes. */
export const REGULATOR_DEFAULTS = {
  epochBlocks: 100,
  keeperBountyEnergy: 10,
  keeperBountyMax: 20,
  bountyFundingShareBp: 100,
  inflationTargetPct: 10,
  inflationDeadbandPct: 1,
  policySlewLimitBp: 100,
  minConversionTaxBp: 100,
  maxConversionTaxBp: 5_000,
} as const

export type RegulatorConfig = Readonly<Record<keyof typeof REGULATOR_DEFAULTS, number>>

/** Energy that the quote for a new adventurer starts from; nothing is ever charged. */
export const MINT_QUOTE_ENERGY = 100

/**
 * The configuration in force: zeros are replaced by the defaults, and no minimum exceeds its
 * maximum.
 */
export const normalisedRegulatorConfig = (stored: RegulatorConfig): RegulatorConfig => {
  const filled = {
    ...REGULATOR_DEFAULTS,
    ...Object.fromEntries(Object.entries(stored).filter(([, value]) => value !== 0)),
  }
  return {
    ...filled,
    keeperBountyEnergy: Math.min(filled.keeperBountyEnergy, filled.keeperBountyMax),
    maxConversionTaxBp: Math.max(filled.minConversionTaxBp, filled.maxConversionTaxBp),
  }
}

export const epochOf = (
  block: number,
  epochBlocks: number = REGULATOR_DEFAULTS.epochBlocks,
): number => Math.min(U32_MAX, Math.floor(block / epochBlocks))

export type RegulatorPolicy = Readonly<{
  policyEpoch: number
  conversionTaxBp: number
  upkeepBp: number
  mintDiscountBp: number
}>

/**
 * The policy that applies at a block. `policyEpoch` counts ticks and is compared with the epoch of
 * the block, so a tax set by the first tick in epoch 2 or later bites at once. An upkeep of 0 reads
 * as the whole.
 */
export const policyInForce = (
  policy: RegulatorPolicy,
  block: number,
  epochBlocks: number = REGULATOR_DEFAULTS.epochBlocks,
): Omit<RegulatorPolicy, 'policyEpoch'> =>
  policy.policyEpoch === 0 || policy.policyEpoch >= epochOf(block, epochBlocks)
    ? { conversionTaxBp: 0, upkeepBp: WHOLE_BP, mintDiscountBp: 0 }
    : {
        conversionTaxBp: Math.min(WHOLE_BP, policy.conversionTaxBp),
        upkeepBp: policy.upkeepBp === 0 ? WHOLE_BP : policy.upkeepBp,
        mintDiscountBp: policy.mintDiscountBp,
      }

/** Quote for a new adventurer, in energy. Informational: creating one is free. */
export const mintQuote = (mintDiscountBp: number): number =>
  MINT_QUOTE_ENERGY - shareOf(MINT_QUOTE_ENERGY, Math.min(WHOLE_BP, mintDiscountBp))

export type RegulatorState = Readonly<{
  hasTicked: boolean
  lastTickBlock: number
  lastTickEpoch: number
}>

/** What a tick at this block would be. */
export const tickStatusAt = (
  state: RegulatorState,
  block: number,
  epochBlocks: number = REGULATOR_DEFAULTS.epochBlocks,
): 'NoOpEarly' | 'NoOpAlreadyTicked' | 'Applied' => {
  if (state.hasTicked && state.lastTickEpoch === epochOf(block, epochBlocks))
    return 'NoOpAlreadyTicked'
  return block < (state.hasTicked ? state.lastTickBlock + epochBlocks : epochBlocks)
    ? 'NoOpEarly'
    : 'Applied'
}

/** The tax after one more tick: one step of the slew limit towards the maximum. */
export const taxAfterTick = (taxBp: number, config: RegulatorConfig): number => {
  const step = clamp(
    config.maxConversionTaxBp - taxBp,
    -config.policySlewLimitBp,
    config.policySlewLimitBp,
  )
  return clamp(taxBp + step, config.minConversionTaxBp, config.maxConversionTaxBp)
}

/** Bounty that a tick pays out of the pool (a u64), which nothing in the game ever fills. */
export const keeperBounty = (config: RegulatorConfig, pool: bigint): number => {
  const target = Math.min(config.keeperBountyEnergy, config.keeperBountyMax)
  return pool < BigInt(target) ? Number(pool) : target
}
