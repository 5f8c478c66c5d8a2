/**
 * The newest changes of one source, read once for all of its subscribers. Whoever stands in its
 * window takes from it and waits at its end; whoever stands before it reads for itself, page by
 * page, until it is there. Subscribers pull, so a slow one slows nobody and nothing piles up for
 * it.
 */
import { persistently } from '../../domain/waiting/persistently.ts'
import type { ReportError } from '../errors.ts'
import type { PlacedChange } from './change.ts'
import { afterAll, comparePlaces, type Place } from './place.ts'

/** Changes kept for subscribers that are not quite at the end; the newest page stays whole. */
const WINDOW_CHANGES_MAX = 64

/** Some of the changes after a place, in order; `isAll`: that is all there is by now. */
export type ChangePage<Node = unknown> = Readonly<{
  changes: readonly PlacedChange<Node>[]
  isAll: boolean
}>

export type Tail<Node = unknown> = Readonly<{
  /** Whether changes directly after this place are still in the window. */
  holds: (after: Place) => boolean
  /** The changes after a place, once there is at least one; none when the signal aborts. */
  next: (after: Place, signal: AbortSignal) => Promise<readonly PlacedChange<Node>[]>
  /** Says that the read models have moved on. */
  wake: () => void
  /** Ends every wait with this error. */
  fail: (error: Error) => void
}>

export type TailOptions<Node> = Readonly<{
  read: (after: Place) => Promise<ChangePage<Node>>
  /** Position up to which the read models are known to reach; -1 when nothing is known yet. */
  reachedPosition: () => number
  report: ReportError
  /** Ends the tail; those who wait are told by `fail`. */
  signal: AbortSignal
}>

type Waiter = Readonly<{ wake: () => void; fail: (error: unknown) => void }>

/** A tail whose window opens, empty, at `start`. */
export const createTail = <Node>(
  start: Place,
  { read, reachedPosition, report, signal: closing }: TailOptions<Node>,
): Tail<Node> => {
  const waiting = new Set<Waiter>()
  const ownReads = createSharedReads(read)
  let window: readonly PlacedChange<Node>[] = []
  let windowStart = start
  let windowEnd = start
  let isStale = true
  let isReading = false

  const take = ({ changes, isAll }: ChangePage<Node>, reached: number): void => {
    const keep = Math.max(WINDOW_CHANGES_MAX, changes.length)
    const all = [...window, ...changes]
    const dropped = Math.max(0, all.length - keep)
    windowStart = all[dropped - 1]?.place ?? windowStart
    window = all.slice(dropped)
    windowEnd = changes.at(-1)?.place ?? windowEnd
    // Nothing else lies up to here, so that the next read does not search the quiet stretch again.
    if (isAll && reached > windowEnd.position) windowEnd = afterAll(reached)
  }

  /** Null when nobody waits for it any more. */
  const readOn = (): Promise<ChangePage<Node> | null> =>
    persistently(async () => (waiting.size === 0 ? null : read(windowEnd)), closing, {
      onRetry: ({ error }) => report('Changes could not be read for now', error),
    })

  const advance = async (): Promise<void> => {
    if (isReading) return
    isReading = true
    try {
      while (isStale && waiting.size > 0) {
        isStale = false
        const reached = reachedPosition()
        const page = await readOn()
        if (page === null || !page.isAll) isStale = true
        if (page === null) continue
        take(page, reached)
        if (page.changes.length > 0) for (const waiter of [...waiting]) waiter.wake()
      }
    } catch (error) {
      isStale = true
      for (const waiter of [...waiting]) waiter.fail(error)
    } finally {
      isReading = false
    }
  }

  const wait = (signal: AbortSignal): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const leave = (): void => {
      waiting.delete(waiter)
      signal.removeEventListener('abort', waiter.wake)
    }
    const waiter: Waiter = {
      wake: () => {
        leave()
        resolve()
      },
      fail: (error) => {
        leave()
        reject(error)
      },
    }
    waiting.add(waiter)
    signal.addEventListener('abort', waiter.wake)
    void advance()
    return promise
  }

  const holds = (after: Place): boolean => comparePlaces(after, windowStart) >= 0

  return {
    holds,
    next: async (after, signal) => {
      while (!signal.aborted) {
        const opening = windowStart
        if (!holds(after)) {
          const { changes } = await ownReads(after, opening)
          if (changes.length > 0) return changes
          // What came during the read may have gone from the window already.
          if (windowStart !== opening) continue
        }
        const fresh = window.filter(({ place }) => comparePlaces(place, after) > 0)
        if (fresh.length > 0) return fresh
        await wait(signal)
      }
      return []
    },
    wake: () => {
      isStale = true
      void advance()
    },
    fail: (error) => {
      for (const waiter of [...waiting]) waiter.fail(error)
    },
  }
}

/**
 * Subscribers that resume from the same place at the same time, as after a restart, share the read;
 * but only under the same opening of the window: an older read may have missed what the window has
 * let go of since.
 */
const createSharedReads = <Node>(read: TailOptions<Node>['read']) => {
  const running = new Map<string, Promise<ChangePage<Node>>>()
  return (after: Place, opening: Place): Promise<ChangePage<Node>> => {
    const key = `${after.position}/${after.taken}/${opening.position}/${opening.taken}`
    const known = running.get(key)
    if (known !== undefined) return known
    const started = read(after).finally(() => running.delete(key))
    running.set(key, started)
    return started
  }
}
