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

/** Others may declare the same stream at the same moment. */
const TRIES_MAX = 5

export const createBestEffortStreams = (
  client: Pick<EventStoreClient, 'append' | 'readStream'>,
): BestEffortStreams => {
  const known = new Set<string>()

  const metadataOf = async (stream: string): Promise<RecordedEvent | null> =>
    (await client.readStream(`$$${stream}`, newest))[0] ?? null

  const retention = async (stream: string): Promise<Retention | null> =>
    limitsOf(await metadataOf(stream))

  const remember = (stream: string): void => {
    if (known.size >= KNOWN_STREAMS_MAX) known.clear()
    known.add(stream)
  }

  /** Replaces the metadata that follow `before`. Null: somebody else has done so. */
  const replace = async (
    stream: string,
    before: number | null,
    metadata: JsonObject,
  ): Promise<Written | null> => {
    const event = {
      id: randomUUID(),
      type: '$metadata',
      data: JSON.stringify(metadata),
      meta: '{}',
    }
    const answer = await client.append(`$$${stream}`, before ?? 'no-stream', [event])
    return answer.kind === 'written' ? answer : null
  }

  /** Events that were there before the declaration hold for good: it is taken back. */
  const refuseOlderEvents = async (
    stream: string,
    before: JsonObject,
    declared: Written,
  ): Promise<void> => {
    const [oldest] = await client.readStream(stream, {
      direction: 'forwards',
      from: 0,
      eventsMax: 1,
    })
    if (
      oldest === undefined ||
      (declared.position !== null && oldest.logPosition > declared.position)
    )
      return
    await replace(stream, declared.lastRevision, before)
    throw refuseToLimit(stream)
  }

  return {
    retention: async (stream) => retention(streamName(stream)),
    limitStream: async (stream, given) => {
      const { eventsMax, ageSecondsMax } = checkedRetention(stream, given)
      for (let tries = 0; tries < TRIES_MAX; tries += 1) {
        const metadata = await metadataOf(stream)
        const { $maxCount, $maxAge, ...others } = metadata?.data ?? {}
        const isFirst = limitsOf(metadata) === null
        const isTaken =
          isFirst && ('$tb' in others || (await client.readStream(stream, newest)).length > 0)
        if (isTaken) throw refuseToLimit(stream)
        const limits = {
          ...(eventsMax === undefined ? {} : { $maxCount: eventsMax }),
          ...(ageSecondsMax === undefined ? {} : { $maxAge: ageSecondsMax }),
        }
        const declared = await replace(stream, metadata?.revision ?? null, { ...others, ...limits })
        if (declared === null) continue
        if (isFirst) await refuseOlderEvents(stream, others, declared)
        return remember(stream)
      }
      throw new RetryableError(`Somebody else goes on changing the limits of ${stream}`)
    },
    refuseOther: async (stream) => {
      if (known.has(stream)) return
      if ((await retention(stream)) === null) throw refuseAny(stream)
      remember(stream)
    },
  }
}

type Written = Extract<ServerAnswer, { kind: 'written' }>

const limitsOf = (metadata: RecordedEvent | null): Retention | null => {
  const { $maxCount, $maxAge } = metadata?.data ?? {}
  const limits = {
    ...(typeof $maxCount === 'number' ? { eventsMax: $maxCount } : {}),
    ...(typeof $maxAge === 'number' ? { ageSecondsMax: $maxAge } : {}),
  }
  return Object.keys(limits).length === 0 ? null : limits
}
