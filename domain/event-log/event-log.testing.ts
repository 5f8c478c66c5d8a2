/** What tests of event logs build and read with. */
import { randomUUID } from 'node:crypto'
import { RetryableError } from '../errors.ts'
import type { Json, JsonObject, NewEvent, RecordedEvent } from './event-log.ts'

/** An event with a fresh id. */
export const someEvent = (data: JsonObject = {}, type = 'SomethingHappened'): NewEvent => ({
  id: randomUUID(),
  type,
  data,
  meta: { schemaVersion: 1 },
})

/** Events numbered from `from` in their data. */
export const someEvents = (count: number, from = 0): readonly NewEvent[] =>
  Array.from({ length: count }, (_, index) => someEvent({ number: from + index }))

/** A stream that no other test uses. */
export const freshStream = (category = 'thing'): string => `${category}-${randomUUID()}`

/** A category that no other test uses. */
export const freshCategory = (): string => `cat${randomUUID().replaceAll('-', '')}`

/** All events of a paged read, flattened. */
export const allEvents = async (
  pages: AsyncIterable<readonly RecordedEvent[]>,
): Promise<readonly RecordedEvent[]> => {
  const events: RecordedEvent[] = []
  for await (const page of pages) events.push(...page)
  return events
}

/** What was given to an append, of events as they came back. */
export const asGiven = (events: readonly RecordedEvent[]): readonly NewEvent[] =>
  events.map(({ id, type, data, meta }) => ({ id, type, data, meta }))

/** The same facts as text: equal only when member order is equal, too. */
export const exactly = (value: Json | readonly NewEvent[]): string => JSON.stringify(value)

const TRIES_MAX = 40

/** What a caller does with a failure that may pass. */
export const insisting = async <T>(work: () => Promise<T>): Promise<T> => {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof RetryableError) || tries === TRIES_MAX) throw error
    }
  }
}
