/**
 * How an agent acts: a command goes in, and its end comes back. Implemented in infra/agents on the
 * GraphQL client.
 */
import type { Felt } from '../domain/felt.ts'
import type { Action } from './worlds/infinite-hex-adventurers/candidates/candidate.ts'
import type { ActionOutcome } from './worlds/infinite-hex-adventurers/utility/utility-strategy.ts'

export type ActionRequest = Readonly<{
  account: Felt
  action: Action
  /** The same key is the same command, however often it is submitted: 1 … 64 of A-Z a-z 0-9 _ - */
  key: string
}>

/** `reason` is the game's, or why the command was not taken; null when it was accepted. */
export type ActionEnd = ActionOutcome & Readonly<{ reason: string | null }>

/**
 * Submits a command and resolves with its end. `onSent` is told once when the chain has its
 * transaction; a command that is not taken, or ends without one, just ends. Rejects with the
 * signal's reason when it aborts.
 */
export type Act = (
  request: ActionRequest,
  signal: AbortSignal,
  onSent?: () => void,
) => Promise<ActionEnd>
