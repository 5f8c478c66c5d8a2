/**
 * The tails that subscribers share, one for each distinct source that anybody follows, woken by the
 * change feed.
 */
import type { ChangeFeed } from '../../projections/change-feed.ts'
import type { WorldReads } from '../../projections/world-reads.ts'
import type { ReportError } from '../errors.ts'
import type { ChangeSource } from './change.ts'
import type { CursorScope, Place } from './place.ts'
import { createTail, type Tail } from './tail.ts'

export type SharedTails = Readonly<{
  /** The tail of a source, which opens at `start` for its first subscriber; `leave` gives it up. */
  join: (
    source: ChangeSource,
    scope: CursorScope,
    start: Place,
  ) => Readonly<{ tail: Tail; leave: () => void }>
  /** Position up to which the read models are known to reach; -1 while nothing is known. */
  reachedPosition: () => number
  /** Stops following the feed and ends every wait with this error. */
  close: (error: Error) => void
}>

const FEED_RETRY_DELAY_MS = 1_000

/** No tails yet; follows the feed until closed. */
export const createSharedTails = (
  options: Readonly<{ reads: WorldReads; feed: ChangeFeed; report: ReportError }>,
): SharedTails => {
  const { reads, feed, report } = options
  const closing = new AbortController()
  const tails = new Map<string, { readonly tail: Tail; subscribers: number }>()
  let reached = -1

  const onNotice = (position: number): void => {
    if (position <= reached) return
    reached = position
    for (const { tail } of tails.values()) tail.wake()
  }
  void followFeed(feed, onNotice, closing.signal, report)

  return {
    join: (source, scope, start) => {
      const key = `${source.key}@${scope.projectionVersion}`
      const shared = tails.get(key) ?? {
        tail: createTail(start, {
          read: (after) => source.changesAfter(reads, after, scope),
          reachedPosition: () => reached,
          report,
        }),
        subscribers: 0,
      }
      shared.subscribers += 1
      tails.set(key, shared)
      const leave = (): void => {
        shared.subscribers -= 1
        if (shared.subscribers === 0) tails.delete(key)
      }
      return { tail: shared.tail, leave }
    },
    reachedPosition: () => reached,
    close: (error) => {
      closing.abort()
      for (const { tail } of tails.values()) tail.fail(error)
    },
  }
}

/** The feed does not end by itself; if it does or fails, it is taken up again. */
const followFeed = async (
  feed: ChangeFeed,
  onNotice: (position: number) => void,
  signal: AbortSignal,
  report: ReportError,
): Promise<void> => {
  while (!signal.aborted) {
    try {
      for await (const { position } of feed.subscribe(signal)) onNotice(position)
    } catch (error) {
      report('The change feed broke off', error)
    }
    if (signal.aborted) return
    const { promise, resolve } = Promise.withResolvers<void>()
    setTimeout(resolve, FEED_RETRY_DELAY_MS).unref()
    await promise
  }
}
