/**
 * The two kinds of failure that a loop must tell apart. Expected refusals are not errors: they are
 * values with a code (see `Rejection` in decider.ts). What is thrown is either worth another try or
 * not, and says so by its class.
 */

/** Something outside failed in a way that may pass: a lost connection, a timeout, a busy server. */
export class RetryableError extends Error {
  override name = 'RetryableError'
}

/**
 * Trying again cannot help: a broken invariant, a damaged file, a configuration that contradicts
 * itself.
 */
export class FatalError extends Error {
  override name = 'FatalError'
}

/**
 * States what must be true here. A false condition is a bug or damaged data, never a user's
 * mistake.
 */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new FatalError(`Invariant broken: ${message}`)
}

/** Text of an unknown thrown value, for logs and messages; never a stack trace. */
export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)
