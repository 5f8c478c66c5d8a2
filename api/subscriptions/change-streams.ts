/**
 * Snapshot and changes with one boundary. A snapshot is of one point of history; what follows are
 * the versions after that position, block by block, read from the read models themselves. The change feed only wakes. Every change carries a cursor, and `since`
 * goes on exactly behind it, also in another process.
 */

import type { ChangeFeed } from '../../projections/engine/change-feed.ts'
import type { HistoryReads } from '../../projections/reads/history-reads.ts'
import type { AtRejection, ReadPoint } from '../../projections/reads/points.ts'
import type { Turnstile } from '../access/turnstile.ts'
import { codedError, type ReportError, rejectionError } from '../errors.ts'
import { abortable } from './abortable.ts'
import type { Change, ChangeHead, ChangeSource } from './change.ts'
import { createLandmarks, type Landmarks } from './landmarks.ts'
import {
  ANOTHER_HISTORY,
  afterAll,
  type CursorScope,
  cursorOf,
  cursorScope,
  type NamedPlace,
  type Place,
  placeOfCursor,
} from './place.ts'
import { createSharedTails, type SharedTails } from './shared-tails.ts'

export type ChangeStreams<Reads extends HistoryReads> = Readonly<{
  /**
   * The changes of a source: from a snapshot on when `since` is null, else directly behind that
   * cursor. They end after a Resync and when the reader leaves, and throw UNAVAILABLE at a stop.
   * Rejects with BAD_USER_INPUT for a malformed cursor and TOO_MANY_SUBSCRIPTIONS.
   */
  changes: <Node>(
    source: ChangeSource<Reads, Node>,
    since: string | null,
    signal: AbortSignal,
  ) => Promise<AsyncGenerator<Change<Node>, void, undefined>>
  /** Subscribers that are being served. */
  subscribers: () => number
  /** Ends all of them with an error that tells them to come back with their cursor. */
  close: () => void
}>

export type ChangeStreamsOptions<Reads extends HistoryReads> = Readonly<{
  reads: Reads & Readonly<{ until: (signal: AbortSignal) => Reads }>
  feed: ChangeFeed
  report: ReportError
  /** Snapshots are read when it is their turn. */
  turnstile: Turnstile
}>

const SUBSCRIBERS_MAX = 10_000

/**
 * Where a subscription starts: its first message, if there is one, and what it is to follow then.
 */
type Opened<Node = unknown> = Readonly<{
  first: Change<Node> | null
  place: Place
  scope: CursorScope
  isResync: boolean
}>

/** Streams over the given read models; follows the feed until closed. */
export const createChangeStreams = <Reads extends HistoryReads>(
  options: ChangeStreamsOptions<Reads>,
): ChangeStreams<Reads> => {
  const { reads, turnstile } = options
  const landmarks = createLandmarks(reads)
  const tails = createSharedTails({ ...options, landmarks })
  const openings = createOpenings((source: ChangeSource<Reads>, signal) =>
    turnstile.pass(() => readSnapshot(reads.until(signal), source), { signal, isFirst: false }),
  )
  let subscribers = 0
  let isClosing = false
  const followed = { reads, landmarks, tails, isClosing: () => isClosing }

  return {
    changes: async (source, since, signal) => {
      if (isClosing) throw stopping()
      if (subscribers >= SUBSCRIBERS_MAX) {
        throw codedError(
          'TOO_MANY_SUBSCRIPTIONS',
          'The server has no room for another subscription',
        )
      }
      subscribers += 1
      const leave = (): void => {
        subscribers -= 1
      }
      try {
        const opened =
          since === null ? await openings(source, signal) : await resume(reads, source, since)
        return abortable((inner) => follow(followed, source, opened, inner), signal, leave)
      } catch (error) {
        leave()
        throw error
      }
    },
    subscribers: () => subscribers,
    close: () => {
      isClosing = true
      tails.close(stopping())
    },
  }
}

/**
 * Subscribers that come at the same time share the snapshot; it is given up when the last of them
 * has gone.
 */
const createOpenings = <Source extends Readonly<{ key: string }>>(
  open: (source: Source, signal: AbortSignal) => Promise<Opened>,
) => {
  type Opening = { readonly opened: Promise<Opened>; askers: number; readonly end: () => void }
  const openings = new Map<string, Opening>()

  const begin = (source: Source): Opening => {
    const ending = new AbortController()
    const opened = open(source, ending.signal).finally(() => {
      if (openings.get(source.key) === opening) openings.delete(source.key)
    })
    const opening: Opening = { opened, askers: 0, end: () => ending.abort() }
    openings.set(source.key, opening)
    return opening
  }

  return async <Node>(
    source: Source & ChangeSource<never, Node>,
    signal: AbortSignal,
  ): Promise<Opened<Node>> => {
    const opening = openings.get(source.key) ?? begin(source)
    opening.askers += 1
    const leave = (): void => {
      opening.askers -= 1
      if (opening.askers > 0) return
      openings.delete(source.key)
      opening.end()
    }
    signal.addEventListener('abort', leave, { once: true })
    try {
      // Sources with equal keys deliver the same nodes.
      return (await opening.opened) as Opened<Node>
    } finally {
      signal.removeEventListener('abort', leave)
    }
  }
}

type FollowedStreams<Reads extends HistoryReads> = Readonly<{
  reads: Reads & Readonly<{ until: (signal: AbortSignal) => Reads }>
  landmarks: Landmarks
  tails: SharedTails<Reads>
  isClosing: () => boolean
}>

/** What a subscriber is told, from where it was opened on. */
async function* follow<Reads extends HistoryReads, Node>(
  { reads, landmarks, tails, isClosing }: FollowedStreams<Reads>,
  source: ChangeSource<Reads, Node>,
  { first, place: start, scope, isResync }: Opened<Node>,
  signal: AbortSignal,
): AsyncGenerator<Change<Node>, void, undefined> {
  if (first !== null) yield first
  if (isResync) return
  const { tail, leave } = tails.join(source, scope, start)
  let place = start
  try {
    while (!signal.aborted) {
      if (isClosing()) throw stopping()
      if (
        !tail.holds(place) &&
        tails.reachedPosition() - place.position > source.behindPositionsMax
      ) {
        const cursor = cursorOf(scope, place, await landmarks(place.position))
        yield await resyncMessage(reads, cursor, 'The subscriber fell too far behind')
        return
      }
      for (const placed of await tail.next(place, signal)) {
        yield placed.change
        place = placed.place
      }
    }
  } finally {
    leave()
  }
}

const stopping = (): Error =>
  codedError('UNAVAILABLE', 'The server is stopping: subscribe again with the last cursor')

/** All of one point, however long it takes: rows are read as they were at it. */
const readSnapshot = async <Reads extends HistoryReads, Node>(
  reads: Reads,
  source: ChangeSource<Reads, Node>,
): Promise<Opened<Node>> => {
  const point = resolved(await reads.resolve())
  // After the point: the first block names the history, and must not come between the two.
  const scope = cursorScope(await reads.meta(), source)
  const place = afterAll(point.position)
  const first: Change<Node> = {
    __typename: `${source.name}Snapshot`,
    ...headAt(point, cursorOf(scope, place, await reads.landmark(point.position))),
    nodes: await source.snapshot(reads, point),
  }
  return { first, place, scope, isResync: false }
}

const resume = async <Reads extends HistoryReads>(
  reads: Reads,
  source: ChangeSource<Reads>,
  since: string,
): Promise<Opened<never>> => {
  const meta = await reads.meta()
  const scope = cursorScope(meta, source)
  const place = placeOfCursor(since, scope)
  const obstacle =
    'resync' in place
      ? place.resync
      : (distanceObstacle(meta.position ?? -1, place, source) ??
        (await historyObstacle(reads, place)))
  if (obstacle === null && !('resync' in place))
    return { first: null, place, scope, isResync: false }
  const first = await resyncMessage(reads, since, obstacle ?? '')
  return { first, place: afterAll(first.position), scope, isResync: true }
}

const distanceObstacle = (
  head: number,
  place: Place,
  { behindPositionsMax }: Readonly<{ behindPositionsMax: number }>,
): string | null => {
  if (place.position > head) return 'The cursor lies ahead of these read models'
  return head - place.position > behindPositionsMax ? 'The cursor lies too far behind' : null
}

const historyObstacle = async (
  reads: HistoryReads,
  { landmarkPosition, isAt }: NamedPlace,
): Promise<string | null> => {
  if (landmarkPosition === null) return null
  return isAt(await reads.landmark(landmarkPosition)) ? null : ANOTHER_HISTORY
}

/**
 * Its cursor is the one that cannot be resumed, so that using it by mistake loses nothing without a
 * word.
 */
const resyncMessage = async (
  reads: HistoryReads,
  cursor: string,
  reason: string,
): Promise<Change<never>> => ({
  __typename: 'Resync',
  ...headAt(resolved(await reads.resolve()), cursor),
  reason,
})

const headAt = (point: ReadPoint, cursor: string): ChangeHead => ({ ...point, cursor, last: true })

/** The head can always be read; only a point of the past can be refused. */
const resolved = (point: ReadPoint | AtRejection): ReadPoint => {
  if ('rejected' in point) throw rejectionError(point)
  return point
}
