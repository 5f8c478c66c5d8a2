/** What a policy's grants permit on a resource (game.md §3.9). */
import {
  type Grant,
  grantPermits as permits,
} from '../../../../domain/worlds/infinite-hex-adventurers/rules/sharing.ts'
import type { RowKeysOf, RowOf } from '../row-codec.ts'
import type { World } from '../system.ts'

export const grantOf = (row: RowOf<'ResourceAccessGrant'>): Grant => ({
  isActive: row.is_active,
  policyEpoch: row.policy_epoch,
  permissionsMask: row.permissions_mask,
})

/** Whether an effective grant on a resource gives an adventurer the required permissions. */
export const grantPermits = (
  world: World,
  grantKeys: RowKeysOf<'ResourceAccessGrant'>,
  policyEpoch: number,
  required: number,
): boolean => permits(policyEpoch, grantOf(world.read('ResourceAccessGrant', grantKeys)), required)
