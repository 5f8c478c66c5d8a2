/**
 * What an action needs and costs, as far as it can be known before: for those who offer actions to
 * people and those who choose among them. The game alone decides. All of it is judged at the block
 * in which an order can land that is given now, and not at the last one that was seen.
 */

import { claimIsImmediate, escrowExpired, isClaimable, minimumClaimOf } from './claim.ts'
import { CLAIMABLE_DECAY_LEVEL, DECAY_PERIOD_BLOCKS } from './decay.ts'
import { DISCOVER_HEX_ENERGY, type EnergyState, effectiveEnergy, MOVE_ENERGY } from './energy.ts'
import { HARVEST_ENERGY_PER_UNIT } from './harvest.ts'

/** The first block in which an order can land that is given when `head` is the last one. */
export const landingBlock = (head: number): number => head + 1

/**
 * How a call looks at energy: `stored` spends what is stored and applies no regeneration;
 * `regenerated` applies it first; `free` spends nothing (game.md §2.11, energy rows).
 */
export type Spending = 'free' | 'stored' | 'regenerated'

/** Energy that a call takes: exactly, or at least where the caller names the amount. */
export type Cost = Readonly<{ spending: Spending; energy: number }>

const FREE: Cost = { spending: 'free', energy: 0 }

/** Costs of calls that depend on nothing. */
export const COSTS = {
  create_adventurer: FREE,
  regenerate_energy: FREE,
  discover_hex: { spending: 'stored', energy: DISCOVER_HEX_ENERGY },
  discover_area: FREE,
  move_adventurer: { spending: 'stored', energy: MOVE_ENERGY },
  init_harvesting: FREE,
  complete_harvesting: FREE,
  cancel_harvesting: FREE,
  convert_items_to_energy: FREE,
  process_hex_decay: FREE,
  pay_hex_maintenance: { spending: 'regenerated', energy: 1 },
} as const satisfies Readonly<Record<string, Cost>>

export const harvestCost = (units: number): Cost => ({
  spending: 'regenerated',
  energy: units * HARVEST_ENERGY_PER_UNIT,
})

/** Energy that a call finds at a block. */
export const energyFound = (spending: Spending, state: EnergyState, block: number): number =>
  spending === 'regenerated' ? effectiveEnergy(state, block) : state.energy

/** Whether there is energy enough for a call at a block. */
export const canPay = ({ spending, energy }: Cost, state: EnergyState, block: number): boolean =>
  spending === 'free' || energyFound(spending, state, block) >= energy

/** Whether the lock (a u64, as text) keeps an adventurer from starting anything at a block. */
export const isBusy = (lockedUntilBlock: string, block: number): boolean =>
  BigInt(lockedUntilBlock) > BigInt(block)

/**
 * Who may harvest in an area: its owner, anybody where it has none, and those that a policy on it
 * lets extract. Ids are spelt alike.
 */
export const mayHarvest = (
  area: Readonly<{ ownerId: string | null; harvesterIds: readonly string[] }>,
  adventurerId: string,
): boolean =>
  area.ownerId === null || area.ownerId === adventurerId || area.harvesterIds.includes(adventurerId)

/** A hex that somebody holds, as it was last processed; `upkeep` with the regulator's factor. */
export type HeldHex = Readonly<{
  level: number
  claimableSinceBlock: number | null
  upkeep: number
}>

/** Energy in escrow against a hex. */
type Escrow = Readonly<{ expiryBlock: number }>

export type ClaimTerms = Readonly<{
  cost: Cost
  /** Whether the claim takes the hex at once, instead of locking the energy. */
  isImmediate: boolean
  /** Whether no other claim stands in its way. */
  isOpen: boolean
}>

/** What a claim takes at a block; null while the hex cannot be claimed. */
export const claimTerms = (
  { level, claimableSinceBlock, upkeep }: HeldHex,
  escrow: Escrow | null,
  claimant: Readonly<{ maxEnergy: number }>,
  block: number,
): ClaimTerms | null => {
  if (claimableSinceBlock === null || !isClaimable(level, claimableSinceBlock)) return null
  // An offer of nothing is refused, also by an adventurer that can have no energy.
  const energy = Math.max(1, minimumClaimOf(upkeep, level, claimant.maxEnergy))
  return {
    cost: { spending: 'stored', energy },
    isImmediate: claimIsImmediate(claimableSinceBlock, block),
    isOpen: escrow === null || escrowExpired(escrow.expiryBlock, block),
  }
}

/**
 * What a defence takes, given what `defenceEnergyAgainst` says with the buildings of the hex; null
 * when the escrow has run out at that block.
 */
export const defenceCost = (
  { minimumDefenceEnergy, expiryBlock }: Escrow & Readonly<{ minimumDefenceEnergy: number }>,
  block: number,
): Cost | null =>
  escrowExpired(expiryBlock, block)
    ? null
    : { spending: 'regenerated', energy: minimumDefenceEnergy }

/** Whether processing the decay at a block changes anything. */
export const isDecayDue = (lastProcessedBlock: number, block: number): boolean =>
  block - lastProcessedBlock >= DECAY_PERIOD_BLOCKS

/** Whether processing the decay would show that the hex can be claimed, which it does not yet. */
export const wouldBecomeClaimable = (level: number, projectedLevel: number): boolean =>
  level < CLAIMABLE_DECAY_LEVEL && projectedLevel >= CLAIMABLE_DECAY_LEVEL
