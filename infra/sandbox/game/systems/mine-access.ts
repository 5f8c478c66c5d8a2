/**
 * Access to a mine: for the owner of its area, for adventurers on the mine's own list of grants,
 * and for those that a policy lets extract.
 */
import {
  isPolicyEffective,
  PERMISSION_EXTRACT,
  PERMISSION_INSPECT,
} from '../../../../domain/worlds/infinite-hex-adventurers/rules/sharing.ts'
import type { RowOf } from '../row-codec.ts'
import type { World } from '../system.ts'
import { actorRefusal, readAdventurer } from './actor.ts'
import { readMine, rejectMining } from './mine-shifts.ts'
import { grantPermits } from './resource-access.ts'

const ownerOf = (world: World, areaId: bigint): bigint =>
  world.read('AreaOwnership', { area_id: areaId }).owner_adventurer_id

export const mayMine = (world: World, key: bigint, areaId: bigint, id: bigint): boolean => {
  if (ownerOf(world, areaId) === id) return true
  if (world.read('MineAccessGrant', { mine_key: key, grantee_adventurer_id: id }).is_allowed)
    return true
  const policy = world.read('ResourcePolicy', { resource_key: key })
  if (!isPolicyEffective(policy.is_enabled, policy.controller_adventurer_id)) return false
  if (policy.controller_adventurer_id === id) return true
  const grantKeys = { resource_key: key, grantee_adventurer_id: id }
  return grantPermits(world, grantKeys, policy.policy_epoch, PERMISSION_EXTRACT)
}

/**
 * Writes the mine's sharing policy for its owner, enabled; a change of controller starts a new
 * epoch. Returns the epoch.
 */
export const shareMine = (world: World, key: bigint, areaId: bigint, owner: bigint): number => {
  const before = world.read('ResourcePolicy', { resource_key: key })
  const controller = before.controller_adventurer_id
  const isHandedOver = controller !== 0n && controller !== owner
  const epoch = before.policy_epoch === 0 ? 1 : before.policy_epoch + (isHandedOver ? 1 : 0)
  const policy: RowOf<'ResourcePolicy'> = {
    scope: 'Area',
    scope_key: areaId,
    resource_kind: 'Mine',
    controller_adventurer_id: owner,
    policy_epoch: epoch,
    is_enabled: true,
    updated_block: world.now,
    last_mutation_block: world.now,
  }
  world.write('ResourcePolicy', { resource_key: key }, policy)
  return epoch
}

type AccessArgs = Readonly<{
  controller_adventurer_id: bigint
  mine_key: bigint
  grantee_adventurer_id: bigint
}>

/**
 * Grants or revokes access, on the mine's own list and in the sharing rows. It costs nothing; a
 * running shift continues.
 */
export const changeAccess = (
  world: World,
  action: 'MINE_GRANT' | 'MINE_REVOKE',
  args: AccessArgs,
): boolean => {
  const { controller_adventurer_id: controller, mine_key, grantee_adventurer_id } = args
  const mine = readMine(world, mine_key)
  if (mine.collapse_threshold === 0) return false
  const attempt = { action, id: controller, key: mine_key }
  if (actorRefusal(world, readAdventurer(world, controller)) !== null)
    return rejectMining(world, attempt, 'NOT_OWNER')
  if (ownerOf(world, mine.area_id) !== controller) return rejectMining(world, attempt, 'NOT_CTRL')

  const isGrant = action === 'MINE_GRANT'
  const listKeys = { mine_key, grantee_adventurer_id }
  const listed = {
    ...world.read('MineAccessGrant', listKeys),
    granted_by_adventurer_id: controller,
  }
  world.write('MineAccessGrant', listKeys, {
    ...listed,
    is_allowed: isGrant,
    ...(isGrant ? { grant_block: world.now, revoked_block: 0n } : { revoked_block: world.now }),
  })
  const policy_epoch = shareMine(world, mine_key, mine.area_id, controller)
  const grantKeys = { resource_key: mine_key, grantee_adventurer_id }
  const granted = {
    ...world.read('ResourceAccessGrant', grantKeys),
    policy_epoch,
    is_active: isGrant,
  }
  world.write('ResourceAccessGrant', grantKeys, {
    ...granted,
    ...(isGrant ? grantedNow(world, controller) : { revoke_block: world.now }),
  })
  if (isGrant)
    world.emit('MineAccessGranted', { ...listKeys, granted_by_adventurer_id: controller })
  else world.emit('MineAccessRevoked', { ...listKeys, revoked_by_adventurer_id: controller })
  return true
}

const grantedNow = (world: World, controller: bigint): Partial<RowOf<'ResourceAccessGrant'>> => ({
  permissions_mask: PERMISSION_INSPECT | PERMISSION_EXTRACT,
  granted_by_adventurer_id: controller,
  grant_block: world.now,
  revoke_block: 0n,
})
