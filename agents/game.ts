/**
 * What a player has to know of the game that it plays: what to ask, what the answer means, and what
 * may be done. One of these belongs to one player, because what there is to see and to do depends
 * on who it is. Pure.
 */
import type { Observed } from './observe.ts'
import type { Candidate } from './strategy.ts'

/** `Knowledge` is what the player carries from look to look, whatever its strategy. */
export type PlayedGame<
  Query,
  Observation extends Observed,
  Knowledge,
  Situation,
  C extends Candidate,
> = Readonly<{
  /** Before the first look. */
  initialKnowledge: Knowledge
  queryOf: (knowledge: Knowledge) => Query
  situationOf: (observation: Observation, knowledge: Knowledge) => Situation
  /** What is known after a look. */
  learn: (situation: Situation, knowledge: Knowledge) => Knowledge
  /** What may be done in the situation; the same situation gives the same list. */
  candidatesOf: (situation: Situation) => readonly C[]
}>
