/**
 * Bounds in time around what the client library does: one of its streams that falls silent, a
 * promise that never settles.
 */
import { RetryableError } from '../../domain/errors.ts'

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
  idleMsMax: number | null,
): Reading<Item> => {
  // The loop below meets it; without any listener it would end the process.
  stream.on('error', () => {})
  const fail = (): void => {
    stream.destroy(new RetryableError(`EventStoreDB has shown no sign of life for ${idleMsMax} ms`))
  }
  const timer = idleMsMax === null ? undefined : setTimeout(fail, idleMsMax)
  return {
    isAlive: () => timer?.refresh(),
    items: async function* () {
      try {
        for await (const item of stream.iterator({ destroyOnReturn: false })) {
          timer?.refresh()
          yield item as Item // the library's types, and what is pushed above
        }
      } finally {
        clearTimeout(timer)
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
  deadlineMs: number,
  signal: AbortSignal,
  work: Promise<T>,
): Promise<T> => {
  const early = Promise.withResolvers<never>()
  const failLate = (): void =>
    early.reject(new RetryableError(`EventStoreDB has not answered within ${deadlineMs} ms`))
  const failClosed = (): void =>
    early.reject(new RetryableError('The event log was closed before EventStoreDB answered'))
  const timer = setTimeout(failLate, deadlineMs)
  signal.addEventListener('abort', failClosed, { once: true })
  try {
    return await Promise.race([work, early.promise])
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', failClosed)
  }
}
