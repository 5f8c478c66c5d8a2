/** The regulator's policy, on which upkeep depends. */

import { WHOLE_BP } from '../../../../domain/worlds/infinite-hex-adventurers/rules/basis-points.ts'
import { policyInForce } from '../../../../domain/worlds/infinite-hex-adventurers/rules/regulator.ts'
import { entityIdOf } from '../../../../schemas/crypto/starknet.ts'
import { gameTable, type Row } from '../game-table.ts'

export const regulatorPolicies = gameTable('regulator_policies', {
  models: { RegulatorPolicy: {} },
  lookup: 'slot',
})

export type PolicyRow = Row<typeof regulatorPolicies>

/** The regulator has one policy, in slot 1. */
export const POLICY_ENTITY = entityIdOf([1n])

/** Upkeep factor in force at a block; `policy` is the regulator's row, if it ever ticked. */
export const upkeepBpAt = (policy: PolicyRow | undefined, block: number): number =>
  policy === undefined
    ? WHOLE_BP
    : policyInForce(
        {
          policyEpoch: policy.policy_epoch ?? 0,
          conversionTaxBp: policy.conversion_tax_bp ?? 0,
          upkeepBp: policy.upkeep_bp ?? 0,
          mintDiscountBp: policy.mint_discount_bp ?? 0,
        },
        block,
      ).upkeepBp
