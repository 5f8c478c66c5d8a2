/**
 * Copies a log into another one, on whatever adapters: the same streams with the same events at the
 * same revisions, in the order of the whole log, and proves it by checksum. Positions of clients
 * are revisions, so a cursor taken on one log is good on the other. `recordedAt` and log positions
 * are the target's own, because a log's clock and order cannot be written. A copy that was cut off
 * is gone on with by starting it again.
 */
import { FatalError } from '../../../domain/errors.ts'
import type { EventLog, RecordedEvent } from '../../../domain/event-log/event-log.ts'
import { appendRun, LogsDiffer, runsOf } from './append-run.ts'
import { createLogChecksum, type LogChecksum } from './checksum.ts'
import { type Selection, type Streams, selectedEvents } from './selection.ts'

export type CopyProgress = Readonly<{
  phase: 'copying' | 'verifying'
  /** Events read in this phase. */
  events: number
  /** How much of the log lies behind, 0 to 1. */
  share: number
}>

export type Copied = Readonly<{
  streams: number
  /** Events of the copied streams. */
  events: number
  /** Those that the target did not hold before. */
  appended: number
  /** Over all copied streams; equal in both logs. */
  checksum: string
  /**
   * Streams whose first events their log no longer has (telemetry): their revisions cannot be kept,
   * so they stay behind.
   */
  trimmed: readonly string[]
}>

export type CopyOptions = Readonly<{
  streams?: Streams
  progress?: (progress: CopyProgress) => void
  signal?: AbortSignal
}>

/** Differences that a message names. */
const DIFFERENCES_SHOWN_MAX = 5

/**
 * Worlds of different seeds, and others that were started over, write streams of the same name.
 * Found out first: the streams of one must not come to lie beside those of another.
 */
const expectSameHistory = async (from: EventLog, to: EventLog): Promise<void> => {
  const [source, target] = await Promise.all([firstOfWorld(from), firstOfWorld(to)])
  if (source === null || target === null || source.stream !== target.stream) return
  if (source.id === target.id) return
  throw new LogsDiffer(
    `The target holds another history of ${source.stream}, one that began with another block. Nothing was copied`,
  )
}

const firstOfWorld = async (log: EventLog): Promise<RecordedEvent | null> =>
  (await log.readCategory('world', { afterLogPosition: -1, limit: 1 }))[0] ?? null

/**
 * Copies and verifies. Throws `LogsDiffer` when the target holds, or ends up with, anything else
 * than the source.
 */
export const copyLog = async (
  from: EventLog,
  to: EventLog,
  options: CopyOptions = {},
): Promise<Copied> => {
  await expectSameHistory(from, to)
  const selection: Selection = { streams: options.streams ?? { kind: 'all' } }
  const copied = await copyEvents(from, to, selection, options)
  const verified = await checksumOf(to, selection, options, copied.source)
  const differences = differencesOf(copied.source, verified)
  if (differences.length > 0) {
    const shown = differences.slice(0, DIFFERENCES_SHOWN_MAX).join('; ')
    throw new LogsDiffer(`The copy is not the original in ${differences.length} streams: ${shown}`)
  }
  const { source, events, appended, trimmed } = copied
  return {
    streams: source.streams.size,
    events,
    appended,
    checksum: source.total(),
    trimmed: [...trimmed],
  }
}

type CopiedEvents = Readonly<{
  source: LogChecksum
  events: number
  appended: number
  trimmed: ReadonlySet<string>
}>

const copyEvents = async (
  from: EventLog,
  to: EventLog,
  selection: Selection,
  options: CopyOptions,
): Promise<CopiedEvents> => {
  const source = createLogChecksum()
  const trimmed = new Set<string>()
  const report = await progressOf(from, 'copying', options)
  let events = 0
  let appended = 0
  for await (const { stream, events: run, texts } of runsOf(selectedEvents(from, selection))) {
    options.signal?.throwIfAborted()
    const first = run[0]?.revision ?? 0
    const expected = (source.streams.get(stream)?.lastRevision ?? -1) + 1
    if (trimmed.has(stream) || (expected === 0 && first > 0)) {
      trimmed.add(stream)
      continue
    }
    if (first !== expected)
      throw new FatalError(`${stream}: revision ${first} follows ${expected - 1} in the source`)
    appended += await appendRun(to, { stream, events: run })
    for (const [at, event] of run.entries()) source.add(event, texts[at])
    events += run.length
    report(events, run.at(-1)?.logPosition ?? -1)
  }
  return { source, events, appended, trimmed }
}

/** The checksum of what the log holds of the streams that `source` knows. */
const checksumOf = async (
  log: EventLog,
  selection: Selection,
  options: CopyOptions,
  source: LogChecksum,
): Promise<LogChecksum> => {
  const found = createLogChecksum()
  const report = await progressOf(log, 'verifying', options)
  let events = 0
  for await (const page of selectedEvents(log, selection)) {
    options.signal?.throwIfAborted()
    for (const event of page) if (source.streams.has(event.stream)) found.add(event)
    events += page.length
    report(events, page.at(-1)?.logPosition ?? -1)
  }
  return found
}

const differencesOf = (source: LogChecksum, target: LogChecksum): readonly string[] =>
  [...source.streams].flatMap(([stream, { lastRevision, checksum }]) => {
    const found = target.streams.get(stream)
    if (found?.checksum === checksum) return []
    if (found === undefined) return [`${stream} is missing`]
    return found.lastRevision === lastRevision
      ? [`${stream} has other content`]
      : [`${stream} has ${found.lastRevision + 1} events instead of ${lastRevision + 1}`]
  })

/** Reports by log position: how much of the log lies behind. */
const progressOf = async (
  log: EventLog,
  phase: CopyProgress['phase'],
  { progress }: CopyOptions,
): Promise<(events: number, logPosition: number) => void> => {
  if (progress === undefined) return () => undefined
  const head = await log.logHead()
  return (events, logPosition) =>
    progress({ phase, events, share: head <= 0 ? 1 : Math.min(1, logPosition / head) })
}
