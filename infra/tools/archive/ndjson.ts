/**
 * Events as lines of JSON: for scripts, and for reading by eye. The last line is the file's end.
 */
import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { messageOf } from '../../../domain/errors.ts'
import type { RecordedEvent } from '../../../domain/event-log/event-log.ts'
import {
  type ArchiveEnd,
  type ArchiveSink,
  type ArchiveSource,
  archiveEndOf,
} from './archive-file.ts'
import { archivedEventOf } from './archived-event.ts'
import { DamagedFile } from './damaged-file.ts'

const PAGE_EVENTS_MAX = 500
/** Longer than the longest append that any log takes. */
const LINE_BYTES_MAX = 64 * 1024 * 1024

/** One event as its line, without the line break. */
export const lineOf = ({
  stream,
  revision,
  logPosition,
  recordedAt,
  id,
  type,
  data,
  meta,
}: RecordedEvent): string =>
  JSON.stringify({ stream, revision, logPosition, recordedAt, id, type, data, meta })

/** Creates the file, which must not exist yet. */
export const createNdjsonSink = async (path: string): Promise<ArchiveSink> => {
  const file = await open(path, 'wx')
  const closeOnce = onlyOnce(() => file.close())
  return {
    write: async (events) => {
      await writeText(file, events.map((event) => `${lineOf(event)}\n`).join(''))
    },
    finish: async (end) => {
      await writeText(file, `${JSON.stringify({ end })}\n`)
      await file.sync()
      await closeOnce()
    },
    abandon: closeOnce,
  }
}

const writeText = async (file: FileHandle, text: string): Promise<void> => {
  await file.writeFile(text) // goes on from where the last write ended
}

const onlyOnce = (action: () => Promise<void>): (() => Promise<void>) => {
  let done: Promise<void> | null = null
  return () => {
    done ??= action()
    return done
  }
}

/** Opens a file of lines. `name` is what messages call it. */
export const openNdjsonSource = (path: string, name: string): ArchiveSource => {
  let end: ArchiveEnd | null = null
  return {
    unit: 'line',
    pages: async function* () {
      end = null
      let page: RecordedEvent[] = []
      for await (const { text, number, hasBreak } of linesOf(path, name)) {
        const place = `${name}, line ${number}`
        if (end !== null) throw new DamagedFile(`${place}: something follows the end of the file`)
        if (!hasBreak && !isWholeEnd(text))
          throw new DamagedFile(`${place}: the file is cut off within this line`)
        const value = parsed(text, place)
        if (isEndLine(value)) {
          end = archiveEndOf(value.end, name)
          continue
        }
        page.push(eventOf(value, place))
        if (page.length < PAGE_EVENTS_MAX) continue
        yield page
        page = []
      }
      if (page.length > 0) yield page
      if (end === null)
        throw new DamagedFile(
          `${name}: the file is cut off: its last line is not the end of an export`,
        )
    },
    end: async () => end ?? archiveEndOf(null, name),
  }
}

const isEndLine = (value: unknown): value is { end: unknown } =>
  typeof value === 'object' && value !== null && 'end' in value && !('stream' in value)

/** Editors and other tools may take the break from the last line, which is then whole without it. */
const isWholeEnd = (text: string): boolean => {
  try {
    return isEndLine(JSON.parse(text))
  } catch {
    return false // the beginning of something
  }
}

const parsed = (text: string, place: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new DamagedFile(`${place}: not JSON (${messageOf(error)})`, { cause: error })
  }
}

const eventOf = (value: unknown, place: string): RecordedEvent => {
  const event =
    typeof value === 'object' && value !== null ? archivedEventOf(value) : 'not a JSON object'
  if (typeof event === 'string') throw new DamagedFile(`${place}: ${event}`)
  return event
}

/** `hasBreak`: whether a line break follows, which may be wanting at the end of the file. */
type Line = Readonly<{ text: string; number: number; hasBreak: boolean }>

/** The file's lines, numbered from 1, holding no more than one line and one chunk. */
async function* linesOf(path: string, name: string): AsyncGenerator<Line, void, undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  const decode = (bytes: Buffer, number: number): string => {
    try {
      return decoder.decode(bytes)
    } catch (error) {
      throw new DamagedFile(`${name}, line ${number}: not UTF-8 text`, { cause: error })
    }
  }
  let number = 0
  let rest: Buffer[] = []
  let restBytes = 0
  const keep = (bytes: Buffer): void => {
    rest.push(bytes)
    restBytes += bytes.length
    if (restBytes > LINE_BYTES_MAX)
      throw new DamagedFile(`${name}, line ${number + 1}: longer than ${LINE_BYTES_MAX} bytes`)
  }
  const line = (hasBreak: boolean): Line => {
    const bytes = Buffer.concat(rest)
    rest = []
    restBytes = 0
    number += 1
    return { text: decode(bytes, number), number, hasBreak }
  }
  // A file is read in buffers where no encoding is named.
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    let start = 0
    for (let at = chunk.indexOf(LINE_BREAK); at >= 0; at = chunk.indexOf(LINE_BREAK, start)) {
      keep(chunk.subarray(start, at))
      yield line(true)
      start = at + 1
    }
    keep(chunk.subarray(start))
  }
  if (restBytes > 0) yield line(false)
}

const LINE_BREAK = 0x0a
