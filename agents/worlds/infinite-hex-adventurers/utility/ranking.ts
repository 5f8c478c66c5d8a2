/** Candidates by what they are worth now. */
import { actionKey } from '../../../act.ts'
import type { Random } from '../../../random.ts'
import type { Candidate } from '../candidates/candidate.ts'
import type { UtilityMemory } from './memory.ts'

/** A candidate with its index among all of the turn, and the key of its action. */
export type Ranked = Readonly<{ candidate: Candidate; index: number; key: string; score: number }>

/** Below this worth, waiting is better. */
const UTILITY_MIN = 3
/** A goal is kept until something is this much better. */
const GOAL_BONUS = 1.25
/** Ties and near ties are broken by chance, within this share. */
const JITTER = 0.06

/** Those worth doing for themselves and not avoided, best first. */
export const ranked = (
  candidates: readonly Candidate[],
  { goal, avoided }: UtilityMemory,
  random: Random,
): readonly Ranked[] =>
  candidates
    .flatMap((candidate, index): Ranked[] => {
      const { action, utility } = candidate
      if (utility === null) return []
      const key = actionKey(action)
      const kept = key === goal ? GOAL_BONUS : 1
      const score = utility * kept * (1 + JITTER * random())
      return utility < UTILITY_MIN ? [] : [{ candidate, index, key, score }]
    })
    .filter(({ key }) => avoided[key] === undefined)
    .sort((a, b) => b.score - a.score || (a.key < b.key ? -1 : 1))
