import { isRejection } from '../domain/decider.ts'
import type { EventLog } from '../domain/event-log/event-log.ts'
import { type CommandState, type CommandStep, commandDecider } from './command/command.ts'
import { commandStream } from './command/view.ts'
import { handle, load } from './handle.ts'
import type { PendingCommand, PendingCommands } from './pending.ts'

/**
 * Takes a step on a command under way and makes it known at once. A step that the command does not
 * allow (another writer was first) changes nothing but brings the command up to date. Returns its
 * state afterwards.
 */
export const takeStep = async (
  log: EventLog,
  pending: PendingCommands,
  { id, loaded: known }: PendingCommand,
  step: CommandStep,
): Promise<CommandState> => {
  const stream = commandStream(id)
  const outcome = await handle(log, commandDecider, stream, step, known)
  const loaded = isRejection(outcome) ? await load(log, commandDecider, stream) : outcome
  pending.update(id, loaded)
  return loaded.state
}
