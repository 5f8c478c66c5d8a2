/**
 * What the adapter rests on, asked of a server through the bare client library: reads and
 * subscriptions.
 */
import { randomUUID } from 'node:crypto'
import {
  BACKWARDS,
  END,
  EventStoreDBClient,
  FORWARDS,
  NO_STREAM,
  type Position,
  START,
  type StreamingRead,
  streamNameFilter,
} from '@eventstore/db-client'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { newEvents } from './server-rules.contract.ts'
import type { TestServer } from './servers.testing.ts'

type Resolved = Readonly<{
  event?: { revision: bigint; streamId: string; type: string; position?: Position }
}>

const eventsOf = async (
  read: AsyncIterable<Resolved>,
): Promise<readonly NonNullable<Resolved['event']>[]> => {
  const events = []
  for await (const { event } of read) if (event !== undefined) events.push(event)
  return events
}

/**
 * The first `count` events of a subscription, and whether it said before the last that it had
 * caught up.
 */
const taken = async (
  subscription: AsyncIterable<Resolved> & { unsubscribe: () => Promise<void> },
  count: number,
) => {
  const events = []
  for await (const { event } of subscription) {
    if (event !== undefined) events.push(event)
    if (events.length === count) break
  }
  await subscription.unsubscribe()
  return events
}

/** The first event of a stream that a subscription to the whole log gives; `saw` is told of each. */
const takenOf = async (
  subscription: AsyncIterable<Resolved> & { unsubscribe: () => Promise<void> },
  stream: string,
  saw: (event: NonNullable<Resolved['event']>) => void,
) => {
  let found: Resolved['event']
  for await (const { event } of subscription) {
    if (event !== undefined) saw(event)
    if (event?.streamId !== stream) continue
    found = event
    break
  }
  await subscription.unsubscribe()
  return found
}

/** Others may use the same server: so many events of theirs may lie between a write and a read. */
const OTHERS_EVENTS_MAX = 1_000

export const describeReadRules = ({ connectionString }: TestServer): void => {
  let client: EventStoreDBClient
  const stream = `reads-${randomUUID()}`
  const positions: Position[] = []
  beforeAll(async () => {
    client = EventStoreDBClient.connectionString(connectionString())
    await client.appendToStream(stream, newEvents(10), { expectedRevision: NO_STREAM })
    for (const { position } of await eventsOf(client.readStream(stream)))
      if (position !== undefined) positions.push(position)
  })
  afterAll(() => client.dispose())

  const revisions = async (read: StreamingRead<Resolved>): Promise<readonly number[]> =>
    (await eventsOf(read)).map(({ revision }) => Number(revision))
  const at = (index: number): Position => positions[index] ?? { commit: -1n, prepare: -1n }

  it('reads a stream from a revision, included, and nothing beyond its end', async () => {
    expect(await revisions(client.readStream(stream, { fromRevision: 7n }))).toEqual([7, 8, 9])
    expect(await revisions(client.readStream(stream, { fromRevision: 2n, maxCount: 2 }))).toEqual([
      2, 3,
    ])
    expect(await revisions(client.readStream(stream, { fromRevision: 1_000n }))).toEqual([])
  })

  it('reads backwards from the end, or from the last event where the revision is beyond it', async () => {
    const back = { direction: BACKWARDS, maxCount: 2 } as const
    expect(await revisions(client.readStream(stream, { ...back, fromRevision: END }))).toEqual([
      9, 8,
    ])
    expect(await revisions(client.readStream(stream, { ...back, fromRevision: 99n }))).toEqual([
      9, 8,
    ])
    expect(await revisions(client.readStream(stream, back))).toEqual([0]) // it begins at the start
  })

  it('fails on a missing stream, on no events at all, and forwards from the end', async () => {
    const missing = { type: 'stream-not-found' }
    await expect(eventsOf(client.readStream(`reads-${randomUUID()}`))).rejects.toMatchObject(
      missing,
    )
    await expect(eventsOf(client.readStream(stream, { maxCount: 0 }))).rejects.toMatchObject({
      type: 'unknown',
    })
    await expect(eventsOf(client.readStream(stream, { fromRevision: END }))).rejects.toMatchObject({
      type: 'unknown',
    })
  })

  it('reads the log from a position, included forwards and excluded backwards', async () => {
    const forwards = await eventsOf(
      client.readAll({ direction: FORWARDS, fromPosition: at(4), maxCount: 2 }),
    )
    expect(forwards.map(({ position }) => position)).toEqual([at(4), at(5)])
    const backwards = await eventsOf(
      client.readAll({ direction: BACKWARDS, fromPosition: at(4), maxCount: 2 }),
    )
    expect(backwards.map(({ position }) => position)).toEqual([at(3), at(2)])
    const [last] = await eventsOf(
      client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 1 }),
    )
    expect(last?.position?.commit).toBeGreaterThanOrEqual(at(9).commit)
  })

  it('refuses a position at which no event lies', async () => {
    const between = { commit: at(4).commit + 1n, prepare: at(4).prepare + 1n }
    await expect(eventsOf(client.readAll({ fromPosition: between }))).rejects.toThrow(
      /ReadAllResult/,
    )
    const subscription = client.subscribeToAll({ fromPosition: between })
    await expect(eventsOf(subscription)).rejects.toThrow(/invalid position|thrown by handler/)
  })

  it('subscribes to a stream from behind a revision, also before the stream is there', async () => {
    expect(
      (await taken(client.subscribeToStream(stream, { fromRevision: 6n }), 3)).map(
        ({ revision }) => revision,
      ),
    ).toEqual([7n, 8n, 9n])
    const later = `reads-${randomUUID()}`
    const coming = taken(client.subscribeToStream(later), 2)
    await client.appendToStream(later, newEvents(2))
    expect((await coming).map(({ streamId }) => streamId)).toEqual([later, later])
  })

  it('subscribes to the log from behind a position, by names, and says in between that it has caught up', async () => {
    const signs: string[] = []
    const filter = streamNameFilter({
      prefixes: [stream],
      checkpointReached: () => void signs.push('checkpoint'),
    })
    const subscription = client.subscribeToAll({ fromPosition: at(7), filter })
    const caughtUp = Promise.withResolvers<void>()
    subscription.on('confirmation', () => signs.push('confirmation'))
    subscription.on('caughtUp', () => {
      signs.push('caughtUp')
      caughtUp.resolve()
    })
    const coming = taken(subscription, 4)
    await caughtUp.promise
    await client.appendToStream(`other-${randomUUID()}`, newEvents(1))
    await client.appendToStream(stream, newEvents(2))
    expect((await coming).map(({ revision }) => revision)).toEqual([8n, 9n, 10n, 11n])
    expect(signs.filter((sign) => sign !== 'checkpoint').slice(0, 2)).toEqual([
      'confirmation',
      'caughtUp',
    ])
  })

  it('tells by checkpoints that it goes on searching, long before it has caught up', async () => {
    await client.appendToStream(`reads-${randomUUID()}`, newEvents(200))
    const checkpoints: bigint[] = []
    const signs: string[] = []
    const filter = streamNameFilter({
      prefixes: [`none-${randomUUID()}`],
      checkpointReached: (_, { commit }) => {
        checkpoints.push(commit)
        signs.push('checkpoint')
      },
    })
    const subscription = client.subscribeToAll({ fromPosition: at(0), filter })
    const caughtUp = Promise.withResolvers<void>()
    subscription.on('caughtUp', () => {
      signs.push('caughtUp')
      caughtUp.resolve()
    })
    subscription.on('data', () => {})
    await caughtUp.promise
    await subscription.unsubscribe()
    expect(signs.indexOf('caughtUp')).toBeGreaterThanOrEqual(3)
    expect(checkpoints).toEqual(checkpoints.toSorted((a, b) => Number(a - b)))
  })

  it('takes a deleted stream for a missing one, which goes on counting, and fails on a tombstone', async () => {
    const [deleted, gone] = [`reads-${randomUUID()}`, `reads-${randomUUID()}`]
    for (const name of [deleted, gone])
      await client.appendToStream(name, newEvents(5), { expectedRevision: NO_STREAM })
    await client.deleteStream(deleted)
    await expect(eventsOf(client.readStream(deleted))).rejects.toMatchObject({
      type: 'stream-not-found',
    })
    const again = await client.appendToStream(deleted, newEvents(2), {
      expectedRevision: NO_STREAM,
    })
    expect(again).toMatchObject({ success: true, nextExpectedRevision: 6n })
    expect(await revisions(client.readStream(deleted))).toEqual([5, 6])

    await client.tombstoneStream(gone)
    const isGone = { type: 'stream-deleted', streamName: gone }
    await expect(eventsOf(client.readStream(gone))).rejects.toMatchObject(isGone)
    await expect(
      client.appendToStream(gone, newEvents(1), { expectedRevision: 4n }),
    ).rejects.toMatchObject(isGone)
    const newest = await eventsOf(
      client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: OTHERS_EVENTS_MAX }),
    )
    expect(newest.find(({ streamId }) => streamId === gone)).toMatchObject({
      type: '$streamDeleted',
      revision: 9_223_372_036_854_775_807n,
    })
  })

  it('tells a follower from the end only what comes later', async () => {
    const subscription = client.subscribeToAll({ fromPosition: END })
    const confirmed = Promise.withResolvers<void>()
    subscription.on('confirmation', confirmed.resolve)
    const later = `reads-${randomUUID()}`
    const seen: string[] = []
    const coming = takenOf(subscription, later, ({ streamId }) => seen.push(streamId))
    await confirmed.promise
    await client.appendToStream(later, newEvents(1))
    expect((await coming)?.revision).toBe(0n)
    expect(seen).not.toContain(stream)
  })

  it('keeps the newest events of a stream with a limit, and goes on counting', async () => {
    const limited = `reads-${randomUUID()}`
    await client.appendToStream(limited, newEvents(10))
    await client.setStreamMetadata(limited, { maxCount: 3 })
    expect(await revisions(client.readStream(limited))).toEqual([7, 8, 9])
    expect(
      await revisions(client.readStream(limited, { fromRevision: START, maxCount: 2 })),
    ).toEqual([7, 8])
    expect(
      await client.appendToStream(limited, newEvents(1), { expectedRevision: 9n }),
    ).toMatchObject({
      success: true,
    })
    expect(await revisions(client.readStream(limited))).toEqual([8, 9, 10])
  })
}
