import { expect, it } from 'vitest'
import { allEvents, asGiven, someEvents } from '../../domain/event-log/event-log.testing.ts'
import { NEVER } from '../../domain/waiting/pause.ts'
import { createMemoryEventLog } from '../memory/event-log.testing.ts'
import { withOwnNames } from './own-names.testing.ts'

it('logs within one log hold streams of the same names, and know nothing of each other', async () => {
  const shared = createMemoryEventLog()
  const [one, other] = [withOwnNames(shared, 'first'), withOwnNames(shared, 'second')]
  const [events, others] = [someEvents(3), someEvents(2)]
  for (const [log, batch] of [
    [one, events],
    [other, others],
  ] as const) {
    expect(await log.head('world-1')).toBeNull()
    await log.append('world-1', 'no-stream', batch)
  }
  expect(asGiven(await allEvents(one.readStream('world-1')))).toEqual(events)
  const read = await other.readCategory('world', { afterLogPosition: -1, limit: 10 })
  expect(read.map(({ stream }) => stream)).toEqual(['world-1', 'world-1'])
  for await (const message of one.subscribeCategory('world', -1, NEVER)) {
    expect(message).toMatchObject({ kind: 'events' })
    if (message.kind === 'events') expect(asGiven(message.events)).toEqual(events)
    break
  }
})
