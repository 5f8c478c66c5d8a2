/**
 * Waiting that a signal ends at once. A wait that is over says nothing about why: the waiter looks
 * again.
 */

/** A signal that never aborts, for waits that only their cause or their time ends. */
export const NEVER: AbortSignal = new AbortController().signal

/**
 * Resolves when `awaited` does, when the signal aborts (at once when it has), or after `msMax`.
 * Rejects as `awaited` does if that comes first.
 */
export const until = async (
  awaited: Promise<unknown>,
  signal: AbortSignal,
  msMax: number = Number.POSITIVE_INFINITY,
): Promise<void> => {
  if (signal.aborted) return
  const { promise, resolve } = Promise.withResolvers<void>()
  const end = (): void => resolve()
  const timer = Number.isFinite(msMax) ? setTimeout(end, msMax) : undefined
  signal.addEventListener('abort', end, { once: true })
  try {
    await Promise.race([promise, awaited])
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', end)
  }
}

/** Resolves after `ms`, or when the signal aborts. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  until(new Promise(() => {}), signal, ms)
