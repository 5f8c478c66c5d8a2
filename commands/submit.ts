/**
 * The way in for every command: checked against the world's definition, recorded, and answered at
 * once. What is recorded is carried out by itself (runner.ts); what is refused here leaves no
 * trace.
 */
import { isRejection, type Rejection } from '../domain/decider.ts'
import { FatalError } from '../domain/errors.ts'
import type { EventLog } from '../domain/event-log/event-log.ts'
import { type Felt, parseFelt } from '../domain/felt.ts'
import type { WorldDefinition } from '../domain/worlds/definition.ts'
import { uuidV5 } from '../schemas/crypto/uuid.ts'
import { validateArgs } from '../schemas/worlds/validate.ts'
import type { CommandIntent } from './command/command.ts'
import { commandStream } from './command/stream.ts'
import { viewOf } from './command/view.ts'
import type { CommandGate, CommandRefusalCode, CommandView, SubmitCommand } from './command-gate.ts'
import { findCommand, followCommand } from './follow.ts'
import { handle } from './handle.ts'

/**
 * Bounds how many commands of one account may be under way. A place is held from before the request
 * is recorded until the command ends.
 */
export type PendingPlaces = Readonly<{
  /**
   * Takes a place for a command; one that is under way or holds a place keeps it. Null when the
   * account has no place left. The function gives back what this call took, when the command was
   * not recorded or has ended before.
   */
  take: (account: Felt, commandId: string) => (() => void) | null
}>

/** What a gate works on. */
export type CommandGateOptions = Readonly<{
  log: EventLog
  definition: WorldDefinition
  /** Accounts that can be signed for; the first is the default. */
  accounts: readonly Felt[]
  places: PendingPlaces
  /** A fresh UUID for a command without an idempotency key. */
  newId: () => string
  /** Entrypoints that may be called; by default those that agents may be offered. */
  allowedEntrypoints?: ReadonlySet<string>
}>

const KEYED_COMMANDS = '0d3f2c52-6a4e-5d0b-9f5c-5b8f4a7f1c11'
const IDEMPOTENCY_KEY = /^[A-Za-z0-9_-]{1,64}$/

type Refusal = Rejection<CommandRefusalCode>

const refusal = (rejected: CommandRefusalCode, reason: string): Refusal => ({ rejected, reason })

/**
 * Entrypoints that may be called by default. Calls that give things away, kill or configure are not
 * among them.
 */
export const offeredEntrypoints = (definition: WorldDefinition): ReadonlySet<string> =>
  new Set(
    Object.values(definition.contracts).flatMap(({ entrypoints }) =>
      Object.entries(entrypoints).flatMap(([name, call]) =>
        call.agentsMayBeOffered ? [name] : [],
      ),
    ),
  )

/** What may be asked of the write side, on the event log. */
export const createCommandGate = (options: CommandGateOptions): CommandGate => {
  const { log, places } = options
  const allowed = options.allowedEntrypoints ?? offeredEntrypoints(options.definition)

  const record = async (id: string, intent: CommandIntent): Promise<CommandView | Refusal> => {
    const recorded = await handle(commandStream(log, id), { step: 'request', intent })
    if (isRejection(recorded)) return refusal('CONFLICTING_KEY', recorded.reason)
    // When the log stored the request is known only by reading it.
    const view = viewOf(id, recorded) ?? (await findCommand(log, id))
    if (view === null)
      throw new FatalError(`command ${id} was recorded, but the log has no stream of it`)
    return view
  }

  const submit = async (command: SubmitCommand): Promise<CommandView | Refusal> => {
    const intent = intentOf(options, allowed, command)
    if (isRejection(intent)) return intent
    const key = command.idempotencyKey
    if (key !== undefined && !IDEMPOTENCY_KEY.test(key)) {
      return refusal('BAD_ARGUMENT', 'idempotencyKey must be 1 … 64 characters of A-Z a-z 0-9 _ -')
    }
    const id =
      key === undefined ? options.newId() : uuidV5(KEYED_COMMANDS, `${intent.account}/${key}`)
    if (key !== undefined && (await findCommand(log, id)) !== null) return record(id, intent)
    const giveBack = places.take(intent.account, id)
    if (giveBack === null) {
      return refusal(
        'TOO_MANY_PENDING',
        `account ${intent.account} has too many commands under way`,
      )
    }
    try {
      const answer = await record(id, intent)
      if (isRejection(answer) || answer.isFinal) giveBack()
      return answer
    } catch (error) {
      giveBack()
      throw error
    }
  }

  return {
    submit,
    find: (id) => findCommand(log, id),
    follow: (id, signal) => followCommand(log, id, signal),
  }
}

const intentOf = (
  { definition, accounts }: CommandGateOptions,
  allowed: ReadonlySet<string>,
  command: SubmitCommand,
): CommandIntent | Refusal => {
  const valid = validateArgs(definition, command.entrypoint, command.args)
  if ('rejected' in valid) return refusal(valid.rejected, valid.reason)
  if (!allowed.has(command.entrypoint)) {
    return refusal(
      'FORBIDDEN_ENTRYPOINT',
      `${command.entrypoint} is not among the calls that may be made here`,
    )
  }
  const account = command.account === undefined ? accounts[0] : parseFelt(command.account)
  if (account === undefined || account === null || !accounts.includes(account)) {
    return refusal(
      'UNKNOWN_ACCOUNT',
      `${command.account ?? 'the default account'} is none that can be signed for`,
    )
  }
  return { entrypoint: command.entrypoint, args: valid.args, account }
}
