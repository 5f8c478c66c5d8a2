/**
 * Wake-ups between an append and the subscriptions that wait at the end of what they follow, within
 * one process. They carry nothing and may come without cause: a woken reader reads again.
 */

/**
 * One wait: `woken` resolves at the next matching wake-up after the call that made it. `cancel`
 * forgets it.
 */
export type Wait = Readonly<{ woken: Promise<void>; cancel: () => void }>

export type WakeUps = Readonly<{
  /**
   * Waits for an append to a stream that `matches` accepts. Ask before reading, so that nothing
   * falls between.
   */
  next: (matches: (stream: string) => boolean) => Wait
  /** Something was appended to `stream`. */
  wake: (stream: string) => void
  /** Anything may have been appended, or waiting has become pointless. */
  wakeAll: () => void
  /** Whether anybody waits. */
  hasWaiters: () => boolean
}>

/** Makes an empty set of waits. */
export const createWakeUps = (): WakeUps => {
  const waiters = new Map<() => void, (stream: string) => boolean>()

  const wakeWhere = (isMeant: (matches: (stream: string) => boolean) => boolean): void => {
    for (const [resolve, matches] of [...waiters]) {
      if (!isMeant(matches)) continue
      waiters.delete(resolve)
      resolve()
    }
  }

  return {
    next: (matches) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      waiters.set(resolve, matches)
      return { woken: promise, cancel: () => waiters.delete(resolve) }
    },
    wake: (stream) => wakeWhere((matches) => matches(stream)),
    wakeAll: () => wakeWhere(() => true),
    hasWaiters: () => waiters.size > 0,
  }
}
