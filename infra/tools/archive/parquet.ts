/**
 * Events as a Parquet file: for analysts, whose tools read single columns and skip what a query
 * does not ask for. Rows come in groups, of which one is held in memory at a time; the footer keeps
 * a checksum of each group and the file's end.
 */
import { open } from 'node:fs/promises'
import {
  type AsyncBuffer,
  asyncBufferFromFile,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
} from 'hyparquet'
import {
  ByteWriter,
  ParquetWriter,
  type SchemaElement,
  schemaFromColumnData,
} from 'hyparquet-writer'
import { messageOf } from '../../../domain/errors.ts'
import type { RecordedEvent } from '../../../domain/event-log/event-log.ts'
import { type ArchiveSink, type ArchiveSource, archiveEndOf, checksumWith } from './archive-file.ts'
import { archivedEventOf } from './archived-event.ts'
import { EMPTY_CHECKSUM, factText } from './checksum.ts'
import { DamagedFile } from './damaged-file.ts'
import { COLUMNS, COLUMNS_WITHOUT_STATISTICS, IMPORTED_COLUMNS } from './parquet-columns.ts'

const GROUP_ROWS_MAX = 10_000
/** Of JSON text, so that a group of large events is a small one. */
const GROUP_CHARACTERS_MAX = 16 * 1024 * 1024

/** Keys in the footer: the end, and the checksums of the row groups in their order, as JSON. */
const END_KEY = 'chronohex.end'
const GROUPS_KEY = 'chronohex.groups'

/** Creates the file, which must not exist yet. */
export const createParquetSink = async (path: string): Promise<ArchiveSink> => {
  const file = await open(path, 'wx')
  const bytes = new ByteWriter()
  const flush = async (): Promise<void> => {
    const chunk = bytes.getBytes().slice()
    bytes.index = 0
    await file.writeFile(chunk)
  }
  const writer = new ParquetWriter({
    writer: Object.assign(bytes, { flush, finish: flush }),
    schema: SCHEMA,
    createdBy: 'chronohex',
  })
  const groups: string[] = []
  let rows: RecordedEvent[] = []
  let checksum = EMPTY_CHECKSUM
  let characters = 0
  let isOpen = true

  const writeGroup = async (): Promise<void> => {
    if (rows.length === 0) return
    const columnData = COLUMNS.map(({ name, cellOf }) => ({
      name,
      data: rows.map(cellOf),
      statistics: !COLUMNS_WITHOUT_STATISTICS.has(name),
    }))
    await writer.write({ columnData, rowGroupSize: rows.length })
    groups.push(checksum)
    checksum = EMPTY_CHECKSUM
    rows = []
    characters = 0
  }

  const abandon = async (): Promise<void> => {
    if (isOpen) await file.close()
    isOpen = false
  }

  return {
    write: async (events, texts) => {
      for (const [at, event] of events.entries()) {
        const text = texts[at] ?? factText(event)
        rows.push(event)
        checksum = checksumWith(checksum, event, text)
        characters += text.length
        if (rows.length === GROUP_ROWS_MAX || characters >= GROUP_CHARACTERS_MAX) await writeGroup()
      }
    },
    finish: async (end) => {
      await writeGroup()
      writer.kvMetadata = [
        { key: END_KEY, value: JSON.stringify(end) },
        { key: GROUPS_KEY, value: JSON.stringify(groups) },
      ]
      await writer.finish()
      await file.sync()
      await abandon()
    },
    abandon,
  }
}

/**
 * Times are told to be UTC: without that, readers take them for local ones, and compare them
 * wrongly with others.
 */
const SCHEMA: SchemaElement[] = schemaFromColumnData({
  columnData: COLUMNS.map(({ name, type, nullable }) => ({ name, type, nullable, data: [] })),
}).map((element) =>
  element.converted_type === 'TIMESTAMP_MILLIS'
    ? { ...element, logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' } }
    : element,
)

const groupChecksum = (events: readonly RecordedEvent[]): string =>
  events.reduce((checksum, event) => checksumWith(checksum, event), EMPTY_CHECKSUM)

/**
 * Opens a Parquet file; its footer is read at once. Throws `DamagedFile` when that is missing or
 * not an export's.
 */
export const openParquetSource = async (path: string, name: string): Promise<ArchiveSource> => {
  const file = await asyncBufferFromFile(path)
  const metadata = await footerOf(file, name)
  const stated = (key: string): unknown => {
    const value = metadata.key_value_metadata?.find((pair) => pair.key === key)?.value
    return value === undefined ? null : jsonOr(null, value)
  }
  const end = archiveEndOf(stated(END_KEY), name)
  const groups = stated(GROUPS_KEY)
  return {
    unit: 'row',
    pages: async function* () {
      let rowStart = 0
      for (const [at, group] of metadata.row_groups.entries()) {
        const rowEnd = rowStart + Number(group.num_rows)
        const place = `${name}, rows ${rowStart + 1} to ${rowEnd}`
        const events = await groupEvents(file, metadata, { rowStart, rowEnd }, { name, place })
        if (!Array.isArray(groups) || groups[at] !== groupChecksum(events)) {
          throw new DamagedFile(`${place}: they are not what was written (checksum)`)
        }
        yield events
        rowStart = rowEnd
      }
    },
    end: async () => end,
  }
}

const footerOf = async (file: AsyncBuffer, name: string): Promise<FileMetaData> => {
  try {
    return await parquetMetadataAsync(file)
  } catch (error) {
    throw new DamagedFile(`${name}: not a whole Parquet file (${messageOf(error)})`, {
      cause: error,
    })
  }
}

const groupEvents = async (
  file: AsyncBuffer,
  metadata: FileMetaData,
  range: Readonly<{ rowStart: number; rowEnd: number }>,
  { name, place }: Readonly<{ name: string; place: string }>,
): Promise<readonly RecordedEvent[]> => {
  const rows = await rowsOf(file, metadata, range, place)
  return rows.map((row, at) => {
    const event = archivedEventOf({
      stream: row.stream,
      revision: wholeOf(row.revision),
      logPosition: wholeOf(row.log_position),
      recordedAt: row.recorded_at,
      id: row.id,
      type: row.type,
      data: jsonOr('', row.data),
      meta: jsonOr('', row.meta),
    })
    if (typeof event === 'string')
      throw new DamagedFile(`${name}, row ${range.rowStart + at + 1}: ${event}`)
    return event
  })
}

const wholeOf = (value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value)

const rowsOf = async (
  file: AsyncBuffer,
  metadata: FileMetaData,
  range: Readonly<{ rowStart: number; rowEnd: number }>,
  place: string,
): Promise<readonly Readonly<Record<string, unknown>>[]> => {
  try {
    return await parquetReadObjects({
      file,
      metadata,
      ...range,
      columns: IMPORTED_COLUMNS,
      parsers: { stringFromBytes },
    })
  } catch (error) {
    throw new DamagedFile(`${place}: they cannot be decoded (${messageOf(error)})`, {
      cause: error,
    })
  }
}

/** Keeps a leading U+FEFF, which decoders drop unless told, and refuses what is not UTF-8. */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const stringFromBytes = (bytes: Uint8Array | undefined): string | undefined =>
  bytes && decoder.decode(bytes)

/** The JSON value of a text, or `otherwise` where it is none. */
const jsonOr = (otherwise: unknown, text: unknown): unknown => {
  if (typeof text !== 'string') return otherwise
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return otherwise
    throw error
  }
}
