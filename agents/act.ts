/**
 * How an agent acts: a command goes in, and its end comes back. Implemented in infra/agents on the
 * GraphQL client; act.contract.ts says what every implementation has to keep.
 */
import type { Felt } from '../domain/felt.ts'

/** A call of a world's contracts, with its arguments by name. */
export type Action = Readonly<{
  entrypoint: string
  args: Readonly<Record<string, string | number>>
}>

/** The same action has the same key. */
export const actionKey = ({ entrypoint, args }: Action): string =>
  `${entrypoint} ${Object.values(args).join(' ')}`

export type ActionRequest = Readonly<{
  account: Felt
  action: Action
  /**
   * The same key of the same account is the same command, however often it is submitted: 1 … 64 of
   * A-Z a-z 0-9 _ -
   */
  key: string
}>

/**
 * How an action ended: the block of its end (0 for a command that was not taken, or ended without
 * one), and whether the game accepted it.
 */
export type ActionOutcome = Readonly<{ accepted: boolean; block: number }>

/** `reason` is the game's, or why the command was not taken; null when it was accepted. */
export type ActionEnd = ActionOutcome & Readonly<{ reason: string | null }>

/**
 * Submits a command and resolves with its end. `onSent` is called once, when the chain has its
 * transaction; a command that is not taken, or ends without a transaction, just ends. Failures that
 * may pass are tried again for as long as they last; what trying again cannot help is thrown.
 * Rejects with the signal's reason when it aborts; the command may then still take place.
 */
export type Act = (
  request: ActionRequest,
  signal: AbortSignal,
  onSent?: () => void,
) => Promise<ActionEnd>
