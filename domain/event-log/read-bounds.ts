/**
 * What every event log makes of the bounds of a read, so that all adapters accept and refuse the
 * same ones.
 */
import { FatalError } from '../errors.ts'
import type { ReadStreamOptions } from './event-log.ts'
import { refuseStreamName } from './storable-event.ts'

export type ReadBounds = Readonly<{
  direction: 'forwards' | 'backwards'
  /** First revision to return; null: wherever the direction begins. */
  from: number | null
  /** Most events to return; Infinity: all. */
  limit: number
}>

/** Fills in the defaults. Throws FatalError for bounds that are not whole numbers of at least 0. */
export const readBounds = ({
  direction = 'forwards',
  from,
  limit,
}: ReadStreamOptions): ReadBounds => ({
  direction,
  from: from === undefined ? null : wholeNumber('from', from),
  limit: limit === undefined ? Number.POSITIVE_INFINITY : wholeNumber('limit', limit),
})

/** Checks a category's name. Throws FatalError when it is empty or contains a dash. */
export const categoryName = (category: string): string => {
  if (category === '' || category.includes('-') || category.includes('\0')) {
    throw new FatalError(
      `A category is the part of a stream's name before its first dash, not "${category}"`,
    )
  }
  return category
}

/**
 * Checks the name of a stream to read. Throws FatalError for one that no log could give a stream.
 */
export const streamName = (stream: string): string => {
  refuseStreamName(stream)
  return stream
}

/**
 * Checks the revision or log position after which to read, -1 for all. Throws FatalError for
 * anything else.
 */
export const startAfter = (position: number): number => {
  if (Number.isSafeInteger(position) && position >= -1) return position
  throw new FatalError(`A read begins after a whole number of at least -1, not after ${position}`)
}

/** Checks the most events that a page may hold. */
export const pageLimit = (limit: number): number => wholeNumber('limit', limit)

const wholeNumber = (name: string, value: number): number => {
  if (Number.isSafeInteger(value) && value >= 0) return value
  throw new FatalError(`The ${name} of a read must be a whole number of at least 0, not ${value}`)
}
