/**
 * What the adapter rests on, asked of a server through the bare client library: the idempotency
 * table and the errors of appends, by both RPCs. The double and a real server run the same suite,
 * so that the double cannot drift.
 */
import { randomUUID } from 'node:crypto'
import {
  ANY,
  type AppendExpectedRevision,
  EventStoreDBClient,
  jsonEvent,
  NO_STREAM,
  STREAM_EXISTS,
} from '@eventstore/db-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NEVER, until } from '../../domain/waiting/pause.ts'
import type { TestServer } from './servers.testing.ts'

export const newEvents = (count: number, bytes = 0) =>
  Array.from({ length: count }, (_, index) =>
    jsonEvent({
      id: randomUUID(),
      type: 't',
      data: { n: index, ...(bytes > 0 ? { text: 'x'.repeat(bytes) } : {}) },
    }),
  )

/** Per-call credentials select the RPC of one call per append; without TLS they are not sent. */
const ROUTES = [
  ['batchAppend', {}],
  ['append', { credentials: { username: 'chosen', password: 'route' } }],
] as const

type Batch = ReturnType<typeof newEvents>

const inOrder = (batch: Batch, order: readonly number[]): Batch =>
  order.flatMap((index) => batch.slice(index, index + 1))

/** Replies take milliseconds; the library's own deadline, by which it gives up, is ten seconds. */
const NO_REPLY_MS = 2_000

export const describeAppendRules = ({ connectionString }: TestServer): void => {
  let client: EventStoreDBClient
  beforeAll(() => {
    client = EventStoreDBClient.connectionString(connectionString())
  })
  afterAll(() => client.dispose())

  const storedIds = async (stream: string): Promise<readonly string[]> => {
    const ids: string[] = []
    for await (const { event } of client.readStream(stream))
      if (event !== undefined) ids.push(event.id)
    return ids
  }
  const positionOf = async (stream: string, fromRevision: bigint): Promise<bigint | undefined> => {
    let position: bigint | undefined
    const read = client.readStream(stream, { fromRevision, maxCount: 1 })
    // To its end, or it is kept for ever.
    for await (const { event } of read) position = event?.position?.commit
    return position
  }
  const idsOf = (batch: Batch): readonly string[] => batch.map(({ id }) => id)

  it('answers a repeat that takes the other way as one that takes the same', async () => {
    const [stream, batch] = [`rules-${randomUUID()}`, newEvents(3)]
    const one = { ...ROUTES[0][1], expectedRevision: NO_STREAM } as const
    const other = { ...ROUTES[1][1], expectedRevision: NO_STREAM } as const
    const first = await client.appendToStream(stream, batch, one)
    expect(await client.appendToStream(stream, batch, other)).toEqual(first)
    expect(await client.appendToStream(stream, batch, one)).toEqual(first)
  })

  describe.each(ROUTES)('by %s', (_, route) => {
    const appendTo = (stream: string, batch: Batch, expectedRevision: AppendExpectedRevision) =>
      client.appendToStream(stream, batch, { ...route, expectedRevision })
    const A = newEvents(5)
    const extra = newEvents(2)
    const changed = A.map((event) => ({ ...event, type: 'changed', data: { n: -1 } }))
    type Row = readonly [string, Batch, AppendExpectedRevision, bigint | 'wrong', Batch]

    it.each<Row>([
      ['the batch again', A, NO_STREAM, 4n, A],
      ['a prefix of it', A.slice(0, 3), NO_STREAM, 2n, A],
      ['it and two more', [...A, ...extra], NO_STREAM, 'wrong', A],
      ['its last two', A.slice(3), NO_STREAM, 'wrong', A],
      ['its last two where they stand', A.slice(3), 2n, 4n, A],
      [
        'its last two where they stand and one more',
        [...A.slice(3), ...extra.slice(1)],
        2n,
        'wrong',
        A,
      ],
      ['its ids with other types and data', changed, NO_STREAM, 4n, A],
      ['it reversed', A.toReversed(), NO_STREAM, 'wrong', A],
      ['it at the current revision', A, 4n, 9n, [...A, ...A]],
      ['it in the middle', A, 1n, 'wrong', A],
      ['it beyond the end', A, 9n, 'wrong', A],
    ])('answers %s as observed', async (_row, batch, expectedRevision, outcome, stored) => {
      const stream = `rules-${randomUUID()}`
      const first = await appendTo(stream, A, NO_STREAM)
      expect(first).toMatchObject({ success: true, nextExpectedRevision: 4n })
      expect(first.position?.commit).toBe(first.position?.prepare)
      if (outcome === 'wrong') {
        await expect(appendTo(stream, batch, expectedRevision)).rejects.toMatchObject({
          type: 'wrong-expected-version',
          streamName: stream,
          expectedVersion: expectedRevision,
          actualVersion: 4n,
          message: '',
        })
      } else {
        const again = await appendTo(stream, batch, expectedRevision)
        expect(again).toMatchObject({ success: true, nextExpectedRevision: outcome })
        if (outcome <= 4n) expect(again.position?.commit).toBe(await positionOf(stream, outcome))
        if (outcome === 4n) expect(again.position).toEqual(first.position)
      }
      expect(await storedIds(stream)).toEqual(idsOf(stored))
      const data = client.readStream<{ type: string; data: { n: number } }>(stream, { maxCount: 1 })
      // The old contents.
      for await (const { event } of data) expect(event).toMatchObject({ type: 't', data: { n: 0 } })
    })

    it('answers a repeat behind later events with its own revision and position', async () => {
      const stream = `rules-${randomUUID()}`
      const [one, two] = [newEvents(5), newEvents(2)]
      const first = await appendTo(stream, one, NO_STREAM)
      const second = await appendTo(stream, two, 4n)
      expect(await appendTo(stream, one, NO_STREAM)).toEqual(first)
      expect(await appendTo(stream, two, 4n)).toEqual(second)
      expect(await appendTo(stream, one, ANY)).toEqual(first)
    })

    it('knows an append without a revision again only by ids that it remembers', async () => {
      const stream = `rules-${randomUUID()}`
      const [old, other] = [newEvents(3), newEvents(3)]
      const first = await appendTo(stream, old, ANY)
      expect(await appendTo(stream, old, ANY)).toEqual(first)
      expect(await appendTo(stream, old, STREAM_EXISTS)).toEqual(first)
      const mixed = appendTo(stream, [...old.slice(0, 1), ...other.slice(0, 1)], ANY)
      await expect(mixed).rejects.toMatchObject({ expectedVersion: 'any', actualVersion: 2n })
      for (const [order, revision] of [
        [[1, 2, 0], 0n],
        [[0, 2], 2n],
        [[2, 1], 1n],
      ] as const)
        expect(await appendTo(stream, inOrder(old, order), ANY)).toMatchObject({
          success: true,
          nextExpectedRevision: revision,
        })
      const newFirst = [...other.slice(0, 1), ...old.slice(0, 1)]
      expect(await appendTo(stream, newFirst, ANY)).toMatchObject({ nextExpectedRevision: 4n })
      expect(await storedIds(stream)).toEqual(idsOf([...old, ...newFirst]))
    })

    it('gets no reply to known ids in an order whose last stands further before its first', async () => {
      const stream = `rules-${randomUUID()}`
      const old = newEvents(3)
      await appendTo(stream, old, ANY)
      for (const order of [
        [2, 1, 0],
        [2, 0],
      ]) {
        const reply = appendTo(stream, inOrder(old, order), ANY).catch((error: unknown) => error)
        await until(reply, NEVER, NO_REPLY_MS)
        // The way that has a deadline of its own ends by that, and is asked no sooner.
        expect(await Promise.race([reply, 'no reply'])).toBe('no reply')
      }
      expect(await storedIds(stream)).toEqual(idsOf(old))
      expect(await appendTo(stream, old, ANY)).toMatchObject({ nextExpectedRevision: 2n })
    })

    it('stores ids again in another stream, where only an exact expectation knows them', async () => {
      const [one, two] = [`rules-${randomUUID()}`, `rules-${randomUUID()}`]
      const batch = newEvents(3)
      await appendTo(one, batch, NO_STREAM)
      const second = await appendTo(two, batch, NO_STREAM)
      expect(await appendTo(two, batch, NO_STREAM)).toEqual(second)
      expect(await appendTo(two, batch, ANY)).toMatchObject({ nextExpectedRevision: 5n })
    })

    it('stores an id twice within a batch, and ids in lower case', async () => {
      const stream = `rules-${randomUUID()}`
      const [event] = newEvents(1)
      if (event === undefined) throw new Error('no event')
      const shouted = { ...event, id: event.id.toUpperCase() }
      expect(await appendTo(stream, [event, shouted], ANY)).toMatchObject({
        nextExpectedRevision: 1n,
      })
      expect(await storedIds(stream)).toEqual([event.id, event.id])
    })

    it('commits one of two equal appends that run at the same time, and the other never twice', async () => {
      const stream = `rules-${randomUUID()}`
      const batch = newEvents(4)
      const outcomes = await Promise.allSettled(
        [1, 2].map(() => appendTo(stream, batch, NO_STREAM)),
      )
      expect(outcomes.some(({ status }) => status === 'fulfilled')).toBe(true)
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected')
          expect(outcome.reason).toMatchObject({ type: 'deadline-exceeded' })
      }
      expect(await storedIds(stream)).toEqual(idsOf(batch))
      expect(await appendTo(stream, batch, NO_STREAM)).toMatchObject({ nextExpectedRevision: 3n })
    })

    it('says of a missing stream that there is none', async () => {
      const stream = `rules-${randomUUID()}`
      const missing = { type: 'wrong-expected-version', actualVersion: 'no_stream' }
      await expect(appendTo(stream, newEvents(1), 0n)).rejects.toMatchObject({
        ...missing,
        expectedVersion: 0n,
      })
      await expect(appendTo(stream, newEvents(1), STREAM_EXISTS)).rejects.toMatchObject(missing)
    })

    it('accepts a mebibyte of data beside any metadata, and nothing of what is one byte more', async () => {
      const [exact, over] = [1_048_576, 1_048_577].map((bytes) => {
        const [event] = newEvents(1, bytes - '{"n":0,"text":""}'.length)
        // An event is there.
        return [{ ...event, metadata: { text: 'x'.repeat(2_000_000) } }] as Batch
      })
      const stream = `rules-${randomUUID()}`
      await expect(appendTo(stream, over ?? [], NO_STREAM)).rejects.toMatchObject({
        type: 'maximum-append-size-exceeded',
        maxAppendSize: 1_048_576,
      })
      expect(await appendTo(stream, exact ?? [], NO_STREAM)).toMatchObject({
        nextExpectedRevision: 0n,
      })
    })

    it('lets a wrong expectation fail alone', async () => {
      const streams = Array.from({ length: 40 }, () => `rules-${randomUUID()}`)
      const outcomes = await Promise.allSettled(
        streams.map((stream, index) =>
          appendTo(stream, newEvents(2), index % 5 === 0 ? 7n : NO_STREAM),
        ),
      )
      expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(8)
    })
  })
}
