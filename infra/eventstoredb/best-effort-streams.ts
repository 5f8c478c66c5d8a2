/**
 * Best-effort streams on EventStoreDB: their limits are the server's own stream metadata, applied
 * when they are read. The server would also limit a stream of facts, so a declaration is guarded
 * here: at an exact revision of the metadata, and taken back where the first event slipped in
 * before it. Whatever else an operator keeps there stays.
 */
import { randomUUID } from 'node:crypto'
import { RetryableError } from '../../domain/errors.ts'
import type {
  EventLog,
  JsonObject,
  RecordedEvent,
  Retention,
} from '../../domain/event-log/event-log.ts'
import { streamName } from '../../domain/event-log/read-bounds.ts'
import { checkedRetention, refuseAny, refuseToLimit } from '../../domain/event-log/retention.ts'
import type { EventStoreClient, ServerAnswer } from './client.ts'

export type BestEffortStreams = Pick<EventLog, 'limitStream' | 'retention'> &
  Readonly<{
    /** Throws FatalError when the stream is not best-effort. */
    refuseOther: (stream: string) => Promise<void>
  }>

/**
 * Declared streams that are remembered, so that an append to one of them needs no look at its
 * metadata.
 */
const KNOWN_STREAMS_MAX = 10_000

const newest = { direction: 'backwards', from: null, eventsMax: 1 } as const
const oldestFirst = { direction: 'forwards', from: 0, eventsMax: 1 } as const

/** Others may declare the same stream at the same moment. */
const TRIES_MAX = 5

type Client = Pick<EventStoreClient, 'append' | 'readStream'>

export const createBestEffortStreams = (client: Client): BestEffortStreams => {
  const known = new Set<string>()
  const remember = (stream: string): void => {
    if (known.size >= KNOWN_STREAMS_MAX) known.clear()
    known.add(stream)
  }
  const retention = async (stream: string): Promise<Retention | null> =>
    limitsOf(await metadataOf(client, stream))

  return {
    retention: async (stream) => retention(streamName(stream)),
    limitStream: async (stream, given) => {
      const limits = metadataWith(checkedRetention(stream, given))
      for (let tries = 0; tries < TRIES_MAX; tries += 1)
        if (await declare(client, stream, limits)) return remember(stream)
      throw new RetryableError(`Somebody else goes on changing the limits of ${stream}`)
    },
    refuseOther: async (stream) => {
      if (known.has(stream)) return
      if ((await retention(stream)) === null) throw refuseAny(stream)
      remember(stream)
    },
  }
}

const metadataOf = async (client: Client, stream: string): Promise<RecordedEvent | null> =>
  (await client.readStream(`$$${stream}`, newest))[0] ?? null

/**
 * Declares a stream best-effort, or changes its limits. False: somebody else has changed its
 * metadata meanwhile. Throws FatalError for a stream that holds facts.
 */
const declare = async (client: Client, stream: string, limits: JsonObject): Promise<boolean> => {
  const metadata = await metadataOf(client, stream)
  const { $maxCount, $maxAge, ...others } = metadata?.data ?? {}
  const isFirst = limitsOf(metadata) === null
  const isTaken =
    isFirst && ('$tb' in others || (await client.readStream(stream, newest)).length > 0)
  if (isTaken) throw refuseToLimit(stream)
  const before = metadata?.revision ?? null
  const declared = await replace(client, stream, before, { ...others, ...limits })
  if (declared === null) return false
  if (isFirst) await refuseOlderEvents(client, stream, others, declared)
  return true
}

type Written = Extract<ServerAnswer, { kind: 'written' }>

/** Replaces the metadata that follow `before`. Null: somebody else has done so. */
const replace = async (
  client: Client,
  stream: string,
  before: number | null,
  metadata: JsonObject,
): Promise<Written | null> => {
  const event = { id: randomUUID(), type: '$metadata', data: JSON.stringify(metadata), meta: '{}' }
  const answer = await client.append(`$$${stream}`, before ?? 'no-stream', [event])
  return answer.kind === 'written' ? answer : null
}

/** Events that were there before the declaration hold for good: it is taken back. */
const refuseOlderEvents = async (
  client: Client,
  stream: string,
  before: JsonObject,
  { lastRevision, position }: Written,
): Promise<void> => {
  const [oldest] = await client.readStream(stream, oldestFirst)
  if (oldest === undefined || (position !== null && oldest.logPosition > position)) return
  await replace(client, stream, lastRevision, before)
  throw refuseToLimit(stream)
}

const metadataWith = ({ eventsMax, ageSecondsMax }: Retention): JsonObject => ({
  ...(eventsMax === undefined ? {} : { $maxCount: eventsMax }),
  ...(ageSecondsMax === undefined ? {} : { $maxAge: ageSecondsMax }),
})

const limitsOf = (metadata: RecordedEvent | null): Retention | null => {
  const { $maxCount, $maxAge } = metadata?.data ?? {}
  const limits = {
    ...(typeof $maxCount === 'number' ? { eventsMax: $maxCount } : {}),
    ...(typeof $maxAge === 'number' ? { ageSecondsMax: $maxAge } : {}),
  }
  return Object.keys(limits).length === 0 ? null : limits
}
