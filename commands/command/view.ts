/** A command as the API shows it, from its folded stream. */
import type { JsonObject } from '../../domain/event-log/event-log.ts'
import type { CommandView } from '../command-gate.ts'
import type { Loaded } from '../handle.ts'
import { type CommandState, isFinal, isSigned } from './command.ts'

/** What the API shows of the command with this id; null when there is no such command. */
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
