/**
 * What every event log makes of the limits of a best-effort stream, so that all adapters accept and
 * refuse the same.
 */
import { FatalError } from '../errors.ts'
import type { Retention } from './event-log.ts'
import { refuseStreamName } from './storable-event.ts'

/** Ten years in seconds, and about as many events as a 32-bit revision counts. */
const LIMIT_MAX = 315_360_000

/** Checks a declaration. Throws FatalError, saying which limit of which stream is none. */
export const checkedRetention = (
  stream: string,
  { eventsMax, ageSecondsMax }: Retention,
): Retention => {
  refuseStreamName(stream)
  const limits = {
    ...limitOf(stream, 'eventsMax', eventsMax),
    ...limitOf(stream, 'ageSecondsMax', ageSecondsMax),
  }
  if (Object.keys(limits).length === 0)
    throw new FatalError(`The limits of ${stream} limit nothing`)
  return limits
}

const limitOf = (stream: string, name: keyof Retention, value: number | undefined): Retention => {
  if (value === undefined) return {}
  if (Number.isSafeInteger(value) && value >= 1 && value <= LIMIT_MAX) return { [name]: value }
  throw new FatalError(
    `The ${name} of ${stream} must be a whole number from 1 to ${LIMIT_MAX}, not ${value}`,
  )
}

/** For a stream that holds facts for good, and cannot lose them any more. */
export const refuseToLimit = (stream: string): FatalError =>
  new FatalError(
    `${stream} holds events that are kept for good: only a stream without any can become best-effort`,
  )

/** For an append without an expected revision to a stream that is not best-effort. */
export const refuseAny = (stream: string): FatalError =>
  new FatalError(
    `${stream} is not best-effort: an append to it has to say which revision it expects`,
  )
