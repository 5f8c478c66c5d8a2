/**
 * The one file that knows the client library (@eventstore/db-client 6.2.1): what the adapter asks
 * of a server, with the library's faults kept from everybody else. Another library would replace it
 * here (docs/adr/0004-eventstoredb-client.md).
 */
import { setImmediate } from 'node:timers/promises'
import {
  type AllStreamResolvedEvent,
  ANY,
  BACKWARDS,
  END,
  EventStoreDBClient,
  FORWARDS,
  jsonEvent,
  NO_STREAM,
  NotLeaderError,
  type ReadPosition,
  type SingleNodeOptions,
  START,
  STREAM_NAME,
  WrongExpectedVersionError,
} from '@eventstore/db-client'
import { RetryableError } from '../../domain/errors.ts'
import type { ExpectedRevision, RecordedEvent } from '../../domain/event-log/event-log.ts'
import type { StorableEvent } from '../../domain/event-log/storable-event.ts'
import { NEVER, until } from '../../domain/waiting/pause.ts'
import { failureOfCall, hasType, isLostConnection, isNoSuchPosition } from './client-errors.ts'
import {
  describeConnection,
  type EndPoint,
  type EventStoreConnection,
} from './connection-string.ts'
import { readingOf, within } from './reading.ts'
import { isWanted, recordedEvent, type ServerEvent, safeInteger } from './recorded-event.ts'
import { createRoutes } from './routes.ts'

/** What the server made of an append. */
export type ServerAnswer =
  /**
   * It is written, now or by an earlier try. `position`: of its last event; null: the server no
   * longer knows.
   */
  | Readonly<{ kind: 'written'; lastRevision: number; position: number | null }>
  | Readonly<{ kind: 'conflict'; actual: number | null }>

export type StreamPage = Readonly<{
  direction: 'forwards' | 'backwards'
  /** First revision, included; null: wherever the direction begins. */
  from: number | null
  eventsMax: number
}>

export type LogPage = Readonly<{ events: readonly RecordedEvent[]; isEnd: boolean }>

export type LogPageOptions = Readonly<{
  /** Only streams whose name begins so; null: all but the server's own. */
  prefix: string | null
  /** Log position of the last event that is not wanted; -1: none. */
  after: number
  eventsMax: number
}>

export type LogWatcher = Readonly<{
  /** Every append from now on is told. */
  began: () => void
  saw: (stream: string, logPosition: number) => void
}>

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
  appendMsMax: number
  /** How long a read may show no sign of life. */
  readIdleMsMax: number
}>

/**
 * Checkpoints are asked for once in so many windows of 32 events: as signs of life, never as
 * positions.
 */
const CHECKPOINT_WINDOWS = 32
/** Of the end of the log, unfiltered: most followers that are woken find less. */
const REST_EVENTS_MAX = 100
const END_MS_MAX = 2_000

/** Connects when first used. */
export const createEventStoreClient = (
  connection: EventStoreConnection,
  { appendMsMax, readIdleMsMax }: ClientDeadlines,
): EventStoreClient => {
  const place = describeConnection(connection)
  const closing = new AbortController()
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
    append: (stream, expected, events) =>
      call(`Appending to ${stream}`, (client) =>
        within(
          appendMsMax,
          closing.signal,
          append(client, { stream, expected, events, deadline: appendMsMax }),
        ),
      ),
    readStream: (stream, page) =>
      read(`Reading ${stream}`, (client) => readStream(client, stream, page, readIdleMsMax)),
    readLog: (page) =>
      read(`Reading the log after ${page.after}`, (client) => readLog(client, page, readIdleMsMax)),
    logHead: () => read("Reading the log's head", (client) => readLogHead(client, readIdleMsMax)),
    watch: (watcher, signal) =>
      call('Following the log', (client) => watch(client, watcher, signal)),
    close: async () => {
      closing.abort()
      await routes.close()
    },
  }
}

/**
 * The library's client without what can end the process. It appends by one call each: the call that
 * it would otherwise share among all appends of the process fails them together, and throws where
 * nobody can catch. It does not replace its connection by itself: what it closes meanwhile, and
 * what it awaits then, throws in the same way.
 */
class IsolatedClient extends EventStoreDBClient {
  #channel: Readonly<{ close: () => void }> | null = null

  constructor(connection: EventStoreConnection, leader: EndPoint | null) {
    const { tls, credentials } = connection
    super(
      settingsOf(connection, leader),
      tls === null ? { insecure: true } : tls,
      credentials ?? undefined,
    )
    const connect = this.getChannel
    this.getChannel = async () => {
      const channel = await connect()
      this.#channel = channel
      return channel
    }
  }

  protected override supports = async (): Promise<boolean> => false

  protected override handleError = async (): Promise<void> => {}

  /** Ends its calls and its connection. */
  async end(): Promise<void> {
    await setImmediate() // calls that were made in this turn have reached the channel by then
    await until(this.dispose(), NEVER, END_MS_MAX)
    this.#channel?.close()
  }
}

const settingsOf = (
  connection: EventStoreConnection,
  leader: EndPoint | null,
): SingleNodeOptions => {
  const { hosts, isDiscovered, connectionName, numbers } = connection
  const common = { connectionName, ...numbers }
  if (leader !== null) return { ...common, endpoint: leader }
  if (!isDiscovered && hosts.length === 1) return { ...common, endpoint: hosts[0] }
  const cluster = isDiscovered ? { discover: hosts[0] } : { endpoints: [...hosts] }
  // The library tells the three forms apart by their fields; its overloads take one each and no
  // union of them.
  return { ...common, ...cluster } as unknown as SingleNodeOptions
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

const readStream = async (
  client: IsolatedClient,
  stream: string,
  { direction, from, eventsMax }: StreamPage,
  idleMsMax: number,
): Promise<readonly RecordedEvent[]> => {
  if (eventsMax === 0) return [] // which the server refuses
  const isForwards = direction === 'forwards'
  const read = client.readStream(stream, {
    direction: isForwards ? FORWARDS : BACKWARDS,
    fromRevision: from === null ? (isForwards ? START : END) : BigInt(from),
    maxCount: eventsMax,
  })
  const reading = readingOf<AllStreamResolvedEvent>(read, () => read.cancel(), idleMsMax)
  const events: RecordedEvent[] = []
  try {
    for await (const { event } of reading.items())
      if (event !== undefined) events.push(recordedEvent(event))
  } catch (error) {
    if (!hasType(error, 'stream-not-found')) throw error
  }
  return events
}

const readLogHead = async (client: IsolatedClient, idleMsMax: number): Promise<number> => {
  const last = await readOne(client, END, idleMsMax)
  return last?.position === undefined ? -1 : safeInteger(last.position.commit)
}

/** The last event before the end, or the one at a position; null: none. */
const readOne = async (
  client: IsolatedClient,
  fromPosition: ReadPosition,
  idleMsMax: number,
): Promise<ServerEvent | null> => {
  const read = client.readAll({
    direction: fromPosition === END ? BACKWARDS : FORWARDS,
    fromPosition,
    maxCount: 1,
  })
  let found: ServerEvent | null = null
  for await (const { event } of readingOf<AllStreamResolvedEvent>(
    read,
    () => read.cancel(),
    idleMsMax,
  ).items()) {
    // And on to the end: a server takes many calls that are cancelled for an attack.
    found = event ?? null
  }
  return found
}

const positionOf = (position: number) => ({ commit: BigInt(position), prepare: BigInt(position) })

const readLog = async (
  client: IsolatedClient,
  page: LogPageOptions,
  idleMsMax: number,
): Promise<LogPage> => {
  if (page.eventsMax === 0) return { events: [], isEnd: false }
  const from = page.after === -1 ? START : positionOf(page.after)
  try {
    return (
      (await readRest(client, from, page, idleMsMax)) ??
      (await readFollowing(client, from, page, idleMsMax))
    )
  } catch (error) {
    if (!isNoSuchPosition(error)) throw error
    return readFromBetween(client, page, idleMsMax)
  }
}

/**
 * What is left of the log where that is little, by a call that the server ends: it takes many that
 * are cancelled, as a subscription has to be, for an attack. Null: the log goes on.
 */
const readRest = async (
  client: IsolatedClient,
  fromPosition: ReadPosition,
  page: LogPageOptions,
  idleMsMax: number,
): Promise<LogPage | null> => {
  const read = client.readAll({ direction: FORWARDS, fromPosition, maxCount: REST_EVENTS_MAX })
  const events: RecordedEvent[] = []
  let count = 0
  for await (const { event } of readingOf<AllStreamResolvedEvent>(
    read,
    () => read.cancel(),
    idleMsMax,
  ).items()) {
    count += 1
    if (event !== undefined && isWanted(event, page.prefix, page.after))
      events.push(recordedEvent(event))
  }
  if (events.length > page.eventsMax)
    return { events: events.slice(0, page.eventsMax), isEnd: false }
  return count < REST_EVENTS_MAX ? { events, isEnd: true } : null
}

/**
 * The server reads on from events only. Where none lies at `after`: from the one right behind it,
 * or from the start.
 */
const readFromBetween = async (
  client: IsolatedClient,
  page: LogPageOptions,
  idleMsMax: number,
): Promise<LogPage> => {
  const position = positionOf(page.after + 1)
  const next = await readOne(client, position, idleMsMax).catch((error: unknown) => {
    if (isNoSuchPosition(error)) return null
    throw error
  })
  if (next === null) return readFollowing(client, START, page, idleMsMax)
  const events = isWanted(next, page.prefix, page.after) ? [recordedEvent(next)] : []
  const rest = await readFollowing(
    client,
    position,
    { ...page, eventsMax: page.eventsMax - events.length },
    idleMsMax,
  )
  return { events: [...events, ...rest.events], isEnd: rest.isEnd }
}

const CAUGHT_UP = Symbol('everything up to the end has come')

/**
 * A subscription up to the moment at which it has caught up: the library's readAll ignores filters.
 */
const readFollowing = async (
  client: IsolatedClient,
  fromPosition: ReadPosition,
  { prefix, after, eventsMax }: LogPageOptions,
  idleMsMax: number,
): Promise<LogPage> => {
  const events: RecordedEvent[] = []
  if (eventsMax === 0) return { events, isEnd: false }
  const subscription = client.subscribeToAll({
    fromPosition,
    filter: {
      filterOn: STREAM_NAME,
      ...(prefix === null ? { regex: '^[^$]' } : { prefixes: [prefix] }),
      checkpointInterval: CHECKPOINT_WINDOWS,
      checkpointReached: () => reading.isAlive(),
    },
  })
  subscription.on('caughtUp', () => {
    subscription.push(CAUGHT_UP) // comes out behind the events before it
  })
  const reading = readingOf<AllStreamResolvedEvent | typeof CAUGHT_UP>(
    subscription,
    () => subscription.unsubscribe(),
    idleMsMax,
  )
  for await (const item of reading.items()) {
    if (item === CAUGHT_UP) return { events, isEnd: true }
    if (item.event !== undefined && isWanted(item.event, prefix, after))
      events.push(recordedEvent(item.event))
    if (events.length === eventsMax) return { events, isEnd: false }
  }
  throw new RetryableError('The subscription ended before it had caught up')
}

const watch = async (
  client: IsolatedClient,
  watcher: LogWatcher,
  signal: AbortSignal,
): Promise<void> => {
  const subscription = client.subscribeToAll({ fromPosition: END })
  const stop = (): void => {
    subscription.destroy()
  }
  subscription.on('confirmation', watcher.began)
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  try {
    const reading = readingOf<AllStreamResolvedEvent>(
      subscription,
      () => subscription.unsubscribe(),
      null,
    )
    for await (const { event } of reading.items()) {
      if (event !== undefined) watcher.saw(event.streamId, safeInteger(event.position.commit))
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    signal.removeEventListener('abort', stop)
  }
  if (!signal.aborted) throw new RetryableError('The live subscription ended')
}
