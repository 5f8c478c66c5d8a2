import { expect, it } from 'vitest'
import type { EventLog } from '../domain/event-log/event-log.ts'
import { createMemoryEventLog } from '../infra/memory/event-log.testing.ts'
import { uuidV5 } from '../schemas/crypto/uuid.ts'
import { readSettledMark, type SettledMark, writeSettledMark } from './settled-mark.ts'

const append = async (log: EventLog, stream: string, name: string): Promise<SettledMark> => {
  const id = uuidV5('6ba7b810-9dad-11d1-80b4-00c04fd430c8', `${stream} ${name}`)
  const event = { id, type: 'CommandRequested', data: {}, meta: {} }
  const outcome = await log.append(stream, (await log.head(stream)) ?? 'no-stream', [event])
  if (outcome.kind !== 'appended') throw new Error(outcome.kind)
  return { logPosition: outcome.lastLogPosition, eventId: id }
}

it('spares reading what has ended: the newest mark counts', async () => {
  const log = createMemoryEventLog()
  expect(await readSettledMark(log)).toBe(-1)
  const first = await append(log, 'command-1', 'a')
  await append(log, 'world-1', 'b')
  const second = await append(log, 'command-2', 'c')
  await writeSettledMark(log, first)
  expect(await readSettledMark(log)).toBe(first.logPosition - 1)
  await writeSettledMark(log, second)
  expect(await readSettledMark(log)).toBe(second.logPosition - 1)
})

it('is passed over in a log in which another event stands there', async () => {
  const log = createMemoryEventLog()
  const mark = await append(log, 'command-1', 'a')
  const copy = createMemoryEventLog()
  await append(copy, 'world-1', 'shifted by one')
  await append(copy, 'command-1', 'a')
  await writeSettledMark(copy, mark)
  expect(await readSettledMark(copy)).toBe(-1)
})
