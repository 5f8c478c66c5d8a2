/** What follows from what is known of a hex, by the rules of the game. */
import { blockOrNever } from '../../../domain/block-number.ts'
import type { AreaType } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import {
  blockWhenClaimable,
  CLAIMABLE_DECAY_LEVEL,
  chargePeriods,
  type DecayState,
  periodsDue,
} from '../../../domain/worlds/infinite-hex-adventurers/rules/decay.ts'
import type { MapHex } from './world-types.ts'

type Decay = NonNullable<MapHex['decay']>

/** The adventurer that holds a hex; null for nobody, and for a hex of which nothing is known. */
export const holderOf = (hex: MapHex | null | undefined): string | null =>
  hex?.decay?.ownerId ?? null

/** Whether an area of a type has been discovered there. */
export const hasArea = (hex: MapHex, type: AreaType): boolean =>
  hex.areas.some((area) => area.isDiscovered && area.type === type)

const decayStateOf = ({
  level,
  energyReserve: reserve,
  lastProcessedBlock,
}: Decay): DecayState => ({
  level,
  reserve,
  lastProcessedBlock: blockOrNever(lastProcessedBlock),
})

/**
 * Decay level at a block, 0 … 100: as it would be if somebody processed it then. Zero for a hex
 * without decay.
 */
export const decayLevelOf = ({ decay }: Pick<MapHex, 'decay'>, block: number): number => {
  if (decay === null) return 0
  const periods = periodsDue(blockOrNever(decay.lastProcessedBlock), block)
  return chargePeriods(decayStateOf(decay), decay.upkeepPer100Blocks, periods).level
}

/** Block at which a hex becomes claimable if nobody pays, once somebody processes it. */
export const claimableBlockOf = (decay: Decay): number =>
  blockWhenClaimable(decayStateOf(decay), decay.upkeepPer100Blocks)

/** Whether the game would accept a claim: decayed on chain, and recorded since when. */
export const isClaimableHex = ({ decay }: MapHex): boolean =>
  decay !== null && decay.claimableSinceBlock !== null && decay.level >= CLAIMABLE_DECAY_LEVEL
