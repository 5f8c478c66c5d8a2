/**
 * Writing events where they already have their place: each at its own revision. What the log holds
 * already is recognised by its ids (the port's rule for exact revisions), so writing again, or
 * going on after a break, changes nothing.
 */
import { FatalError, RetryableError } from '../../../domain/errors.ts'
import type { EventLog, NewEvent, RecordedEvent } from '../../../domain/event-log/event-log.ts'
import { factText } from './checksum.ts'

/** Two logs that should hold the same do not: nothing that is appended could make them equal. */
export class LogsDiffer extends FatalError {
  override name = 'LogsDiffer'
}

/** Consecutive events of one stream, and the `factText` of each. */
export type Run = Readonly<{
  stream: string
  events: readonly RecordedEvent[]
  texts: readonly string[]
}>

const RUN_EVENTS_MAX = 500
/** Half of what EventStoreDB takes in one append; a larger event makes a run of its own. */
const RUN_BYTES_MAX = 512 * 1024

/**
 * Cuts events in log order into runs, as long as the limits allow. Keeps no more than one page and
 * one run.
 */
export async function* runsOf(
  pages: AsyncIterable<readonly RecordedEvent[]>,
): AsyncGenerator<Run, void, undefined> {
  let events: RecordedEvent[] = []
  let texts: string[] = []
  let bytes = 0
  for await (const page of pages) {
    for (const event of page) {
      const text = factText(event)
      const textBytes = Buffer.byteLength(text)
      const last = events.at(-1)
      if (
        last !== undefined &&
        (!isNext(last, event) ||
          events.length === RUN_EVENTS_MAX ||
          bytes + textBytes > RUN_BYTES_MAX)
      ) {
        yield { stream: last.stream, events, texts }
        events = []
        texts = []
        bytes = 0
      }
      events.push(event)
      texts.push(text)
      bytes += textBytes
    }
  }
  const last = events.at(-1)
  if (last !== undefined) yield { stream: last.stream, events, texts }
}

const isNext = (last: RecordedEvent, event: RecordedEvent): boolean =>
  event.stream === last.stream && event.revision === last.revision + 1

/** A run of which the log holds the first part is tried once more, without it. */
const TRIES_MAX = 2

/**
 * Appends a run at its revisions; returns how many of its events were not there before. Throws
 * `LogsDiffer` when other events stand in their place or when the stream lacks what comes before
 * them.
 */
export const appendRun = async (
  log: EventLog,
  { stream, events }: Omit<Run, 'texts'>,
): Promise<number> => {
  let rest = events
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const first = rest[0]?.revision ?? 0
    const outcome = await log.append(stream, first === 0 ? 'no-stream' : first - 1, rest.map(asNew))
    if (outcome.kind === 'appended') return rest.length
    if (outcome.kind === 'already-appended') return 0
    const held = (outcome.actual ?? -1) + 1
    if (held < first) {
      throw new LogsDiffer(
        `${stream}: the log holds ${held} events of it, so revision ${first} cannot follow`,
      )
    }
    await expectPrefix(log, stream, rest, held - first)
    rest = rest.slice(held - first)
  }
  throw new RetryableError(`${stream}: somebody else is writing to it`)
}

/** The first `count` of the events must be what the log holds in their place. */
const expectPrefix = async (
  log: EventLog,
  stream: string,
  events: readonly RecordedEvent[],
  count: number,
): Promise<void> => {
  const first = events[0]?.revision ?? 0
  const prefix = events.slice(0, Math.min(count, events.length))
  if (prefix.length > 0 && count < events.length) {
    const again = await log.append(stream, first === 0 ? 'no-stream' : first - 1, prefix.map(asNew))
    if (again.kind === 'already-appended') return
  }
  if (count === 0) return
  throw new LogsDiffer(
    `${stream}: other events stand at revisions ${first} to ${first + prefix.length - 1}: the log is of another world, or has another past`,
  )
}

const asNew = ({ id, type, data, meta }: RecordedEvent): NewEvent => ({ id, type, data, meta })
