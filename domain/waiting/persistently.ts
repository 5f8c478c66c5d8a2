/**
 * Trying again: the one way in which the loops of this system outlast what may pass. Only a
 * RetryableError is tried again; anything else is thrown at once.
 */
import { FatalError, RetryableError } from '../errors.ts'
import { type Backoff, backoffMs } from './backoff.ts'
import { pause } from './pause.ts'

/** A failure that will be tried again: `failures` counts from 1 and begins anew after a success. */
export type Retry = Readonly<{ error: RetryableError; failures: number; delayMs: number }>

export type RetryOptions = Readonly<{
  /** Told of each failure before the pause that follows it. */
  onRetry?: ((retry: Retry) => void) | undefined
  /** Told of the first success after failures: they have passed. */
  onRecovered?: (() => void) | undefined
  /** Default: from 100 ms up to 5 s. */
  backoff?: Backoff | undefined
  /** 0 ≤ random < 1, for jitter. Default Math.random. */
  random?: () => number
  /** Failures in a row of which the last is thrown. Default: no limit. */
  failuresMax?: number
  /** A failure so long after the first try is thrown. Default: no limit. */
  msMax?: number
}>

/** `succeeded` begins the count of failures anew, for attempts that live long. */
export type Attempt<T> = (succeeded: () => void) => Promise<T>

/**
 * Tries until an attempt succeeds, and resolves with what it gave. Rejects with what no retry can
 * help, with a RetryableError beyond the limits, or with the signal's reason once it has aborted.
 */
export const persistently = async <T>(
  attempt: Attempt<T>,
  signal: AbortSignal,
  options: RetryOptions = {},
): Promise<T> => {
  const { onRetry, onRecovered, backoff, random = Math.random } = options
  const { failuresMax = Number.POSITIVE_INFINITY, msMax = Number.POSITIVE_INFINITY } = options
  const startedMs = performance.now()
  let failures = 0
  const succeeded = (): void => {
    if (failures > 0 && !signal.aborted) onRecovered?.()
    failures = 0
  }
  for (;;) {
    signal.throwIfAborted()
    try {
      const given = await attempt(succeeded)
      succeeded()
      return given
    } catch (error) {
      if (!(error instanceof RetryableError)) throw error
      signal.throwIfAborted()
      failures += 1
      if (failures >= failuresMax || performance.now() - startedMs >= msMax) throw error
      const delayMs = backoffMs(failures, random, backoff)
      onRetry?.({ error, failures, delayMs })
      await pause(delayMs, signal)
    }
  }
}

/**
 * Takes one turn after the other, each persistently, until the signal aborts; resolves then.
 * Rejects with what no retry can help; after the abort only a FatalError still counts.
 */
export const repeatedly = async (
  turn: Attempt<void>,
  signal: AbortSignal,
  options: RetryOptions = {},
): Promise<void> => {
  while (!signal.aborted) {
    try {
      await persistently(turn, signal, options)
    } catch (error) {
      if (!signal.aborted || error instanceof FatalError) throw error
    }
  }
}
