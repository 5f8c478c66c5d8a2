/**
 * A file of events: what both formats have in common. Events lie in it as the log gave them, in
 * order, and its end says how many there are and their checksum, so that a file that was cut off or
 * changed is told from a whole one before anything is done with it. docs/exports.md describes both
 * formats for readers with other tools.
 */

import type { RecordedEvent } from '../../../domain/event-log/event-log.ts'
import { chained, factText } from './checksum.ts'
import { DamagedFile } from './damaged-file.ts'

export const ARCHIVE_FORMATS = ['ndjson', 'parquet'] as const
export type ArchiveFormat = (typeof ARCHIVE_FORMATS)[number]

/** Version of the layout of both formats. */
export const ARCHIVE_VERSION = 1

/** What stands at the end of a file. */
export type ArchiveEnd = Readonly<{
  version: number
  events: number
  /** Of the events in the order of the file: stream, revision, id, type, data and meta of each. */
  checksum: string
}>

/** A file that is being written. Nothing is there under its final name before `finish`. */
export type ArchiveSink = Readonly<{
  /** `texts`: the `factText` of each event. */
  write: (events: readonly RecordedEvent[], texts: readonly string[]) => Promise<void>
  /** Writes the end and makes the file durable. */
  finish: (end: ArchiveEnd) => Promise<void>
  /** Closes without an end; after `finish` it does nothing. */
  abandon: () => Promise<void>
}>

/** A file that is read, as often as wanted. */
export type ArchiveSource = Readonly<{
  /** What an event is counted in, for messages: events are numbered from 1. */
  unit: 'line' | 'row'
  /**
   * Events in the order of the file. Throws `DamagedFile` at the place where it is damaged, or cut
   * off.
   */
  pages: () => AsyncIterable<readonly RecordedEvent[]>
  /** What the file's end says; to be asked for after all pages were read. */
  end: () => Promise<ArchiveEnd>
}>

/** The checksum of a file after one more event. */
export const checksumWith = (
  previous: string,
  event: RecordedEvent,
  text = factText(event),
): string => chained(previous, `${JSON.stringify(event.stream)} ${event.revision} ${text}`)

/** The end that an archive states, from whatever was found in its place. Throws `DamagedFile`. */
export const archiveEndOf = (found: unknown, file: string): ArchiveEnd => {
  if (!isEnd(found))
    throw new DamagedFile(
      `${file}: its end does not say how many events it has, and their checksum`,
    )
  if (found.version > ARCHIVE_VERSION) {
    throw new DamagedFile(
      `${file}: written by a newer Chronohex (layout ${found.version}, known ${ARCHIVE_VERSION})`,
    )
  }
  return { version: found.version, events: found.events, checksum: found.checksum }
}

const isEnd = (value: unknown): value is ArchiveEnd =>
  typeof value === 'object' &&
  value !== null &&
  'version' in value &&
  Number.isSafeInteger(value.version) &&
  'events' in value &&
  Number.isSafeInteger(value.events) &&
  'checksum' in value &&
  typeof value.checksum === 'string'
