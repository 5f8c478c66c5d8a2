/**
 * The utility strategy: plays without a language model, and is the control group for agents that
 * have one. It takes what is worth most (game.md §6.2). The same turn gives the same choice.
 */
import type { Random } from '../../../random.ts'
import type { Choice, Strategy, Turn } from '../../../strategy.ts'
import type { Candidate } from '../candidates/candidate.ts'
import { isLiving, type LivingSituation, type Situation } from '../situation.ts'
import { decide } from './decision.ts'
import { afterAction, EMPTY_MEMORY, refreshed, type UtilityMemory } from './memory.ts'
import type { Persona } from './persona.ts'
import { ranked } from './ranking.ts'

export type UtilityStrategy = Strategy<Situation, Candidate, UtilityMemory>

const WAIT_BLOCKS_MAX = 40
const DEAD_WAIT_BLOCKS = 10_000

/** The strategy at the pace of a persona; its temperament is in the worth of the candidates. */
export const createUtilityStrategy = ({
  paceBlocks,
}: Pick<Persona, 'paceBlocks'>): UtilityStrategy => ({
  initialMemory: EMPTY_MEMORY,
  choose: async (turn) => choose(turn, paceBlocks),
  afterAction,
})

const choose = (
  turn: Turn<Situation, Candidate, UtilityMemory>,
  paceBlocks: Persona['paceBlocks'],
): Choice<UtilityMemory> => {
  const { situation, block, memory } = turn
  if (isLiving(situation)) return chooseAlive({ ...turn, situation }, paceBlocks)
  if (situation.self !== null)
    return { index: null, memory, waitUntilBlock: block + DEAD_WAIT_BLOCKS, why: 'dead' }
  return { index: 0, memory, waitUntilBlock: block + 1, why: 'come into the world' }
}

const chooseAlive = (
  turn: Turn<LivingSituation, Candidate, UtilityMemory>,
  paceBlocks: Persona['paceBlocks'],
): Choice<UtilityMemory> => {
  const { block, random, candidates } = turn
  const memory = refreshed(turn.memory, turn.situation.nextBlock)
  const { index, goal, why, readyBlock } = decide(ranked(candidates, memory, random), turn)
  const pauseBlocks = index === null ? WAIT_BLOCKS_MAX : paceOf(paceBlocks, random)
  const waitUntilBlock = Math.max(
    block + 1,
    Math.min(block + pauseBlocks, readyBlock ?? Number.POSITIVE_INFINITY),
  )
  return { index, why, waitUntilBlock, memory: { ...memory, goal } }
}

const paceOf = ([least, most]: Persona['paceBlocks'], random: Random): number =>
  least + Math.floor(random() * (most - least + 1))
