/** Two logs on one PostgreSQL server, as two processes have them. */
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import {
  freshCategory,
  freshStream,
  someEvents,
} from '../../../domain/event-log/event-log.testing.ts'
import type { SubscriptionMessage } from '../../../domain/event-log/event-log.ts'
import { describeOnPostgres, type TestDatabase, testDatabase } from '../database.testing.ts'
import { createPool } from '../pool.ts'
import {
  createPostgresEventLog,
  type PostgresEventLog,
  type PostgresEventLogOptions,
} from './event-log.ts'
import { migrateEventLog } from './schema.ts'

const listeners = `SELECT pid FROM pg_stat_activity WHERE datname = current_database()
  AND (query LIKE 'LISTEN%' OR query LIKE 'NOTIFY chronohex_appends, %')`

describeOnPostgres('signals between two logs', () => {
  let db: TestDatabase
  let writer: PostgresEventLog
  const readers: PostgresEventLog[] = []
  beforeAll(async () => {
    db = await testDatabase('postgres')
    await migrateEventLog(db.pool)
    writer = createPostgresEventLog(db.pool, { signals: true })
  })
  afterAll(async () => {
    await writer.close()
    await db.close()
  })

  afterEach(async () => {
    for (const reader of readers.splice(0)) await reader.close()
  })

  const openReader = (pool = db.pool, options: PostgresEventLogOptions = {}): PostgresEventLog => {
    const reader = createPostgresEventLog(pool, {
      signals: true,
      pollIntervalMs: 1_000_000,
      ...options,
    })
    readers.push(reader)
    return reader
  }

  const following = async (
    log: PostgresEventLog,
    stream: string,
  ): Promise<() => Promise<SubscriptionMessage>> => {
    const reading = log.subscribe(stream, -1, new AbortController().signal)[Symbol.asyncIterator]()
    const next = async (): Promise<SubscriptionMessage> => {
      const { value } = await reading.next()
      if (value === undefined) throw new Error('The subscription ended')
      return value
    }
    expect(await next()).toMatchObject({ kind: 'caughtUp' })
    return next
  }

  /** Waits until as many logs listen. */
  const listening = (count: number): Promise<void> =>
    expect.poll(async () => (await db.pool.query(listeners)).rows.length).toBe(count)

  it('wake a subscriber of another log at every append, without a single poll', async () => {
    const reader = openReader()
    const stream = freshStream()
    const next = await following(reader, stream)
    // From here on it listens as well.
    await writer.append(freshStream(), 'no-stream', someEvents(1))
    await listening(2)
    for (let revision = -1; revision < 199; revision += 1) {
      const woken = next()
      await writer.append(stream, revision === -1 ? 'no-stream' : revision, someEvents(1))
      expect(await woken).toMatchObject({ kind: 'events' })
      expect(await next()).toMatchObject({ kind: 'caughtUp', position: revision + 1 })
    }
  })

  it('wake the followers of a category, also by an append among more than a signal can name', async () => {
    const reader = openReader()
    const category = freshCategory()
    const reading = reader
      .subscribeCategory(category, -1, new AbortController().signal)
      [Symbol.asyncIterator]()
    expect((await reading.next()).value).toMatchObject({ kind: 'caughtUp' })
    await listening(2)
    const woken = reading.next()
    const others = Array.from({ length: 300 }, () => freshStream())
    await Promise.all(
      [...others, freshStream(category)].map((stream) =>
        writer.append(stream, 'no-stream', someEvents(1)),
      ),
    )
    expect((await woken).value).toMatchObject({ kind: 'events' })
  })

  it('wake everybody when somebody else gives them by hand', async () => {
    const reader = openReader()
    const stream = freshStream()
    const next = await following(reader, stream)
    await listening(2)
    const woken = next()
    // Without signals.
    await createPostgresEventLog(db.pool).append(stream, 'no-stream', someEvents(1))
    await db.pool.query('NOTIFY chronohex_appends')
    expect(await woken).toMatchObject({ kind: 'events' })
  })

  it('cost no more than the poll when their listener is lost, and come again by themselves', async () => {
    const pool = createPool(db.connection)
    const lost = Promise.withResolvers<Error>()
    const reader = openReader(pool, {
      pollIntervalMs: 50,
      onTrouble: ({ error }) => lost.resolve(error),
    })
    const [polled, signalled] = [freshStream(), freshStream()]
    const next = await following(reader, polled)
    await listening(2)
    const dropListening = db.pool.query(
      `SELECT pg_terminate_backend(pid) FROM (${listeners} ORDER BY backend_start DESC LIMIT 1) listener`,
    )
    const woken = next()
    await dropListening
    await writer.append(polled, 'no-stream', someEvents(1))
    expect(await woken).toMatchObject({ kind: 'events' })
    expect((await lost.promise).name).toBe('RetryableError')
    await listening(2)
    await following(reader, signalled)
    await reader.close()
    await pool.end()
    await listening(1) // one connection for each log, and none after it
  })
})
