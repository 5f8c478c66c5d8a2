/**
 * Writes events of a log into a file. The file appears under its name when it is whole, and never
 * before.
 */
import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { access, rename, rm } from 'node:fs/promises'
import { FatalError, messageOf } from '../../../domain/errors.ts'
import type { EventLog } from '../../../domain/event-log/event-log.ts'
import {
  ARCHIVE_VERSION,
  type ArchiveEnd,
  type ArchiveFormat,
  type ArchiveSink,
  checksumWith,
} from './archive-file.ts'
import { EMPTY_CHECKSUM, factText } from './checksum.ts'
import { createNdjsonSink } from './ndjson.ts'
import { createParquetSink } from './parquet.ts'
import { type Selection, selectedEvents } from './selection.ts'

export type ExportOptions = Readonly<{
  /**
   * Told after each page: events written, and the last one's place in the log as a share of it, 0
   * to 1.
   */
  progress?: (progress: Readonly<{ events: number; share: number }>) => void
  signal?: AbortSignal
  /** Replaces a file of that name instead of refusing. */
  overwrite?: boolean
}>

export type Exported = ArchiveEnd & Readonly<{ path: string }>

/**
 * Exports the selection to `path`. Throws FatalError when the file exists already or cannot be
 * written.
 */
export const exportLog = async (
  log: EventLog,
  selection: Selection,
  { path, format }: Readonly<{ path: string; format: ArchiveFormat }>,
  options: ExportOptions = {},
): Promise<Exported> => {
  if (options.overwrite !== true && (await exists(path)))
    throw new FatalError(`${path} exists already`)
  // Its own, also when two exports have one target.
  const partial = `${path}.${randomUUID().slice(0, 8)}.partial`
  const sink = await createSink(partial, format).catch((error: unknown) =>
    throwUnwritable(path, error),
  )
  try {
    const end = await writeEvents(log, selection, sink, options)
    await sink.finish(end)
    if (options.overwrite !== true && (await exists(path)))
      throw new FatalError(`${path} exists already`)
    await rename(partial, path)
    return { ...end, path }
  } catch (error) {
    await sink.abandon()
    await rm(partial, { force: true })
    return throwUnwritable(path, error)
  }
}

/**
 * What the operating system refuses (a full disk, a missing folder) as a FatalError that names the
 * file.
 */
const throwUnwritable = (path: string, error: unknown): never => {
  if (!(error instanceof Error && 'syscall' in error)) throw error
  throw new FatalError(`${path} cannot be written: ${messageOf(error)}`, { cause: error })
}

const writeEvents = async (
  log: EventLog,
  selection: Selection,
  sink: ArchiveSink,
  { progress, signal }: ExportOptions,
): Promise<ArchiveEnd> => {
  const head = progress === undefined ? 0 : await log.logHead()
  let events = 0
  let checksum = EMPTY_CHECKSUM
  for await (const page of selectedEvents(log, selection)) {
    signal?.throwIfAborted()
    const texts = page.map(factText)
    await sink.write(page, texts)
    checksum = page.reduce(
      (previous, event, at) => checksumWith(previous, event, texts[at]),
      checksum,
    )
    events += page.length
    const position = page.at(-1)?.logPosition ?? 0
    progress?.({ events, share: head <= 0 ? 1 : Math.min(1, position / head) })
  }
  return { version: ARCHIVE_VERSION, events, checksum }
}

const createSink = (path: string, format: ArchiveFormat): Promise<ArchiveSink> =>
  format === 'ndjson' ? createNdjsonSink(path) : createParquetSink(path)

const exists = async (path: string): Promise<boolean> => {
  try {
    await access(path, constants.F_OK)
    return true
  } catch {
    return false // whatever else is wrong with it shows when it is written
  }
}
