/**
 * One player of one game: it looks, makes out its situation, lists what it may do, lets its
 * strategy choose, acts, and tells the strategy how that ended. It knows no game and no strategy by
 * name, and when it plays is up to its runner (runner.ts).
 */
import { FatalError } from '../domain/errors.ts'
import type { Felt } from '../domain/felt.ts'
import type { Act, Action, ActionEnd } from './act.ts'
import type { PlayedGame } from './game.ts'
import type { Observe, Observed } from './observe.ts'
import type { Random } from './random.ts'
import type { Candidate, Choice, Strategy } from './strategy.ts'

/** What a player did, for those who watch. */
export type Deed = Readonly<{ account: Felt; action: Action; why: string; end: ActionEnd }>

export type PlayerOptions<
  Query,
  Observation extends Observed,
  Knowledge,
  Situation,
  C extends Candidate,
  Memory,
> = Readonly<{
  /** It has to be one that commands can be signed for. */
  account: Felt
  game: PlayedGame<Query, Observation, Knowledge, Situation, C>
  strategy: Strategy<Situation, C, Memory>
  observe: Observe<Query, Observation>
  act: Act
  /** The chance of the turn at the end of a block. */
  randomAt: (block: number) => Random
  /** Called after everything that was done. */
  onDeed?: ((deed: Deed) => void) | undefined
}>

export type Intention = Readonly<{ action: Action; why: string; key: string }>

export type Player = Readonly<{
  account: Felt
  /** First block at whose end it wants to think. */
  wakeBlock: () => number
  /** Looks and chooses; null when it would rather wait. */
  think: (signal: AbortSignal) => Promise<Intention | null>
  /**
   * Carries an intention out and remembers how it ended. `onSent` is called when its transaction is
   * on its way.
   */
  perform: (intention: Intention, signal: AbortSignal, onSent?: () => void) => Promise<void>
}>

/** A player that has not looked yet. */
export const createPlayer = <
  Query,
  Observation extends Observed,
  Knowledge,
  Situation,
  C extends Candidate,
  Memory,
>(
  options: PlayerOptions<Query, Observation, Knowledge, Situation, C, Memory>,
): Player => {
  const { account, game, strategy, observe, act, randomAt, onDeed } = options
  let knowledge = game.initialKnowledge
  let memory = strategy.initialMemory
  let lastAcceptedBlock = 0
  let wakeBlock = 0

  const think = async (signal: AbortSignal): Promise<Intention | null> => {
    const observation = await observe(game.queryOf(knowledge), signal)
    // Before its own last deed shows in the read models, it would choose by what is no longer so.
    if (observation === null || observation.block < lastAcceptedBlock) return null
    const { block } = observation
    const situation = game.situationOf(observation, knowledge)
    const candidates = game.candidatesOf(situation)
    const choice = await strategy.choose(
      { block, situation, candidates, memory, lastAcceptedBlock, random: randomAt(block) },
      signal,
    )
    const chosen = chosenOf(choice, candidates)
    knowledge = game.learn(situation, knowledge)
    memory = choice.memory
    wakeBlock = Math.max(block + 1, choice.waitUntilBlock)
    if (chosen === null) return null
    const { action } = chosen
    return { action, why: choice.why, key: `bot-${block}-${action.entrypoint}` }
  }

  return {
    account,
    wakeBlock: () => wakeBlock,
    think,
    perform: async ({ action, why, key }, signal, onSent) => {
      const end = await act({ account, action, key }, signal, onSent)
      if (end.accepted) lastAcceptedBlock = Math.max(end.block, lastAcceptedBlock)
      const outcome = end.accepted ? end : { ...end, block: Math.max(end.block, wakeBlock) }
      memory = strategy.afterAction(memory, action, outcome)
      onDeed?.({ account, action, why, end })
    },
  }
}

/** The chosen candidate; null to wait. A strategy that names none that there is has a fault. */
const chosenOf = <C extends Candidate>(
  { index, why }: Choice<unknown>,
  candidates: readonly C[],
): C | null => {
  if (index === null) return null
  const chosen = candidates[index]
  if (chosen === undefined)
    throw new FatalError(
      `A strategy chose candidate ${index} of ${candidates.length} in order to ${why}`,
    )
  return chosen
}
