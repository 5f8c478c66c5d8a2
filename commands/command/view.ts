/** A command as the API shows it, from its folded stream. */
import type { JsonObject } from '../../domain/event-log/event-log.ts'
import type { CommandView } from '../command-gate.ts'
import type { Loaded } from '../handle.ts'
import { type CommandState, isFinal, isSigned } from './command.ts'

const COMMAND_STREAM = 'command-'

/** Stream of a command, by its id. */
export const commandStream = (id: string): string => `${COMMAND_STREAM}${id}`

/** Id of the command whose stream this is. */
export const commandIdOf = (stream: string): string => stream.slice(COMMAND_STREAM.length)

/** Null when there is no such command. */
export const viewOf = (
  id: string,
  { state, startedAt }: Loaded<CommandState>,
): CommandView | null => {
  if (state.name === 'UNREQUESTED' || startedAt === null) return null
  const { entrypoint, args, account } = state.intent
  const signature = isSigned(state) || isFinal(state) ? state.signature : null
  return {
    id,
    entrypoint,
    args: args satisfies JsonObject,
    account,
    state: state.name,
    isFinal: isFinal(state),
    requestedAt: startedAt,
    transaction: signature?.transaction ?? null,
    nonce: signature?.nonce ?? null,
    block: 'block' in state ? state.block : null,
    confirmation: 'confirmation' in state ? state.confirmation : null,
    reason: 'reason' in state ? state.reason : null,
  }
}
