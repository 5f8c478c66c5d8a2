/**
 * Reads by pages: of a stream by revisions, of the log by positions. Each is one call, or few, that
 * the server ends by itself wherever that can be.
 */
import {
  type AllStreamResolvedEvent,
  BACKWARDS,
  END,
  FORWARDS,
  type ReadPosition,
  START,
  STREAM_NAME,
} from '@eventstore/db-client'
import { RetryableError } from '../../domain/errors.ts'
import type { RecordedEvent } from '../../domain/event-log/event-log.ts'
import { hasType, isNoSuchPosition } from './client-errors.ts'
import type { IsolatedClient } from './isolated-client.ts'
import { type Limit, readingOf } from './reading.ts'
import { isWanted, recordedEvent, type ServerEvent, safeInteger } from './recorded-event.ts'

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

/**
 * Checkpoints are asked for once in so many windows of 32 events: as signs of life, never as
 * positions.
 */
const CHECKPOINT_WINDOWS = 32
/**
 * Events of the end of the log that are read unfiltered: most followers that are woken find fewer.
 */
const REST_EVENTS_MAX = 100

export const readStream = async (
  client: IsolatedClient,
  stream: string,
  { direction, from, eventsMax }: StreamPage,
  idle: Limit,
): Promise<readonly RecordedEvent[]> => {
  if (eventsMax === 0) return [] // which the server refuses
  const isForwards = direction === 'forwards'
  const read = client.readStream(stream, {
    direction: isForwards ? FORWARDS : BACKWARDS,
    fromRevision: from === null ? (isForwards ? START : END) : BigInt(from),
    maxCount: eventsMax,
  })
  const reading = readingOf<AllStreamResolvedEvent>(read, () => read.cancel(), idle)
  const events: RecordedEvent[] = []
  try {
    for await (const { event } of reading.items())
      if (event !== undefined) events.push(recordedEvent(event))
  } catch (error) {
    if (!hasType(error, 'stream-not-found')) throw error
  }
  return events
}

export const readLogHead = async (client: IsolatedClient, idle: Limit): Promise<number> => {
  const last = await readOne(client, END, idle)
  return last?.position === undefined ? -1 : safeInteger(last.position.commit)
}

/** The last event before the end, or the one at a position; null: none. */
const readOne = async (
  client: IsolatedClient,
  fromPosition: ReadPosition,
  idle: Limit,
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
    idle,
  ).items()) {
    // Read to the end: a server takes many cancelled calls for an attack.
    found = event ?? null
  }
  return found
}

const positionOf = (position: number) => ({ commit: BigInt(position), prepare: BigInt(position) })

export const readLog = async (
  client: IsolatedClient,
  page: LogPageOptions,
  idle: Limit,
): Promise<LogPage> => {
  if (page.eventsMax === 0) return { events: [], isEnd: false }
  const from = page.after === -1 ? START : positionOf(page.after)
  try {
    return (
      (await readRest(client, from, page, idle)) ?? (await readFollowing(client, from, page, idle))
    )
  } catch (error) {
    if (!isNoSuchPosition(error)) throw error
    return readFromBetween(client, page, idle)
  }
}

/**
 * The rest of the log if it is short, by a call that the server ends by itself: a subscription
 * would have to be cancelled, and a server takes many cancelled calls for an attack. Null: the log
 * goes on.
 */
const readRest = async (
  client: IsolatedClient,
  fromPosition: ReadPosition,
  page: LogPageOptions,
  idle: Limit,
): Promise<LogPage | null> => {
  const read = client.readAll({ direction: FORWARDS, fromPosition, maxCount: REST_EVENTS_MAX })
  const events: RecordedEvent[] = []
  let count = 0
  for await (const { event } of readingOf<AllStreamResolvedEvent>(
    read,
    () => read.cancel(),
    idle,
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
 * The server only reads on from the position of an event. If none lies at `after`, this reads from
 * the one right behind it, or else from the start.
 */
const readFromBetween = async (
  client: IsolatedClient,
  page: LogPageOptions,
  idle: Limit,
): Promise<LogPage> => {
  const position = positionOf(page.after + 1)
  const next = await readOne(client, position, idle).catch((error: unknown) => {
    if (isNoSuchPosition(error)) return null
    throw error
  })
  if (next === null) return readFollowing(client, START, page, idle)
  const events = isWanted(next, page.prefix, page.after) ? [recordedEvent(next)] : []
  const rest = await readFollowing(
    client,
    position,
    { ...page, eventsMax: page.eventsMax - events.length },
    idle,
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
  idle: Limit,
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
    idle,
  )
  for await (const item of reading.items()) {
    if (item === CAUGHT_UP) return { events, isEnd: true }
    if (item.event !== undefined && isWanted(item.event, prefix, after))
      events.push(recordedEvent(item.event))
    if (events.length === eventsMax) return { events, isEnd: false }
  }
  throw new RetryableError('The subscription ended before it had caught up')
}
