/**
 * The loop behind every subscription that is read by pages and woken from elsewhere: read to the
 * end, say so, wait. Nothing is fetched before the reader asks for the next message, so a slow
 * reader holds at most one page. A storage that fails in a way that may pass is waited for before
 * the reader is told.
 */
import { RetryableError } from '../../domain/errors.ts'
import type { RecordedEvent, SubscriptionMessage } from '../../domain/event-log.ts'
import { startAfter } from '../../domain/read-bounds.ts'
import { backoffMs, raceWithin } from '../backoff.ts'
import type { Wait } from './wake-ups.ts'

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
  onTrouble?: (error: Error, delayMs: number) => void
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

/** Failures in a row before one reaches the reader: half a minute of growing pauses, about. */
const readRetriesMax = 12

/** How the subscriptions of one log follow. */
export const createFollow = ({
  closing,
  onTrouble = () => {},
  random = Math.random,
}: FollowOptions): Follow => {
  const patiently = async (
    readAfter: FollowSource['readAfter'],
    position: number,
    signal: AbortSignal,
  ): Promise<FollowedPage> => {
    for (let failures = 0; ; ) {
      try {
        const reading = readAfter(position)
        await raceWithin(Number.POSITIVE_INFINITY, signal, reading)
        return signal.aborted ? nothingAfter(position) : await reading
      } catch (error) {
        if (signal.aborted) return nothingAfter(position)
        failures += 1
        if (!(error instanceof RetryableError) || failures > readRetriesMax) throw error
        const delayMs = backoffMs(failures, random)
        onTrouble(error, delayMs)
        await raceWithin(delayMs, signal)
      }
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
      await raceWithin(Number.POSITIVE_INFINITY, signal, wait.woken)
    } finally {
      wait.cancel()
    }
  }
}
