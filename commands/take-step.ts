/** How the loops of the write side move a command on: in the log first, then in their own view. */
import { isRejection } from '../domain/decider.ts'
import type { EventLog } from '../domain/event-log/event-log.ts'
import type { CommandState, CommandStep } from './command/command.ts'
import { commandStream } from './command/stream.ts'
import { handle, load } from './handle.ts'
import type { PendingCommand, PendingCommands } from './pending.ts'

/**
 * Takes a step on a command under way and makes it known at once. A step that the command does not
 * allow (another writer was first) changes nothing but brings the command up to date. Returns its
 * state afterwards. Throws what the log throws; whether the step was taken is then unknown, and
 * taking it again is safe.
 */
export const takeStep = async (
  log: EventLog,
  pending: PendingCommands,
  { id, loaded: known }: PendingCommand,
  step: CommandStep,
): Promise<CommandState> => {
  const on = commandStream(log, id)
  const outcome = await handle(on, step, known)
  const loaded = isRejection(outcome) ? await load(on) : outcome
  pending.update(id, loaded)
  return loaded.state
}
