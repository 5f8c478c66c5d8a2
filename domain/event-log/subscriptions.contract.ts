/**
 * The part of the event log's contract about following a stream or a category. Run by
 * event-log.contract.ts.
 */
import { expect, it } from 'vitest'
import { freshCategory, freshStream, someEvents } from './event-log.testing.ts'
import type { EventLog, SubscriptionMessage } from './event-log.ts'

type Reading = AsyncIterator<SubscriptionMessage, void, undefined>

const neverAborted = new AbortController().signal

const readingOf = (messages: AsyncIterable<SubscriptionMessage>): Reading =>
  messages[Symbol.asyncIterator]() as Reading // ends without a value, like every subscription

/** The `number`s of the events up to the next time that the end is reached, and where that is. */
const untilCaughtUp = async (
  reading: Reading,
): Promise<Readonly<{ numbers: readonly number[]; position: number }>> => {
  const numbers: number[] = []
  for (;;) {
    const { value, done } = await reading.next()
    if (done || value === undefined) throw new Error('The subscription ended')
    if (value.kind === 'caughtUp') return { numbers, position: value.position }
    numbers.push(...value.events.map(({ data }) => Number(data.number)))
  }
}

/** Reads until `count` events have come, however often the end is reached meanwhile. */
const untilCount = async (reading: Reading, count: number): Promise<readonly number[]> => {
  const numbers: number[] = []
  while (numbers.length < count) {
    const { value, done } = await reading.next()
    if (done || value === undefined) throw new Error('The subscription ended')
    if (value.kind === 'events')
      numbers.push(...value.events.map(({ data }) => Number(data.number)))
  }
  return numbers
}

const upTo = (count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => index)

export const describeSubscriptions = (
  log: () => EventLog,
  openLog: () => Promise<EventLog>,
): void => {
  it('deliver what is there, say that the end is reached, then deliver what comes', async () => {
    const stream = freshStream()
    await log().append(stream, 'no-stream', someEvents(3))
    const reading = readingOf(log().subscribe(stream, -1, neverAborted))
    expect(await untilCaughtUp(reading)).toEqual({ numbers: [0, 1, 2], position: 2 })
    const next = untilCaughtUp(reading)
    await log().append(stream, 2, someEvents(2, 3))
    expect(await next).toEqual({ numbers: [3, 4], position: 4 })
    await reading.return?.()
  })

  it('begin after the given revision', async () => {
    const stream = freshStream()
    await log().append(stream, 'no-stream', someEvents(5))
    const middle = readingOf(log().subscribe(stream, 2, neverAborted))
    expect(await untilCaughtUp(middle)).toEqual({ numbers: [3, 4], position: 4 })
    const end = readingOf(log().subscribe(stream, 4, neverAborted))
    expect(await untilCaughtUp(end)).toEqual({ numbers: [], position: 4 })
    await Promise.all([middle.return?.(), end.return?.()])
  })

  it('that begin beyond the end wait for what lies behind it', async () => {
    const [stream, empty] = [freshStream(), freshStream()]
    await log().append(stream, 'no-stream', someEvents(2))
    const [reading, other] = [3, 0].map((after, index) =>
      readingOf(log().subscribe(index === 0 ? stream : empty, after, neverAborted)),
    ) as [Reading, Reading]
    expect(await untilCaughtUp(reading)).toEqual({ numbers: [], position: 3 })
    expect(await untilCaughtUp(other)).toEqual({ numbers: [], position: 0 })
    const next = [untilCount(reading, 2), untilCount(other, 1)]
    await log().append(stream, 1, someEvents(1, 2))
    await log().append(stream, 2, someEvents(3, 3))
    await log().append(empty, 'no-stream', someEvents(2))
    expect(await Promise.all(next)).toEqual([[4, 5], [1]])
    await Promise.all([reading.return?.(), other.return?.()])
  })

  it('wait for a stream that does not exist yet', async () => {
    const stream = freshStream()
    const reading = readingOf(log().subscribe(stream, -1, neverAborted))
    expect(await untilCaughtUp(reading)).toEqual({ numbers: [], position: -1 })
    const next = untilCount(reading, 2)
    await log().append(freshStream(), 'no-stream', someEvents(1, 99))
    await log().append(stream, 'no-stream', someEvents(2))
    expect(await next).toEqual([0, 1])
    await reading.return?.()
  })

  it('deliver everything once and in order while a writer goes on', async () => {
    const stream = freshStream()
    const count = 3_000
    const write = async (): Promise<void> => {
      for (let written = 0; written < count; written += 100) {
        await log().append(
          stream,
          written === 0 ? 'no-stream' : written - 1,
          someEvents(100, written),
        )
      }
    }
    const reading = readingOf(log().subscribe(stream, -1, neverAborted))
    const [numbers] = await Promise.all([untilCount(reading, count), write()])
    expect(numbers).toEqual(upTo(count))
    await reading.return?.()
  })

  it('wait for a slow reader, which loses nothing and holds up no other', async () => {
    const stream = freshStream()
    await log().append(stream, 'no-stream', someEvents(1))
    const slow = readingOf(log().subscribe(stream, -1, neverAborted))
    const quick = readingOf(log().subscribe(stream, -1, neverAborted))
    expect(await untilCount(slow, 1)).toEqual([0])
    for (let written = 1; written <= 2_001; written += 400) {
      await log().append(stream, written - 1, someEvents(400, written))
    }
    expect(await untilCount(quick, 2_401)).toEqual(upTo(2_401))
    expect(await untilCount(slow, 2_400)).toEqual(upTo(2_401).slice(1))
    expect(await untilCaughtUp(slow)).toEqual({ numbers: [], position: 2_400 })
    await Promise.all([slow.return?.(), quick.return?.()])
  })

  it('end when the signal aborts: before the start, while waiting, and between messages', async () => {
    const stream = freshStream()
    await log().append(stream, 'no-stream', someEvents(2))
    const before = readingOf(log().subscribe(stream, -1, AbortSignal.abort()))
    expect(await before.next()).toMatchObject({ done: true })

    const waiting = new AbortController()
    const waits = readingOf(log().subscribe(stream, -1, waiting.signal))
    await untilCaughtUp(waits)
    const end = waits.next()
    waiting.abort()
    expect(await end).toMatchObject({ done: true })

    const between = new AbortController()
    const stops = readingOf(log().subscribe(stream, -1, between.signal))
    await stops.next()
    between.abort()
    expect(await stops.next()).toMatchObject({ done: true })
  })

  it('disturb nobody when their reader throws', async () => {
    const stream = freshStream()
    await log().append(stream, 'no-stream', someEvents(1))
    const other = readingOf(log().subscribe(stream, -1, neverAborted))
    await untilCaughtUp(other)
    const fail = async (): Promise<void> => {
      for await (const message of log().subscribe(stream, -1, neverAborted))
        throw new Error(`bad ${message.kind}`)
    }
    await expect(fail()).rejects.toThrow('bad events')
    const next = untilCount(other, 1)
    await log().append(stream, 0, someEvents(1, 1))
    expect(await next).toEqual([1])
    await other.return?.()
  })

  it('follow a category over all its streams, in log order, without its neighbours', async () => {
    const category = freshCategory()
    const [one, two] = [freshStream(category), freshStream(category)]
    await log().append(one, 'no-stream', someEvents(2))
    await log().append(`${category}x-1`, 'no-stream', someEvents(1, 90))
    await log().append(two, 'no-stream', someEvents(2, 2))
    const reading = readingOf(log().subscribeCategory(category, -1, neverAborted))
    const past = await untilCaughtUp(reading)
    expect(past.numbers).toEqual([0, 1, 2, 3])
    const last = (await log().readCategory(category, { afterLogPosition: -1, limit: 10 })).at(-1)
    expect(past.position).toBeGreaterThanOrEqual(last?.logPosition ?? Number.POSITIVE_INFINITY)
    const next = untilCount(reading, 4)
    await log().append(one, 1, someEvents(1, 4))
    await log().append(freshStream(), 'no-stream', someEvents(3, 91))
    await log().append(two, 1, someEvents(1, 5))
    await log().append(freshStream(category), 'no-stream', someEvents(2, 6))
    expect(await next).toEqual([4, 5, 6, 7])
    await reading.return?.()

    const resumed = readingOf(log().subscribeCategory(category, past.position, neverAborted))
    expect((await untilCaughtUp(resumed)).numbers).toEqual([4, 5, 6, 7])
    await resumed.return?.()
  })

  it('follow a category that is longer than a page', async () => {
    const category = freshCategory()
    for (let written = 0; written < 2_400; written += 300) {
      await log().append(freshStream(category), 'no-stream', someEvents(300, written))
    }
    const reading = readingOf(log().subscribeCategory(category, -1, neverAborted))
    expect((await untilCaughtUp(reading)).numbers).toEqual(upTo(2_400))
    await reading.return?.()
  })

  it('serve many waiting readers at once', async () => {
    const stream = freshStream()
    const readings = upTo(50).map(() => readingOf(log().subscribe(stream, -1, neverAborted)))
    await Promise.all(readings.map(untilCaughtUp))
    const next = Promise.all(readings.map((reading) => untilCount(reading, 3)))
    await log().append(stream, 'no-stream', someEvents(3))
    expect(await next).toEqual(readings.map(() => [0, 1, 2]))
    await Promise.all(readings.map((reading) => reading.return?.()))
  })

  it('end when the log is closed, and then nothing more is taken', async () => {
    const own = await openLog()
    const stream = freshStream()
    const reading = readingOf(own.subscribe(stream, -1, neverAborted))
    await untilCaughtUp(reading)
    const end = reading.next()
    await own.close()
    expect(await end).toMatchObject({ done: true })
    await expect(own.append(stream, 'no-stream', someEvents(1))).rejects.toThrow('closed')
    await expect(own.head(stream)).rejects.toThrow('closed')
    await own.close()
  })
}
