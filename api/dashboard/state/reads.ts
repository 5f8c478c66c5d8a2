/**
 * Reads of the API that outlast what may pass: one that fails or takes too long is tried again, and
 * its caller is told. One that its signal ended rejects with the signal's reason, which is nobody's
 * trouble.
 */
import { messageOf, RetryableError } from '../../../domain/errors.ts'
import type { Backoff } from '../../../domain/waiting/backoff.ts'
import { persistently } from '../../../domain/waiting/persistently.ts'

/** Asks the server once; `signal` ends it. */
export type Read<T> = (signal: AbortSignal) => Promise<T>

const READ_MS_MAX = 20_000
const READ_BACKOFF: Backoff = { firstMs: 1_000, maxMs: 30_000 }

/** Reads once. Throws RetryableError when it takes longer than `msMax`. */
export const readWithin = async <T>(
  msMax: number,
  read: Read<T>,
  signal: AbortSignal,
): Promise<T> => {
  const overdue = AbortSignal.timeout(msMax)
  try {
    return await read(AbortSignal.any([signal, overdue]))
  } catch (error) {
    if (!overdue.aborted || signal.aborted) throw error
    throw new RetryableError(`The server did not answer within ${msMax / 1_000} s`, {
      cause: error,
    })
  }
}

/**
 * Reads until it succeeds; `onTrouble` is told why it has to be tried again. Throws what no retry
 * can help, and the signal's reason once it has aborted.
 */
export const readPersistently = <T>(
  read: Read<T>,
  signal: AbortSignal,
  onTrouble: (message: string) => void,
): Promise<T> =>
  persistently(() => readWithin(READ_MS_MAX, read, signal), signal, {
    backoff: READ_BACKOFF,
    onRetry: ({ error }) => onTrouble(`${messageOf(error)}; trying again`),
  })
