/**
 * When a client may try to connect again: one clock for all its streams, so that twenty of them try
 * once together and not twenty times, and a longer pause after each failure.
 */
import { type Backoff, backoffMs } from '../../domain/waiting/backoff.ts'
import { until } from '../../domain/waiting/pause.ts'

/** Shared by the streams of one client. */
export type Reconnect = Readonly<{
  /** Resolves when a connection may be tried (at once when none has failed), or on abort. */
  due: (signal: AbortSignal) => Promise<void>
  /** A connection failed or was lost. Until the next try is due, further calls change nothing. */
  failed: () => void
  /** A connection is open: whatever waits goes on. */
  opened: () => void
  /** Something says that trying is worth it now: whatever waits goes on. */
  tryNow: () => void
  /** Resolves after `ms`, on abort, or when whatever waits goes on. */
  pause: (ms: number, signal: AbortSignal) => Promise<void>
}>

/** What the clock reckons with. */
export type ReconnectOptions = Readonly<{
  /** Whether there is a network at all; without one nothing is tried until `tryNow`. */
  isOnline: () => boolean
  /** Milliseconds on a clock that never goes back. Default: the platform's. */
  now?: () => number
  /** 0 ≤ random < 1, for jitter. Default Math.random. */
  random?: () => number
}>

/** From a quarter of a second after the first failure. */
export const RECONNECT_BACKOFF: Backoff = { firstMs: 250, maxMs: 15_000 }

/** A clock of a client that has not connected yet. */
export const createReconnect = ({
  isOnline,
  now = () => performance.now(),
  random = Math.random,
}: ReconnectOptions): Reconnect => {
  let failures = 0
  let dueAtMs = 0
  let rung = Promise.withResolvers<void>()
  const ring = (): void => {
    dueAtMs = 0
    rung.resolve()
    rung = Promise.withResolvers()
  }
  return {
    due: async (signal) => {
      while (!signal.aborted) {
        const leftMs = isOnline() ? dueAtMs - now() : Number.POSITIVE_INFINITY
        if (leftMs <= 0) return
        await until(rung.promise, signal, leftMs)
      }
    },
    failed: () => {
      if (now() < dueAtMs) return
      failures += 1
      dueAtMs = now() + backoffMs(failures, random, RECONNECT_BACKOFF)
    },
    opened: () => {
      failures = 0
      ring()
    },
    tryNow: ring,
    pause: (ms, signal) => until(rung.promise, signal, ms),
  }
}
