/**
 * The shape of every aggregate that decides: three pure, total functions. The shell that loads,
 * folds, decides and appends is written once (commands/handle.ts).
 */

/** An expected refusal: a value with a code, never an exception. */
export type Rejection<Code extends string = string> = Readonly<{ rejected: Code; reason: string }>

export const isRejection = (value: object): value is Rejection => 'rejected' in value

/** An event before it is stored: past tense type and its payload. */
export type Decided = Readonly<{ type: string; data: object }>

export type Decider<State, Command, E extends Decided, R extends Rejection = Rejection> = Readonly<{
  initialState: State
  /**
   * The events that follow from the command in this state (none: nothing to do), or why it is
   * refused.
   */
  decide: (command: Command, state: State) => readonly E[] | R
  /** Total: never throws, never reads a clock; an unknown event leaves the state as it is. */
  evolve: (state: State, event: E) => State
}>
