/** The Postgres log over connections that stay open and carry nothing more. */
import { setImmediate } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { RetryableError } from '../../../domain/errors.ts'
import {
  allEvents,
  asGiven,
  freshStream,
  someEvents,
} from '../../../domain/event-log/event-log.testing.ts'
import { createWakeUps } from '../../../domain/waiting/wake-ups.ts'
import { type FaultProxy, startFaultProxy } from '../../eventstoredb/fault-proxy.testing.ts'
import { describeOnPostgres, type TestDatabase, testDatabase } from '../database.testing.ts'
import { createPool } from '../pool.ts'
import { createAppendSignals } from './append-signals.ts'
import { createPostgresEventLog, type PostgresEventLog } from './event-log.ts'
import { migrateEventLog } from './schema.ts'

/** How long an answer may be owed: nothing but a half-open connection takes so long. */
const ANSWER_MS_MAX = 1_500
/** Longer than any test may take: a bound of this length ends nothing. */
const NEVER_MS = 2 ** 31 - 1

describeOnPostgres('the Postgres log on half-open connections', () => {
  let db: TestDatabase
  let direct: PostgresEventLog
  let network: FaultProxy
  let pool: ReturnType<typeof createPool>
  let log: PostgresEventLog
  beforeAll(async () => {
    db = await testDatabase('postgres')
    await migrateEventLog(db.pool)
    direct = createPostgresEventLog(db.pool)
  })
  afterAll(async () => {
    await direct.close()
    await db.close()
  })
  beforeEach(async () => {
    const url = new URL(db.connection.connectionString ?? '')
    network = await startFaultProxy(Number(url.port || 5432))
    url.host = `127.0.0.1:${network.port}`
    pool = createPool(url.href, { answerMsMax: ANSWER_MS_MAX, connectionsMax: 1 })
    log = createPostgresEventLog(pool)
    await log.logHead() // connected
  })
  afterEach(async () => {
    await network.close()
    await log.close()
    await pool.end()
  })

  /** By this bound: the server's own, on a statement, is a minute, and it hears nothing of it. */
  const failsByItsBound = async (work: () => Promise<unknown>): Promise<void> => {
    const failure: unknown = await work().catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(RetryableError)
    expect(failure).toMatchObject({ message: expect.stringContaining('Query read timeout') })
  }

  it('gives up reads by its bound, and reads again over a new connection', async () => {
    const stream = freshStream()
    const events = someEvents(3)
    await log.append(stream, 'no-stream', events)
    network.freeze()
    await failsByItsBound(() => allEvents(log.readStream(stream)))
    network.thaw()
    expect(asGiven(await allEvents(log.readStream(stream)))).toEqual(events)
  })

  it('gives up an append that never reached the server, and appends it once when it is tried again', async () => {
    const stream = freshStream()
    const events = someEvents(3)
    network.freeze()
    await failsByItsBound(() => log.append(stream, 'no-stream', events))
    expect(await direct.head(stream)).toBeNull()
    network.cut() // what lies in the frozen network is lost
    network.thaw()
    expect(await log.append(stream, 'no-stream', events)).toMatchObject({
      kind: 'appended',
      lastRevision: 2,
    })
    expect(asGiven(await allEvents(direct.readStream(stream)))).toEqual(events)
  })

  it('gives up an append whose answer is lost, and finds it done when it is tried again', async () => {
    const stream = freshStream()
    const events = someEvents(3)
    const blocker = await db.pool.connect()
    await blocker.query('BEGIN')
    await blocker.query('SELECT * FROM event_log.head FOR UPDATE')
    const givenUp = failsByItsBound(() => log.append(stream, 'no-stream', events))
    const waiting = `SELECT pid FROM pg_stat_activity
                     WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%event_log.append%'`
    await expect
      .poll(async () => (await db.pool.query(waiting)).rows.length, { interval: 5 })
      .toBe(1)
    network.freeze() // the append has reached the server; its answer will not come back
    await blocker.query('COMMIT')
    blocker.release()
    await givenUp
    await expect.poll(() => direct.head(stream)).toBe(2)
    network.thaw()
    const changed = someEvents(3)
    expect(await log.append(stream, 'no-stream', events)).toMatchObject({
      kind: 'already-appended',
      lastRevision: 2,
    })
    expect(await log.append(stream, 'no-stream', changed)).toEqual({ kind: 'conflict', actual: 2 })
    expect(asGiven(await allEvents(direct.readStream(stream)))).toEqual(events)
  })

  it('finds out that its listener hears nothing more, and listens again over a new connection', async () => {
    const wakeUps = createWakeUps()
    const lost = Promise.withResolvers<Error>()
    const listens = wakeUps.next(() => true)
    const signals = createAppendSignals({
      pool,
      wakeUps,
      silenceMsMax: 100,
      onTrouble: ({ error }) => lost.resolve(error),
    })
    signals.listen()
    await listens.woken
    network.freeze()
    expect((await lost.promise).message).toContain('Query read timeout')
    const listensAgain = wakeUps.next(() => true)
    network.cut()
    network.thaw()
    await listensAgain.woken
    const heard = wakeUps.next((stream) => stream === 'told-1')
    await db.pool.query(`SELECT pg_notify('chronohex_appends', E'another\\ntold-1')`)
    await heard.woken
    await signals.stop()
  })

  it('stops at once, also while a signal is under way that nobody will answer', async () => {
    const wakeUps = createWakeUps()
    const trouble: Error[] = []
    const listens = wakeUps.next(() => true)
    const signals = createAppendSignals({
      pool,
      wakeUps,
      silenceMsMax: NEVER_MS,
      onTrouble: ({ error }) => trouble.push(error),
    })
    signals.listen()
    await listens.woken
    network.freeze()
    signals.announce('told-1')
    await setImmediate() // it is on its way
    await signals.stop()
    expect(pool.totalCount).toBe(0)
    expect(trouble).toEqual([])
  })

  it('ends its subscriptions at once when it is closed, also while they read', async () => {
    const patientPool = createPool(pool.options, { answerMsMax: NEVER_MS, connectionsMax: 1 })
    const patient = createPostgresEventLog(patientPool)
    await patient.logHead()
    network.freeze()
    const next = patient
      .subscribe(freshStream(), -1, new AbortController().signal)
      [Symbol.asyncIterator]()
      .next()
    await patient.close()
    expect(await next).toMatchObject({ done: true })
    network.cut()
    await patientPool.end()
  })
})
