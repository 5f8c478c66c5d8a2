/** Single places of the world's stream: its first block, where it ends, one block by its position. */
import { assert, FatalError } from '../errors.ts'
import type { EventLog, RecordedEvent } from '../event-log/event-log.ts'
import { type BlockEntry, createEntryReader, framingOf } from './entries.ts'
import type { BlockIngested } from './facts.ts'

export type StreamReader = Pick<EventLog, 'readStream'>

/** A block as the log holds it. */
export type LoggedBlock = Readonly<{
  header: BlockIngested
  /** Of its header: its identity. */
  position: number
  /** How many of its facts are in the log: fewer than `eventCount` when writing was cut off. */
  factsWritten: number
}>

export type StreamTail = Readonly<{
  /** Position of the last event; -1 while the stream is empty. */
  position: number
  /** The newest block that stands, complete or not; null when none does. */
  block: LoggedBlock | null
}>

/**
 * The first block of the stream, whether it still stands or not: it tells one history from another.
 * Null while there is none.
 */
export const firstBlockOf = async (
  log: StreamReader,
  stream: string,
): Promise<BlockIngested | null> => {
  for await (const page of log.readStream(stream)) {
    for (const event of page) {
      const framing = framingOf(event)
      if (framing === null)
        throw new FatalError(`${stream} holds ${event.type} before its first block`)
      if (framing.kind === 'block') return framing.header
    }
  }
  return null
}

/** Where the stream ends. Reads backwards, no further than to the last header or retraction. */
export const tailOf = async (log: StreamReader, stream: string): Promise<StreamTail> => {
  let last: number | null = null
  let factsWritten = 0
  for await (const page of log.readStream(stream, { direction: 'backwards' })) {
    for (const event of page) {
      last ??= event.revision
      const framing = framingOf(event)
      if (framing === null) {
        factsWritten += 1
        continue
      }
      if (framing.kind === 'block')
        return { position: last, block: writtenBlock(event, framing.header, factsWritten) }
      assert(factsWritten === 0, `${stream}: facts follow ${event.type} at ${event.revision}`)
      if (framing.kind === 'retraction') {
        const { remaining } = framing
        const block = remaining === null ? null : await wholeBlock(log, stream, remaining.position)
        return { position: last, block }
      }
    }
  }
  assert(factsWritten === 0, `${stream} holds facts without a block before them`)
  return { position: last ?? -1, block: null }
}

const writtenBlock = (
  { stream, revision }: RecordedEvent,
  header: BlockIngested,
  factsWritten: number,
): LoggedBlock => {
  assert(
    factsWritten <= header.eventCount,
    `${stream}: more facts than the block at position ${revision} counts`,
  )
  return { header, position: revision, factsWritten }
}

const wholeBlock = async (
  log: StreamReader,
  stream: string,
  position: number,
): Promise<LoggedBlock> => {
  const header = await headerAt(log, stream, position)
  assert(header !== null, `${stream}: no block begins at position ${position}, which remains`)
  return { header, position, factsWritten: header.eventCount }
}

/**
 * The block whose header has this position, whether it still stands or not. Null when none begins
 * there, or when the log does not hold all of it.
 */
export const blockAt = async (
  log: StreamReader,
  stream: string,
  position: number,
): Promise<BlockEntry | null> => {
  const header = await headerAt(log, stream, position)
  if (header === null) return null
  const reader = createEntryReader({ after: position - 1 })
  const limit = 1 + header.eventCount
  for await (const page of log.readStream(stream, { from: position, limit })) {
    const [entry] = reader.take(page)
    if (entry?.kind === 'block') return entry
  }
  return null
}

const headerAt = async (
  log: StreamReader,
  stream: string,
  position: number,
): Promise<BlockIngested | null> => {
  for await (const [event] of log.readStream(stream, { from: position, limit: 1 })) {
    const framing = event === undefined ? null : framingOf(event)
    if (framing?.kind === 'block') return framing.header
  }
  return null
}
