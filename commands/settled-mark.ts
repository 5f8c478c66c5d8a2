/**
 * Where a start may begin to read commands: a mark in the log, left behind now and then, before
 * which every command has ended. It only saves time. Because log positions hold in one log only, a
 * mark names the event that it stands at, and one that does not fit the log that it is read from (a
 * copy) is passed over.
 */
import type { EventLog } from '../domain/event-log/event-log.ts'
import { uuidV5 } from '../schemas/crypto/uuid.ts'
import { schemaVersionOf } from '../schemas/events/upcast.ts'
import { COMMAND_CATEGORY } from './command/stream.ts'

/** The first event that still matters. */
export type SettledMark = Readonly<{ logPosition: number; eventId: string }>

const SETTLED_STREAM = 'settled-commands'
const COMMANDS_SETTLED = 'CommandsSettled'
const MARKS = 'c4cf0f3f-3b2d-5a0e-8c55-6d2b1f8f0a77'

/** Log position after which commands must be read: -1 for all. Throws what the log throws. */
export const readSettledMark = async (log: EventLog): Promise<number> => {
  for await (const [last] of log.readStream(SETTLED_STREAM, { direction: 'backwards', limit: 1 })) {
    if (last === undefined) continue
    const { logPosition, eventId } = last.data as unknown as SettledMark // as written below, and by nobody else
    const [found] = await log.readCategory(COMMAND_CATEGORY, {
      afterLogPosition: logPosition - 1,
      limit: 1,
    })
    if (found?.logPosition === logPosition && found.id === eventId) return logPosition - 1
  }
  return -1
}

/** Leaves a mark. A lost race is no loss: another writer has left one. */
export const writeSettledMark = async (log: EventLog, mark: SettledMark): Promise<void> => {
  const last = await log.head(SETTLED_STREAM)
  const id = uuidV5(MARKS, `${last}/${mark.logPosition}/${mark.eventId}`)
  const event = {
    id,
    type: COMMANDS_SETTLED,
    data: { ...mark },
    meta: { schemaVersion: schemaVersionOf(COMMANDS_SETTLED) },
  }
  await log.append(SETTLED_STREAM, last ?? 'no-stream', [event])
}
