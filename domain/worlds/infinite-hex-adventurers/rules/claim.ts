/**
 * Claiming a decayed hex and defending it (game.md §3.6). A claim in the first 500 blocks after the
 * hex became claimable locks energy in an escrow of 100 blocks and never turns into ownership by
 * itself; a later one takes the hex at once.
 */
import { clamp, shareOf, U16_MAX, WHOLE_BP } from './basis-points.ts'
import { CLAIMABLE_DECAY_LEVEL } from './decay.ts'
import { ENERGY_MAX } from './energy.ts'

export const CLAIM_TIMEOUT_BLOCKS = 100
export const CLAIM_GRACE_BLOCKS = 500
/** Defence strength with an effective Watchtower on the hex. */
export const WATCHTOWER_DEFENCE_BP = 12_500
const UPKEEPS_PER_CLAIM = 2
const ENERGY_PER_DECAY_ABOVE_THRESHOLD = 5

/** Energy that a claim has to offer, before the claimant's own limit: 1…65 535. */
export const minimumClaim = (upkeep: number, level: number): number =>
  clamp(
    UPKEEPS_PER_CLAIM * upkeep +
      ENERGY_PER_DECAY_ABOVE_THRESHOLD * Math.max(0, level - CLAIMABLE_DECAY_LEVEL),
    1,
    U16_MAX,
  )

/**
 * Least offer that the contract accepts: nobody has to offer more than a full adventurer can have.
 */
export const minimumClaimOf = (
  upkeep: number,
  level: number,
  maxEnergy: number = ENERGY_MAX,
): number => Math.min(minimumClaim(upkeep, level), maxEnergy)

/** Whether a hex may be claimed: decayed, and a decay call has recorded since when. */
export const isClaimable = (level: number, claimableSinceBlock: number): boolean =>
  level >= CLAIMABLE_DECAY_LEVEL && claimableSinceBlock !== 0

/** Whether a claim at this block takes the hex at once instead of opening an escrow. */
export const claimIsImmediate = (claimableSinceBlock: number, block: number): boolean =>
  block - claimableSinceBlock >= CLAIM_GRACE_BLOCKS

/** First block at which a claim takes the hex at once. */
export const immediateClaimBlock = (claimableSinceBlock: number): number =>
  claimableSinceBlock + CLAIM_GRACE_BLOCKS

/** Whether an escrow has run out; at its expiry block it can still be defended against. */
export const escrowExpired = (expiryBlock: number, block: number): boolean => block > expiryBlock

/** What defence energy counts for against the energy locked in the escrow. */
export const defenceStrength = (energy: number, hasWatchtower: boolean): number =>
  shareOf(energy, hasWatchtower ? WATCHTOWER_DEFENCE_BP : WHOLE_BP)

/** Least defence energy that beats an escrow. */
export const defenceEnergyAgainst = (energyLocked: number, hasWatchtower: boolean): number =>
  Math.max(
    1,
    Math.ceil((energyLocked * WHOLE_BP) / (hasWatchtower ? WATCHTOWER_DEFENCE_BP : WHOLE_BP)),
  )
