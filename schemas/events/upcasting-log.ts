/**
 * The one place where stored events are upcast: a log whose readers only ever see the newest shape
 * of each type.
 */
import type {
  EventLog,
  RecordedEvent,
  SubscriptionMessage,
} from '../../domain/event-log/event-log.ts'
import { UPCASTERS, type Upcasters, upcast } from './upcast.ts'

/**
 * The same log for readers that understand events. Tools that only carry them (export, copy) take
 * the log itself, because they must write what was stored. Without any upcaster it is the log
 * itself, and reading costs nothing more.
 */
export const upcastingLog = <Log extends EventLog>(
  log: Log,
  upcasters: Upcasters = UPCASTERS,
): Log => {
  if (upcasters.size === 0) return log
  const page = (events: readonly RecordedEvent[]): readonly RecordedEvent[] =>
    events.some(({ type }) => upcasters.has(type))
      ? events.map((event) => upcast(event, upcasters))
      : events
  const message = (given: SubscriptionMessage): SubscriptionMessage =>
    given.kind === 'events' ? { kind: 'events', events: page(given.events) } : given
  return {
    ...log,
    readStream: (stream, options) => mapped(log.readStream(stream, options), page),
    readCategory: async (category, options) => page(await log.readCategory(category, options)),
    readAll: async (options) => page(await log.readAll(options)),
    subscribe: (stream, afterRevision, signal) =>
      mapped(log.subscribe(stream, afterRevision, signal), message),
    subscribeCategory: (category, afterLogPosition, signal) =>
      mapped(log.subscribeCategory(category, afterLogPosition, signal), message),
  }
}

async function* mapped<T>(
  source: AsyncIterable<T>,
  map: (value: T) => T,
): AsyncGenerator<T, void, undefined> {
  for await (const value of source) yield map(value)
}
