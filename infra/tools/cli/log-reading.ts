/**
 * `log head`, `streams`, `read` and `tail`: looking into a log without changing it. Events are
 * shown as stored.
 */
import { FatalError } from '../../../domain/errors.ts'
import type { EventLog, RecordedEvent } from '../../../domain/event-log/event-log.ts'
import { lineOf } from '../archive/ndjson.ts'
import { expectStreams, type Selection, selectedEvents } from '../archive/selection.ts'
import type { LogInvocation } from './log-arguments.ts'
import { createProgressLine } from './progress-line.ts'
import {
  counted,
  grouped,
  harmless,
  type Output,
  paintFor,
  type TerminalStreams,
} from './terminal.ts'

/** What looking into a log is given. */
export type LogReadingContext = Readonly<{
  log: EventLog
  invocation: LogInvocation
  terminal: TerminalStreams
  out: Output
  signal: AbortSignal
}>

const TAIL_EVENTS_DEFAULT = 10
const READ_EVENTS_DEFAULT = 100

/** The end of the log, and of the named stream or the world's. */
export const showHead = async ({ log, invocation, out }: LogReadingContext): Promise<void> => {
  const { streams } = invocation.selection
  await expectStreams(log, streams)
  const logPosition = await log.logHead()
  const stream = streams.kind === 'stream' ? streams.stream : await worldStreamOf(log)
  const last = stream === null ? null : await lastEventOf(log, stream)
  if (invocation.isJson) {
    return out.line(JSON.stringify({ logPosition, stream, revision: last?.revision ?? null, last }))
  }
  // Where events begin, a log may stand beyond its own first records, as EventStoreDB does.
  const isEmpty =
    last === null && (await log.readAll({ afterLogPosition: -1, limit: 1 })).length === 0
  await out.line(`log position  ${grouped(logPosition)}${isEmpty ? ' (the log is empty)' : ''}`)
  if (last === null) return
  await out.line(`stream        ${harmless(last.stream)}`)
  await out.line(`position      ${grouped(last.revision)} (${counted(last.revision + 1, 'event')})`)
  if (typeof last.meta.block === 'number')
    await out.line(`block         ${grouped(last.meta.block)}`)
  await out.line(`last event    ${harmless(last.type)}, stored ${last.recordedAt.toISOString()}`)
}

const worldStreamOf = async (log: EventLog): Promise<string | null> =>
  (await log.readCategory('world', { afterLogPosition: -1, limit: 1 }))[0]?.stream ?? null

const lastEventOf = async (log: EventLog, stream: string): Promise<RecordedEvent | null> => {
  for await (const [event] of log.readStream(stream, { direction: 'backwards', limit: 1 }))
    return event ?? null
  return null
}

type StreamRow = { stream: string; events: number; lastRevision: number; lastRecordedAt: Date }

/**
 * Every stream by name. The log is read once from end to end, because not every log can list its
 * streams.
 */
export const showStreams = async ({
  log,
  invocation,
  terminal,
  out,
  signal,
}: LogReadingContext): Promise<void> => {
  const rows = new Map<string, StreamRow>()
  const progress = createProgressLine(terminal)
  const head = await log.logHead()
  let events = 0
  for await (const page of selectedEvents(log, invocation.selection)) {
    signal.throwIfAborted()
    for (const { stream, revision, recordedAt } of page) {
      const count = (rows.get(stream)?.events ?? 0) + 1
      rows.set(stream, {
        stream,
        events: count,
        lastRevision: revision,
        lastRecordedAt: recordedAt,
      })
    }
    events += page.length
    progress.show(
      'reading',
      events,
      head <= 0 ? null : Math.min(1, (page.at(-1)?.logPosition ?? 0) / head),
    )
  }
  progress.clear()
  const sorted = [...rows.values()].sort((a, b) => (a.stream < b.stream ? -1 : 1))
  for (const row of sorted)
    await out.line(invocation.isJson ? JSON.stringify(row) : streamLine(row))
  if (!invocation.isJson)
    terminal.stderr.write(`${counted(rows.size, 'stream')}, ${counted(events, 'event')}\n`)
}

const streamLine = ({ stream, events, lastRecordedAt }: StreamRow): string =>
  `${grouped(events).padStart(12)}  ${lastRecordedAt.toISOString()}  ${harmless(stream)}`

/**
 * Events in order, up to the limit; without one all of them as JSON, and a screenful or two as
 * text.
 */
export const readEvents = async (context: LogReadingContext): Promise<void> => {
  const { log, invocation, terminal, signal } = context
  await expectStreams(log, invocation.selection.streams)
  const limit =
    invocation.limit ?? (invocation.isJson ? Number.POSITIVE_INFINITY : READ_EVENTS_DEFAULT)
  let left = limit
  const pages = invocation.isBackwards
    ? backwardPages(log, invocation.selection, limit)
    : selectedEvents(log, invocation.selection)
  for await (const page of pages) {
    signal.throwIfAborted()
    await showEvents(context, page.slice(0, left), invocation.selection.streams.kind === 'stream')
    left -= Math.min(left, page.length)
    if (left === 0) break
  }
  if (left === 0 && invocation.limit === null) {
    terminal.stderr.write(`The first ${counted(limit, 'event')}; --limit N shows more\n`)
  }
}

const backwardPages = (
  log: EventLog,
  { streams, revisions }: Selection,
  limit: number,
): AsyncIterable<readonly RecordedEvent[]> => {
  if (streams.kind !== 'stream') throw new FatalError('Only a stream is read backwards')
  return log.readStream(streams.stream, {
    direction: 'backwards',
    ...(revisions?.from == null ? {} : { from: revisions.from }),
    ...(Number.isFinite(limit) ? { limit } : {}),
  })
}

/**
 * The last events and then all new ones, until the signal aborts. Without a name it follows the
 * world's stream.
 */
export const tailEvents = async (context: LogReadingContext): Promise<void> => {
  const { log, invocation, signal } = context
  const { streams } = invocation.selection
  const shown = invocation.limit ?? TAIL_EVENTS_DEFAULT
  if (streams.kind === 'category') {
    return follow(
      context,
      log.subscribeCategory(streams.category, await log.logHead(), signal),
      false,
    )
  }
  const stream = streams.kind === 'stream' ? streams.stream : await worldStreamOf(log)
  if (stream === null)
    throw new FatalError('The log holds no world yet: name a stream or a category to follow')
  const head = (await log.head(stream)) ?? -1
  return follow(context, log.subscribe(stream, Math.max(-1, head - shown), signal), true)
}

const follow = async (
  context: LogReadingContext,
  messages: ReturnType<EventLog['subscribe']>,
  isOneStream: boolean,
): Promise<void> => {
  for await (const message of messages) {
    if (message.kind === 'events') await showEvents(context, message.events, isOneStream)
  }
}

const showEvents = async (
  { invocation, terminal, out }: LogReadingContext,
  events: readonly RecordedEvent[],
  isOneStream: boolean,
): Promise<void> => {
  if (events.length === 0) return
  const lines = events.map((event) =>
    invocation.isJson ? lineOf(event) : textOf(event, isOneStream, terminal),
  )
  await out.line(lines.join('\n'))
}

/**
 * `    41  2026-01-01T00:00:00.000Z  AdventurerMoved  {"adventurer_id":…`, with the stream where there are several.
 */
const textOf = (
  event: RecordedEvent,
  isOneStream: boolean,
  { hasColour, columns }: TerminalStreams,
): string => {
  const paint = paintFor(hasColour)
  const place = isOneStream
    ? String(event.revision).padStart(8)
    : `${harmless(event.stream)}@${event.revision}`
  const time = event.recordedAt.toISOString()
  const type = harmless(event.type)
  const data = harmless(JSON.stringify(event.data))
  const room = (columns ?? Number.POSITIVE_INFINITY) - place.length - time.length - type.length - 6
  const shown = data.length > room ? `${data.slice(0, Math.max(0, room - 1))}…` : data
  return `${place}  ${paint.dim(time)}  ${paint.bold(type)}  ${shown}`
}
