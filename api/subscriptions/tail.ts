/**
 * The newest changes of one source, read once for all of its subscribers. Whoever stands in its
 * window takes from it and waits at its end; whoever stands before it reads for itself, page by
 * page, until it is there. Subscribers pull, so a slow one slows nobody and nothing piles up for
 * it.
 */
import { persistently } from '../../domain/waiting/persistently.ts'
import type { ReportError } from '../errors.ts'
import type { Delivery, DeliveryPage } from './change.ts'
import { afterAll, comparePlaces, type Place } from './place.ts'

/** Changes kept for subscribers that are not quite at the end; the newest page stays whole. */
const WINDOW_DELIVERIES_MAX = 64

export type Tail = Readonly<{
  /** Whether changes directly after this place are still in the window. */
  holds: (after: Place) => boolean
  /** The changes after a place, once there is at least one; none when the signal aborts. */
  next: (after: Place, signal: AbortSignal) => Promise<readonly Delivery[]>
  /** Says that the read models have moved on. */
  wake: () => void
  /** Ends every wait with this error. */
  fail: (error: Error) => void
}>

export type TailOptions = Readonly<{
  read: (after: Place) => Promise<DeliveryPage>
  /** Position up to which the read models are known to reach; -1 when nothing is known yet. */
  reachedPosition: () => number
  report: ReportError
  /** Ends the tail; those who wait are told by `fail`. */
  signal: AbortSignal
}>

type Waiter = Readonly<{ wake: () => void; fail: (error: unknown) => void }>

/** A tail whose window opens, empty, at `start`. */
export const createTail = (
  start: Place,
  { read, reachedPosition, report, signal: closing }: TailOptions,
): Tail => {
  const waiting = new Set<Waiter>()
  const ownReads = createSharedReads(read)
  let window: readonly Delivery[] = []
  let windowStart = start
  let windowEnd = start
  let isStale = true
  let isReading = false

  const take = ({ deliveries, isAll }: DeliveryPage, reached: number): void => {
    const keep = Math.max(WINDOW_DELIVERIES_MAX, deliveries.length)
    const all = [...window, ...deliveries]
    const dropped = Math.max(0, all.length - keep)
    windowStart = all[dropped - 1]?.place ?? windowStart
    window = all.slice(dropped)
    windowEnd = deliveries.at(-1)?.place ?? windowEnd
    // Nothing else lies up to here, so that the next read does not search the quiet stretch again.
    if (isAll && reached > windowEnd.position) windowEnd = afterAll(reached)
  }

  /** Null when nobody waits for it any more. */
  const readOn = (): Promise<DeliveryPage | null> =>
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
        if (page.deliveries.length > 0) for (const waiter of [...waiting]) waiter.wake()
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
          const { deliveries } = await ownReads(after, opening)
          if (deliveries.length > 0) return deliveries
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
const createSharedReads = (read: TailOptions['read']) => {
  const running = new Map<string, Promise<DeliveryPage>>()
  return (after: Place, opening: Place): Promise<DeliveryPage> => {
    const key = `${after.position}/${after.taken}/${opening.position}/${opening.taken}`
    const known = running.get(key)
    if (known !== undefined) return known
    const started = read(after).finally(() => running.delete(key))
    running.set(key, started)
    return started
  }
}
