/** An event as the server gives it, turned into one of the log. */
import { assert, FatalError } from '../../domain/errors.ts'
import type { JsonObject, RecordedEvent } from '../../domain/event-log/event-log.ts'

/** The part of the client library's events that is used. */
export type ServerEvent = Readonly<{
  streamId: string
  id: string
  revision: bigint
  type: string
  data: unknown
  metadata?: unknown
  isJson: boolean
  created: Date
  position?: Readonly<{ commit: bigint }>
}>

/**
 * False for what the server writes for itself: its own streams, and the mark that a stream was
 * deleted.
 */
const isOfTheLog = ({ streamId, type }: ServerEvent): boolean =>
  !streamId.startsWith('$') && !type.startsWith('$')

/**
 * Whether a page of the log wants it: of a stream with this prefix (null: any but the server's
 * own), behind `after`.
 */
export const isWanted = (event: ServerEvent, prefix: string | null, after: number): boolean =>
  isOfTheLog(event) &&
  event.streamId.startsWith(prefix ?? '') &&
  (event.position?.commit ?? -1n) > after

/** Throws FatalError for an event that no log of this program can have written. */
export const recordedEvent = (event: ServerEvent): RecordedEvent => {
  const { streamId, id, type, created } = event
  const place = `${type} ${id} of ${streamId}`
  if (!event.isJson || !isObject(event.data))
    throw new FatalError(`${place} holds no JSON object: it was not written here`)
  if (event.position === undefined) throw new FatalError(`${place} came without a position`)
  return {
    id,
    type,
    data: event.data,
    meta: metaOf(event.metadata, place),
    stream: streamId,
    revision: safeInteger(event.revision),
    logPosition: safeInteger(event.position.commit),
    recordedAt: created,
  }
}

/** Revisions and positions (bytes) stay far below 2⁵³: nine petabytes of log. */
export const safeInteger = (value: bigint): number => {
  const number = Number(value)
  assert(Number.isSafeInteger(number), `${value} is beyond the integers that a number holds`)
  return number
}

const metaOf = (metadata: unknown, place: string): JsonObject => {
  if (metadata === undefined) return {} // other programs leave it out
  if (isObject(metadata)) return metadata
  throw new FatalError(`The metadata of ${place} are no JSON object: it was not written here`)
}

/** Parsed from JSON, so an object holds JSON all the way down. */
const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Uint8Array)
