/**
 * Which failures of PostgreSQL may pass: the one place that knows SQLSTATE classes and network
 * codes. What stands for a lost race or a refusal of our own is translated where it is expected,
 * before this.
 */
import { DatabaseError } from 'pg'
import { FatalError, messageOf, RetryableError } from '../../domain/errors.ts'

/** An append by a writer that another has replaced. It must stop; its successor goes on. */
export class Fenced extends FatalError {
  override name = 'Fenced'
}

/**
 * The SQLSTATE with which the log's functions refuse a replaced writer (a class that PostgreSQL
 * leaves to users).
 */
export const FENCED_SQLSTATE = 'CX001'

/**
 * A failure as `RetryableError` or `FatalError`, with its cause and SQLSTATE. After a
 * RetryableError a write may or may not have happened: only what is idempotent may be tried again.
 */
export const classifiedPostgresError = (
  error: unknown,
  doing: string,
): RetryableError | FatalError => {
  if (error instanceof RetryableError || error instanceof FatalError) return error
  const code = codeOf(error)
  const text = `${doing}: ${messageOf(error)}${code === null ? '' : ` (${code})`}`
  if (code === FENCED_SQLSTATE) return new Fenced(text, { cause: error })
  return isRetryable(error, code)
    ? new RetryableError(text, { cause: error })
    : new FatalError(text, { cause: error })
}

const codeOf = (error: unknown): string | null =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null

const isRetryable = (error: unknown, code: string | null): boolean => {
  if (error instanceof DatabaseError) {
    return code !== null && (RETRYABLE_CLASSES.has(code.slice(0, 2)) || RETRYABLE_STATES.has(code))
  }
  if (code !== null) return NETWORK_CODES.has(code)
  return error instanceof Error && DRIVER_MESSAGES.some((text) => error.message.includes(text))
}

/**
 * Connection exceptions, transaction rollbacks (deadlock, serialisation), out of resources,
 * operator intervention.
 */
const RETRYABLE_CLASSES: ReadonlySet<string> = new Set(['08', '40', '53', '57'])
/**
 * Lock not available; a transaction that idled too long; a standby, which refuses writes until it
 * is the primary.
 */
const RETRYABLE_STATES: ReadonlySet<string> = new Set(['55P03', '25P03', '25006'])

const NETWORK_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  // A name service that is not up yet; a typing error looks the same and shows in the message.
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT', // a Unix socket that is not there yet
])

/** What the driver says without any code (pg 8.23). */
const DRIVER_MESSAGES = [
  'Connection terminated',
  'Client has encountered a connection error',
  'timeout exceeded when trying to connect',
  'Query read timeout',
] as const
