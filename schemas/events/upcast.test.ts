import { describe, expect, it } from 'vitest'
import { allEvents, someEvent } from '../../domain/event-log/event-log.testing.ts'
import type { EventLog, JsonObject, NewEvent } from '../../domain/event-log/event-log.ts'
import { createMemoryEventLog } from '../../infra/memory/event-log.testing.ts'
import { schemaVersionOf, type Upcaster, upcast } from './upcast.ts'
import { upcastingLog } from './upcasting-log.ts'

/**
 * Version 2 named what version 1 called `n`; version 3 put it into a list and noted where it came
 * from.
 */
const counted: readonly Upcaster[] = [
  ({ data: { n, ...rest }, meta }) => ({ data: { ...rest, count: n ?? 0 }, meta }),
  ({ data: { count, ...rest }, meta }) => ({
    data: { ...rest, counts: [count ?? 0] },
    meta: { ...meta, from: 'count' },
  }),
]
const upcasters = new Map([['Counted', counted]])

const countedEvent = (schemaVersion: number, data: JsonObject): NewEvent => ({
  ...someEvent(data, 'Counted'),
  meta: { schemaVersion, block: 7 },
})

const newest = { data: { counts: [5] }, meta: { schemaVersion: 3, block: 7, from: 'count' } }

describe('upcasting', () => {
  it('goes from any version to the newest, step by step', () => {
    expect(upcast(countedEvent(1, { n: 5 }), upcasters)).toMatchObject(newest)
    expect(upcast(countedEvent(2, { count: 5 }), upcasters)).toMatchObject(newest)
    expect(schemaVersionOf('Counted', upcasters)).toBe(3)
    expect(schemaVersionOf('Other', upcasters)).toBe(1)
  })

  it('hands on the very same event where there is nothing to do', () => {
    const untouched = [
      countedEvent(3, { counts: [5] }),
      countedEvent(4, { tally: 5 }),
      someEvent({ n: 5 }, 'Unknown'),
      { ...someEvent({ n: 5 }, 'Counted'), meta: {} },
      { ...someEvent({ n: 5 }, 'Counted'), meta: { schemaVersion: '1' } },
      { ...someEvent({ n: 5 }, 'Counted'), meta: { schemaVersion: 0 } },
      someEvent({ n: 5 }, 'constructor'),
    ]
    for (const event of untouched) expect(upcast(event, upcasters)).toBe(event)
  })

  it('does not touch what it is given, and doing it again changes nothing', () => {
    const event = Object.freeze({ ...countedEvent(1, Object.freeze({ n: 5 })) })
    const once = upcast(event, upcasters)
    expect(event.data).toEqual({ n: 5 })
    expect(upcast(once, upcasters)).toBe(once)
  })
})

describe('an upcasting log', () => {
  const stored = [
    countedEvent(1, { n: 5 }),
    someEvent({ n: 5 }, 'Unknown'),
    countedEvent(4, { tally: 5 }),
  ]
  const shapes = [{ counts: [5] }, { n: 5 }, { tally: 5 }]
  const dataOf = (events: readonly NewEvent[]): readonly JsonObject[] =>
    events.map(({ data }) => data)

  const firstPage = async (
    messages: ReturnType<EventLog['subscribe']>,
  ): Promise<readonly JsonObject[]> => {
    for await (const message of messages)
      if (message.kind === 'events') return dataOf(message.events)
    return []
  }

  it('shows the newest shape however it is read, and leaves the log as it is', async () => {
    const plain = createMemoryEventLog()
    const log = upcastingLog(plain, upcasters)
    await log.append('thing-1', 'no-stream', stored)
    const { signal } = new AbortController()
    expect(dataOf(await allEvents(log.readStream('thing-1')))).toEqual(shapes)
    expect(dataOf(await log.readCategory('thing', { afterLogPosition: -1, limit: 10 }))).toEqual(
      shapes,
    )
    expect(dataOf(await log.readAll({ afterLogPosition: -1, limit: 10 }))).toEqual(shapes)
    expect(await firstPage(log.subscribe('thing-1', -1, signal))).toEqual(shapes)
    expect(await firstPage(log.subscribeCategory('thing', -1, signal))).toEqual(shapes)
    expect(dataOf(await allEvents(plain.readStream('thing-1')))).toEqual(dataOf(stored))
    expect(await log.append('thing-1', 'no-stream', stored)).toMatchObject({
      kind: 'already-appended',
    })
  })

  it('is the log itself while no stored shape has ever changed', () => {
    const plain = createMemoryEventLog()
    expect(upcastingLog(plain, new Map())).toBe(plain)
  })
})
