/**
 * Bounds in time around what the client library does: one of its streams that falls silent, a
 * promise that never settles.
 */
import { RetryableError } from '../../domain/errors.ts'
import { shownDuration } from '../../domain/shown.ts'

/** A deadline that runs: `refresh` begins it anew, `clear` ends it without a word. */
type Timer = Readonly<{ refresh: () => unknown; clear: () => void }>

/** Calls `onLate` once so many ms are over. Tests let it be over when they like. */
export type StartTimer = (ms: number, onLate: () => void) => Timer

export const startTimer: StartTimer = (ms, onLate) => {
  const timer = setTimeout(onLate, ms)
  return { refresh: () => timer.refresh(), clear: () => clearTimeout(timer) }
}

/** How long something may take, or show no sign of life. */
export type Limit = Readonly<{ msMax: number; startTimer: StartTimer }>

/** What is used of the library's streams. */
type ItemStream = Readonly<{
  on: (event: 'error', listener: () => void) => unknown
  iterator: (options: { destroyOnReturn: boolean }) => AsyncIterable<unknown>
  resume: () => unknown
  destroy: (error?: Error) => unknown
}>

/** `isAlive` is to be called when something has come that is no item. */
export type Reading<Item> = Readonly<{ isAlive: () => void; items: () => AsyncIterable<Item> }>

/**
 * Reads a stream of the library to its end or until the reader stops; it fails when nothing comes
 * for too long.
 */
export const readingOf = <Item>(
  stream: ItemStream,
  cancel: () => Promise<void>,
  idle: Limit | null,
): Reading<Item> => {
  // The loop below meets it; without any listener it would end the process.
  stream.on('error', () => {})
  const fail = (): void => {
    stream.destroy(
      new RetryableError(
        `EventStoreDB has shown no sign of life for ${shownDuration(idle?.msMax ?? 0)}`,
      ),
    )
  }
  const timer = idle === null ? null : idle.startTimer(idle.msMax, fail)
  return {
    isAlive: () => timer?.refresh(),
    items: async function* () {
      try {
        for await (const item of stream.iterator({ destroyOnReturn: false })) {
          timer?.refresh()
          yield item as Item // the library's types, and what is pushed above
        }
      } finally {
        timer?.clear()
        // Rejects where the call was never made, with what the loop has met.
        void Promise.allSettled([cancel()])
        stream.resume() // to its end: the library keeps every call that was not read to the end
      }
    },
  }
}

/**
 * Fails as retryable when `work` takes longer, or the signal aborts. What `work` does later is
 * ignored.
 */
export const within = async <T>(
  { msMax, startTimer }: Limit,
  signal: AbortSignal,
  work: Promise<T>,
): Promise<T> => {
  const early = Promise.withResolvers<never>()
  const failLate = (): void =>
    early.reject(new RetryableError(`EventStoreDB has not answered within ${shownDuration(msMax)}`))
  const failClosed = (): void =>
    early.reject(new RetryableError('The event log was closed before EventStoreDB answered'))
  const timer = startTimer(msMax, failLate)
  signal.addEventListener('abort', failClosed, { once: true })
  try {
    return await Promise.race([work, early.promise])
  } finally {
    timer.clear()
    signal.removeEventListener('abort', failClosed)
  }
}
