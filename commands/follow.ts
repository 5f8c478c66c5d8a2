/** The way to watch a command: as it is, and then at each of its steps. */
import type { EventLog } from '../domain/event-log/event-log.ts'
import { type CommandState, commandDecider } from './command/command.ts'
import { commandStream, viewOf } from './command/view.ts'
import type { CommandView } from './command-gate.ts'
import { fold, type Loaded, load } from './handle.ts'

type Step = Readonly<{ revision: number; command: CommandView }>

/** A command by its id; null when there is none. */
export const findCommand = async (log: EventLog, id: string): Promise<CommandView | null> =>
  viewOf(id, await load(log, commandDecider, commandStream(id)))

/** See CommandGate. */
export async function* followCommand(
  log: EventLog,
  id: string,
  signal: AbortSignal,
): AsyncGenerator<Step, void, undefined> {
  const stream = commandStream(id)
  let loaded: Loaded<CommandState> = await load(log, commandDecider, stream)
  const now = viewOf(id, loaded)
  if (now === null) return
  yield { revision: loaded.revision, command: now }
  if (now.isFinal) return
  for await (const message of log.subscribe(stream, loaded.revision, signal)) {
    if (message.kind !== 'events') continue
    for (const event of message.events) {
      loaded = fold(commandDecider, loaded, event)
      const command = viewOf(id, loaded)
      if (command === null) return
      yield { revision: loaded.revision, command }
      if (command.isFinal) return
    }
  }
}
