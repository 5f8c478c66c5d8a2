import { until } from './pause.ts'

/** A pause that can be cut short: by its time, by a ring, by the end of the whole. */
export type Alarm = Readonly<{
  /** Ends the pause that is on, or else the next one at once: a ring is never lost. */
  ring: () => void
  /** Resolves after `ms` (Infinity: never by time), at a ring, or when the signal aborts. */
  pause: (ms: number, signal: AbortSignal) => Promise<void>
}>

/** An alarm for one sleeper. */
export const createAlarm = (): Alarm => {
  let rung = Promise.withResolvers<void>()
  return {
    ring: () => rung.resolve(),
    pause: async (ms, signal) => {
      await until(rung.promise, signal, ms)
      rung = Promise.withResolvers()
    },
  }
}
