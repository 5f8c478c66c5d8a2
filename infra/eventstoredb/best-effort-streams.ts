/** Best-effort streams on EventStoreDB: their limits are the server's own stream metadata, applied when they are read. */
import { randomUUID } from 'node:crypto'
import type { EventLog, Retention } from '../../domain/event-log.ts'
import { streamName } from '../../domain/read-bounds.ts'
import { checkedRetention, refuseAny, refuseToLimit } from '../../domain/retention.ts'
import type { EventStoreClient } from './client.ts'

export type BestEffortStreams = Pick<EventLog, 'limitStream' | 'retention'> &
  Readonly<{
    /** Throws FatalError when the stream is not best-effort. */
    refuseOther: (stream: string) => Promise<void>
  }>

/** Declared streams that are remembered, so that an append to one of them needs no look at its metadata. */
const knownStreamsMax = 10_000

const newest = { direction: 'backwards', from: null, eventsMax: 1 } as const

export const createBestEffortStreams = (client: Pick<EventStoreClient, 'append' | 'readStream'>): BestEffortStreams => {
  const known = new Set<string>()

  const retention = async (stream: string): Promise<Retention | null> => {
    const [metadata] = await client.readStream(`$$${stream}`, newest)
    const { $maxCount, $maxAge } = metadata?.data ?? {}
    const limits = {
      ...(typeof $maxCount === 'number' ? { eventsMax: $maxCount } : {}),
      ...(typeof $maxAge === 'number' ? { ageSecondsMax: $maxAge } : {}),
    }
    return Object.keys(limits).length === 0 ? null : limits
  }

  const remember = (stream: string): void => {
    if (known.size >= knownStreamsMax) known.clear()
    known.add(stream)
  }

  return {
    retention: async (stream) => retention(streamName(stream)),
    limitStream: async (stream, given) => {
      const { eventsMax, ageSecondsMax } = checkedRetention(stream, given)
      if ((await retention(stream)) === null && (await client.readStream(stream, newest)).length > 0) {
        throw refuseToLimit(stream)
      }
      const data = JSON.stringify({ $maxCount: eventsMax, $maxAge: ageSecondsMax })
      await client.append(`$$${stream}`, 'any', [{ id: randomUUID(), type: '$metadata', data, meta: '{}' }])
      remember(stream)
    },
    refuseOther: async (stream) => {
      if (known.has(stream)) return
      if ((await retention(stream)) === null) throw refuseAny(stream)
      remember(stream)
    },
  }
}
