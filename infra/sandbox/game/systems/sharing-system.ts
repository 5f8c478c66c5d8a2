/**
 * `sharing_manager` (game.md §2.8): policies on resources, access under them, and shares of their
 * output. Every applied change costs 5 energy, spent raw, and starts a cooldown of 100 blocks on
 * the policy. The first caller for a resource key controls it; whether it owns what the key stands
 * for is not checked (quirk 18).
 */
import { WHOLE_BP } from '../../../../domain/worlds/infinite-hex-adventurers/rules/basis-points.ts'
import {
  isEffectiveUnder,
  isGrantEffective,
  isPermissionsMask,
  isPolicyEffective,
  isShareBp,
  PERMISSIONS_ALL,
  SHARING_CHANGE_ENERGY,
  sharingCooldownElapsed,
} from '../../../../domain/worlds/infinite-hex-adventurers/rules/sharing.ts'
import { shortString } from '../../../../schemas/worlds/short-string.ts'
import type { CallRowOf, RowKeysOf, RowOf } from '../row-codec.ts'
import type { SystemContract, World } from '../system.ts'
import {
  type Adventurer,
  actorRefusal,
  rawSpend,
  readAdventurer,
  writeAdventurer,
} from './actor.ts'
import { grantOf } from './resource-access.ts'
import { hasRoom, tallyInEpoch, tallyWithoutRule, tallyWithRule } from './share-tally.ts'

type Policy = RowOf<'ResourcePolicy'>
type Rule = RowOf<'ResourceShareRule'>
type Action = 'SH_POLICY' | 'SH_GRANT' | 'SH_REVOKE' | 'SH_SET' | 'SH_CLEAR'

/** Every call names the actor, which has to be the controller, and the resource. */
type Change = Readonly<{ controller_adventurer_id: bigint; resource_key: bigint }>

/** Emits the rejection; returns false, for callers to return. */
const reject = (world: World, action: Action, change: Change, reason: string): false => {
  world.emit('ResourcePermissionRejected', {
    adventurer_id: change.controller_adventurer_id,
    resource_key: change.resource_key,
    action: shortString(action),
    reason: shortString(reason),
  })
  return false
}

const readPolicy = (world: World, resource_key: bigint): Policy =>
  world.read('ResourcePolicy', { resource_key })

const isCooling = (world: World, policy: Policy): boolean =>
  !sharingCooldownElapsed(Number(policy.last_mutation_block), world.block)

/**
 * Pays the fee and writes the actor and the policy, whose cooldown starts now. Returns false after
 * a rejection.
 */
const applyChange = (
  world: World,
  action: Action,
  change: Change,
  { actor, policy }: Readonly<{ actor: Adventurer; policy: Policy }>,
): boolean => {
  const spent = rawSpend(actor, SHARING_CHANGE_ENERGY)
  if (spent === null) return reject(world, action, change, 'LOW_ENERGY')
  writeAdventurer(world, change.controller_adventurer_id, spent)
  const changed = { ...policy, updated_block: world.now, last_mutation_block: world.now }
  world.write('ResourcePolicy', { resource_key: change.resource_key }, changed)
  return true
}

const upsert = (world: World, args: CallRowOf<'upsert_resource_policy'>): boolean => {
  const { controller_adventurer_id, resource_key, resource_kind, is_enabled } = args
  const actor = readAdventurer(world, controller_adventurer_id)
  const before = readPolicy(world, resource_key)
  const held = before.controller_adventurer_id
  const refusal =
    actorRefusal(world, actor) ??
    (isCooling(world, before) ? 'COOLDOWN' : null) ??
    (held !== 0n && held !== controller_adventurer_id ? 'NOT_CTRL' : null)
  if (refusal !== null) return reject(world, 'SH_POLICY', args, refusal)
  const policy = {
    scope: 'Area',
    scope_key: resource_key,
    resource_kind,
    controller_adventurer_id,
    policy_epoch: before.policy_epoch === 0 ? 1 : before.policy_epoch,
    is_enabled,
    updated_block: world.now,
  } as const
  const applied = applyChange(world, 'SH_POLICY', args, {
    actor,
    policy: { ...before, ...policy },
  })
  if (applied) world.emit('ResourcePolicyUpserted', { resource_key, ...policy })
  return applied
}

/** Why the actor may not change anything under a policy; the same for all four calls but upsert. */
const changeRefusal = (
  world: World,
  actor: Adventurer,
  policy: Policy,
  { controller_adventurer_id }: Change,
) => {
  const refusal = actorRefusal(world, actor)
  if (refusal !== null) return refusal
  if (!isPolicyEffective(policy.is_enabled, policy.controller_adventurer_id)) return 'POLICY_OFF'
  if (policy.controller_adventurer_id !== controller_adventurer_id) return 'NOT_CTRL'
  return isCooling(world, policy) ? 'COOLDOWN' : null
}

const grant = (world: World, args: CallRowOf<'grant_resource_access'>): boolean => {
  const { controller_adventurer_id, resource_key, grantee_adventurer_id, permissions_mask } = args
  const actor = readAdventurer(world, controller_adventurer_id)
  const policy = readPolicy(world, resource_key)
  const isGrantable = grantee_adventurer_id !== 0n && isPermissionsMask(permissions_mask)
  const refusal = changeRefusal(world, actor, policy, args) ?? (isGrantable ? null : 'BAD_MASK')
  if (refusal !== null) return reject(world, 'SH_GRANT', args, refusal)
  if (!applyChange(world, 'SH_GRANT', args, { actor, policy })) return false
  const granted = { permissions_mask, granted_by_adventurer_id: controller_adventurer_id }
  const { policy_epoch } = policy
  const keys = { resource_key, grantee_adventurer_id }
  const period = { grant_block: world.now, revoke_block: 0n, is_active: true, policy_epoch }
  world.write('ResourceAccessGrant', keys, { ...granted, ...period })
  world.emit('ResourceAccessGranted', { ...keys, ...granted, policy_epoch })
  return true
}

const revoke = (world: World, args: CallRowOf<'revoke_resource_access'>): boolean => {
  const { controller_adventurer_id, resource_key, grantee_adventurer_id } = args
  const actor = readAdventurer(world, controller_adventurer_id)
  const policy = readPolicy(world, resource_key)
  const keys = { resource_key, grantee_adventurer_id }
  const before = world.read('ResourceAccessGrant', keys)
  const isGranted = isGrantEffective(policy.policy_epoch, grantOf(before))
  const refusal = changeRefusal(world, actor, policy, args) ?? (isGranted ? null : 'NOT_GRANTED')
  if (refusal !== null) return reject(world, 'SH_REVOKE', args, refusal)
  if (!applyChange(world, 'SH_REVOKE', args, { actor, policy })) return false
  world.write('ResourceAccessGrant', keys, { ...before, is_active: false, revoke_block: world.now })
  const revoked_by_adventurer_id = controller_adventurer_id
  world.emit('ResourceAccessRevoked', {
    ...keys,
    revoked_by_adventurer_id,
    policy_epoch: policy.policy_epoch,
  })
  return true
}

/** Basis points that a rule gives under a policy's epoch; 0 when it has no effect. */
const effectiveShareBp = (rule: Rule, policyEpoch: number): number =>
  isEffectiveUnder(policyEpoch, {
    isActive: rule.is_active,
    policyEpoch: rule.policy_epoch,
    amount: rule.share_bp,
  })
    ? rule.share_bp
    : 0

/** What both calls on share rules read. */
const readShares = (world: World, keys: RowKeysOf<'ResourceShareRule'>) => {
  const policy = readPolicy(world, keys.resource_key)
  const tallyKeys = { resource_key: keys.resource_key, rule_kind: keys.rule_kind }
  const tally = tallyInEpoch(world.read('ResourceShareRuleTally', tallyKeys), policy.policy_epoch)
  const rule = world.read('ResourceShareRule', keys)
  return { policy, tallyKeys, tally, rule, priorBp: effectiveShareBp(rule, policy.policy_epoch) }
}

const setRule = (world: World, args: CallRowOf<'set_resource_share_rule'>): boolean => {
  const { controller_adventurer_id, resource_key, recipient_adventurer_id, rule_kind, share_bp } =
    args
  const keys = { resource_key, recipient_adventurer_id, rule_kind }
  const actor = readAdventurer(world, controller_adventurer_id)
  const { policy, tallyKeys, tally, priorBp } = readShares(world, keys)
  const shareRefusal = (): string | null => {
    if (recipient_adventurer_id === 0n) return 'BAD_RECIP'
    if (!isShareBp(share_bp)) return 'BAD_SHARE'
    if (Math.max(0, tally.total_bp - priorBp) + share_bp > WHOLE_BP) return 'OVERFLOW'
    return priorBp === 0 && !hasRoom(tally) ? 'RECIP_CAP' : null
  }
  const refusal = changeRefusal(world, actor, policy, args) ?? shareRefusal()
  if (refusal !== null) return reject(world, 'SH_SET', args, refusal)
  if (!applyChange(world, 'SH_SET', args, { actor, policy })) return false
  const { policy_epoch } = policy
  world.write('ResourceShareRule', keys, {
    share_bp,
    is_active: true,
    policy_epoch,
    updated_block: world.now,
  })
  const counted = tallyWithRule(tally, {
    recipient: recipient_adventurer_id,
    priorBp,
    shareBp: share_bp,
    now: world.now,
  })
  world.write('ResourceShareRuleTally', tallyKeys, counted)
  world.emit('ResourceShareRuleSet', { ...keys, share_bp, policy_epoch })
  return true
}

const clearRule = (world: World, args: CallRowOf<'clear_resource_share_rule'>): boolean => {
  const { controller_adventurer_id, resource_key, recipient_adventurer_id, rule_kind } = args
  const keys = { resource_key, recipient_adventurer_id, rule_kind }
  const actor = readAdventurer(world, controller_adventurer_id)
  const { policy, tallyKeys, tally, rule, priorBp } = readShares(world, keys)
  const refusal = changeRefusal(world, actor, policy, args) ?? (priorBp === 0 ? 'NOT_FOUND' : null)
  if (refusal !== null) return reject(world, 'SH_CLEAR', args, refusal)
  if (!applyChange(world, 'SH_CLEAR', args, { actor, policy })) return false
  world.write('ResourceShareRule', keys, {
    ...rule,
    share_bp: 0,
    is_active: false,
    updated_block: world.now,
  })
  const counted = tallyWithoutRule(tally, {
    recipient: recipient_adventurer_id,
    priorBp,
    now: world.now,
  })
  world.write('ResourceShareRuleTally', tallyKeys, counted)
  world.emit('ResourceShareRuleCleared', { ...keys, policy_epoch: policy.policy_epoch })
  return true
}

/**
 * Permissions of an adventurer on a resource: all for its controller, for others those of an
 * effective grant.
 */
const permissionsOf = (world: World, resource_key: bigint, adventurerId: bigint): number => {
  const policy = readPolicy(world, resource_key)
  if (!isPolicyEffective(policy.is_enabled, policy.controller_adventurer_id)) return 0
  if (policy.controller_adventurer_id === adventurerId) return PERMISSIONS_ALL
  const granted = world.read('ResourceAccessGrant', {
    resource_key,
    grantee_adventurer_id: adventurerId,
  })
  return isGrantEffective(policy.policy_epoch, grantOf(granted)) ? granted.permissions_mask : 0
}

const shareOf = (world: World, keys: RowKeysOf<'ResourceShareRule'>): number => {
  const { policy, priorBp } = readShares(world, keys)
  return isPolicyEffective(policy.is_enabled, policy.controller_adventurer_id) ? priorBp : 0
}

export const sharingSystem: SystemContract<'sharing_manager'> = {
  entrypoints: {
    upsert_resource_policy: upsert,
    grant_resource_access: grant,
    revoke_resource_access: revoke,
    set_resource_share_rule: setRule,
    clear_resource_share_rule: clearRule,
  },
  views: {
    inspect_resource_permissions: (world, args) =>
      permissionsOf(world, args.resource_key, args.adventurer_id),
    inspect_resource_share: shareOf,
  },
}
