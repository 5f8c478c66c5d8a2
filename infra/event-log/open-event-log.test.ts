import { afterAll, beforeAll, expect, it } from 'vitest'
import { FatalError, RetryableError } from '../../domain/errors.ts'
import {
  allEvents,
  asGiven,
  freshStream,
  someEvents,
} from '../../domain/event-log/event-log.testing.ts'
import { createOutages } from '../../domain/waiting/outage.ts'
import { type EventStoreDouble, startEventStoreDouble } from '../eventstoredb/double.testing.ts'
import {
  describeOnEachDatabase,
  type TestDatabase,
  testDatabase,
} from '../postgres/database.testing.ts'
import { openEventLog, waitingAloud } from './open-event-log.ts'

const neverAborted = { signal: new AbortController().signal }

describeOnEachDatabase('A log by its URL, beside a database', (kind) => {
  let db: TestDatabase
  let double: EventStoreDouble
  beforeAll(async () => {
    db = await testDatabase(kind)
    double = await startEventStoreDouble()
  })
  afterAll(async () => {
    await double.close()
    await db.close()
  })

  /** The embedded database may listen on a Unix socket, whose folder is a parameter of the URL. */
  const postgresUrl = (): string => {
    const { connectionString, host = '', port = 5432, user, password, database } = db.connection
    if (connectionString !== undefined) return connectionString
    const parameters = new URLSearchParams({ host, port: String(port) })
    return `postgres://${user}:${encodeURIComponent(String(password))}@embedded/${database}?${parameters}`
  }

  it.each([
    ['no URL', (): string | null => null],
    ['postgres://', (): string | null => postgresUrl()],
    ['esdb://', (): string | null => double.connectionString],
    ['esdb+discover://', (): string | null => double.discoverString],
  ] as const)('opens with %s, is written by its writer, and tells no password', async (_, url) => {
    const opened = await openEventLog(url(), db.pool, neverAborted)
    const stream = freshStream('world')
    const batch = someEvents(3)
    const writer = await opened.becomeWriter()
    expect(await writer.append(stream, 'no-stream', batch)).toMatchObject({
      kind: 'appended',
      lastRevision: 2,
    })
    expect(asGiven(await allEvents(opened.log.readStream(stream)))).toEqual(batch)
    if (db.connection.password !== undefined)
      expect(opened.place).not.toContain(String(db.connection.password))
    await opened.close()
    await expect(opened.log.head(stream)).rejects.toThrow('closed')
    // The embedded database stays open.
    expect((await db.pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  })

  it('for reading creates nothing, and takes a log that is there', async ({ skip }) => {
    if (kind !== 'postgres')
      skip('one database of the embedded server holds the log of all tests here')
    const empty = await testDatabase(kind)
    const url = empty.connection.connectionString ?? expect.fail('no URL')
    const place = url.replace(/\/\/[^/]*@/, '//')
    const opening = openEventLog(url, null, { ...neverAborted, mayCreate: false })
    await expect(opening).rejects.toThrow(`${place}: The database holds no event log`)
    const schemas = await empty.pool.query(
      "SELECT nspname FROM pg_namespace WHERE nspname = 'event_log'",
    )
    expect(schemas.rows).toEqual([])

    await (await openEventLog(url, null, neverAborted)).close()
    const reader = `reader_${process.pid}`
    await empty.pool.query(`CREATE ROLE ${reader} LOGIN PASSWORD 'x'`)
    try {
      await empty.pool.query(`GRANT USAGE ON SCHEMA event_log TO ${reader}`)
      await empty.pool.query(`GRANT SELECT ON ALL TABLES IN SCHEMA event_log TO ${reader}`)
      const readerUrl = url.replace(/\/\/[^@/]*@/, `//${reader}:x@`)
      const { log, close } = await openEventLog(readerUrl, null, {
        ...neverAborted,
        mayCreate: false,
      })
      expect(await log.logHead()).toBe(-1)
      await close()
    } finally {
      await empty.pool.query(`DROP OWNED BY ${reader}`)
      await empty.pool.query(`DROP ROLE ${reader}`)
      await empty.close()
    }
  })

  it('names the server that refuses, without the password', async ({ skip }) => {
    if (kind !== 'postgres') skip('the embedded server has one database')
    const url = new URL(postgresUrl())
    url.pathname = '/no_such_database'
    url.password = 'secret'
    const refusal: unknown = await openEventLog(String(url), null, neverAborted).catch(
      (error: unknown) => error,
    )
    expect(refusal).toBeInstanceOf(FatalError)
    expect(String(refusal)).toMatch(
      /postgres:\/\/[^@]+\/no_such_database: .*"no_such_database" does not exist/,
    )
  })

  it('waits for a server that is away', async () => {
    await double.network.refuse()
    const waiting = Promise.withResolvers<readonly [Error, boolean]>()
    const opening = openEventLog(double.connectionString, db.pool, {
      ...neverAborted,
      onTrouble: ({ error, delayMs }) => waiting.resolve([error, Number.isInteger(delayMs)]),
    })
    expect(await waiting.promise).toEqual([expect.any(RetryableError), true])
    await double.network.accept()
    await (await opening).close()
  })

  it('says aloud what it waits for', async () => {
    const stop = new AbortController()
    const lines: string[] = []
    const say = (line: string): void => {
      lines.push(line)
      stop.abort(new Error('told to'))
    }
    const opening = openEventLog(
      'esdb://127.0.0.1:1?tls=false',
      db.pool,
      waitingAloud({ signal: stop.signal, outages: createOutages(say) }),
    )
    await expect(opening).rejects.toThrow('told to')
    expect(lines).toEqual([
      expect.stringMatching(/^Event log: .*esdb:\/\/127\.0\.0\.1:1.*; trying again$/),
    ])
  })

  it('gives up when it has waited long enough, and when it is told to', async () => {
    const nowhere = 'esdb://127.0.0.1:1?tls=false'
    const soon = openEventLog(nowhere, db.pool, { ...neverAborted, startMsMax: 0 })
    await expect(soon).rejects.toThrow(RetryableError)
    const stop = new AbortController()
    const told = openEventLog(nowhere, db.pool, {
      signal: stop.signal,
      onTrouble: () => stop.abort(new Error('told to')),
    })
    await expect(told).rejects.toThrow('told to')
  })

  it.each(['', 'nats://host', 'esdb:/host', '/a/file'])('refuses %j', async (url) => {
    await expect(openEventLog(url, db.pool, neverAborted)).rejects.toThrow(FatalError)
  })
})
