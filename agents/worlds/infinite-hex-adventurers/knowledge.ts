/**
 * What an agent carries from look to look, whatever its strategy: where to look next, and what it
 * calls home. All of it can be found again by observing; losing it costs little.
 */
import type { Felt } from '../../../domain/felt.ts'
import { type Cube, ORIGIN } from '../../../domain/hex.ts'
import { isFertile } from './candidates/farming.ts'
import { type Observation, WATCHED_HEXES_MAX } from './observation.ts'
import { isLiving, type LivingSituation, type Situation } from './situation.ts'

export type Knowledge = Readonly<{
  adventurerId: Felt | null
  position: Cube
  /** A hex of its own with plants, to which it keeps. */
  home: Felt | null
  /** Hexes that it controls or claims, newest first. */
  watched: readonly Felt[]
}>

/** Before the first look. */
export const NO_KNOWLEDGE: Knowledge = {
  adventurerId: null,
  position: ORIGIN,
  home: null,
  watched: [],
}

/** What is known after a look. Without a living adventurer nothing is learnt. */
export const learn = (situation: Situation, knowledge: Knowledge): Knowledge => {
  if (!isLiving(situation)) return knowledge
  const { self } = situation
  return {
    adventurerId: self.id,
    position: self.cube,
    home: homeAfter(situation, knowledge),
    watched: watchedAfter(situation, knowledge),
  }
}

/** An agent leaves a home that it lost or harvested bare, and settles on the next that will do. */
const homeAfter = (situation: LivingSituation, { home }: Knowledge): Felt | null => {
  const { here } = situation.observation
  const isGood = here.decay?.ownerId === situation.self.id && isFertile(situation)
  if (home === here.packed && !isGood) return null
  return home === null && isGood ? here.packed : home
}

const watchedAfter = (
  { self, observation: { hexes } }: LivingSituation,
  { watched }: Knowledge,
): readonly Felt[] => {
  const concerning = hexes
    .filter(({ decay, claim }) => decay?.ownerId === self.id || claim?.claimantId === self.id)
    .map(({ packed }) => packed)
  const unseen = watched.filter((packed) => !isSeen(hexes, packed))
  return [...new Set([...concerning, ...unseen])].slice(0, WATCHED_HEXES_MAX)
}

const isSeen = (hexes: Observation['hexes'], packed: Felt): boolean =>
  hexes.some((hex) => hex.packed === packed)
