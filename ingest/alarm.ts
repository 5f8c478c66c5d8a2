/** A pause that can be cut short: by its time, by a ring, by the end of the whole. */
export type Alarm = Readonly<{
  /** Ends the pause that is on, or else the next one at once: a ring is never lost. */
  ring: () => void
  /** Resolves after `ms`, at a ring, or when the signal aborts. */
  pause: (ms: number, signal: AbortSignal) => Promise<void>
}>

/** An alarm for one sleeper. */
export const createAlarm = (): Alarm => {
  let rung = false
  let wake: (() => void) | null = null
  return {
    ring: () => {
      rung = true
      wake?.()
    },
    pause: async (ms, signal) => {
      if (!rung && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const end = (): void => {
            clearTimeout(timer)
            signal.removeEventListener('abort', end)
            resolve()
          }
          const timer = setTimeout(end, ms)
          signal.addEventListener('abort', end)
          wake = end
        })
      }
      wake = null
      rung = false
    },
  }
}
