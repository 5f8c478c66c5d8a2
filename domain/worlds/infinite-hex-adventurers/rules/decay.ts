/**
 * Decay of a controlled hex and its upkeep (game.md §3.6, §4.3). A hex has an energy reserve; every
 * whole period of 100 blocks takes the biome's upkeep from it, and what is missing adds to the
 * decay level (0…100). At 80 it is claimable. All values are integers below 2^53.
 */
import type { Biome } from '../definition.ts'
import { shareOf, WHOLE_BP } from './basis-points.ts'

export const DECAY_PERIOD_BLOCKS = 100
export const DECAY_LEVEL_MAX = 100
/** Decay level from which a hex may be claimed. */
export const CLAIMABLE_DECAY_LEVEL = 80
/** Decay points taken back per upkeep's worth of energy that is paid. */
export const RECOVERY_POINTS_PER_UPKEEP = 4
export const UPKEEP_BP_MAX = 20_000

/** Energy per period, before the regulator's factor. */
const UPKEEP_ENERGY: Readonly<Record<Biome, number>> = {
  Unknown: 35,
  Plains: 25,
  Forest: 35,
  Mountain: 45,
  Desert: 55,
  Swamp: 65,
  Tundra: 70,
  Taiga: 50,
  Jungle: 75,
  Savanna: 40,
  Grassland: 30,
  Canyon: 60,
  Badlands: 68,
  Volcanic: 90,
  Glacier: 85,
  Wetlands: 62,
  Steppe: 38,
  Oasis: 58,
  Mire: 72,
  Highlands: 52,
  Coast: 48,
}

/**
 * Upkeep of a hex in energy per period, at least 1. `biome` is null for a hex that was never
 * discovered, which pays as Unknown does. `upkeepBp` is the regulator's factor in force (0 means
 * none).
 */
export const upkeepOf = (biome: Biome | null, upkeepBp: number = WHOLE_BP): number =>
  Math.max(
    1,
    shareOf(
      UPKEEP_ENERGY[biome ?? 'Unknown'],
      upkeepBp === 0 ? WHOLE_BP : Math.min(upkeepBp, UPKEEP_BP_MAX),
    ),
  )

/**
 * The decay fields of a hex: level 0…100, reserve in energy, block up to which decay was charged.
 */
export type DecayState = Readonly<{ level: number; reserve: number; lastProcessedBlock: number }>

/** Whole periods that a decay call at this block would charge. */
export const periodsDue = (lastProcessedBlock: number, block: number): number =>
  Math.max(0, Math.floor((block - lastProcessedBlock) / DECAY_PERIOD_BLOCKS))

/**
 * Charges a number of periods: the reserve pays first, and only the deficit decays the hex. Decay
 * never falls here, not even to the maximum.
 */
export const chargePeriods = (state: DecayState, upkeep: number, periods: number): DecayState => {
  const due = upkeep * periods
  const deficit = Math.max(0, due - state.reserve)
  return {
    level: state.level + Math.min(deficit, Math.max(0, DECAY_LEVEL_MAX - state.level)),
    reserve: Math.max(0, state.reserve - due),
    lastProcessedBlock: state.lastProcessedBlock + periods * DECAY_PERIOD_BLOCKS,
  }
}

/**
 * What a decay call at this block would leave behind; the same state while no whole period has
 * passed.
 */
export const projectedDecay = (
  state: DecayState,
  biome: Biome | null,
  block: number,
  upkeepBp: number = WHOLE_BP,
): DecayState =>
  chargePeriods(state, upkeepOf(biome, upkeepBp), periodsDue(state.lastProcessedBlock, block))

/** Decay points that a payment takes back; less than one upkeep takes back none. */
export const recoveryOf = (amount: number, upkeep: number): number =>
  Math.min(DECAY_LEVEL_MAX, Math.floor(amount / upkeep) * RECOVERY_POINTS_PER_UPKEEP)

/** Decay level after a payment or a defence; a level above the maximum is not brought down to it. */
export const levelAfterPayment = (level: number, amount: number, upkeep: number): number =>
  Math.max(0, level - recoveryOf(amount, upkeep))

/** Periods to be charged until the level reaches the threshold; 0 when it is there already. */
export const periodsToClaimable = (
  { level, reserve }: Pick<DecayState, 'level' | 'reserve'>,
  upkeep: number,
): number =>
  level >= CLAIMABLE_DECAY_LEVEL ? 0 : Math.ceil((reserve + CLAIMABLE_DECAY_LEVEL - level) / upkeep)

/** First block at which a decay call finds or makes the level claimable, if nobody pays before. */
export const blockWhenClaimable = (state: DecayState, upkeep: number): number =>
  state.lastProcessedBlock + periodsToClaimable(state, upkeep) * DECAY_PERIOD_BLOCKS
