/**
 * The loop behind every subscription that is read by pages and woken from elsewhere: read to the end, say so, wait.
 * Nothing is fetched before the reader asks for the next message, so a slow reader holds at most one page.
 */
import type { RecordedEvent, SubscriptionMessage } from '../../domain/event-log.ts'
import { raceWithin } from '../backoff.ts'
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

/** Follows `source` from after `after` until the signal aborts; then it ends without an error. */
export async function* follow(
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
