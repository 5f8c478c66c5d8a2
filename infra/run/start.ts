/** How a program of several parts starts, runs its loops and stops. */
import { FatalError, messageOf } from '../../domain/errors.ts'
import { createShutdown, type Shutdown, type ShutdownLimits } from './shutdown.ts'

/** What the parts of a start are given. */
export type Run = Readonly<{
  shutdown: Shutdown
  /** Ends the program: the start, or later what has started. Only the first error counts. */
  fail: (error: Error) => void
  /** Aborts when the start is given up; no effect on what has started. */
  signal: AbortSignal
}>

export type Started<Parts> = Parts &
  Readonly<{
    /** Resolves when a part has failed for good and the process should end; never otherwise. */
    failed: Promise<Error>
    /** Stops everything in reverse order; returns what went wrong on the way. */
    close: () => Promise<readonly string[]>
  }>

/**
 * Starts parts and resolves when all are ready. Rejects with what kept one from starting, or with
 * the signal's reason; what had started is then stopped again.
 */
export const startParts = async <Parts extends object>(
  { signal: given, ...limits }: Readonly<{ signal: AbortSignal }> & ShutdownLimits,
  assemble: (run: Run) => Promise<Parts>,
): Promise<Started<Parts>> => {
  const shutdown = createShutdown(limits)
  const failed = Promise.withResolvers<Error>()
  const abandoned = new AbortController()
  const signal = AbortSignal.any([given, abandoned.signal])
  const assembled = assemble({ shutdown, fail: failed.resolve, signal })
  try {
    const outcome = await Promise.race([assembled, failed.promise])
    if (outcome instanceof Error) throw outcome
    return { ...outcome, failed: failed.promise, close: shutdown.close }
  } catch (error) {
    abandoned.abort(error)
    await Promise.allSettled([assembled])
    await shutdown.close()
    throw error
  }
}

/** Runs a loop until shutdown; its failure ends the program. */
export const runLoop = (
  { shutdown, fail }: Pick<Run, 'shutdown' | 'fail'>,
  name: string,
  loop: (signal: AbortSignal) => Promise<void>,
): void => {
  const stop = new AbortController()
  const ended = loop(stop.signal).catch((error: unknown) => {
    if (!stop.signal.aborted)
      fail(error instanceof Error ? error : new FatalError(`${name}: ${messageOf(error)}`))
  })
  shutdown.add(name, () => {
    stop.abort()
    return ended
  })
}

/**
 * As Promise.all, but one that fails gives the start up and still waits for the others, so that
 * what they opened is known to the shutdown.
 */
export const allStarted = async <T extends readonly unknown[]>(
  { fail }: Pick<Run, 'fail'>,
  parts: readonly [...{ [K in keyof T]: Promise<T[K]> }],
) => {
  for (const part of parts) part.catch(fail)
  await Promise.allSettled(parts)
  return Promise.all(parts)
}
