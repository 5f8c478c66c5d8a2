/**
 * Which failures of EventStoreDB may pass: the one place that knows gRPC's codes, the client
 * library's `type`s and the server's words. A server that is simply down shows as a plain Error
 * with a code and no `type`.
 */
import { FatalError, messageOf, RetryableError } from '../../domain/errors.ts'
import { type FailureSigns, readableFailure } from './readable-failure.ts'

/**
 * The append is larger than the server accepts; the caller has to cut it. Nothing of it is stored.
 */
export class AppendTooLarge extends FatalError {
  override name = 'AppendTooLarge'
}

/**
 * A live subscription was cut off because too much came at once. It resumes at once; nothing is
 * wrong.
 */
export class CutAsTooSlow extends RetryableError {
  override name = 'CutAsTooSlow'
}

/** No event lies at the position that was to be read from. */
export class NoSuchPosition extends FatalError {
  override name = 'NoSuchPosition'
}

/**
 * A failure as `RetryableError` or `FatalError`, with its cause. After a RetryableError an append
 * may or may not have happened: it may be tried again with the same events at the same revision.
 */
export const classifiedEventStoreError = (
  error: unknown,
  doing: string,
): RetryableError | FatalError => {
  if (error instanceof RetryableError || error instanceof FatalError) return error
  const { code, type } = signsOf(error)
  const message = messageOf(error)
  const text = `${doing}: ${readableFailure(message, { code, type })}`
  if (type === 'maximum-append-size-exceeded') return new AppendTooLarge(text, { cause: error })
  if (code === RESOURCE_EXHAUSTED && /message/i.test(message))
    return new AppendTooLarge(text, { cause: error })
  if (code === ABORTED && /too slow/i.test(message)) return new CutAsTooSlow(text, { cause: error })
  if (saysNoSuchPosition(code, message)) return new NoSuchPosition(text, { cause: error })
  return isRetryable(code, type, message)
    ? new RetryableError(text, { cause: error })
    : new FatalError(text, { cause: error })
}

/**
 * Whether the way to the server is lost or leads to the wrong one, so that another should be taken.
 */
export const isLostConnection = (error: unknown): boolean => {
  const { code, type } = signsOf(error)
  return (
    code === UNAVAILABLE ||
    type === 'unavailable' ||
    type === 'not-leader' ||
    DISCOVERY.test(messageOf(error))
  )
}

/**
 * A failure that no position explains: where none was to be read from, the same words mean a server
 * in trouble.
 */
export const failureOfCall = (error: unknown, doing: string): RetryableError | FatalError => {
  const classified = classifiedEventStoreError(error, doing)
  return classified instanceof NoSuchPosition
    ? new RetryableError(classified.message, { cause: error })
    : classified
}

/** Whether a read of the log failed because no event lies where it was to begin. */
export const isNoSuchPosition = (error: unknown): boolean =>
  classifiedEventStoreError(error, '') instanceof NoSuchPosition

export const hasType = (error: unknown, type: string): boolean => signsOf(error).type === type

const signsOf = (error: unknown): FailureSigns => {
  if (!(error instanceof Error)) return { code: null, type: null }
  return {
    code: 'code' in error && typeof error.code === 'number' ? error.code : null,
    type: 'type' in error && typeof error.type === 'string' ? error.type : null,
  }
}

const CANCELLED = 1
const UNKNOWN = 2
const INVALID_ARGUMENT = 3
const DEADLINE_EXCEEDED = 4
const RESOURCE_EXHAUSTED = 8
const ABORTED = 10
const INTERNAL = 13
const UNAVAILABLE = 14

const RETRYABLE_CODES: ReadonlySet<number> = new Set([
  CANCELLED,
  DEADLINE_EXCEEDED,
  RESOURCE_EXHAUSTED,
  ABORTED,
  INTERNAL, // a stream that was reset, as a server that shuts down does
  UNAVAILABLE,
])

const RETRYABLE_TYPES: ReadonlySet<string> = new Set([
  'timeout',
  'deadline-exceeded', // also without any code
  'unavailable',
  'cancelled',
  'not-leader',
])

const DISCOVERY = /^Failed to discover/

/** What comes as UNKNOWN or as a plain Error and passes all the same. */
const PASSING = [
  DISCOVERY,
  /leader info/i,
  /not ready/i,
  /too busy/i,
  /shutting down/i,
  /premature close/i,
]

const isRetryable = (code: number | null, type: string | null, message: string): boolean => {
  // The request itself is broken.
  if (code === INTERNAL && /serialization failure/i.test(message)) return false
  if (type !== null && RETRYABLE_TYPES.has(type)) return true
  if (code !== null && RETRYABLE_CODES.has(code)) return true
  return PASSING.some((pattern) => pattern.test(message))
}

/** 24.2 says so; 23.10 has only its word for anything unexpected. */
const saysNoSuchPosition = (code: number | null, message: string): boolean =>
  (code === INVALID_ARGUMENT && /invalid position/i.test(message)) ||
  (code === UNKNOWN && /Exception was thrown by handler|ReadAllResult/.test(message))
