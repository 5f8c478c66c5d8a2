import { randomUUID } from 'node:crypto'
import { END, EventStoreDBClient } from '@eventstore/db-client'
import { expect, it } from 'vitest'
import { SLOW_SUBSCRIBER_BURST_EVENTS } from './double-reads.testing.ts'
import { createDoubleStore, type Proposed } from './double-store.testing.ts'
import { describeReadRules } from './server-reads.contract.ts'
import { describeAppendRules, newEvents } from './server-rules.contract.ts'
import { describeOnDouble, describeOnEachServer } from './servers.testing.ts'

describeOnEachServer('Appends', describeAppendRules)
describeOnEachServer('Reads and subscriptions', describeReadRules, ['23.10.6', '24.2.0'])

/** The timing of a real server decides when this happens to it; the double does it every time. */
describeOnDouble('A burst, on 23.10', '23.10.6', (double) => {
  it('cuts a live subscriber off, after a part without a gap', async () => {
    const client = EventStoreDBClient.connectionString(double().connectionString)
    const subscription = client.subscribeToAll({ fromPosition: END })
    const live = Promise.withResolvers<void>()
    subscription.on('caughtUp', live.resolve)
    const revisions: bigint[] = []
    const cut = (async () => {
      for await (const { event } of subscription)
        if (event !== undefined) revisions.push(event.revision)
    })()
    const failed = expect(cut).rejects.toMatchObject({
      type: 'timeout',
      code: 10,
      message: expect.stringContaining('too slow'),
    })
    await live.promise
    await client.appendToStream(`burst-${randomUUID()}`, newEvents(SLOW_SUBSCRIBER_BURST_EVENTS))
    await failed
    expect(revisions.length).toBeGreaterThan(0)
    expect(revisions).toEqual(revisions.map((_, index) => BigInt(index)))
    await client.dispose()
  })
})

describeOnDouble('A burst, on 24.2', '24.2.0', (double) => {
  it('makes a live subscriber catch up once more', async () => {
    const client = EventStoreDBClient.connectionString(double().connectionString)
    const subscription = client.subscribeToAll({ fromPosition: END })
    const signs = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    let told = 0
    subscription.on('caughtUp', () => signs[told++]?.resolve())
    subscription.on('data', () => {})
    await signs[0]?.promise
    await client.appendToStream(`burst-${randomUUID()}`, newEvents(SLOW_SUBSCRIBER_BURST_EVENTS))
    await signs[1]?.promise
    await subscription.unsubscribe()
    await client.dispose()
  })
})

it.each([
  [20, 91_171, 91_559],
  [100, 33_258, 33_647],
])(
  'forgets ids in streams with names of %i characters after %i to %i other events',
  (length, kept, forgotten) => {
    const text = (count: number): Proposed[] =>
      Array.from({ length: count }, () => ({
        id: randomUUID(),
        type: 't',
        contentType: 'application/json',
        data: new Uint8Array(),
        metadata: new Uint8Array(),
      }))
    const stream = 's'.repeat(length)
    const store = createDoubleStore()
    const batch = text(1)
    const isStoredAgainAfter = (others: number): boolean => {
      store.append(stream, 'any', text(others))
      const again = store.append(stream, 'any', batch)
      return again.kind === 'success' && again.revision > 0n
    }
    store.append(stream, 'any', batch)
    expect(isStoredAgainAfter(kept)).toBe(false)
    expect(isStoredAgainAfter(forgotten - kept)).toBe(true)
  },
)

it('forgets ids at a restart, but never where they stand', () => {
  const store = createDoubleStore()
  const event = {
    id: randomUUID(),
    type: 't',
    contentType: 'x',
    data: new Uint8Array(),
    metadata: new Uint8Array(),
  }
  store.append('s', 'no-stream', [event])
  store.forgetIds()
  expect(store.append('s', 'no-stream', [event])).toMatchObject({ kind: 'success', revision: 0n })
  expect(store.append('s', 'any', [event])).toMatchObject({ kind: 'success', revision: 1n })
})

const NOWHERE = 'esdb://127.0.0.1:1?tls=false'

it('is a plain error with a code to an append when there is no server, and an error with a type to a read', async () => {
  const client = EventStoreDBClient.connectionString(NOWHERE)
  const append = client.appendToStream('s', newEvents(1)).catch((error: unknown) => error)
  expect(await append).toMatchObject({ code: 14 })
  expect(await append).not.toHaveProperty('type')
  const read = client.readStream('s')
  await expect(read[Symbol.asyncIterator]().next()).rejects.toMatchObject({
    type: 'unavailable',
    code: 14,
  })
})
