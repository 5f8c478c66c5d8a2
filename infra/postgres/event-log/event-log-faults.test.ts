/**
 * The Postgres log behind a connection that fails: at any statement, from the start, and in the
 * middle.
 */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { RetryableError } from '../../../domain/errors.ts'
import {
  allEvents,
  asGiven,
  freshStream,
  insisting,
  someEvents,
} from '../../../domain/event-log/event-log.testing.ts'
import type { EventLog } from '../../../domain/event-log/event-log.ts'
import { describeFailures } from '../../../domain/event-log/failures.contract.ts'
import { describeOnEachDatabase, type TestDatabase, testDatabase } from '../database.testing.ts'
import { startFaultyWire, WIRE_FAULTS } from '../faulty-wire.testing.ts'
import { createPool } from '../pool.ts'
import { createPostgresEventLog } from './event-log.ts'
import { migrateEventLog } from './schema.ts'

/** How long an answer may be owed: short enough to wait for, long enough for a busy machine. */
const ANSWER_MS_MAX = 400

describeOnEachDatabase('the Postgres log behind a failing connection', (kind) => {
  let db: TestDatabase
  beforeAll(async () => {
    db = await testDatabase(kind)
    await migrateEventLog(db.pool)
  })
  afterAll(() => db.close())

  describeFailures(WIRE_FAULTS, async (fault, failingCall) => {
    const wire = await startFaultyWire(db.connection, (statement) =>
      statement === failingCall ? fault : null,
    )
    const pool = createPool(wire.connection, { answerMsMax: ANSWER_MS_MAX, connectionsMax: 2 })
    const log = createPostgresEventLog(pool)
    return {
      log,
      calls: wire.statements,
      close: async () => {
        await log.close()
        await wire.close()
        await pool.end()
      },
    }
  })

  it('fails as retryable while the server is away, and works when it comes: from the start, and in the middle', async () => {
    const wire = await startFaultyWire(db.connection)
    await wire.refuse()
    const pool = createPool(wire.connection)
    const log = createPostgresEventLog(pool, { pollIntervalMs: 20 })
    const [stream, first, second] = [freshStream(), someEvents(2), someEvents(2, 2)]
    const following = numbersOf(log, stream, 4)

    await failsAsRetryable(log, stream)
    await wire.accept()
    expect(await log.append(stream, 'no-stream', first)).toMatchObject({ kind: 'appended' })
    await wire.refuse()
    await failsAsRetryable(log, stream)
    await wire.accept()
    expect(await insisting(() => log.append(stream, 1, second))).toMatchObject({ kind: 'appended' })
    expect(asGiven(await allEvents(log.readStream(stream)))).toEqual([...first, ...second])
    expect(await following).toEqual([0, 1, 2, 3])

    await log.close()
    await wire.close()
    await pool.end()
  })
})

const failsAsRetryable = async (log: EventLog, stream: string): Promise<void> => {
  await expect(log.append(stream, 'no-stream', someEvents(1))).rejects.toThrow(RetryableError)
  await expect(log.head(stream)).rejects.toThrow(RetryableError)
  await expect(log.logHead()).rejects.toThrow(RetryableError)
  await expect(log.retention(stream)).rejects.toThrow(RetryableError)
  await expect(log.limitStream(freshStream(), { eventsMax: 1 })).rejects.toThrow(RetryableError)
  await expect(allEvents(log.readStream(stream))).rejects.toThrow(RetryableError)
  await expect(log.readAll({ afterLogPosition: -1, limit: 1 })).rejects.toThrow(RetryableError)
  await expect(log.readCategory('thing', { afterLogPosition: -1, limit: 1 })).rejects.toThrow(
    RetryableError,
  )
}

const numbersOf = async (
  log: EventLog,
  stream: string,
  count: number,
): Promise<readonly unknown[]> => {
  const numbers: unknown[] = []
  for await (const message of log.subscribe(stream, -1, new AbortController().signal)) {
    if (message.kind === 'events') numbers.push(...message.events.map(({ data }) => data.number))
    if (numbers.length >= count) break
  }
  return numbers
}
