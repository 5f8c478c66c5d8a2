/**
 * The tails that subscribers share, one for each distinct source that anybody follows, woken by the
 * change feed.
 */
import { messageOf, RetryableError } from '../../domain/errors.ts'
import { repeatedly } from '../../domain/waiting/persistently.ts'
import type { ChangeFeed } from '../../projections/engine/change-feed.ts'
import type { HistoryReads } from '../../projections/reads/history-reads.ts'
import type { Landmark } from '../../projections/reads/points.ts'
import type { ReportError } from '../errors.ts'
import type { Change, ChangeSource, Delivery, PlacedChange } from './change.ts'
import type { Landmarks } from './landmarks.ts'
import { type CursorScope, cursorOf, cursorScope, type Place, scopeKey } from './place.ts'
import { createTail, type Tail } from './tail.ts'

export type SharedTails<Reads extends HistoryReads> = Readonly<{
  /** The tail of a source, which opens at `start` for its first subscriber; `leave` gives it up. */
  join: <Node>(
    source: ChangeSource<Reads, Node>,
    scope: CursorScope,
    start: Place,
  ) => Readonly<{ tail: Tail<Node>; leave: () => void }>
  /** Position up to which the read models are known to reach; -1 while nothing is known. */
  reachedPosition: () => number
  /** Stops following the feed and ends every wait with this error. */
  close: (error: Error) => void
}>

/** No tails yet; follows the feed until closed. */
export const createSharedTails = <Reads extends HistoryReads>(
  options: Readonly<{
    reads: Reads
    feed: ChangeFeed
    landmarks: Landmarks
    report: ReportError
  }>,
): SharedTails<Reads> => {
  const { reads, feed, landmarks, report } = options
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
    join: <Node>(source: ChangeSource<Reads, Node>, scope: CursorScope, start: Place) => {
      const key = `${source.key}@${scopeKey(scope)}`
      const scopeNow = scopeSince(reads, source, scope)
      const shared = tails.get(key) ?? {
        tail: createTail(start, {
          read: async (after) => {
            const { deliveries, isAll } = await source.changesAfter(reads, after)
            if (deliveries.length === 0) return { changes: [], isAll }
            const known = await scopeNow()
            const place = async (each: Delivery<Node>) =>
              placed(source.name, known, each, await landmarks(blockPositionOf(each)))
            return { changes: await Promise.all(deliveries.map(place)), isAll }
          },
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
      // Sources with equal keys deliver the same nodes.
      return { tail: shared.tail as Tail<Node>, leave }
    },
    reachedPosition: () => reached,
    close: (error) => {
      closing.abort()
      for (const { tail } of tails.values()) tail.fail(error)
    },
  }
}

/** The scope of a subscription, which names the history as soon as the world has one. */
const scopeSince = <Reads extends HistoryReads>(
  reads: Reads,
  source: ChangeSource<Reads>,
  opened: CursorScope,
): (() => Promise<CursorScope>) => {
  let scope = opened
  return async () => {
    if (scope.history === null) scope = cursorScope(await reads.meta(), source)
    return scope
  }
}

const blockPositionOf = ({ blockPosition, place }: Delivery): number =>
  blockPosition ?? place.position

/** The one object that all subscribers are given for a change: who sends it encodes it once. */
const placed = <Node>(
  name: string,
  scope: CursorScope,
  { place, block, finality, last, change }: Delivery<Node>,
  landmark: Landmark | null,
): PlacedChange<Node> => {
  const cursor = cursorOf(scope, place, landmark)
  const head = { cursor, position: place.position, block, finality, last }
  const message: Change<Node> =
    'node' in change
      ? { __typename: `${name}Upsert`, ...head, node: change.node }
      : { __typename: `${name}Removal`, ...head, id: change.removed }
  return { place, change: message }
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
