/**
 * Everything that an agent may do: what is legal, what it costs, what it is worth to the agent, and
 * why. Which of it is done is a strategy's choice.
 */
import { COSTS } from '../../../../domain/worlds/infinite-hex-adventurers/rules/actions.ts'
import { isLiving, type LivingSituation, type Situation } from '../situation.ts'
import type { Candidate } from './candidate.ts'
import { contendingCandidates } from './contending.ts'
import { exploringCandidates } from './exploring.ts'
import { farmingCandidates } from './farming.ts'

const BIRTH_WORTH = 100

/** Before its birth an agent can do one thing, and after its death nothing. */
export const candidatesOf = (situation: Situation): readonly Candidate[] => {
  if (situation.self === null) return [birth(situation)]
  if (!isLiving(situation)) return []
  return [
    ...farmingCandidates(situation),
    ...contendingCandidates(situation),
    ...exploringCandidates(situation),
    regeneration(situation),
  ]
}

const birth = ({ name }: Situation): Candidate => ({
  action: { entrypoint: 'create_adventurer', args: { name } },
  ...COSTS.create_adventurer,
  utility: BIRTH_WORTH,
  why: 'come into the world',
})

/** Calls that look at stored energy need it; otherwise it only shows that the adventurer lives. */
const regeneration = ({ self }: LivingSituation): Candidate => ({
  action: { entrypoint: 'regenerate_energy', args: { adventurer_id: self.id } },
  ...COSTS.regenerate_energy,
  utility: null,
  why: 'have regeneration written down',
})
