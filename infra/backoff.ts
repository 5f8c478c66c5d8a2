/** Waiting between tries: growing, jittered, bounded, and ended at once by the signal. */
import { doubledDelayMs } from '../domain/doubled-delay.ts'

const firstDelayMs = 100
const delayMsMax = 5_000

/**
 * Delay before the next try after `failures` in a row (1 for the first), with full jitter; at most
 * five seconds.
 */
export const backoffMs = (failures: number, random: () => number): number =>
  random() * doubledDelayMs(failures, firstDelayMs, delayMsMax)

/**
 * Resolves when any of the promises does, when `timeoutMs` have passed, or when the signal aborts.
 */
export const raceWithin = async (
  timeoutMs: number,
  signal: AbortSignal,
  ...others: readonly Promise<unknown>[]
): Promise<void> => {
  if (signal.aborted) return
  const { promise, resolve } = Promise.withResolvers<void>()
  const end = (): void => resolve()
  const timer = Number.isFinite(timeoutMs) ? setTimeout(end, timeoutMs) : undefined
  signal.addEventListener('abort', end, { once: true })
  try {
    await Promise.race([promise, ...others])
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', end)
  }
}
