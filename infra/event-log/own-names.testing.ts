/**
 * A log within a log, for tests that share a server with others or with their own earlier runs: all
 * its streams have names that begin with `prefix`, and what lies outside is not there.
 */
import { FatalError } from '../../domain/errors.ts'
import type {
  EventLog,
  RecordedEvent,
  SubscriptionMessage,
} from '../../domain/event-log/event-log.ts'

/** `prefix` has no dash, so that categories stay categories. */
export const withOwnNames = (log: EventLog, prefix: string): EventLog => {
  const theirs = (name: string): string => `${prefix}${name}`
  const ours = (events: readonly RecordedEvent[]): readonly RecordedEvent[] =>
    events.map((event) => ({ ...event, stream: event.stream.slice(prefix.length) }))
  const oursOf = (message: SubscriptionMessage): SubscriptionMessage =>
    message.kind === 'events' ? { ...message, events: ours(message.events) } : message
  return {
    append: (stream, expected, events) => log.append(theirs(stream), expected, events),
    readStream: (stream, options) => mapped(log.readStream(theirs(stream), options), ours),
    readCategory: async (category, options) =>
      ours(await log.readCategory(theirs(category), options)),
    readAll: async () => {
      throw new FatalError('A log within a log is not read whole')
    },
    subscribe: (stream, after, signal) =>
      mapped(log.subscribe(theirs(stream), after, signal), oursOf),
    subscribeCategory: (category, after, signal) =>
      mapped(log.subscribeCategory(theirs(category), after, signal), oursOf),
    limitStream: (stream, retention) => log.limitStream(theirs(stream), retention),
    retention: (stream) => log.retention(theirs(stream)),
    head: (stream) => log.head(theirs(stream)),
    logHead: log.logHead,
    close: log.close,
  }
}

async function* mapped<In, Out>(
  items: AsyncIterable<In>,
  map: (item: In) => Out,
): AsyncGenerator<Out> {
  for await (const item of items) yield map(item)
}
