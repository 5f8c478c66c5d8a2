/**
 * How the event log does as it grows: filled to 10⁵, 10⁶ and 10⁷ events, and at each size the same
 * appends and the same pages as at the others, against the bare table of the same rows, in turns.
 */
import type { EventLog } from '../../../domain/event-log/event-log.ts'
import { bareAppend, barePage, type Pool, someBlock } from './bare-log.testing.ts'
import {
  type Contender,
  measureInTurns,
  medianRatio,
  perSecond,
  quantile,
  timed,
} from './measuring.testing.ts'

export const curveHead = [
  'database',
  'events in the log',
  'filled at',
  'append of 50: bare',
  'event log',
  'ratio',
  'page of 1,000 anywhere: bare',
  'event log',
  'ratio',
  'bytes an event',
]

const SIZES = [100_000, 1_000_000, 10_000_000]
const ROUNDS = 9
const APPENDS_PER_ROUND = 100
const PAGES_PER_ROUND = 20
const BLOCK_EVENTS = 50
/**
 * Events of one append while filling; the copy into the bare table takes as many appends at once as
 * a statement may.
 */
const FILL_EVENTS = 2_000
const COPY_EVENTS_MAX = 500_000
const STREAM = 'world-curve-0x1'
const BARE_STREAM = 1_000_000

/** A row for each size that does not exceed `eventsMax`. */
export const measureCurve = async (
  log: EventLog,
  pool: Pool,
  eventsMax: number,
): Promise<readonly (readonly string[])[]> => {
  const rows: (readonly string[])[] = []
  const base = (await log.logHead()) + 1
  let last = -1
  for (const size of SIZES.filter((events) => events <= eventsMax)) {
    const filledMs = await fill(log, last, size)
    const filled = size - 1 - last
    await copyToBare(pool, base, last, size - 1)
    last = size - 1
    const appends = await measureInTurns(appenders(log, pool, base, last), ROUNDS)
    last += (ROUNDS + 1) * APPENDS_PER_ROUND * BLOCK_EVENTS
    const pages = await measureInTurns(pageReaders(log, pool, last), ROUNDS)
    rows.push([
      String(size),
      `${perSecond(filled, filledMs)} events/s`,
      ...comparison(appends, APPENDS_PER_ROUND),
      ...comparison(pages, PAGES_PER_ROUND),
      await bytesOfEvent(log, pool),
    ])
  }
  return rows
}

/**
 * Appends up to `size` events after the revision `last`; milliseconds, without making up the
 * events.
 */
const fill = async (log: EventLog, last: number, size: number): Promise<number> => {
  let ms = 0
  for (let next = last + 1; next < size; next += FILL_EVENTS) {
    const events = someBlock(next / FILL_EVENTS, Math.min(FILL_EVENTS, size - next))
    ms += await timed(() => log.append(STREAM, next === 0 ? 'no-stream' : next - 1, events))
  }
  return ms
}

const copyToBare = async (pool: Pool, base: number, last: number, to: number): Promise<void> => {
  for (let from = last + 1; from <= to; from += COPY_EVENTS_MAX) {
    await pool.query(
      `INSERT INTO bench.events
         SELECT log_position, recorded_at, $1::int, revision, id, type, data, meta FROM event_log.events
         WHERE log_position BETWEEN $2 AND $3 ORDER BY log_position`,
      [BARE_STREAM, base + from, base + Math.min(from + COPY_EVENTS_MAX - 1, to)],
    )
  }
}

const appenders = (log: EventLog, pool: Pool, base: number, last: number): readonly Contender[] => {
  const each =
    (append: (last: number, number: number) => Promise<unknown>) =>
    async (round: number): Promise<void> => {
      for (
        let number = round * APPENDS_PER_ROUND;
        number < (round + 1) * APPENDS_PER_ROUND;
        number += 1
      ) {
        await append(last + number * BLOCK_EVENTS, number)
      }
    }
  return [
    {
      name: 'bare',
      run: each((at, n) =>
        bareAppend(pool, { stream: BARE_STREAM, base, last: at }, someBlock(n, 50)),
      ),
    },
    { name: 'log', run: each((at, n) => log.append(STREAM, at, someBlock(n, BLOCK_EVENTS))) },
  ]
}

/** Pages that lie anywhere in the stream, the same for both. */
const pageReaders = (log: EventLog, pool: Pool, last: number): readonly Contender[] => {
  const each = (read: (first: number) => Promise<unknown>) => async (round: number) => {
    for (let page = 0; page < PAGES_PER_ROUND; page += 1)
      await read(placeOf(round * PAGES_PER_ROUND + page, last - 1_000))
  }
  return [
    { name: 'bare', run: each((first) => barePage(pool, BARE_STREAM, first)) },
    { name: 'log', run: each((first) => readPage(log, first)) },
  ]
}

/**
 * The n-th of places spread evenly, and in no order, over 0 to `most`: multiples of the golden
 * ratio, without their whole part.
 */
const placeOf = (n: number, most: number): number => Math.floor(((n * 0.618_033_988_75) % 1) * most)

const readPage = async (log: EventLog, first: number): Promise<void> => {
  let events = 0
  for await (const page of log.readStream(STREAM, { from: first, limit: 1_000 }))
    events += page.length
  if (events !== 1_000) throw new Error(`A page of ${events} events instead of 1,000`)
}

/** Median milliseconds of one operation each, and their ratio. */
const comparison = (
  measured: ReadonlyMap<string, readonly number[]>,
  operations: number,
): readonly string[] => {
  const [bare = [], ours = []] = [measured.get('bare'), measured.get('log')]
  const each = (ms: readonly number[]): string => `${(quantile(ms) / operations).toFixed(2)} ms`
  return [each(bare), each(ours), medianRatio(bare, ours)]
}

/** What an event takes on disk, its keys included. */
const bytesOfEvent = async (log: EventLog, pool: Pool): Promise<string> => {
  const { rows } = await pool.query<{ bytes: string }>(
    `SELECT pg_total_relation_size('event_log.events') AS bytes`,
  )
  return (Number(rows[0]?.bytes) / ((await log.logHead()) + 1)).toFixed(0)
}
