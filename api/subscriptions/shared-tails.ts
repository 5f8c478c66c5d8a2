/**
 * The tails that subscribers share, one for each distinct source that anybody follows, woken by the
 * change feed.
 */
import { messageOf, RetryableError } from '../../domain/errors.ts'
import { repeatedly } from '../../domain/waiting/persistently.ts'
import type { ChangeFeed } from '../../projections/engine/change-feed.ts'
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
          signal: closing.signal,
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

/** The feed does not end by itself; if it does or fails, in whatever way, it is taken up again. */
const followFeed = (
  feed: ChangeFeed,
  onNotice: (position: number) => void,
  signal: AbortSignal,
  report: ReportError,
): Promise<void> => {
  const follow = async (succeeded: () => void): Promise<void> => {
    try {
      for await (const { position } of feed.subscribe(signal)) {
        succeeded()
        onNotice(position)
      }
    } catch (error) {
      throw new RetryableError(`The change feed broke off: ${messageOf(error)}`, { cause: error })
    }
    throw new RetryableError('The change feed ended')
  }
  return repeatedly(follow, signal, {
    onRetry: ({ error }) => report('The change feed is taken up again', error),
  })
}
