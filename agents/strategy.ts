/**
 * How an agent chooses among what it may do. A strategy gets the candidates from the game's rules
 * and answers with the index of one, or that it waits; it makes no actions of its own. So whatever
 * it rests on, weights or a language model, what it answers is an action that the game's rules
 * listed, or no action at all.
 *
 * A strategy is added by writing one and naming it where players are put together; the player
 * knows this type alone.
 */
import type { Action, ActionOutcome } from './act.ts'
import type { Random } from './random.ts'

/**
 * An action that is legal as far as the agent has seen; the game has the last word. A game's own
 * candidates also say what the action costs and what it is worth.
 */
export type Candidate = Readonly<{
  action: Action
  /** For people: what it is for. */
  why: string
}>

/** All that a strategy chooses by. */
export type Turn<Situation, C extends Candidate, Memory> = Readonly<{
  /** The block at whose end the agent looked; actions take place in the next at the earliest. */
  block: number
  situation: Situation
  /** In an order that is the same for the same situation. */
  candidates: readonly C[]
  memory: Memory
  /** Block of the last action that the game accepted; 0 before the first. */
  lastAcceptedBlock: number
  /** Chance of this turn: the same turn of the same player draws the same numbers. */
  random: Random
}>

export type Choice<Memory> = Readonly<{
  /** Index of the chosen candidate; null to wait. */
  index: number | null
  /** The first block at whose end the agent wants to choose again; a later one than the turn's. */
  waitUntilBlock: number
  /** For people: why this, or why nothing. */
  why: string
  /** What the strategy gets back in its next turn. */
  memory: Memory
}>

export type Strategy<Situation, C extends Candidate, Memory> = Readonly<{
  /** The memory of an agent that has not chosen yet. */
  initialMemory: Memory
  /**
   * May take its time; meanwhile the agent does nothing. Rejects with the signal's reason when it
   * aborts, and with a RetryableError when the same turn is to be tried again later.
   */
  choose: (turn: Turn<Situation, C, Memory>, signal: AbortSignal) => Promise<Choice<Memory>>
  /**
   * Its memory after an action has ended. The block of a refusal is never before the one that the
   * agent waits for anyway: a command that was not taken has no block of its own.
   */
  afterAction: (memory: Memory, action: Action, outcome: ActionOutcome) => Memory
}>
