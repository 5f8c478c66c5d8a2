/** Adventurers that may harvest in areas of others. */
import { compareFelts, type Felt } from '../../../../domain/felt.ts'
import {
  grantPermits,
  isPolicyEffective,
  PERMISSION_EXTRACT,
} from '../../../../domain/worlds/infinite-hex-adventurers/rules/sharing.ts'
import type { RowsAt } from '../../../reads/read-database.ts'
import type { RowReader } from '../../../reads/row-reader.ts'
import { type GrantRow, type PolicyRow, resourceGrants, resourcePolicies } from './tables.ts'

const mayExtract = ({ policy_epoch }: PolicyRow, grant: GrantRow): boolean =>
  grantPermits(
    policy_epoch ?? 0,
    {
      isActive: grant.is_active ?? false,
      policyEpoch: grant.policy_epoch ?? 0,
      permissionsMask: grant.permissions_mask ?? 0,
    },
    PERMISSION_EXTRACT,
  )

/** By a policy: its controller, and those who were granted to extract under it; by id. */
export const harvestersUnder = (
  policy: PolicyRow,
  grants: readonly GrantRow[],
): readonly Felt[] => {
  const controller = policy.controller_adventurer_id ?? '0x0'
  if (!isPolicyEffective(policy.is_enabled ?? false, BigInt(controller))) return []
  const granted = grants
    .filter((grant) => mayExtract(policy, grant))
    .map(({ grantee_adventurer_id }) => grantee_adventurer_id)
  return [...new Set([controller, ...granted])].sort(compareFelts)
}

/** Harvesters by resource key, of those keys that have a policy in force. */
export const readHarvesters = async (
  rows: RowReader,
  keys: readonly Felt[],
  at: RowsAt,
): Promise<ReadonlyMap<Felt, readonly Felt[]>> => {
  const policies = await rows.byLookup(resourcePolicies, keys, at)
  const shared = policies.map(({ resource_key }) => resource_key)
  const grants = Map.groupBy(
    await rows.byLookup(resourceGrants, shared, at),
    ({ resource_key }) => resource_key,
  )
  return new Map(
    policies.map((policy) => [
      policy.resource_key,
      harvestersUnder(policy, grants.get(policy.resource_key) ?? []),
    ]),
  )
}
