import { expect, it } from 'vitest'
import { describeEventLog } from '../../domain/event-log/event-log.contract.ts'
import {
  allEvents,
  freshStream,
  someEvent,
  someEvents,
} from '../../domain/event-log/event-log.testing.ts'
import {
  holdTinyStreams,
  TINY_STREAMS,
  TINY_STREAMS_MS_MAX,
} from '../../domain/event-log/tiny-streams.testing.ts'
import { createMemoryEventLog } from './event-log.testing.ts'

describeEventLog('the memory log', async () => createMemoryEventLog())

it('takes its time from the clock that it is given', async () => {
  const log = createMemoryEventLog({ nowMs: () => 1_700_000_000_123 })
  const stream = freshStream()
  await log.append(stream, 'no-stream', [someEvent()])
  expect((await allEvents(log.readStream(stream)))[0]?.recordedAt).toEqual(
    new Date(1_700_000_000_123),
  )
})

it('numbers all its events without a gap', async () => {
  const log = createMemoryEventLog()
  await log.append('a-1', 'no-stream', someEvents(2))
  await log.append('b-1', 'no-stream', someEvents(2))
  await log.append('b-1', 'no-stream', someEvents(2)) // a conflict takes no position
  expect(await log.append('a-1', 1, someEvents(1))).toMatchObject({ lastLogPosition: 4 })
})

it(`holds ${TINY_STREAMS} tiny streams`, { timeout: TINY_STREAMS_MS_MAX }, async () => {
  await holdTinyStreams(createMemoryEventLog(), TINY_STREAMS)
})
