import { expect, it } from 'vitest'
import { someEvent } from '../domain/event-log/event-log.testing.ts'
import type { NewEvent } from '../domain/event-log/event-log.ts'
import { BLOCK_INGESTED } from '../domain/world-stream/world-facts.ts'
import { createMemoryEventLog } from '../infra/memory/event-log.testing.ts'
import { firstBlockOf, lastBlockOf } from './log-tail.ts'

const header = (eventCount: number, schemaVersion = 1): NewEvent => ({
  ...someEvent({ number: 7, eventCount }, BLOCK_INGESTED),
  meta: { schemaVersion },
})

it('finds the last block, and how much of it is written, also behind facts of types and versions unknown here', async () => {
  const log = createMemoryEventLog()
  const stranger = { ...someEvent({}, 'FromTheFuture'), meta: { schemaVersion: 9 } }
  await log.append('world-1', 'no-stream', [header(1), someEvent(), header(3), stranger, stranger])
  expect(await lastBlockOf(log, 'world-1')).toMatchObject({
    revision: 2,
    factsWritten: 2,
    block: { eventCount: 3 },
  })
})

it('writes nothing behind a block whose header only a newer program can read', async () => {
  const log = createMemoryEventLog()
  await log.append('world-1', 'no-stream', [header(1, 2), someEvent()])
  await expect(lastBlockOf(log, 'world-1')).rejects.toThrow('newer Chronohex')
  await expect(firstBlockOf(log, 'world-1')).rejects.toThrow('newer Chronohex')
})
