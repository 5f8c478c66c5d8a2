/** `autoregulator_manager` (game.md §2.9): one tick per epoch, by anyone. Refusals are silent. */

import { infiniteHexAdventurers } from '../../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { U32_MAX } from '../../../../domain/worlds/infinite-hex-adventurers/rules/basis-points.ts'
import {
  epochOf,
  keeperBounty,
  type RegulatorConfig,
  taxAfterTick,
  tickStatusAt,
} from '../../../../domain/worlds/infinite-hex-adventurers/rules/regulator.ts'
import { encodeSerialised, type RowOf } from '../row-codec.ts'
import type { SystemContract, World } from '../system.ts'
import { REGULATOR_SLOT, regulatorConfigOf } from './regulator-policy.ts'

const STATUSES = infiniteHexAdventurers.enums.TickStatus

/**
 * The answer of a tick as Cairo serialises it: status (0-based), epoch, bounty paid, whether the
 * policy changed.
 */
const outcome = (
  status: (typeof STATUSES)[number],
  epoch: number,
  bountyPaid: number,
): readonly bigint[] =>
  [STATUSES.indexOf(status), epoch, bountyPaid, status === 'Applied' ? 1 : 0].map(BigInt)

const configRow = (config: RegulatorConfig): RowOf<'RegulatorConfig'> => ({
  epoch_blocks: BigInt(config.epochBlocks),
  keeper_bounty_energy: config.keeperBountyEnergy,
  keeper_bounty_max: config.keeperBountyMax,
  bounty_funding_share_bp: config.bountyFundingShareBp,
  inflation_target_pct: config.inflationTargetPct,
  inflation_deadband_pct: config.inflationDeadbandPct,
  policy_slew_limit_bp: config.policySlewLimitBp,
  min_conversion_tax_bp: config.minConversionTaxBp,
  max_conversion_tax_bp: config.maxConversionTaxBp,
})

/**
 * Raises the tax one step. The game never fills the pool for bounties, so nothing is ever paid
 * (quirk 21).
 */
const tick = (world: World): readonly bigint[] => {
  const state = world.read('RegulatorState', REGULATOR_SLOT)
  const policy = world.read('RegulatorPolicy', REGULATOR_SLOT)
  const config = regulatorConfigOf(world.read('RegulatorConfig', REGULATOR_SLOT))
  const treasury = world.read('RegulatorTreasury', REGULATOR_SLOT)
  const epoch = epochOf(world.block, config.epochBlocks)
  const ticked = {
    hasTicked: state.has_ticked,
    lastTickBlock: Number(state.last_tick_block),
    lastTickEpoch: state.last_tick_epoch,
  }
  const status = tickStatusAt(ticked, world.block, config.epochBlocks)
  if (status !== 'Applied') return outcome(status, epoch, 0)

  const paid = keeperBounty(config, treasury.regulator_bounty_pool)
  const raised: RowOf<'RegulatorPolicy'> = {
    ...policy,
    policy_epoch: Math.min(U32_MAX, policy.policy_epoch + 1),
    conversion_tax_bp: taxAfterTick(policy.conversion_tax_bp, config),
  }
  const now = { has_ticked: true, last_tick_block: world.now, last_tick_epoch: epoch }
  world.write('RegulatorState', REGULATOR_SLOT, now)
  world.write('RegulatorPolicy', REGULATOR_SLOT, raised)
  world.write('RegulatorConfig', REGULATOR_SLOT, configRow(config))
  world.write('RegulatorTreasury', REGULATOR_SLOT, {
    regulator_bounty_pool: treasury.regulator_bounty_pool - BigInt(paid),
    last_bounty_epoch: epoch,
    last_bounty_paid: paid,
    last_bounty_caller: world.caller,
  })
  const { conversion_tax_bp, upkeep_bp, mint_discount_bp } = raised
  world.emit('RegulatorTicked', {
    epoch,
    caller: world.caller,
    bounty_paid: paid,
    status: STATUSES.indexOf('Applied'),
  })
  world.emit('RegulatorPolicyUpdated', { epoch, conversion_tax_bp, upkeep_bp, mint_discount_bp })
  if (paid > 0) world.emit('BountyPaid', { epoch, caller: world.caller, amount: paid })
  return outcome(status, epoch, paid)
}

const { RegulatorPolicy, EconomyEpochSnapshot } = infiniteHexAdventurers.models

export const autoregulatorSystem: SystemContract<'autoregulator_manager'> = {
  entrypoints: { tick_autoregulator: tick },
  views: {
    get_regulator_policy: (world) => [
      ...encodeSerialised(RegulatorPolicy.keys, REGULATOR_SLOT),
      ...encodeSerialised(RegulatorPolicy.values, world.read('RegulatorPolicy', REGULATOR_SLOT)),
    ],
    get_latest_snapshot: (world) => {
      const epoch = { epoch: world.read('RegulatorState', REGULATOR_SLOT).last_tick_epoch }
      return [
        ...encodeSerialised(EconomyEpochSnapshot.keys, epoch),
        ...encodeSerialised(EconomyEpochSnapshot.values, world.read('EconomyEpochSnapshot', epoch)),
      ]
    },
  },
}
