/**
 * Checks that what stands in a file is an event, field by field: nothing in a file can be taken for
 * granted.
 */
import type { JsonObject, RecordedEvent } from '../../../domain/event-log/event-log.ts'
import { parseInstant } from '../../../domain/instant.ts'

/** The fields of an event as they were found, not yet known to be any. */
export type FoundFields = Readonly<Partial<Record<keyof RecordedEvent, unknown>>>

/** The event, or what is wrong with it. `recordedAt` may be a Date or ISO 8601 text. */
export const archivedEventOf = (found: FoundFields): RecordedEvent | string => {
  const { stream, revision, logPosition, id, type, data, meta } = found
  if (typeof stream !== 'string') return 'stream is not a text'
  if (typeof id !== 'string') return 'id is not a text'
  if (typeof type !== 'string') return 'type is not a text'
  if (!isPlace(revision)) return 'revision is not a whole number of at least 0'
  if (!isPlace(logPosition)) return 'logPosition is not a whole number of at least 0'
  const recordedAt = dateOf(found.recordedAt)
  if (recordedAt === null) return 'recordedAt is not a time'
  if (!isObject(data)) return 'data is not a JSON object'
  if (!isObject(meta)) return 'meta is not a JSON object'
  return { id, type, data, meta, stream, revision, logPosition, recordedAt }
}

const isPlace = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const dateOf = (value: unknown): Date | null => {
  const date = typeof value === 'string' ? parseInstant(value) : value
  return date instanceof Date && !Number.isNaN(date.getTime()) ? date : null
}
