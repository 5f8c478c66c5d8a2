import { Client, type Pool } from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { FatalError, RetryableError } from '../../../domain/errors.ts'
import { describeEventLog } from '../../../domain/event-log/event-log.contract.ts'
import {
  allEvents,
  asGiven,
  freshCategory,
  freshStream,
  someEvent,
  someEvents,
} from '../../../domain/event-log/event-log.testing.ts'
import type { EventLog, NewEvent } from '../../../domain/event-log/event-log.ts'
import {
  holdTinyStreams,
  TINY_STREAMS,
  TINY_STREAMS_MS_MAX,
} from '../../../domain/event-log/tiny-streams.testing.ts'
import { describeOnEachDatabase, type TestDatabase, testDatabase } from '../database.testing.ts'
import { createPool } from '../pool.ts'
import { Fenced } from '../postgres-errors.ts'
import { createPostgresEventLog, type PostgresEventLog } from './event-log.ts'
import { CATEGORY_PAGE, LOG_RANGE } from './rows.ts'
import { migrateEventLog } from './schema.ts'

describeOnEachDatabase('the Postgres log', (kind) => {
  let db: TestDatabase
  let log: PostgresEventLog
  beforeAll(async () => {
    db = await testDatabase(kind)
    await Promise.all([1, 2, 3].map(() => migrateEventLog(db.pool)))
    log = createPostgresEventLog(db.pool)
  })
  afterAll(async () => {
    await log.close()
    await db.close()
  })

  describeEventLog('it', async () =>
    createPostgresEventLog(db.pool, { pollIntervalMs: 20, signals: kind === 'postgres' }),
  )

  it('keeps what it holds when it is migrated again', async () => {
    const stream = freshStream()
    await log.append(stream, 'no-stream', [someEvent()])
    await migrateEventLog(db.pool)
    expect(await log.head(stream)).toBe(0)
  })

  it('refuses a schema that is newer than the program', async () => {
    await db.pool.query('INSERT INTO event_log.migrations VALUES (999)')
    await expect(migrateEventLog(db.pool)).rejects.toThrow('newer')
    await db.pool.query('DELETE FROM event_log.migrations WHERE number = 999')
  })

  it.each(['events', 'streams', 'appends', 'head'])(
    'lets nobody change or remove rows of %s',
    async (table) => {
      await log.append(freshStream(), 'no-stream', [someEvent()])
      await expect(db.pool.query(`DELETE FROM event_log.${table}`)).rejects.toThrow('only grows')
      await expect(db.pool.query(`TRUNCATE event_log.${table} CASCADE`)).rejects.toThrow(
        'only grows',
      )
      if (table === 'head') return
      const column = table === 'appends' ? 'category' : table === 'streams' ? 'name' : 'type'
      await expect(db.pool.query(`UPDATE event_log.${table} SET ${column} = 'x'`)).rejects.toThrow(
        'only grows',
      )
      const client = await db.pool.connect()
      await client.query('BEGIN; SET LOCAL session_replication_role = replica')
      await expect(client.query(`DELETE FROM event_log.${table}`)).rejects.toThrow('only grows')
      await client.query('ROLLBACK')
      client.release()
    },
  )

  it('lets go of the oldest events of best-effort streams alone, and of nothing by hand', async () => {
    const [limited, kept] = [freshStream(freshCategory()), freshStream()]
    await log.limitStream(limited, { eventsMax: 2 })
    for (let batch = 0; batch < 3; batch += 1)
      await log.append(limited, 'any', someEvents(2, batch * 2))
    await log.append(kept, 'no-stream', someEvents(2))
    const idOf = `(SELECT id FROM event_log.streams WHERE name = $1)`
    const remove = `DELETE FROM event_log.events WHERE stream = ${idOf}`
    await expect(db.pool.query(remove, [limited])).rejects.toThrow('only grows')
    await expect(db.pool.query(remove, [kept])).rejects.toThrow('only grows')
    const declare = `INSERT INTO event_log.retention (stream, events_max) VALUES (${idOf}, 1)`
    await expect(db.pool.query(declare, [kept])).rejects.toThrow('cannot be limited')
    const move = `UPDATE event_log.retention SET stream = ${idOf}`
    await expect(db.pool.query(move, [kept])).rejects.toThrow('cannot be limited')
    await expect(db.pool.query('DELETE FROM event_log.retention')).rejects.toThrow('only grows')
    await db.pool.query(`SELECT event_log.trim(${idOf})`, [kept])
    expect((await allEvents(log.readStream(kept))).length).toBe(2)
    const category = limited.slice(0, limited.indexOf('-'))
    const page = await log.readCategory(category, { afterLogPosition: -1, limit: 10 })
    expect(page.map(({ revision }) => revision)).toEqual([4, 5])
    const appends = await db.pool.query('SELECT FROM event_log.appends WHERE category = $1', [
      category,
    ])
    expect(appends.rows).toHaveLength(1)
  })

  it('reads the whole log over what has gone', async () => {
    const stream = freshStream()
    await log.limitStream(stream, { eventsMax: 1 })
    const before = await log.logHead()
    await log.append(stream, 'any', someEvents(50))
    expect(
      (await log.readAll({ afterLogPosition: before, limit: 10 })).map(({ revision }) => revision),
    ).toEqual([49])
  })

  it('gives log positions without a gap, in the order in which they become visible', async () => {
    const before = await log.logHead() // what best-effort streams have let go of lies below
    const seen: number[] = []
    let isWriting = true
    const watch = async (): Promise<void> => {
      while (isWriting) {
        const { rows } = await db.pool.query<{ count: string; max: string | null }>(
          'SELECT count(*), max(log_position) FROM event_log.events WHERE log_position > $1',
          [before],
        )
        const [count, max] = [Number(rows[0]?.count), Number(rows[0]?.max ?? before)]
        expect(count).toBe(max - before) // a reader that sees a position sees all before it
        seen.push(max)
      }
    }
    const write = async (writer: number): Promise<void> => {
      const stream = freshStream()
      let expected: number | 'no-stream' = 'no-stream'
      for (let block = 0; block < 10; block += 1) {
        if (block % 3 === writer % 3) await appendAndRollBack(db.pool)
        await log.append(stream, 0, someEvents(2)) // mostly a conflict, which must leave no gap
        const outcome = await log.append(stream, expected, someEvents(1 + (block % 4)))
        if (outcome.kind === 'appended') expected = outcome.lastRevision
        else expected = (await log.head(stream)) ?? 'no-stream'
      }
    }
    const watching = watch()
    await Promise.all([1, 2, 3, 4].map(write))
    isWriting = false
    await watching
    const positions = await logPositions(db.pool, before)
    expect(positions.length).toBeGreaterThan(40)
    expect(positions).toEqual(positions.map((_, index) => before + 1 + index))
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
  })

  it('refuses a writer that another has replaced, and lets it write nothing', async () => {
    const stream = freshStream('world')
    const first = await log.becomeWriter()
    await first.append(stream, 'no-stream', someEvents(2))
    const second = await log.becomeWriter()
    await second.append(stream, 1, someEvents(2, 2))
    await expect(first.append(stream, 3, someEvents(1, 4))).rejects.toThrow(Fenced)
    await expect(first.append(stream, 'no-stream', someEvents(1))).rejects.toThrow(FatalError)
    expect(await log.head(stream)).toBe(3)
    expect(await first.head(stream)).toBe(3) // reading stays free
    expect(await second.append(stream, 3, someEvents(1, 4))).toMatchObject({
      kind: 'appended',
      lastRevision: 4,
    })
    expect(await log.append(freshStream(), 'no-stream', someEvents(1))).toMatchObject({
      kind: 'appended',
    })
  })

  it('wakes readers of another process within the poll interval, and of its own at once', async () => {
    const reader = createPostgresEventLog(db.pool, { pollIntervalMs: 20 })
    const stream = freshStream()
    const reading = reader
      .subscribe(stream, -1, new AbortController().signal)
      [Symbol.asyncIterator]()
    expect((await reading.next()).value).toMatchObject({ kind: 'caughtUp' })
    const next = reading.next()
    await log.append(stream, 'no-stream', someEvents(2))
    expect((await next).value).toMatchObject({ kind: 'events' })
    await reader.close()
  })

  it('stores a batch of twenty megabytes', async () => {
    const stream = freshStream()
    const events = Array.from({ length: 20 }, (_, index) =>
      someEvent({ text: `${index % 10}`.repeat(1_000_000) }),
    )
    expect(await log.append(stream, 'no-stream', events)).toMatchObject({
      kind: 'appended',
      lastRevision: 19,
    })
    expect(asGiven(await allEvents(log.readStream(stream)))).toEqual(events)
  })

  it(`holds ${TINY_STREAMS} tiny streams, appended at once`, {
    timeout: TINY_STREAMS_MS_MAX,
  }, async () => {
    await holdTinyStreams(log, TINY_STREAMS)
  })

  it('finds the events of one small category among many others', async () => {
    const category = freshCategory()
    for (let stream = 0; stream < 20; stream += 1)
      await log.append(freshStream(), 'no-stream', someEvents(50))
    await log.append(freshStream(category), 'no-stream', someEvents(3))
    const page = await log.readCategory(category, { afterLogPosition: -1, limit: 2 })
    expect(page.map(({ data }) => data.number)).toEqual([0, 1])
  })

  it('finds its events by index, also where statistics are older than the end of the log', async () => {
    const category = freshCategory()
    const write = (count: number) =>
      Promise.all(
        Array.from({ length: count }, () =>
          log.append(freshStream(category), 'no-stream', someEvents(1)),
        ),
      )
    await write(500)
    await db.pool.query('ANALYZE event_log.events, event_log.streams, event_log.appends')
    const after = await log.logHead()
    await write(1_000)
    for (const [statement, values] of [
      [CATEGORY_PAGE, [category, after, 1_000]],
      [LOG_RANGE, [after, 1_000]],
    ] as const) {
      const { rows } = await db.pool.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${statement}`, [
        ...values,
      ])
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
      expect(plan).toContain('streams_pkey')
      expect(plan).not.toMatch(/Seq Scan on (events|streams|appends)/)
    }
  })

  it('tells a database that is away from a bug', async () => {
    const away = createPool({ host: '127.0.0.1', port: 1, user: 'nobody', database: 'none' })
    const lost = createPostgresEventLog(away)
    await expect(lost.head('a-1')).rejects.toThrow(RetryableError)
    const unprepared = createPostgresEventLog(db.pool)
    await db.pool.query('ALTER SCHEMA event_log RENAME TO event_log_away')
    await expect(unprepared.head('a-1')).rejects.toThrow(FatalError)
    await db.pool.query('ALTER SCHEMA event_log_away RENAME TO event_log')
    await away.end()
  })

  it.runIf(kind === 'postgres')(
    'fails an append that the server cuts off as retryable, and leaves nothing of it',
    async () => {
      const stream = freshStream()
      const blocker = await db.pool.connect()
      await blocker.query('BEGIN')
      await blocker.query('SELECT * FROM event_log.head FOR UPDATE')
      const append = log.append(stream, 'no-stream', someEvents(1))
      const failed = expect(append).rejects.toThrow(RetryableError)
      const cutOff = `SELECT pg_terminate_backend(pid) AS done FROM pg_stat_activity
                    WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%event_log.append%'`
      await expect.poll(async () => (await db.pool.query(cutOff)).rows.length).toBe(1)
      await failed
      await blocker.query('ROLLBACK')
      blocker.release()
      expect(await log.head(stream)).toBeNull()
      expect(await log.append(stream, 'no-stream', someEvents(1))).toMatchObject({
        kind: 'appended',
      })
    },
  )

  describeLostConnections(() => ({ db, log }))
})

const logPositions = async (pool: Pool, after: number): Promise<readonly number[]> => {
  const text = 'SELECT log_position FROM event_log.events WHERE log_position > $1 ORDER BY 1'
  const { rows } = await pool.query<{ log_position: string }>(text, [after])
  return rows.map((row) => Number(row.log_position))
}

const appendAndRollBack = async (pool: Pool): Promise<void> => {
  const client = await pool.connect()
  await client.query('BEGIN')
  await client.query(...appendStatement(freshStream(), -1, someEvents(3)))
  await client.query('ROLLBACK')
  client.release()
}

const appendStatement = (
  stream: string,
  expected: number,
  events: readonly NewEvent[],
): [string, unknown[]] => [
  'SELECT * FROM event_log.append($1, $2, NULL, $3, $4, $5, $6)',
  [
    stream,
    expected,
    events.map(({ id }) => id),
    events.map(({ type }) => type),
    events.map(({ data }) => JSON.stringify(data)),
    events.map(({ meta }) => JSON.stringify(meta)),
  ],
]

/** A connection that breaks leaves an append done or not done, and the retry finds out which. */
const describeLostConnections = (context: () => { db: TestDatabase; log: EventLog }): void => {
  const batch = someEvents(3)

  it.each([
    ['before the commit', false, 'appended'],
    ['after the commit, before the answer', true, 'already-appended'],
  ])('settles a retry when the connection breaks %s', async (_, commits, kind) => {
    const { db, log } = context()
    const stream = freshStream()
    const client = new Client(db.connection)
    client.on('error', () => undefined) // the break is the point
    await client.connect()
    await client.query('BEGIN')
    await client.query(...appendStatement(stream, -1, batch))
    if (commits) await client.query('COMMIT')
    await breakOff(client)
    expect(await log.append(stream, 'no-stream', batch)).toMatchObject({ kind, lastRevision: 2 })
    const changed = [...batch.slice(0, 2), someEvent()]
    expect(await log.append(stream, 'no-stream', changed)).toEqual({ kind: 'conflict', actual: 2 })
    expect(asGiven(await allEvents(log.readStream(stream)))).toEqual(batch)
  })
}

/** Cuts a connection as a crash does: without a word of the protocol. */
const breakOff = async (client: Client): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>()
  client.once('end', resolve)
  // The driver's own socket; its types leave it out.
  ;(
    client as unknown as { connection: { stream: { destroy: () => void } } }
  ).connection.stream.destroy()
  await promise
}
