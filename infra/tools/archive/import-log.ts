/**
 * Reads a file of events into a log: each at the revision that it had. The whole file is checked
 * before the first event is appended, because what is in a log stays there. Importing again, or
 * going on after a break, changes nothing that is there already.
 */

import { messageOf } from '../../../domain/errors.ts'
import type { EventLog, NewEvent, RecordedEvent } from '../../../domain/event-log/event-log.ts'
import { storableAppend } from '../../../domain/event-log/storable-event.ts'
import { appendRun, runsOf } from './append-run.ts'
import { type ArchiveSource, checksumWith } from './archive-file.ts'
import { EMPTY_CHECKSUM } from './checksum.ts'
import { DamagedFile } from './damaged-file.ts'

export type ImportProgress = Readonly<{
  phase: 'checking' | 'importing'
  /** Events behind, in this phase. */
  events: number
  /** Events of the file; null while it is being checked and nobody knows. */
  of: number | null
}>

export type ImportOptions = Readonly<{
  /** Says what is wrong with an event, beyond what any log asks of one; null when nothing is. */
  faultOf?: (event: NewEvent) => string | null
  progress?: (progress: ImportProgress) => void
  signal?: AbortSignal
}>

export type Imported = Readonly<{
  events: number
  streams: number
  /** Events that the log did not hold before. */
  appended: number
  checksum: string
}>

/**
 * Imports a file. Throws `DamagedFile` when it is not whole, `LogsDiffer` when the log holds other
 * events in the place of the file's, or lacks those that come before them.
 */
export const importLog = async (
  source: ArchiveSource,
  log: EventLog,
  options: ImportOptions = {},
): Promise<Imported> => {
  const { events, streams, checksum } = await checkFile(source, options)
  let appended = 0
  let written = 0
  for await (const run of runsOf(source.pages())) {
    options.signal?.throwIfAborted()
    appended += await appendRun(log, run)
    written += run.events.length
    options.progress?.({ phase: 'importing', events: written, of: events })
  }
  return { events, streams, appended, checksum }
}

const checkFile = async (
  source: ArchiveSource,
  options: ImportOptions,
): Promise<Omit<Imported, 'appended'>> => {
  const lastRevisions = new Map<string, number>()
  let events = 0
  let checksum = EMPTY_CHECKSUM
  for await (const page of source.pages()) {
    options.signal?.throwIfAborted()
    for (const event of page) {
      events += 1
      const fault =
        eventFault(event, lastRevisions.get(event.stream) ?? null) ??
        options.faultOf?.(event) ??
        null
      if (fault !== null) throw new DamagedFile(`${source.unit} ${events}: ${fault}`)
      lastRevisions.set(event.stream, event.revision)
      checksum = checksumWith(checksum, event)
    }
    options.progress?.({ phase: 'checking', events, of: null })
  }
  const end = await source.end()
  if (end.events !== events)
    throw new DamagedFile(`The file holds ${events} events, and its end says ${end.events}`)
  if (end.checksum !== checksum)
    throw new DamagedFile('The file is not what was written: its checksum is another one')
  return { events, streams: lastRevisions.size, checksum }
}

const eventFault = (event: RecordedEvent, lastRevision: number | null): string | null => {
  const { stream, revision, id, type, data, meta } = event
  if (lastRevision !== null && revision !== lastRevision + 1) {
    return `revision ${revision} of ${stream} follows revision ${lastRevision}`
  }
  try {
    storableAppend(stream, revision === 0 ? 'no-stream' : revision - 1, [{ id, type, data, meta }])
    return null
  } catch (error) {
    return messageOf(error)
  }
}
