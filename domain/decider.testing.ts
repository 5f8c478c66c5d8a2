/**
 * Given what happened, when a command comes, then what happens: deciders tested in the words of
 * their events.
 */
import { expect } from 'vitest'
import { type Decided, type Decider, isRejection, type Rejection } from './decider.ts'

type Answer<E, R extends Rejection> = Readonly<{
  /** Exactly these events follow. */
  yields: (...events: readonly E[]) => void
  /** It is refused with this code. */
  isRefused: (code: R['rejected']) => void
}>

/**
 * Starts a sentence about a decider: `given(decider, ...events).when(command).yields(...events)`.
 */
export const given = <State, Command, E extends Decided, R extends Rejection>(
  decider: Decider<State, Command, E, R>,
  ...events: readonly E[]
): Readonly<{ state: State; when: (command: Command) => Answer<E, R> }> => {
  const state = events.reduce(decider.evolve, decider.initialState)
  return {
    state,
    when: (command) => {
      const decision = decider.decide(command, state)
      return {
        yields: (...expected) => expect(decision).toEqual(expected),
        isRefused: (code) =>
          expect(isRejection(decision) ? decision.rejected : decision).toBe(code),
      }
    },
  }
}
