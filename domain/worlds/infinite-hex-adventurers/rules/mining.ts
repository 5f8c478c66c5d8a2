/**
 * Working a mine (game.md §3.7): every tick costs energy, yields ore for the blocks since the last
 * one, and adds stress. At its threshold the mine collapses and kills every active miner. Only the
 * stress product exceeds 2^53 and is computed in bigint.
 */
import { shareOf, U16_MAX, U32_MAX, WHOLE_BP } from './basis-points.ts'

export const MINE_TICK_ENERGY = 3
export const SWARM_ENERGY_FACTOR = 2
export const DENSITY_STRESS_BP = 2
export const OVERSTAY_STRESS_BP_PER_BLOCK = 120
export const STRESS_YIELD_PENALTY_BP_MAX = 8_500
/** Share of the stress that remains with an effective Shoring Rig on the hex. */
export const SHORING_STRESS_BP = 6_000
const RICHNESS_BP_PER_UNIT = 1_000
/** A stabilisation takes a twentieth of the threshold off the stress. */
const STABILISATIONS_PER_THRESHOLD = 20
const REPAIRS_PER_THRESHOLD = 3
const STRESS_AFTER_REPAIR_DIVISOR = 4

/** What a tick depends on, of the mine. */
export type MineTerms = Readonly<{
  baseTickEnergy: number
  oreEnergyWeight: number
  depthTier: number
  activeMiners: number
  richnessBp: number
  remainingReserve: number
  baseStressPerBlock: number
  collapseThreshold: number
  stress: number
  safeShiftBlocks: number
  biomeRiskBp: number
  rarityRiskBp: number
}>

/** What a tick depends on, of the miner's shift. */
export type ShiftTerms = Readonly<{ startBlock: number; lastSettleBlock: number }>

/** Energy for one tick; crowding grows it by the square of the other miners. */
export const tickEnergy = (mine: MineTerms): number => {
  const others = Math.max(0, mine.activeMiners - 1)
  const swarm = Math.min(U16_MAX, others * others * SWARM_ENERGY_FACTOR)
  return Math.min(U16_MAX, mine.baseTickEnergy + mine.oreEnergyWeight + mine.depthTier + swarm)
}

/**
 * Blocks that a tick at this block settles: at least one, so repeated calls in one block each yield
 * one more.
 */
export const blocksToSettle = (shift: ShiftTerms, block: number): number =>
  Math.max(1, block - shift.lastSettleBlock)

/** Units of ore that a tick over these blocks yields, limited by the reserve. */
export const tickYield = (mine: MineTerms, blocks: number): number => {
  const perBlock = 1 + Math.floor(mine.richnessBp / RICHNESS_BP_PER_UNIT)
  const stressBp = Math.floor((mine.stress * WHOLE_BP) / mine.collapseThreshold)
  const stressed = shareOf(perBlock, WHOLE_BP - Math.min(stressBp, STRESS_YIELD_PENALTY_BP_MAX))
  return Math.min(mine.remainingReserve, U32_MAX, stressed * blocks)
}

const U128_MAX = 2n ** 128n - 1n

/** The product from left to right; null as soon as it leaves a u128, even if a factor of 0 follows. */
const productWithinU128 = (factors: readonly number[]): bigint | null => {
  let product = 1n
  for (const factor of factors) {
    product *= BigInt(factor)
    if (product > U128_MAX) return null
  }
  return product
}

/**
 * Stress that a tick over these blocks adds, before it is added; null where the game cannot
 * compute it, and the call reverts: only a mine that nothing in the game makes has such terms.
 */
export const stressDelta = (
  mine: MineTerms,
  shift: ShiftTerms,
  block: number,
  hasShoringRig: boolean,
): number | null => {
  const others = Math.max(0, mine.activeMiners - 1)
  const overstayBlocks = Math.max(0, block - shift.startBlock - mine.safeShiftBlocks)
  if (mine.baseStressPerBlock === 0) return 0
  const product = productWithinU128([
    blocksToSettle(shift, block),
    mine.baseStressPerBlock,
    WHOLE_BP + DENSITY_STRESS_BP * others * others,
    WHOLE_BP + OVERSTAY_STRESS_BP_PER_BLOCK * overstayBlocks,
    mine.biomeRiskBp,
    mine.rarityRiskBp,
  ])
  if (product === null) return null
  const delta = Math.min(U32_MAX, Number(product / BigInt(WHOLE_BP) ** 4n))
  return hasShoringRig ? shareOf(delta, SHORING_STRESS_BP) : delta
}

export type MiningTickQuote = Readonly<{
  energy: number
  ore: number
  /** Stress of the mine after the tick, before a collapse resets it. */
  stressAfter: number
  /** Whether the tick kills every active miner, the caller included. */
  collapses: boolean
}>

/** What continuing a shift at this block would cost and bring; null when the call would revert. */
export const quoteMiningTick = (
  mine: MineTerms,
  shift: ShiftTerms,
  block: number,
  hasShoringRig: boolean,
): MiningTickQuote | null => {
  const added = stressDelta(mine, shift, block, hasShoringRig)
  if (added === null) return null
  const stressAfter = Math.min(U32_MAX, mine.stress + added)
  return {
    energy: tickEnergy(mine),
    ore: tickYield(mine, blocksToSettle(shift, block)),
    stressAfter,
    collapses: stressAfter >= mine.collapseThreshold,
  }
}

/** Stress that one stabilisation removes. */
export const stabilisedStress = (stress: number, collapseThreshold: number): number =>
  Math.min(stress, Math.max(1, Math.floor(collapseThreshold / STABILISATIONS_PER_THRESHOLD)))

/** Energy that reopens a collapsed mine. */
export const repairEnergyNeeded = (collapseThreshold: number): number =>
  Math.max(1, Math.floor(collapseThreshold / REPAIRS_PER_THRESHOLD))

/** Stress of a mine that has just been repaired in full. */
export const stressAfterRepair = (collapseThreshold: number): number =>
  Math.floor(collapseThreshold / STRESS_AFTER_REPAIR_DIVISOR)
