/**
 * What the API and agents may ask of the write side. Implemented in this folder on the event log;
 * wired in app.ts.
 */
import type { Rejection } from '../domain/decider.ts'
import type { JsonObject } from '../domain/event-log/event-log.ts'
import type { Felt } from '../domain/felt.ts'

export type CommandStateName =
  | 'REQUESTED'
  | 'SIGNED'
  | 'SUBMITTED'
  | 'CONFIRMED'
  | 'REFUSED'
  | 'REVERTED'
  | 'EXPIRED'

/** Shape of the GraphQL type Command (schemas/graphql/commands.graphql). */
export type CommandView = Readonly<{
  id: string
  entrypoint: string
  args: JsonObject
  account: Felt
  state: CommandStateName
  isFinal: boolean
  requestedAt: Date
  transaction: Felt | null
  nonce: string | null
  block: number | null
  confirmation: JsonObject | null
  reason: string | null
}>

export type SubmitCommand = Readonly<{
  entrypoint: string
  args: JsonObject
  account?: Felt
  idempotencyKey?: string
}>

export type CommandRefusalCode =
  | 'UNKNOWN_ENTRYPOINT'
  | 'BAD_ARGUMENT'
  | 'UNKNOWN_ACCOUNT'
  | 'CONFLICTING_KEY'
  | 'FORBIDDEN_ENTRYPOINT'
  | 'TOO_MANY_PENDING'

export type CommandGate = Readonly<{
  /** Records the request and returns at once; the command then goes its way by itself. */
  submit: (command: SubmitCommand) => Promise<CommandView | Rejection<CommandRefusalCode>>
  find: (id: string) => Promise<CommandView | null>
  /**
   * The command as it is now, then at each of its steps; ends when it is final or the signal
   * aborts.
   */
  follow: (
    id: string,
    signal: AbortSignal,
  ) => AsyncIterable<Readonly<{ revision: number; command: CommandView }>>
}>
