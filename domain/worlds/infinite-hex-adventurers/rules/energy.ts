/**
 * Energy of an adventurer and its lazy regeneration (game.md §3.3). The stored energy is only
 * brought up to date by some calls; between them the energy that those calls would find is computed
 * here. Energy, amounts and blocks are non-negative integers far below 2^53, so number arithmetic
 * is exact.
 */

/**
 * Energy that a new adventurer has, and the cap that regeneration never passes. Refunds may lift
 * energy above it.
 */
export const ENERGY_MAX = 100

/** 20 energy per 100 blocks: one every five blocks. */
export const REGEN_ENERGY_PER_PERIOD = 20
export const REGEN_PERIOD_BLOCKS = 100

/** Energy spent by the calls with a fixed price. */
export const DISCOVER_HEX_ENERGY = 25
export const MOVE_ENERGY = 15

export type EnergyState = Readonly<{ energy: number; maxEnergy: number; lastRegenBlock: number }>

/** A state after lazy regeneration, with the energy gained by it. */
export type Regeneration = Readonly<{ energy: number; gained: number; lastRegenBlock: number }>

/**
 * Blocks that a whole gain of energy accounts for; the remainder stays banked in `lastRegenBlock`.
 */
const blocksOfGain = (gained: number): number =>
  Math.floor((gained * REGEN_PERIOD_BLOCKS) / REGEN_ENERGY_PER_PERIOD)

/**
 * Lazy regeneration at a block. A gain of zero keeps the remainder; reaching the maximum, or
 * already being exactly there, moves `lastRegenBlock` to now; energy above the maximum is left
 * alone.
 */
export const regenerate = (
  { energy, maxEnergy, lastRegenBlock }: EnergyState,
  block: number,
): Regeneration => {
  if (block <= lastRegenBlock || energy > maxEnergy) return { energy, gained: 0, lastRegenBlock }
  if (energy === maxEnergy) return { energy, gained: 0, lastRegenBlock: block }
  const earned = Math.floor(
    ((block - lastRegenBlock) * REGEN_ENERGY_PER_PERIOD) / REGEN_PERIOD_BLOCKS,
  )
  const gained = Math.min(earned, maxEnergy - energy)
  if (gained === 0) return { energy, gained, lastRegenBlock }
  const full = energy + gained === maxEnergy
  return {
    energy: energy + gained,
    gained,
    lastRegenBlock: full ? block : lastRegenBlock + blocksOfGain(gained),
  }
}

/**
 * Energy that a call with lazy regeneration would find at a block: what to show and to plan with.
 */
export const effectiveEnergy = (state: EnergyState, block: number): number =>
  regenerate(state, block).energy

/**
 * First block at which the effective energy reaches `target`, given that nothing is spent; null
 * when regeneration never gets there because the target lies above the maximum.
 */
export const blockWhenEnergyReaches = (
  target: number,
  state: EnergyState,
  block: number,
): number | null => {
  const missing = target - state.energy
  if (missing <= 0) return block
  if (target > state.maxEnergy) return null
  return Math.max(
    block,
    state.lastRegenBlock + Math.ceil((missing * REGEN_PERIOD_BLOCKS) / REGEN_ENERGY_PER_PERIOD),
  )
}
