/**
 * Sharing a resource with other adventurers (game.md §3.9): permissions, shares of output, and the
 * fee for changes.
 */
import { shareOf, WHOLE_BP } from './basis-points.ts'

/** Bits of a permissions mask. */
export const PERMISSION_INSPECT = 1
export const PERMISSION_EXTRACT = 2
export const PERMISSION_BUILD = 4
export const PERMISSION_UPKEEP = 8
export const PERMISSIONS_ALL = 15

export const SHARING_CHANGE_ENERGY = 5
export const SHARING_COOLDOWN_BLOCKS = 100
export const SHARE_RECIPIENTS_MAX = 8

export const isPermissionsMask = (mask: number): boolean => mask >= 1 && mask <= PERMISSIONS_ALL

/** Whether a mask covers all that is required; one that is none covers nothing and asks for nothing. */
const hasPermissions = (mask: number, required: number): boolean =>
  isPermissionsMask(mask) && isPermissionsMask(required) && (mask & required) === required

/** A policy counts when it is enabled and somebody controls it. */
export const isPolicyEffective = (isEnabled: boolean, controllerAdventurerId: bigint): boolean =>
  isEnabled && controllerAdventurerId !== 0n

/**
 * A grant (its mask) or a share rule (its basis points) counts when it is active, not empty, and of
 * the policy's epoch.
 */
export const isEffectiveUnder = (
  policyEpoch: number,
  entry: Readonly<{ isActive: boolean; policyEpoch: number; amount: number }>,
): boolean => entry.isActive && entry.policyEpoch === policyEpoch && entry.amount > 0

/** What a grant says, under a policy's epoch. */
export type Grant = Readonly<{ isActive: boolean; policyEpoch: number; permissionsMask: number }>

export const isGrantEffective = (
  policyEpoch: number,
  { permissionsMask: amount, ...grant }: Grant,
): boolean => isEffectiveUnder(policyEpoch, { ...grant, amount })

/** Whether an effective grant gives its holder the required permissions. */
export const grantPermits = (policyEpoch: number, grant: Grant, required: number): boolean =>
  isGrantEffective(policyEpoch, grant) && hasPermissions(grant.permissionsMask, required)

/** Whether a policy may be changed at this block; 0 means that it never was. */
export const sharingCooldownElapsed = (lastMutationBlock: number, block: number): boolean =>
  lastMutationBlock === 0 || block - lastMutationBlock >= SHARING_COOLDOWN_BLOCKS

export const isShareBp = (bp: number): boolean => bp >= 1 && bp <= WHOLE_BP

/** Units of a harvest that a recipient is due, before what the stack and his backpack allow. */
export const sharedUnits = (minted: number, bp: number): number => shareOf(minted, bp)
