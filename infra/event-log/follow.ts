/**
 * The loop behind every subscription that is read by pages and woken from elsewhere: read to the
 * end, say so, wait. Nothing is fetched before the reader asks for the next message, so a slow
 * reader holds at most one page. A storage that fails in a way that may pass is waited for before
 * the reader is told.
 */
import type { RecordedEvent, SubscriptionMessage } from '../../domain/event-log/event-log.ts'
import { startAfter } from '../../domain/event-log/read-bounds.ts'
import { until } from '../../domain/waiting/pause.ts'
import { persistently, type Retry } from '../../domain/waiting/persistently.ts'
import type { Wait } from '../../domain/waiting/wake-ups.ts'

/** One page after a position. */
export type FollowedPage = Readonly<{
  events: readonly RecordedEvent[]
  /** Everything that is followed, up to here, is in this page or in an earlier one. */
  position: number
  /** False when there may be more at once. */
  isEnd: boolean
}>

export type FollowSource = Readonly<{
  /** The next page after `position`; never moves back. */
  readAfter: (position: number) => Promise<FollowedPage>
  /** Waits for the next sign of new events; asked for before each read. */
  nextWakeUp: () => Wait
}>

export type FollowOptions = Readonly<{
  /** Ends all subscriptions of the log. */
  closing: AbortSignal
  /** Told of a read that failed and is tried again. */
  onTrouble?: (retry: Retry) => void
  /** Told of the first success after failures. */
  onRecovered?: () => void
  /** Of backoff. Default Math.random. */
  random?: () => number
}>

/**
 * Follows `source` from after a position until the signal aborts; then it ends without an error.
 */
export type Follow = (
  source: FollowSource,
  after: number,
  signal: AbortSignal,
) => AsyncIterable<SubscriptionMessage>

/** Failures in a row of which the last reaches the reader: after half a minute of pauses at least. */
const READ_FAILURES_MAX = 18

/** How the subscriptions of one log follow. */
export const createFollow = ({
  closing,
  onTrouble = () => {},
  onRecovered = () => {},
  random = Math.random,
}: FollowOptions): Follow => {
  const patiently = async (
    readAfter: FollowSource['readAfter'],
    position: number,
    signal: AbortSignal,
  ): Promise<FollowedPage> => {
    const read = async (): Promise<FollowedPage> => {
      const reading = readAfter(position)
      await until(reading, signal)
      signal.throwIfAborted()
      return reading
    }
    try {
      return await persistently(read, signal, {
        onRetry: onTrouble,
        onRecovered,
        random,
        failuresMax: READ_FAILURES_MAX,
      })
    } catch (error) {
      if (signal.aborted) return nothingAfter(position)
      throw error
    }
  }
  return ({ readAfter, nextWakeUp }, after, signal) => {
    const either = AbortSignal.any([signal, closing])
    const patient = (position: number): Promise<FollowedPage> =>
      patiently(readAfter, position, either)
    return follow({ readAfter: patient, nextWakeUp }, startAfter(after), either)
  }
}

const nothingAfter = (position: number): FollowedPage => ({ events: [], position, isEnd: true })

async function* follow(
  source: FollowSource,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<SubscriptionMessage, void, undefined> {
  let position = after
  let hasNews = true
  while (!signal.aborted) {
    const wait = source.nextWakeUp()
    try {
      const page = await source.readAfter(position)
      position = Math.max(position, page.position)
      if (signal.aborted) return
      if (page.events.length > 0) {
        hasNews = true
        yield { kind: 'events', events: page.events }
      }
      if (!page.isEnd || signal.aborted) continue
      if (hasNews) {
        hasNews = false
        yield { kind: 'caughtUp', position }
      }
      await until(wait.woken, signal)
    } finally {
      wait.cancel()
    }
  }
}
