/** Infinite Hex Adventurers as a player knows it (agents/game.ts). */
import type { Felt } from '../../../domain/felt.ts'
import { landingBlock } from '../../../domain/worlds/infinite-hex-adventurers/rules/actions.ts'
import type { PlayedGame } from '../../game.ts'
import type { Candidate } from './candidates/candidate.ts'
import { candidatesOf } from './candidates/candidates-of.ts'
import { type Knowledge, learn, NO_KNOWLEDGE } from './knowledge.ts'
import type { Observation, ObservationQuery } from './observation.ts'
import type { Situation } from './situation.ts'
import type { Temperament } from './temperament.ts'

/** Who plays. */
export type Character = Readonly<{
  account: Felt
  /** Name of the adventurer that it creates, a printable short string. */
  name: string
  temperament: Temperament
  /** Steps around it that it looks at. */
  sightRadius: number
}>

/** The game as this character sees it. */
export const gameOf = ({
  account,
  name,
  temperament,
  sightRadius,
}: Character): PlayedGame<ObservationQuery, Observation, Knowledge, Situation, Candidate> => ({
  initialKnowledge: NO_KNOWLEDGE,
  queryOf: ({ adventurerId, position, watched }) => ({
    account,
    adventurerId,
    position,
    radius: sightRadius,
    watched,
  }),
  situationOf: (observation, { home }) => ({
    name,
    temperament,
    self: observation.self,
    observation,
    nextBlock: landingBlock(observation.block),
    hexesById: new Map(observation.hexes.map((hex) => [hex.packed, hex])),
    home,
  }),
  learn,
  candidatesOf,
})
