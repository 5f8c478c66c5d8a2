import { EventStoreDBClient } from '@eventstore/db-client'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freshStream, someEvents } from '../../domain/event-log/event-log.testing.ts'
import { type StorableEvent, storableAppend } from '../../domain/event-log/storable-event.ts'
import { createBestEffortStreams } from './best-effort-streams.ts'
import { createEventStoreClient, type EventStoreClient } from './client.ts'
import { parseConnectionString } from './connection-string.ts'
import { describeOnEachServer } from './servers.testing.ts'

describeOnEachServer('A best-effort stream', ({ connectionString }) => {
  let client: EventStoreClient
  beforeAll(() => {
    client = createEventStoreClient(parseConnectionString(connectionString()), {
      appendMsMax: 10_000,
      readIdleMsMax: 10_000,
    })
  })
  afterAll(() => client.close())

  const storable = (stream: string, count: number): readonly StorableEvent[] =>
    storableAppend(stream, 'no-stream', someEvents(count))

  /** The client, with something that others do just before each declaration arrives. */
  const interrupted = (others: (stream: string) => Promise<unknown>): EventStoreClient => ({
    ...client,
    append: async (stream, expected, events) => {
      if (stream.startsWith('$$')) await others(stream.slice(2))
      return client.append(stream, expected, events)
    },
  })

  it('is not made of a stream whose first event comes just before the declaration', async () => {
    const stream = freshStream()
    let isFirst = true
    const streams = createBestEffortStreams(
      interrupted(async () => {
        if (isFirst) await client.append(stream, 'no-stream', storable(stream, 3))
        isFirst = false
      }),
    )
    await expect(streams.limitStream(stream, { eventsMax: 2 })).rejects.toThrow('kept for good')
    expect(await streams.retention(stream)).toBeNull()
    await expect(streams.refuseOther(stream)).rejects.toThrow('best-effort')
    const events = await client.readStream(stream, {
      direction: 'forwards',
      from: 0,
      eventsMax: 10,
    })
    expect(events).toHaveLength(3)
  })

  it('may be declared by several at once, and used in between', async () => {
    const stream = freshStream()
    const other = createBestEffortStreams(client)
    let isFirst = true
    const streams = createBestEffortStreams(
      interrupted(async () => {
        if (!isFirst) return
        isFirst = false
        await other.limitStream(stream, { eventsMax: 5 })
        await client.append(stream, 'any', storable(stream, 3))
      }),
    )
    await streams.limitStream(stream, { eventsMax: 2 })
    expect(await other.retention(stream)).toEqual({ eventsMax: 2 })
  })

  it('keeps what else an operator has set, and is not made of a stream that was deleted', async () => {
    const operator = EventStoreDBClient.connectionString(connectionString())
    const [stream, deleted] = [freshStream(), freshStream()]
    const streams = createBestEffortStreams(client)
    await operator.setStreamMetadata(stream, { owner: 'operations' })
    await streams.limitStream(stream, { ageSecondsMax: 60 })
    expect((await operator.getStreamMetadata(stream)).metadata).toMatchObject({
      owner: 'operations',
      maxAge: 60,
    })
    await client.append(deleted, 'no-stream', storable(deleted, 2))
    await operator.deleteStream(deleted)
    await expect(streams.limitStream(deleted, { eventsMax: 2 })).rejects.toThrow('kept for good')
    await operator.dispose()
  })
})
