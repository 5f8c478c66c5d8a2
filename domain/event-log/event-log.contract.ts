/**
 * What every event log does. Adapters run this suite on a log of their own; it uses fresh streams
 * and categories, so one log serves all its tests and may already hold other events.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FatalError } from '../errors.ts'
import { describeAppends, describeExactness } from './appends.contract.ts'
import {
  allEvents,
  asGiven,
  freshCategory,
  freshStream,
  someEvent,
  someEvents,
} from './event-log.testing.ts'
import type { EventLog, RecordedEvent } from './event-log.ts'
import { describeIdempotency, describeModel } from './idempotency.contract.ts'
import { describeRetention } from './retention.contract.ts'
import { describeSubscriptions } from './subscriptions.contract.ts'

/** Others may append to the same storage meanwhile, so the end is further off than what was written. */
const PAGES_MAX = 1_000

/**
 * Runs the contract. `openLog` may be called several times; whether its logs share a storage does
 * not matter.
 */
export const describeEventLog = (name: string, openLog: () => Promise<EventLog>): void => {
  describe(`${name} as an event log`, () => {
    let log: EventLog
    beforeAll(async () => {
      log = await openLog()
    })
    afterAll(() => log.close())
    const opened = (): EventLog => log

    describe('appends', () => describeAppends(opened))
    describe('recognises repeated appends', () => describeIdempotency(opened))
    describe('keeps facts exactly', () => describeExactness(opened))
    describe('reads', () => describeReads(opened))
    describe('calls', () => describeBounds(opened))
    describe('orders concurrent writers', () => describeConcurrency(opened))
    describe('behaves like a list of lists', () => describeModel(opened))
    describe('best-effort streams', () => describeRetention(opened))
    describe('subscriptions', () => describeSubscriptions(opened, openLog))
  })
}

const describeReads = (log: () => EventLog): void => {
  const stream = freshStream()
  const count = 2_300
  const revisions = async (
    options: Parameters<EventLog['readStream']>[1],
  ): Promise<readonly number[]> =>
    (await allEvents(log().readStream(stream, options))).map(({ revision }) => revision)
  const range = (from: number, to: number): readonly number[] =>
    Array.from({ length: Math.abs(to - from) + 1 }, (_, index) =>
      to < from ? from - index : from + index,
    )

  beforeAll(async () => {
    for (let written = 0; written < count; written += 460) {
      await log().append(
        stream,
        written === 0 ? 'no-stream' : written - 1,
        someEvents(460, written),
      )
    }
  })

  it('forwards by pages, in order', async () => {
    const pages: number[] = []
    for await (const page of log().readStream(stream)) pages.push(page.length)
    expect(pages.length).toBeGreaterThan(1)
    expect(pages.every((length) => length > 0)).toBe(true)
    expect(await revisions({})).toEqual(range(0, count - 1))
  })

  it('backwards from the end', async () => {
    expect(await revisions({ direction: 'backwards' })).toEqual(range(count - 1, 0))
    expect(await revisions({ direction: 'backwards', limit: 1 })).toEqual([count - 1])
  })

  it('from a revision on, up to a limit, over page boundaries', async () => {
    expect(await revisions({ from: 700, limit: 1_500 })).toEqual(range(700, 2_199))
    expect(await revisions({ from: 1_999, limit: 1_500, direction: 'backwards' })).toEqual(
      range(1_999, 500),
    )
    expect(await revisions({ from: 3, limit: 10, direction: 'backwards' })).toEqual([3, 2, 1, 0])
    expect(await revisions({ from: count - 1 })).toEqual([count - 1])
  })

  it('nothing beyond the end forwards, and from the last one backwards', async () => {
    expect(await revisions({ from: count })).toEqual([])
    expect(await revisions({ from: count + 1_000_000_000_000 })).toEqual([])
    expect(await revisions({ from: count + 5, direction: 'backwards', limit: 2 })).toEqual([
      count - 1,
      count - 2,
    ])
  })

  it('nothing for a limit of 0', async () => {
    expect(await revisions({ limit: 0 })).toEqual([])
    expect(await revisions({ limit: 0, direction: 'backwards' })).toEqual([])
  })

  it.each([{ from: -1 }, { limit: -1 }, { from: 0.5 }, { limit: Number.NaN }])(
    'refuses %j',
    async (options) => {
      await expect(revisions(options)).rejects.toThrow(FatalError)
    },
  )

  it('nothing of a missing stream', async () => {
    const missing = freshStream()
    expect(await allEvents(log().readStream(missing))).toEqual([])
    expect(await allEvents(log().readStream(missing, { direction: 'backwards' }))).toEqual([])
    expect(await log().head(missing)).toBeNull()
  })

  it('a category in log order, by pages, without its neighbours', async () => {
    const category = freshCategory()
    const [one, two] = [freshStream(category), freshStream(category)]
    await log().append(one, 'no-stream', someEvents(3, 0))
    await log().append(`${category}x-1`, 'no-stream', someEvents(1, 90))
    await log().append(category, 'no-stream', someEvents(1, 91))
    await log().append(two, 'no-stream', someEvents(2, 3))
    await log().append(freshStream(), 'no-stream', someEvents(4, 92))
    await log().append(one, 2, someEvents(2, 5))
    const read: number[] = []
    let afterLogPosition = -1
    for (let page = 0; page < 10; page += 1) {
      const events = await log().readCategory(category, { afterLogPosition, limit: 2 })
      if (events.length === 0) break
      read.push(...events.map(({ data }) => Number(data.number)))
      afterLogPosition = events.at(-1)?.logPosition ?? afterLogPosition
    }
    expect(read).toEqual([0, 1, 2, 3, 4, 5, 6])
    const tail = await log().readCategory(category, { afterLogPosition, limit: 10 })
    expect(tail).toEqual([])
  })

  it('the whole log in log order, by pages, from after its head', async () => {
    const before = await log().logHead()
    const [one, two] = [freshStream(), freshStream(freshCategory())]
    const isOurs = ({ stream }: RecordedEvent): boolean => stream === one || stream === two
    await log().append(one, 'no-stream', someEvents(3, 0))
    await log().append(two, 'no-stream', someEvents(2, 3))
    await log().append(one, 2, someEvents(2, 5))
    const all: RecordedEvent[] = []
    for (let page = 0; page < PAGES_MAX; page += 1) {
      const events = await log().readAll({
        afterLogPosition: all.at(-1)?.logPosition ?? before,
        limit: 3,
      })
      if (events.length === 0) break
      expect(events.length).toBeLessThanOrEqual(3)
      all.push(...events)
    }
    const read = all.filter(isOurs)
    expect(read.map(({ data }) => data.number)).toEqual([0, 1, 2, 3, 4, 5, 6])
    expect(read.map(({ stream, revision }) => [stream, revision])).toEqual([
      ...[0, 1, 2].map((revision) => [one, revision]),
      ...[0, 1].map((revision) => [two, revision]),
      ...[3, 4].map((revision) => [one, revision]),
    ])
    expect(await log().logHead()).toBeGreaterThanOrEqual(
      read.at(-1)?.logPosition ?? Number.POSITIVE_INFINITY,
    )
    const rest = await log().readAll({ afterLogPosition: await log().logHead(), limit: 3 })
    expect(rest.filter(isOurs)).toEqual([])
    await expect(log().readAll({ afterLogPosition: -1, limit: -1 })).rejects.toThrow(FatalError)
  })

  it('nothing of an unknown category', async () => {
    expect(await log().readCategory(freshCategory(), { afterLogPosition: -1, limit: 10 })).toEqual(
      [],
    )
    expect(await log().readCategory('%', { afterLogPosition: -1, limit: 10 })).toEqual([])
  })
}

const describeBounds = (log: () => EventLog): void => {
  const { signal } = new AbortController()
  const first = async (messages: () => AsyncIterable<unknown>): Promise<void> => {
    for await (const _ of messages()) return
  }

  it.each(['', '$all', '$$thing-1', 'a-\0', 'a-\ud83d', 'x'.repeat(70_000)])(
    'refuse %j as a stream',
    async (stream) => {
      await expect(log().head(stream)).rejects.toThrow(FatalError)
      await expect(log().retention(stream)).rejects.toThrow(FatalError)
      await expect(allEvents(log().readStream(stream))).rejects.toThrow(FatalError)
      await expect(allEvents(log().readStream(stream, { direction: 'backwards' }))).rejects.toThrow(
        FatalError,
      )
      await expect(first(() => log().subscribe(stream, -1, signal))).rejects.toThrow(FatalError)
    },
  )

  it.each([-2, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])(
    'refuse to begin after %d',
    async (after) => {
      await expect(
        log().readCategory('thing', { afterLogPosition: after, limit: 1 }),
      ).rejects.toThrow(FatalError)
      await expect(log().readAll({ afterLogPosition: after, limit: 1 })).rejects.toThrow(FatalError)
      await expect(first(() => log().subscribe(freshStream(), after, signal))).rejects.toThrow(
        FatalError,
      )
      await expect(first(() => log().subscribeCategory('thing', after, signal))).rejects.toThrow(
        FatalError,
      )
    },
  )

  it.each(['', 'a-b', 'a\0'])('refuse %j as a category', async (category) => {
    await expect(log().readCategory(category, { afterLogPosition: -1, limit: 1 })).rejects.toThrow(
      FatalError,
    )
    await expect(first(() => log().subscribeCategory(category, -1, signal))).rejects.toThrow(
      FatalError,
    )
  })
}

const describeConcurrency = (log: () => EventLog): void => {
  it('lets one of two win and tells the other where the stream stands', async () => {
    const stream = freshStream()
    await log().append(stream, 'no-stream', [someEvent()])
    const outcomes = await Promise.all([
      log().append(stream, 0, someEvents(2)),
      log().append(stream, 0, someEvents(2)),
    ])
    expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual(['appended', 'conflict'])
    expect(outcomes).toContainEqual({ kind: 'conflict', actual: 2 })
  })

  it('stores a batch once when it is sent twice at the same time', async () => {
    const stream = freshStream()
    const batch = someEvents(3)
    const outcomes = await Promise.all(
      [1, 2, 3].map(() => log().append(stream, 'no-stream', batch)),
    )
    expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual([
      'already-appended',
      'already-appended',
      'appended',
    ])
    expect(asGiven(await allEvents(log().readStream(stream)))).toEqual(batch)
  })

  it('refuses a writer that was paused while another went on, and takes what it had already stored for stored', async () => {
    const stream = freshStream()
    const [own, others, late] = [someEvents(2), someEvents(2, 2), someEvents(1, 9)]
    await log().append(stream, 'no-stream', own)
    await log().append(stream, 1, others)
    expect(await log().append(stream, 1, late)).toEqual({ kind: 'conflict', actual: 3 })
    expect(await log().append(stream, 'no-stream', own)).toEqual({
      kind: 'already-appended',
      lastRevision: 1,
    })
    expect(asGiven(await allEvents(log().readStream(stream)))).toEqual([...own, ...others])
  })

  it('loses nothing of many writers that try again', async () => {
    const stream = freshStream()
    const write = async (writer: number): Promise<void> => {
      for (let done = 0; done < 5; ) {
        const expected = (await log().head(stream)) ?? 'no-stream'
        const outcome = await log().append(stream, expected, [someEvent({ writer, done })])
        if (outcome.kind === 'appended') done += 1
      }
    }
    await Promise.all([1, 2, 3, 4, 5, 6].map(write))
    const stored = await allEvents(log().readStream(stream))
    expect(stored.map(({ revision }) => revision)).toEqual(
      Array.from({ length: 30 }, (_, index) => index),
    )
    for (const writer of [1, 2, 3, 4, 5, 6]) {
      const own = stored.filter(({ data }) => data.writer === writer).map(({ data }) => data.done)
      expect(own).toEqual([0, 1, 2, 3, 4])
    }
  })
}
