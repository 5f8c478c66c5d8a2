/**
 * What the API and agents may ask of the write side. Implemented in this folder on the event log;
 * wired in app.ts. Every implementation passes command-gate.contract.ts.
 */
import type { Rejection } from '../domain/decider.ts'
import type { JsonObject } from '../domain/event-log/event-log.ts'
import type { Felt } from '../domain/felt.ts'

/** How far a command has come, as the API spells it. The last four are final. */
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
  /** In canonical spelling. */
  args: JsonObject
  account: Felt
  state: CommandStateName
  isFinal: boolean
  /** When the log stored the request: the log's clock. */
  requestedAt: Date
  /** Of the transaction that was signed last; null before that. */
  transaction: Felt | null
  /** Of that transaction, as decimal text; null before that. */
  nonce: string | null
  /** Block in which it ended; null before that, and when it ended without one. */
  block: number | null
  /** The fact of the world that confirms it; null unless it is CONFIRMED. */
  confirmation: JsonObject | null
  /** Why it ended without its effect; null unless it did. */
  reason: string | null
}>

/** What is wanted. */
export type SubmitCommand = Readonly<{
  entrypoint: string
  /** By parameter name, in any spelling that the world's definition allows. */
  args: JsonObject
  /** Default: the operator's. */
  account?: Felt
  /**
   * The same key of the same account names the same command for ever, so that a request can be
   * repeated. Without one, every request is a command of its own.
   */
  idempotencyKey?: string
}>

/** Why no command is made of a request. */
export type CommandRefusalCode =
  | 'UNKNOWN_ENTRYPOINT'
  | 'BAD_ARGUMENT'
  | 'UNKNOWN_ACCOUNT'
  /** The key was used before, for something else. */
  | 'CONFLICTING_KEY'
  | 'FORBIDDEN_ENTRYPOINT'
  /** As many commands of the account are under way as may be. */
  | 'TOO_MANY_PENDING'

/** A command at one of its steps; `revision` counts them from 0. */
export type CommandChange = Readonly<{ revision: number; command: CommandView }>

/** The way into the write side. What the storage behind it throws goes through. */
export type CommandGate = Readonly<{
  /**
   * Records the request and returns at once; the command then goes its way by itself. What is
   * refused leaves no trace. A request whose answer was lost can be repeated with its key.
   */
  submit: (command: SubmitCommand) => Promise<CommandView | Rejection<CommandRefusalCode>>
  /** A command by its id; null when there is none. */
  find: (id: string) => Promise<CommandView | null>
  /**
   * The command as it is now, then at each of its steps, in order and without a gap; ends when it
   * is final or the signal aborts, and at once when there is no such command.
   */
  follow: (id: string, signal: AbortSignal) => AsyncIterable<CommandChange>
}>
