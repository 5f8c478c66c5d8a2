/** The way to watch a command: as it is, and then at each of its steps. */
import type { EventLog } from '../domain/event-log/event-log.ts'
import { commandStream } from './command/stream.ts'
import { viewOf } from './command/view.ts'
import type { CommandChange, CommandView } from './command-gate.ts'
import { fold, load } from './handle.ts'

/** A command by its id; null when there is none. */
export const findCommand = async (log: EventLog, id: string): Promise<CommandView | null> =>
  viewOf(id, await load(commandStream(log, id)))

/** `follow` of CommandGate. Throws what the log throws. */
export async function* followCommand(
  log: EventLog,
  id: string,
  signal: AbortSignal,
): AsyncGenerator<CommandChange, void, undefined> {
  const on = commandStream(log, id)
  let loaded = await load(on)
  const now = viewOf(id, loaded)
  if (now === null || signal.aborted) return
  yield { revision: loaded.revision, command: now }
  if (now.isFinal || signal.aborted) return
  for await (const message of log.subscribe(on.stream, loaded.revision, signal)) {
    if (message.kind !== 'events') continue
    for (const event of message.events) {
      loaded = fold(on.decider, loaded, event)
      const command = viewOf(id, loaded)
      if (command === null) return
      yield { revision: loaded.revision, command }
      if (command.isFinal || signal.aborted) return
    }
  }
}
