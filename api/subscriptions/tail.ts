/**
 * The newest changes of one source, read once for all of its subscribers. A subscriber that stands
 * in its window takes from it and waits at its end; one that stands before it reads for itself, page
 * by page, until it is there. Subscribers pull, so a slow one slows nobody and nothing piles up for
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

/** A tail whose window opens, empty, at `start`. */
export const createTail = <Node>(
  start: Place,
  { read, reachedPosition, report, signal: closing }: TailOptions<Node>,
): Tail<Node> => {
  const waiters = createWaiters()
  const ownReads = createSharedReads(read)
  const window = createWindow<Node>(start)
  let isStale = true
  let isReading = false

  /** Null when nobody waits for it any more. */
  const readOn = (): Promise<ChangePage<Node> | null> =>
    persistently(async () => (waiters.isEmpty() ? null : read(window.end())), closing, {
      onRetry: ({ error }) => report('Changes could not be read for now', error),
    })

  const advance = async (): Promise<void> => {
    if (isReading) return
    isReading = true
    try {
      while (isStale && !waiters.isEmpty()) {
        isStale = false
        const reached = reachedPosition()
        const page = await readOn()
        if (page === null || !page.isAll) isStale = true
        if (page === null) continue
        window.add(page, reached)
        if (page.changes.length > 0) waiters.wake()
      }
    } catch (error) {
      isStale = true
      waiters.fail(error)
    } finally {
      isReading = false
    }
  }

  return {
    holds: window.holds,
    next: async (after, signal) => {
      while (!signal.aborted) {
        const opening = window.opening()
        if (!window.holds(after)) {
          const { changes } = await ownReads(after, opening)
          if (changes.length > 0) return changes
          // What came during the read may have gone from the window already.
          if (window.opening() !== opening) continue
        }
        const fresh = window.after(after)
        if (fresh.length > 0) return fresh
        const woken = waiters.wait(signal)
        void advance()
        await woken
      }
      return []
    },
    wake: () => {
      isStale = true
      void advance()
    },
    fail: waiters.fail,
  }
}

/** The newest changes, between two places. */
const createWindow = <Node>(start: Place) => {
  let changes: readonly PlacedChange<Node>[] = []
  let opening = start
  let end = start
  return {
    opening: () => opening,
    end: () => end,
    holds: (after: Place): boolean => comparePlaces(after, opening) >= 0,
    after: (after: Place) => changes.filter(({ place }) => comparePlaces(place, after) > 0),
    /** Takes a page that was read at the window's end when the read models reached `reached`. */
    add: (page: ChangePage<Node>, reached: number): void => {
      const keep = Math.max(WINDOW_CHANGES_MAX, page.changes.length)
      const all = [...changes, ...page.changes]
      const dropped = Math.max(0, all.length - keep)
      opening = all[dropped - 1]?.place ?? opening
      changes = all.slice(dropped)
      end = page.changes.at(-1)?.place ?? end
      // Nothing else lies up to here, so that the next read does not search the quiet stretch again.
      if (page.isAll && reached > end.position) end = afterAll(reached)
    },
  }
}

type Waiter = Readonly<{ wake: () => void; fail: (error: unknown) => void }>

/** Subscribers that wait for the next changes. */
const createWaiters = () => {
  const waiting = new Set<Waiter>()
  return {
    isEmpty: (): boolean => waiting.size === 0,
    /** Resolves when they are woken, or when the signal aborts; rejects when they are failed. */
    wait: (signal: AbortSignal): Promise<void> => {
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
      return promise
    },
    wake: (): void => {
      for (const waiter of [...waiting]) waiter.wake()
    },
    fail: (error: unknown): void => {
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
