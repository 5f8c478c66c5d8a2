/**
 * What the adapter asks of a server. This file and the three that it puts together
 * (isolated-client.ts, paged-reads.ts, live-subscription.ts) alone know the client library
 * (@eventstore/db-client 6.2.1), and keep its faults from everything else. Another library would
 * replace these four (docs/adr/0004-eventstoredb-client.md).
 */
import {
  ANY,
  jsonEvent,
  NO_STREAM,
  NotLeaderError,
  WrongExpectedVersionError,
} from '@eventstore/db-client'
import type { ExpectedRevision, RecordedEvent } from '../../domain/event-log/event-log.ts'
import type { StorableEvent } from '../../domain/event-log/storable-event.ts'
import { appendDeadlineMs } from './append-sizes.ts'
import { failureOfCall, isLostConnection } from './client-errors.ts'
import {
  describeConnection,
  type EndPoint,
  type EventStoreConnection,
} from './connection-string.ts'
import { IsolatedClient } from './isolated-client.ts'
import { type LogWatcher, watch } from './live-subscription.ts'
import {
  type LogPage,
  type LogPageOptions,
  readLog,
  readLogHead,
  readStream,
  type StreamPage,
} from './paged-reads.ts'
import { startTimer as realTimer, type StartTimer, within } from './reading.ts'
import { safeInteger } from './recorded-event.ts'
import { createRoutes } from './routes.ts'

/** What the server made of an append. */
export type ServerAnswer =
  /**
   * It is written, now or by an earlier try. `position`: of its last event; null: the server no
   * longer knows.
   */
  | Readonly<{ kind: 'written'; lastRevision: number; position: number | null }>
  | Readonly<{ kind: 'conflict'; actual: number | null }>

/**
 * What is thrown is a RetryableError or a FatalError. Every call but `watch` ends within its
 * deadline.
 */
export type EventStoreClient = Readonly<{
  append: (
    stream: string,
    expected: ExpectedRevision,
    events: readonly StorableEvent[],
  ) => Promise<ServerAnswer>
  /** Empty beyond the end and for a missing stream. */
  readStream: (stream: string, page: StreamPage) => Promise<readonly RecordedEvent[]>
  /** The next events in log order, up to the end of the log. */
  readLog: (page: LogPageOptions) => Promise<LogPage>
  /** Log position of the last event of all, the server's own included. */
  logHead: () => Promise<number>
  /** Tells of everything that is appended. Ends without an error only when the signal aborts. */
  watch: (watcher: LogWatcher, signal: AbortSignal) => Promise<void>
  close: () => Promise<void>
}>

export type ClientDeadlines = Readonly<{
  /** Of the smallest append; a larger one has more (append-sizes.ts). */
  appendMsMax: number
  /** How long a read may show no sign of life. */
  readIdleMsMax: number
  startTimer?: StartTimer
}>

/** Connects when first used. */
export const createEventStoreClient = (
  connection: EventStoreConnection,
  { appendMsMax, readIdleMsMax, startTimer = realTimer }: ClientDeadlines,
): EventStoreClient => {
  const place = describeConnection(connection)
  const closing = new AbortController()
  const idle = { msMax: readIdleMsMax, startTimer }
  const routes = createRoutes((leader: EndPoint | null) => new IsolatedClient(connection, leader))
  /** A call that is cancelled from here looks as if it had ended early. */
  const read = <T>(doing: string, action: (client: IsolatedClient) => Promise<T>): Promise<T> =>
    call(doing, async (client) => {
      const result = await action(client)
      routes.refuseWhenClosed()
      return result
    })
  const call = async <T>(
    doing: string,
    action: (client: IsolatedClient) => Promise<T>,
  ): Promise<T> => {
    const route = routes.take()
    try {
      return await action(route.client)
    } catch (error) {
      if (isLostConnection(error))
        routes.abandon(route, error instanceof NotLeaderError ? error.leader : null)
      throw failureOfCall(error, `${doing} at ${place}`)
    } finally {
      routes.leave(route)
    }
  }
  return {
    append: (stream, expected, events) => {
      const deadline = appendDeadlineMs(appendMsMax, events)
      const limit = { msMax: deadline, startTimer }
      return call(`Appending to ${stream}`, (client) =>
        within(limit, closing.signal, append(client, { stream, expected, events, deadline })),
      )
    },
    readStream: (stream, page) =>
      read(`Reading ${stream}`, (client) => readStream(client, stream, page, idle)),
    readLog: (page) =>
      read(`Reading the log after ${page.after}`, (client) => readLog(client, page, idle)),
    logHead: () => read("Reading the log's head", (client) => readLogHead(client, idle)),
    watch: (watcher, signal) =>
      call('Following the log', (client) => watch(client, watcher, signal)),
    close: async () => {
      closing.abort()
      await routes.close()
    },
  }
}

type Append = Readonly<{
  stream: string
  expected: ExpectedRevision
  events: readonly StorableEvent[]
  deadline: number
}>

const append = async (
  client: IsolatedClient,
  { stream, expected, events, deadline }: Append,
): Promise<ServerAnswer> => {
  const expectedRevision =
    typeof expected === 'number' ? BigInt(expected) : expected === 'any' ? ANY : NO_STREAM
  try {
    const answer = await client.appendToStream(stream, events.map(proposedEvent), {
      expectedRevision,
      deadline,
    })
    const position = answer.position === undefined ? null : safeInteger(answer.position.commit)
    return { kind: 'written', lastRevision: safeInteger(answer.nextExpectedRevision), position }
  } catch (error) {
    if (!(error instanceof WrongExpectedVersionError)) throw error
    const { actualVersion } = error
    return {
      kind: 'conflict',
      actual: typeof actualVersion === 'bigint' ? safeInteger(actualVersion) : null,
    }
  }
}

/**
 * Parsed once more: a copy that nobody changes, and that the library can turn into text, or its
 * append never ends.
 */
const proposedEvent = ({ id, type, data, meta }: StorableEvent) =>
  jsonEvent({ id, type, data: JSON.parse(data), metadata: new TextEncoder().encode(meta) })
