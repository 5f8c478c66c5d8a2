/** What a policy's grants permit on a resource (game.md §3.9). */
import {
  hasPermissions,
  isEffectiveUnder,
} from '../../../../domain/worlds/infinite-hex-adventurers/rules/sharing.ts'
import type { RowKeysOf, RowOf } from '../row-codec.ts'
import type { World } from '../system.ts'

/** Whether a grant counts under a policy's epoch. */
export const isGrantEffective = (
  grant: RowOf<'ResourceAccessGrant'>,
  policyEpoch: number,
): boolean =>
  isEffectiveUnder(policyEpoch, {
    isActive: grant.is_active,
    policyEpoch: grant.policy_epoch,
    amount: grant.permissions_mask,
  })

/** Whether an effective grant on a resource gives an adventurer the required permissions. */
export const grantPermits = (
  world: World,
  grantKeys: RowKeysOf<'ResourceAccessGrant'>,
  policyEpoch: number,
  required: number,
): boolean => {
  const grant = world.read('ResourceAccessGrant', grantKeys)
  return isGrantEffective(grant, policyEpoch) && hasPermissions(grant.permissions_mask, required)
}
