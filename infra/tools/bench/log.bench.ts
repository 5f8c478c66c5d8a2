/**
 * The event log against the statements that it cannot do without, on the same database, in turns:
 * appends against a bare INSERT … SELECT unnest of the same rows, and against Emmett's store at
 * equal batches; a paged read against a bare cursor; how soon a waiting subscription has an event;
 * and with `--curve` how all of that is with more in the log.
 *
 * `npm run bench -- log [--url URL] [--curve 10000000]`. Without a URL PGlite alone; with a
 * PostgreSQL URL that too; with `esdb://…` EventStoreDB instead, where nothing bare can be
 * compared. The URL's database gets schemas, dropped again.
 */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { EventLog } from '../../../domain/event-log/event-log.ts'
import { openEventLog } from '../../event-log/open-event-log.ts'
import { startPglite } from '../../pglite/pglite.ts'
import { createPostgresEventLog } from '../../postgres/event-log/event-log.ts'
import { migrateEventLog } from '../../postgres/event-log/schema.ts'
import { createPool } from '../../postgres/pool.ts'
import { bareAppend, bareRead, createBareLog, type Pool, someBlock } from './bare-log.testing.ts'
import { type Emmett, openEmmett } from './emmett.testing.ts'
import { curveHead, measureCurve } from './log-curve.testing.ts'
import {
  type Contender,
  markdownTable,
  measureInTurns,
  medianRatio,
  perSecond,
  quantile,
} from './measuring.testing.ts'

const ROUNDS = 9
const WAKE_UPS = 200
/** Each size of an append, and how many of them are a round. */
const SIZES = [
  { events: 1, appends: 200 },
  { events: 50, appends: 140 },
  { events: 500, appends: 20 },
] as const
/** The embedded database is for one machine's world, and makes no checkpoints by itself. */
const PGLITE_CURVE_EVENTS_MAX = 1_000_000
/** The size of a block of the world, whose stream is read as well. */
const BLOCK_EVENTS = 50

const HEAD = ['database', 'what', 'against', 'its rate', 'event log', 'ratio (median of rounds)']

export const measure = async (options: readonly string[]): Promise<string> => {
  const { values } = parseArgs({
    args: [...options],
    options: { url: { type: 'string' }, curve: { type: 'string' } },
  })
  const { url } = values
  if (url?.startsWith('esdb')) return measureEventStore(url)
  const curveEventsMax = values.curve === undefined ? null : Number(values.curve)
  const tables = [await measurePglite(curveEventsMax)]
  if (url !== undefined) tables.push(await measurePostgres(url, curveEventsMax))
  const curve = tables.flatMap((table) => table.curve)
  return [
    markdownTable(
      HEAD,
      tables.flatMap(({ rows }) => rows),
    ),
    ...(curve.length === 0 ? [] : [markdownTable(curveHead, curve)]),
  ].join('\n\n')
}

type Measured = Readonly<{
  rows: readonly (readonly string[])[]
  curve: readonly (readonly string[])[]
}>

const measurePglite = async (curveEventsMax: number | null): Promise<Measured> => {
  const folder = mkdtempSync(join(tmpdir(), 'chronohex-bench-'))
  const pglite = await startPglite({ dataFolder: folder })
  try {
    const curve = curveEventsMax === null ? null : Math.min(curveEventsMax, PGLITE_CURVE_EVENTS_MAX)
    return await measureDatabase('PGlite', createPool(pglite.connection), null, curve)
  } finally {
    await pglite.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

const measurePostgres = async (url: string, curveEventsMax: number | null): Promise<Measured> => {
  const pool = createPool(url)
  await pool.query('DROP SCHEMA IF EXISTS bench_emmett CASCADE; CREATE SCHEMA bench_emmett')
  const emmettUrl = new URL(url)
  emmettUrl.searchParams.set('options', '-c search_path=bench_emmett')
  const emmett = await openEmmett(emmettUrl.href)
  return measureDatabase('PostgreSQL', pool, emmett, curveEventsMax)
}

/** On a real server (`emmett` given) processes also signal each other. Ends the pool. */
const measureDatabase = async (
  database: string,
  pool: Pool,
  emmett: Emmett | null,
  curveEventsMax: number | null,
): Promise<Measured> => {
  await pool.query('DROP SCHEMA IF EXISTS event_log CASCADE')
  await migrateEventLog(pool)
  await createBareLog(pool)
  const signals = emmett !== null
  const log = createPostgresEventLog(pool, { signals })
  const other = createPostgresEventLog(pool, { signals })
  try {
    const rows: (readonly string[])[] = []
    for (const size of SIZES) rows.push(...(await appendRows(log, pool, emmett, size)))
    rows.push(await readRow(log, pool))
    rows.push(delayRow('append to subscriber', await measureWakeUps(log, log)))
    if (signals)
      rows.push(delayRow('append to subscriber of another log', await measureWakeUps(log, other)))
    const curve = curveEventsMax === null ? [] : await measureCurve(log, pool, curveEventsMax)
    return {
      rows: rows.map((row) => [database, ...row]),
      curve: curve.map((row) => [database, ...row]),
    }
  } finally {
    await Promise.all([log.close(), other.close(), emmett?.close()])
    await pool.query('DROP SCHEMA IF EXISTS event_log, bench, bench_emmett CASCADE')
    await pool.end()
  }
}

type Size = Readonly<{ events: number; appends: number }>

const streamOf = ({ events }: Pick<Size, 'events'>): string =>
  `world-bench-0x${events.toString(16)}`

/**
 * Appends of one size: the log against the bare statement, and against Emmett where there is one.
 */
const appendRows = async (
  log: EventLog,
  pool: Pool,
  emmett: Emmett | null,
  size: Size,
): Promise<readonly (readonly string[])[]> => {
  const blocks = Array.from({ length: (ROUNDS + 1) * size.appends }, (_, number) =>
    someBlock(number, size.events),
  )
  const base = (await log.logHead()) + 1
  const contenders = [
    { name: 'log', run: roundsOf(size, blocks, appenderTo(log, streamOf(size))) },
    {
      name: 'bare',
      run: roundsOf(size, blocks, (block, number) =>
        bareAppend(pool, { stream: size.events, base, last: number * size.events - 1 }, block),
      ),
    },
    ...(emmett === null
      ? []
      : [
          {
            name: 'Emmett 0.42',
            run: roundsOf(size, blocks, emmettAppender(emmett, streamOf(size))),
          },
        ]),
  ]
  const measured = await measureInTurns(contenders, ROUNDS)
  const ours = measured.get('log') ?? []
  const roundEvents = size.events * size.appends
  return [...measured]
    .filter(([name]) => name !== 'log')
    .map(([name, theirs]) => [
      `append, ${size.events === 1 ? 'single events' : `blocks of ${size.events}`}`,
      name === 'bare' ? 'bare INSERT … unnest' : name,
      `${perSecond(roundEvents, quantile(theirs))} events/s`,
      `${perSecond(roundEvents, quantile(ours))} events/s`,
      medianRatio(theirs, ours),
    ])
}

type Block = ReturnType<typeof someBlock>

/**
 * Each round appends the next blocks, one after the other. `append` also gets the block's number
 * from 0.
 */
const roundsOf =
  (
    { appends }: Size,
    blocks: readonly Block[],
    append: (block: Block, number: number) => Promise<unknown>,
  ) =>
  async (round: number): Promise<void> => {
    for (let number = round * appends; number < (round + 1) * appends; number += 1) {
      await append(blocks[number] ?? [], number)
    }
  }

const appenderTo = (log: EventLog, stream: string): ((block: Block) => Promise<void>) => {
  let last = -1
  return async (block) => {
    const outcome = await log.append(stream, last < 0 ? 'no-stream' : last, block)
    if (outcome.kind !== 'appended') throw new Error(`An append ended as ${outcome.kind}`)
    last += block.length
  }
}

const emmettAppender = (emmett: Emmett, stream: string): ((block: Block) => Promise<void>) => {
  let last: bigint | undefined
  return async (block) => {
    last = await emmett.append(stream, last, block)
  }
}

const readRow = async (log: EventLog, pool: Pool): Promise<readonly string[]> => {
  const size = SIZES.find(({ events }) => events === BLOCK_EVENTS) ?? SIZES[0]
  const contenders: readonly Contender[] = [
    { name: 'log', run: () => readThrough(log, streamOf(size)) },
    { name: 'bare', run: () => bareRead(pool, size.events) },
  ]
  const measured = await measureInTurns(contenders, ROUNDS)
  const [ours = [], theirs = []] = [measured.get('log'), measured.get('bare')]
  const events = (ROUNDS + 1) * size.events * size.appends
  return [
    'paged read',
    'bare cursor',
    `${perSecond(events, quantile(theirs))} events/s`,
    `${perSecond(events, quantile(ours))} events/s`,
    medianRatio(theirs, ours),
  ]
}

const readThrough = async (log: EventLog, stream: string): Promise<void> => {
  for await (const page of log.readStream(stream))
    if (page.length === 0) throw new Error('An empty page')
}

const delayText = (delaysMs: readonly number[]): string =>
  `p50 ${quantile(delaysMs).toFixed(1)} ms, p95 ${quantile(delaysMs, 0.95).toFixed(1)} ms`

const delayRow = (what: string, delaysMs: readonly number[]): readonly string[] => [
  what,
  '',
  '',
  delayText(delaysMs),
  '',
]

/** From the call of an append to its event in a waiting subscription. */
const measureWakeUps = async (writer: EventLog, reader: EventLog): Promise<readonly number[]> => {
  const stream = `bench-${randomUUID()}`
  const append = appenderTo(writer, stream)
  const abort = new AbortController()
  const reading = reader.subscribe(stream, -1, abort.signal)[Symbol.asyncIterator]()
  const delaysMs: number[] = []
  await reading.next()
  for (let number = 0; number < WAKE_UPS; number += 1) {
    const events = reading.next()
    const start = performance.now()
    await append(someBlock(number, 1))
    await events
    delaysMs.push(performance.now() - start)
    await reading.next() // caught up
  }
  abort.abort()
  return delaysMs
}

/** A server that others may use as well: streams of this run alone, which stay there. */
const measureEventStore = async (url: string): Promise<string> => {
  const signal = new AbortController().signal
  const { log, close, place } = await openEventLog(url, null, { signal })
  const run = randomUUID().slice(0, 8)
  try {
    const rows: (readonly string[])[] = []
    for (const size of SIZES) {
      const stream = `${streamOf(size)}-${run}`
      const blocks = Array.from({ length: (ROUNDS + 1) * size.appends }, (_, number) =>
        someBlock(number, size.events),
      )
      const ours = { name: 'log', run: roundsOf(size, blocks, appenderTo(log, stream)) }
      const read = { name: 'log', run: () => readThrough(log, stream) }
      const rate = async (contender: Contender, events: number): Promise<string> =>
        `${perSecond(events, quantile((await measureInTurns([contender], ROUNDS)).get('log') ?? []))} events/s`
      const appended = await rate(ours, size.events * size.appends)
      const readBack = await rate(read, (ROUNDS + 1) * size.events * size.appends)
      rows.push([`append, ${size.events} events each`, appended], [`paged read of them`, readBack])
    }
    rows.push(['append to subscriber', delayText(await measureWakeUps(log, log))])
    return markdownTable([place, 'event log'], rows)
  } finally {
    await close()
  }
}
