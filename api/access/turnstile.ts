/**
 * How many operations are worked on at once. All of them share one thread and one database with
 * ingest, so more at once would make none of them faster; the others wait in line, as long as the
 * line is not too long.
 */
import { until } from '../../domain/waiting/pause.ts'
import { unavailable } from '../errors.ts'

export type Turnstile = Readonly<{
  /**
   * Runs work when it is its turn; `isFirst`: before all that are not. Throws UNAVAILABLE when too
   * many wait already, or when its turn does not come in time, and the signal's reason when that
   * aborts first.
   */
  pass: <T>(
    work: () => Promise<T>,
    asker: Readonly<{ signal: AbortSignal; isFirst: boolean }>,
  ) => Promise<T>
  /** How many are worked on, and how many wait. */
  counts: () => Readonly<{ running: number; waiting: number }>
}>

export type TurnstileOptions = Readonly<{
  runningMax: number
  waitingMax: number
  waitMsMax: number
}>

type Waiter = Readonly<{ isFirst: boolean; go: () => void }>

export const createTurnstile = ({
  runningMax,
  waitingMax,
  waitMsMax,
}: TurnstileOptions): Turnstile => {
  const line = new Set<Waiter>()
  let running = 0

  const next = (): Waiter | undefined => {
    const [oldest] = line
    return [...line].find(({ isFirst }) => isFirst) ?? oldest
  }

  const leave = (): void => {
    running -= 1
    const waiter = next()
    if (waiter === undefined) return
    line.delete(waiter)
    running += 1
    waiter.go()
  }

  const enter = async (signal: AbortSignal, isFirst: boolean): Promise<void> => {
    if (running < runningMax) {
      running += 1
      return
    }
    if (line.size >= waitingMax) throw unavailable(`${waitingMax} operations wait already`)
    const { promise, resolve } = Promise.withResolvers<void>()
    const waiter: Waiter = { isFirst, go: resolve }
    line.add(waiter)
    await until(promise, signal, waitMsMax)
    if (!line.delete(waiter)) return
    signal.throwIfAborted()
    throw unavailable(`its turn did not come within ${waitMsMax / 1_000} s`)
  }

  return {
    pass: async (work, { signal, isFirst }) => {
      signal.throwIfAborted()
      await enter(signal, isFirst)
      try {
        return await work()
      } finally {
        leave()
      }
    },
    counts: () => ({ running, waiting: line.size }),
  }
}
