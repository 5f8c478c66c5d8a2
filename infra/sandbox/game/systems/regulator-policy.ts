/** The regulator's stored policy and configuration, and the policy that is in force now. */
import {
  normalisedRegulatorConfig,
  policyInForce,
  REGULATOR_DEFAULTS,
  type RegulatorConfig,
  type RegulatorPolicy,
} from '../../../../domain/worlds/infinite-hex-adventurers/rules/regulator.ts'
import type { RowOf } from '../row-codec.ts'
import type { World } from '../system.ts'

/** All rows of the regulator stand in one slot. */
export const REGULATOR_SLOT = { slot: 1 }

/** The stored configuration with defaults for what is unset. */
export const regulatorConfigOf = (row: RowOf<'RegulatorConfig'>): RegulatorConfig =>
  normalisedRegulatorConfig({
    epochBlocks: Number(row.epoch_blocks),
    keeperBountyEnergy: row.keeper_bounty_energy,
    keeperBountyMax: row.keeper_bounty_max,
    bountyFundingShareBp: row.bounty_funding_share_bp,
    inflationTargetPct: row.inflation_target_pct,
    inflationDeadbandPct: row.inflation_deadband_pct,
    policySlewLimitBp: row.policy_slew_limit_bp,
    minConversionTaxBp: row.min_conversion_tax_bp,
    maxConversionTaxBp: row.max_conversion_tax_bp,
  })

/**
 * The policy that applies now. An epoch length that is not stored yet counts as the default, as in
 * the configuration.
 */
export const regulatorPolicyNow = (world: World): Omit<RegulatorPolicy, 'policyEpoch'> => {
  const policy = world.read('RegulatorPolicy', REGULATOR_SLOT)
  const { epoch_blocks } = world.read('RegulatorConfig', REGULATOR_SLOT)
  return policyInForce(
    {
      policyEpoch: policy.policy_epoch,
      conversionTaxBp: policy.conversion_tax_bp,
      upkeepBp: policy.upkeep_bp,
      mintDiscountBp: policy.mint_discount_bp,
    },
    world.block,
    Number(epoch_blocks) || REGULATOR_DEFAULTS.epochBlocks,
  )
}
