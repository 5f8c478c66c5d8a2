import { afterAll, beforeAll, expect, it } from 'vitest'
import { FatalError, RetryableError } from '../domain/errors.ts'
import { allEvents, asGiven, freshStream, someEvents } from '../domain/event-log.testing.ts'
import { openEventLog } from './event-log-url.ts'
import { type EventStoreDouble, startEventStoreDouble } from './eventstoredb/double.testing.ts'
import { describeOnEachDatabase, type TestDatabase, testDatabase } from './postgres/database.testing.ts'

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
    expect(await writer.append(stream, 'no-stream', batch)).toMatchObject({ kind: 'appended', lastRevision: 2 })
    expect(asGiven(await allEvents(opened.log.readStream(stream)))).toEqual(batch)
    if (db.connection.password !== undefined) expect(opened.place).not.toContain(String(db.connection.password))
    await opened.close()
    await expect(opened.log.head(stream)).rejects.toThrow('closed')
    expect((await db.pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]) // the embedded database stays open
  })

  it('waits for a server that is away', async () => {
    await double.network.refuse()
    const waiting = Promise.withResolvers<Error>()
    const opening = openEventLog(double.connectionString, db.pool, { ...neverAborted, onTrouble: waiting.resolve })
    expect(await waiting.promise).toBeInstanceOf(RetryableError)
    await double.network.accept()
    await (await opening).close()
  })

  it('gives up when it has waited long enough, and when it is told to', async () => {
    const nowhere = 'esdb://127.0.0.1:1?tls=false'
    const soon = openEventLog(nowhere, db.pool, { ...neverAborted, startMsMax: 0 })
    await expect(soon).rejects.toThrow(RetryableError)
    const stop = new AbortController()
    const told = openEventLog(nowhere, db.pool, { signal: stop.signal, onTrouble: () => stop.abort() })
    await expect(told).rejects.toThrow(RetryableError)
  })

  it.each(['', 'nats://host', 'esdb:/host', '/a/file'])('refuses %j', async (url) => {
    await expect(openEventLog(url, db.pool, neverAborted)).rejects.toThrow(FatalError)
  })
})
