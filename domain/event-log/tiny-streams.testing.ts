/**
 * A great many streams of one event each: what is appended to any of them must be found again, by
 * its name, by its category, and by a follower of the category.
 */
import { assert } from '../errors.ts'
import { freshCategory, someEvent } from './event-log.testing.ts'
import type { EventLog, NewEvent } from './event-log.ts'

/** A tenth of what the soak does. */
export const TINY_STREAMS = 10_000
export const TINY_STREAMS_MS_MAX = 240_000

const AT_ONCE_MAX = 2_000
const PAGE_EVENTS_MAX = 1_000
/** Every so many streams one is looked at by its name. */
const SAMPLE_STEP = 997

export type TinyStreamsSpeed = Readonly<{ appendsPerSecond: number; readsPerSecond: number }>

/** Throws when anything is lost, doubled or out of order. */
export const holdTinyStreams = async (log: EventLog, count: number): Promise<TinyStreamsSpeed> => {
  const category = freshCategory()
  const streamOf = (number: number): string => `${category}-${number}`
  const samples: NewEvent[] = []
  const appendOne = async (number: number): Promise<void> => {
    const event = someEvent({ number })
    const outcome = await log.append(streamOf(number), 'no-stream', [event])
    assert(
      outcome.kind === 'appended',
      `stream ${number} was new, and the append was answered ${outcome.kind}`,
    )
    if (number % SAMPLE_STEP === 0) samples.push(event)
  }
  const writeAndRead = async (): Promise<TinyStreamsSpeed> => {
    const beganMs = performance.now()
    for (let written = 0; written < count; written += AT_ONCE_MAX) {
      const numbers = Array.from(
        { length: Math.min(AT_ONCE_MAX, count - written) },
        (_, at) => written + at,
      )
      await Promise.all(numbers.map(appendOne))
    }
    const appendedMs = performance.now()
    expectEachOnce(await readByPages(log, category), count, 'read by pages')
    return {
      appendsPerSecond: perSecond(count, appendedMs - beganMs),
      readsPerSecond: perSecond(count, performance.now() - appendedMs),
    }
  }

  const stop = new AbortController()
  const following = follow(log, category, count, stop.signal)
  const [speed, followed] = await Promise.all([writeAndRead(), following]).finally(() =>
    stop.abort(),
  )
  expectEachOnce(followed, count, 'followed')
  assert(
    samples.length === Math.ceil(count / SAMPLE_STEP),
    `only ${samples.length} samples were taken`,
  )
  for (const sample of samples) {
    const stream = streamOf(Number(sample.data.number))
    const head = await log.head(stream)
    assert(head === 0, `the head of ${stream} is ${head}, not its only event`)
    const again = await log.append(stream, 'no-stream', [sample])
    assert(
      again.kind === 'already-appended',
      `the repeated append to ${stream} was answered ${again.kind}`,
    )
  }
  return speed
}

const perSecond = (count: number, ms: number): number => Math.round((count * 1_000) / ms)

const readByPages = async (log: EventLog, category: string): Promise<readonly number[]> => {
  const numbers: number[] = []
  for (let afterLogPosition = -1; ; ) {
    const page = await log.readCategory(category, { afterLogPosition, limit: PAGE_EVENTS_MAX })
    if (page.length === 0) return numbers
    for (const { data, logPosition } of page) {
      assert(
        logPosition > afterLogPosition,
        `log position ${logPosition} does not come after ${afterLogPosition}`,
      )
      afterLogPosition = logPosition
      numbers.push(Number(data.number))
    }
  }
}

const follow = async (
  log: EventLog,
  category: string,
  count: number,
  signal: AbortSignal,
): Promise<readonly number[]> => {
  const numbers: number[] = []
  for await (const message of log.subscribeCategory(category, -1, signal)) {
    if (message.kind === 'events')
      numbers.push(...message.events.map(({ data }) => Number(data.number)))
    if (numbers.length >= count) break
  }
  return numbers
}

const expectEachOnce = (numbers: readonly number[], count: number, how: string): void => {
  assert(numbers.length === count, `${numbers.length} of ${count} events were ${how}`)
  assert(new Set(numbers).size === count, `an event was ${how} twice`)
}
