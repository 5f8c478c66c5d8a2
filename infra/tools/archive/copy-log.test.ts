import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RetryableError } from '../../../domain/errors.ts'
import {
  allEvents,
  freshStream,
  someEvent,
  someEvents,
} from '../../../domain/event-log/event-log.testing.ts'
import type { EventLog } from '../../../domain/event-log/event-log.ts'
import { type EventStoreDouble, startEventStoreDouble } from '../../eventstoredb/double.testing.ts'
import { createEventStoreLog } from '../../eventstoredb/event-log.ts'
import { createMemoryEventLog } from '../../memory/event-log.testing.ts'
import {
  describeOnEachDatabase,
  type TestDatabase,
  testDatabase,
} from '../../postgres/database.testing.ts'
import {
  createPostgresEventLog,
  type PostgresEventLog,
} from '../../postgres/event-log/event-log.ts'
import { migrateEventLog } from '../../postgres/event-log/schema.ts'
import { LogsDiffer } from './append-run.ts'
import { anyScript, factsOf, play, streamFacts } from './archive.testing.ts'
import { type CopyProgress, copyLog } from './copy-log.ts'

describeOnEachDatabase('a copy', (kind) => {
  let db: TestDatabase
  let log: PostgresEventLog
  beforeAll(async () => {
    db = await testDatabase(kind)
    await migrateEventLog(db.pool)
    log = createPostgresEventLog(db.pool)
  })
  afterAll(async () => {
    await log.close()
    await db.close()
  })

  it('holds the same facts at the same revisions in the same order, there and back', async () => {
    await fc.assert(
      fc.asyncProperty(anyScript, async (script) => {
        const [origin, back] = [createMemoryEventLog(), createMemoryEventLog()]
        const streams = await play(origin, script)
        const there = await copyLog(origin, log)
        const home = await copyLog(log, back)
        expect(there).toMatchObject({
          streams: streams.length,
          events: (await origin.logHead()) + 1,
          trimmed: [],
        })
        expect(there.appended).toBe(there.events)
        expect(home.events).toBe((await log.logHead()) + 1)
        expect(await factsOf(log, streams)).toEqual(await factsOf(origin, streams))
        expect(await factsOf(back, streams)).toEqual(await factsOf(origin, streams))
        expect((await copyLog(origin, back)).checksum).toBe(there.checksum)
      }),
      { numRuns: 12 },
    )
  })

  it('of a log does not begin in one that holds another history of its world', async () => {
    const [one, other] = [createMemoryEventLog(), createMemoryEventLog()]
    const stream = freshStream('world')
    for (const each of [one, other]) await each.append(stream, 'no-stream', someEvents(3))
    await one.append('command-1', 'no-stream', someEvents(1))
    const commands = { streams: { kind: 'category', category: 'command' } } as const
    await expect(copyLog(one, other, commands)).rejects.toThrow('Nothing was copied')
    expect(await other.logHead()).toBe(2)
  })

  it("leaves a client's position good: what follows it is the same on either log", async () => {
    const origin = createMemoryEventLog()
    const stream = freshStream('world')
    await origin.append('other-1', 'no-stream', someEvents(7))
    await origin.append(stream, 'no-stream', someEvents(700))
    await origin.append(stream, 699, someEvents(500, 700))
    await copyLog(origin, log, { streams: { kind: 'stream', stream } })
    for (const position of [-1, 0, 498, 499, 698, 1_198, 1_199]) {
      const after = async (of: EventLog) =>
        (await allEvents(of.readStream(stream, { from: position + 1 }))).map(({ id, revision }) => [
          id,
          revision,
        ])
      expect(await after(log)).toEqual(await after(origin))
      const followed: number[] = []
      for await (const message of log.subscribe(stream, position, new AbortController().signal)) {
        if (message.kind === 'caughtUp') break
        followed.push(...message.events.map(({ revision }) => revision))
      }
      expect(followed).toEqual((await after(origin)).map(([, revision]) => revision))
    }
    expect(await log.head('other-1')).toBeNull()
  })
})

/** Each of the other logs beside EventStoreDB: a system moves there, and back. */
describeOnEachDatabase('a copy between EventStoreDB and a database', (kind) => {
  let db: TestDatabase
  let double: EventStoreDouble
  let eventStore: EventLog
  let database: PostgresEventLog
  beforeAll(async () => {
    ;[db, double] = await Promise.all([testDatabase(kind), startEventStoreDouble()])
    await migrateEventLog(db.pool)
    database = createPostgresEventLog(db.pool)
    eventStore = createEventStoreLog(double.connectionString)
  })
  afterAll(async () => {
    await Promise.all([database.close(), eventStore.close()])
    await Promise.all([db.close(), double.close()])
  })

  it('is verified by one checksum on every log of the way, and holds the same facts', async () => {
    await fc.assert(
      fc.asyncProperty(anyScript, async (script) => {
        const [origin, back] = [createMemoryEventLog(), createMemoryEventLog()]
        const streams = await play(origin, script)
        const there = await copyLog(origin, eventStore)
        expect(there.appended).toBe((await origin.logHead()) + 1)
        for (const stream of streams) {
          const only = { streams: { kind: 'stream', stream } } as const
          const { checksum } = await copyLog(origin, createMemoryEventLog(), only)
          expect((await copyLog(eventStore, database, only)).checksum).toBe(checksum)
          expect((await copyLog(database, eventStore, only)).appended).toBe(0)
          expect((await copyLog(eventStore, back, only)).checksum).toBe(checksum)
          for (const copy of [eventStore, database, back])
            expect(await streamFacts(copy, stream)).toEqual(await streamFacts(origin, stream))
        }
      }),
      { numRuns: 6 },
    )
  })

  it("leaves a client's position good: what follows it is the same on every log", async () => {
    const stream = freshStream('world')
    const only = { streams: { kind: 'stream', stream } } as const
    await eventStore.append('other-1', 'no-stream', someEvents(7))
    await eventStore.append(stream, 'no-stream', someEvents(700))
    await eventStore.append(stream, 699, someEvents(500, 700))
    const memory = createMemoryEventLog()
    await copyLog(eventStore, database, only)
    await copyLog(database, memory, only)
    for (const position of [-1, 0, 498, 499, 699, 1_198, 1_199]) {
      const expected = await followedFrom(eventStore, stream, position)
      expect(expected.length).toBe(1_199 - position)
      expect(await followedFrom(database, stream, position)).toEqual(expected)
      expect(await followedFrom(memory, stream, position)).toEqual(expected)
    }
  })
})

/** What a client that was at `position` is given until it has caught up. */
const followedFrom = async (
  log: EventLog,
  stream: string,
  position: number,
): Promise<readonly unknown[]> => {
  const followed: unknown[] = []
  for await (const message of log.subscribe(stream, position, new AbortController().signal)) {
    if (message.kind === 'caughtUp') break
    followed.push(...message.events.map(({ id, revision }) => [id, revision]))
  }
  return followed
}

/** A log whose k-th append fails, before or after it has taken place. */
const failingAt = (log: EventLog, k: number, when: 'before' | 'after'): EventLog => {
  let appends = 0
  return {
    ...log,
    append: async (...given) => {
      appends += 1
      if (appends === k && when === 'before') throw new RetryableError('cut')
      const outcome = await log.append(...given)
      if (appends === k) throw new RetryableError('cut')
      return outcome
    },
  }
}

describe('a copy that was cut off', () => {
  it.each(['before', 'after'] as const)(
    '%s any append was acknowledged goes on where it stopped',
    async (when) => {
      const origin = createMemoryEventLog()
      const streams = await play(origin, fc.sample(anyScript, { numRuns: 1, seed: 7 })[0] ?? [])
      await origin.append('long-1', 'no-stream', someEvents(1_200))
      const whole = await copyLog(origin, createMemoryEventLog())
      for (let k = 1; ; k += 1) {
        const target = createMemoryEventLog()
        const first = await copyLog(origin, failingAt(target, k, when)).catch(
          (error: unknown) => error,
        )
        if (!(first instanceof RetryableError)) {
          expect(k).toBeGreaterThan(4)
          return
        }
        const before = (await target.logHead()) + 1
        const again = await copyLog(origin, target)
        expect(again).toEqual({ ...whole, appended: whole.events - before })
        expect(await factsOf(target, streams)).toEqual(await factsOf(origin, streams))
      }
    },
  )

  it('goes on behind events that were appended to the original in between', async () => {
    const [origin, target] = [createMemoryEventLog(), createMemoryEventLog()]
    const stream = freshStream()
    await origin.append(stream, 'no-stream', someEvents(30))
    await copyLog(origin, target)
    await origin.append(stream, 29, someEvents(30, 30))
    expect(await copyLog(origin, target)).toMatchObject({ events: 60, appended: 30 })
    expect(await streamFacts(target, stream)).toEqual(await streamFacts(origin, stream))
  })

  it('stops when it is told to', async () => {
    const origin = createMemoryEventLog()
    await origin.append(freshStream(), 'no-stream', someEvents(3))
    const signal = AbortSignal.abort(new Error('stopped'))
    await expect(copyLog(origin, createMemoryEventLog(), { signal })).rejects.toThrow('stopped')
  })
})

describe('a copy into a log that holds something else', () => {
  const stream = freshStream()
  const events = someEvents(10)
  const attempt = async (held: readonly ReturnType<typeof someEvent>[]): Promise<unknown> => {
    const [origin, target] = [createMemoryEventLog(), createMemoryEventLog()]
    await origin.append(stream, 'no-stream', events)
    await target.append(stream, 'no-stream', held)
    return copyLog(origin, target).catch((error: unknown) => error)
  }

  it('is refused when other events stand in their place', async () => {
    expect(await attempt(someEvents(4))).toBeInstanceOf(LogsDiffer)
    expect(await attempt(someEvents(12))).toBeInstanceOf(LogsDiffer)
    expect(await attempt([...events.slice(0, 3), someEvent()])).toBeInstanceOf(LogsDiffer)
  })

  it('is found out by its checksum when ids are equal and content is not', async () => {
    const forged = events.map((event, at) =>
      at === 3 ? { ...event, data: { number: 99 } } : event,
    )
    expect(await attempt(forged)).toMatchObject({
      name: 'LogsDiffer',
      message: expect.stringContaining(`${stream} has other content`),
    })
  })

  it('is found out when the target goes on beyond the original', async () => {
    expect(await attempt([...events, someEvent()])).toMatchObject({
      name: 'LogsDiffer',
      message: expect.stringContaining('has 11 events instead of 10'),
    })
  })

  it('does not mind streams that the original does not know', async () => {
    const [origin, target] = [createMemoryEventLog(), createMemoryEventLog()]
    await origin.append(stream, 'no-stream', events)
    await target.append(freshStream(), 'no-stream', someEvents(3))
    expect(await copyLog(origin, target)).toMatchObject({ streams: 1, events: 10, appended: 10 })
  })
})

it('a copy leaves behind streams whose first events are gone, and names them', async () => {
  const [origin, target] = [createMemoryEventLog(), createMemoryEventLog()]
  await origin.append('telemetry-1', 'no-stream', someEvents(5))
  await origin.append('kept-1', 'no-stream', someEvents(2))
  const trimmed: EventLog = {
    ...origin,
    readAll: async (options) =>
      (await origin.readAll(options)).filter(
        ({ stream, revision }) => stream !== 'telemetry-1' || revision > 2,
      ),
  }
  expect(await copyLog(trimmed, target)).toMatchObject({
    streams: 1,
    events: 2,
    trimmed: ['telemetry-1'],
  })
  expect(await target.head('telemetry-1')).toBeNull()
})

it('a copy tells how far it is, never backwards, and ends at the whole', async () => {
  const origin = createMemoryEventLog()
  for (let count = 0; count < 5; count += 1)
    await origin.append(freshStream(), 'no-stream', someEvents(3))
  const told: CopyProgress[] = []
  await copyLog(origin, createMemoryEventLog(), { progress: (progress) => told.push(progress) })
  for (const phase of ['copying', 'verifying'] as const) {
    const shares = told.filter((progress) => progress.phase === phase).map(({ share }) => share)
    expect(shares).toEqual(shares.toSorted((a, b) => a - b))
    expect(shares.at(-1)).toBe(1)
  }
})
