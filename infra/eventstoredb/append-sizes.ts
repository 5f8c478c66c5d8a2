/**
 * How large an append may be, and how long it may take: known before it is sent, so that what the
 * server would refuse is refused at once, however busy the machine is.
 */
import type { StorableEvent } from '../../domain/event-log/storable-event.ts'
import { shownBytes } from '../../domain/shown.ts'
import { AppendTooLarge } from './client-errors.ts'

/**
 * What a server takes unless it is told otherwise (`MaxAppendSize`): the sum of the data; metadata,
 * types and ids do not count.
 */
const DATA_BYTES_MAX = 1_048_576
/** A gRPC message of 16 MiB, less room for ids and framing; each event is a message of its own. */
const EVENT_BYTES_MAX = 16 * 1_048_576 - 65_536
/** The slowest way to a server on which an append still succeeds: 64 KiB a second. */
const BYTES_PER_MS_MIN = 64

const bytesOf = (text: string): number => Buffer.byteLength(text)

/** Throws AppendTooLarge, before anything is sent, for what the server would refuse. */
export const refuseTooLarge = (stream: string, events: readonly StorableEvent[]): void => {
  const dataBytes = events.reduce((sum, { data }) => sum + bytesOf(data), 0)
  if (dataBytes > DATA_BYTES_MAX)
    throw new AppendTooLarge(
      `Appending to ${stream}: ${shownBytes(dataBytes)} of data are more than the ${shownBytes(DATA_BYTES_MAX)} that EventStoreDB takes at once`,
    )
  for (const { id, type, data, meta } of events) {
    const bytes = bytesOf(data) + bytesOf(meta) + bytesOf(type)
    if (bytes > EVENT_BYTES_MAX)
      throw new AppendTooLarge(
        `Appending to ${stream}: ${type} ${id} has ${shownBytes(bytes)}, more than the ${shownBytes(EVENT_BYTES_MAX)} that EventStoreDB takes in one event`,
      )
  }
}

/** Deadline of an append in ms: the smallest one, and what its bytes need on a slow way. */
export const appendDeadlineMs = (appendMsMax: number, events: readonly StorableEvent[]): number => {
  const bytes = events.reduce((sum, { data, meta }) => sum + bytesOf(data) + bytesOf(meta), 0)
  return appendMsMax + Math.ceil(bytes / BYTES_PER_MS_MIN)
}
