/**
 * A second strategy, for any game: now and then it takes one of the eligible candidates at random.
 * Sooner or later it tries whatever a game lists as legal.
 */
import type { Candidate, Strategy } from './strategy.ts'

const PAUSE_BLOCKS_MAX = 10

export const createAnyCandidateStrategy = <Situation, C extends Candidate>(
  isEligible: (candidate: C, situation: Situation) => boolean = () => true,
): Strategy<Situation, C, null> => ({
  initialMemory: null,
  choose: async ({ block, situation, candidates, random }) => {
    const eligible = [...candidates.keys()].filter((index) => {
      const candidate = candidates[index]
      return candidate !== undefined && isEligible(candidate, situation)
    })
    const index = eligible[Math.floor(random() * eligible.length)] ?? null
    const why = index === null ? 'nothing to choose from' : 'as good as any'
    const waitUntilBlock = block + 1 + Math.floor(random() * PAUSE_BLOCKS_MAX)
    return { index, waitUntilBlock, why, memory: null }
  },
  afterAction: () => null,
})
