import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { FatalError, RetryableError } from '../../domain/errors.ts'
import {
  allEvents,
  asGiven,
  freshCategory,
  freshStream,
  insisting,
  someEvent,
  someEvents,
} from '../../domain/event-log/event-log.testing.ts'
import type { AppendOutcome, EventLog, ExpectedRevision } from '../../domain/event-log/event-log.ts'
import { startEventStoreDouble } from './double.testing.ts'
import type { Fault } from './double-faults.testing.ts'
import { createEventStoreLog } from './event-log.ts'
import {
  failNext,
  neverAborted,
  numbersUpTo,
  unanswered,
  upTo,
  withLogs,
} from './faults.testing.ts'
import { describeOnDouble } from './servers.testing.ts'

describeOnDouble('An append through a failing network', '24.2.0', (double) => {
  const batch = someEvents(3)
  const lost: readonly (readonly [string, Fault, AppendOutcome['kind']])[] = [
    ['the connection is cut before the commit', 'cut-before', 'appended'],
    ['the connection is cut after the commit', 'cut-after', 'already-appended'],
    ['the answer is lost', 'lose-answer', 'already-appended'],
    ['the server never answers', 'never-answer', 'appended'],
    ['the server fails without a word for it', 'handler-threw', 'appended'],
    ['the server is not ready', 'not-ready', 'appended'],
    ['the server knows of no leader', 'no-leader', 'appended'],
    ['another node is the leader', 'not-leader', 'appended'],
  ]
  it.each(lost)(
    'is retryable when %s, and a retry finds out what happened',
    async (_, fault, kind) => {
      await withLogs(double(), 1, async (log) => {
        const stream = freshStream()
        failNext(double(), 'append', fault)
        await expect(log?.append(stream, 'no-stream', batch)).rejects.toThrow(RetryableError)
        expect(await log?.append(stream, 'no-stream', batch)).toMatchObject({
          kind,
          lastRevision: 2,
        })
        const changed = [...batch.slice(0, 2), someEvent()]
        expect(await log?.append(stream, 'no-stream', changed)).toEqual({
          kind: 'conflict',
          actual: 2,
        })
        expect(
          asGiven(await allEvents(log?.readStream(stream) ?? (async function* () {})())),
        ).toEqual(batch)
      })
    },
  )

  it('is stored whole or not at all, wherever it is cut off', async () => {
    const events = someEvents(120).map((event) => ({ ...event, meta: { text: 'x'.repeat(3_000) } }))
    const lengths = new Set<number>()
    for (const turns of upTo(40)) {
      const stream = freshStream()
      const log = createEventStoreLog(double().connectionString)
      const append = log.append(stream, 'no-stream', events).catch((error: unknown) => error)
      for (const _ of upTo(turns)) await setImmediate()
      if (turns % 2 === 0) double().network.cut()
      else await log.close()
      await append
      await log.close()
      const patient = createEventStoreLog(double().connectionString)
      await insisting(() => patient.append(stream, 'no-stream', events))
      lengths.add((await allEvents(patient.readStream(stream))).length)
      await patient.close()
    }
    expect([...lengths]).toEqual([120])
  })

  it('is retryable while another process still commits the same, and stored once', async () => {
    await withLogs(double(), 2, async (...logs) => {
      const [one, two] = logs as [EventLog, EventLog]
      const stream = freshStream()
      await Promise.all(logs.map((log) => log.logHead()))
      const release = double().holdCommits()
      const first = one.append(stream, 'no-stream', batch).catch((error: unknown) => error)
      await expect.poll(() => double().calls.get('append')).toBeGreaterThan(0)
      await expect(two.append(stream, 'no-stream', batch)).rejects.toThrow(RetryableError)
      release()
      await first
      expect(await insisting(() => two.append(stream, 'no-stream', batch))).toMatchObject({
        lastRevision: 2,
      })
      expect(await two.head(stream)).toBe(2)
    })
  })

  it('refuses a writer that was paused while another took over', async () => {
    await withLogs(double(), 2, async (...logs) => {
      const [paused, other] = logs as [EventLog, EventLog]
      const stream = freshStream()
      await paused.append(stream, 'no-stream', someEvents(2))
      await other.append(stream, 1, someEvents(2))
      expect(await paused.append(stream, 1, someEvents(1))).toEqual({ kind: 'conflict', actual: 3 })
    })
  })

  it('never rejects another client’s appends, and takes the call that is its own', async () => {
    await withLogs(double(), 1, async (log) => {
      const elsewhere = await startEventStoreDouble()
      const other = createEventStoreLog(elsewhere.connectionString)
      await other.logHead()
      const release = elsewhere.holdCommits()
      const appends = upTo(7).map(() => other.append(freshStream(), 'no-stream', someEvents(1)))
      await expect.poll(() => elsewhere.calls.get('append')).toBe(7)
      failNext(double(), 'append', 'cut-before')
      await expect(log?.append(freshStream(), 'no-stream', batch)).rejects.toThrow(RetryableError)
      release()
      expect((await Promise.all(appends)).every(({ kind }) => kind === 'appended')).toBe(true)
      expect(elsewhere.calls.get('batchAppend')).toBeUndefined()
      await other.close()
      await elsewhere.close()
    })
  })

  it('is settled, every single one, when the server goes away under four hundred', async () => {
    await withLogs(double(), 1, async (...logs) => {
      const [log] = logs as [EventLog]
      const before = double().calls.get('append') ?? 0
      double().setFaults((rpc, number) =>
        rpc === 'append' && number === before + 60 ? 'cut-after' : null,
      )
      const streams = upTo(400).map(() => freshStream())
      const appends = streams.map((stream) => [stream, someEvents(2)] as const)
      const outcomes = await Promise.allSettled(
        appends.map(([stream, events]) => log.append(stream, 'no-stream', events)),
      )
      expect(outcomes.some(({ status }) => status === 'rejected')).toBe(true)
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(RetryableError)
      }
      for (const [stream, events] of appends)
        await insisting(() => log.append(stream, 'no-stream', events))
      for (const stream of streams) expect(await log.head(stream)).toBe(1)
    })
  })

  it('cancels no call, nor do short reads: servers hang up on a client that cancels by the thousand', async () => {
    const log = createEventStoreLog(double().connectionString)
    const [stream, category] = [freshStream(), freshCategory()]
    const reading = log
      .subscribeCategory(category, await log.logHead(), neverAborted)
      [Symbol.asyncIterator]()
    await reading.next()
    const cancelledBefore = double().network.cancelledCalls()
    for (let revision = -1; revision < 29; revision += 1) {
      await log.append(stream, revision < 0 ? 'no-stream' : revision, someEvents(1))
      await log.append(freshStream(category), 'no-stream', someEvents(1))
      expect((await reading.next()).value).toMatchObject({ kind: 'events' })
      expect((await reading.next()).value).toMatchObject({ kind: 'caughtUp' })
    }
    await Promise.all(upTo(30).map(() => log.head(stream)))
    await allEvents(log.readStream(stream))
    expect(double().network.cancelledCalls()).toBe(cancelledBefore)
    await log.append(stream, 29, someEvents(200))
    // A long search, which has to be cancelled.
    await log.readCategory(category, { afterLogPosition: -1, limit: 1 })
    await expect.poll(() => double().network.cancelledCalls()).toBe(cancelledBefore + 1)
    await reading.return?.()
    await log.close()
  })

  it('waits in a bounded queue, and is told when that is full', async () => {
    await withLogs(
      double(),
      1,
      async (...logs) => {
        const [log] = logs as [EventLog]
        await log.logHead()
        const release = double().holdCommits()
        const stream = freshStream()
        const appends = upTo(12).map(() => log.append(stream, 'no-stream', someEvents(1)))
        await expect(appends.at(-1)).rejects.toThrow('appends wait')
        release()
        const outcomes = await Promise.all(appends.slice(0, -1))
        expect(outcomes.filter(({ kind }) => kind === 'appended')).toHaveLength(1)
      },
      { inFlightAppendsMax: 1, waitingAppendsMax: 10 },
    )
  })
})

describeOnDouble('A log whose server is away', '24.2.0', (double) => {
  it('fails as retryable at once, and works when the server comes', async () => {
    await double().network.refuse()
    await withLogs(double(), 1, async (...logs) => {
      const [log] = logs as [EventLog]
      const stream = freshStream()
      const following = numbersUpTo(log, stream, 2)
      await expect(log.append(stream, 'no-stream', someEvents(2))).rejects.toThrow(RetryableError)
      await expect(log.head(stream)).rejects.toThrow(RetryableError)
      await expect(log.logHead()).rejects.toThrow(RetryableError)
      await expect(log.readCategory('thing', { afterLogPosition: -1, limit: 1 })).rejects.toThrow(
        RetryableError,
      )
      await expect(allEvents(log.readStream(stream))).rejects.toThrow(RetryableError)
      await double().network.accept()
      await insisting(() => log.append(stream, 'no-stream', someEvents(2)))
      expect(await following).toEqual([0, 1])
    })
  })

  it('is found by discovery, and retryable when nobody answers that', async () => {
    const log = createEventStoreLog(double().discoverString)
    const stream = freshStream()
    expect(await log.append(stream, 'no-stream', someEvents(2))).toMatchObject({ kind: 'appended' })
    await double().network.refuse()
    const calls = upTo(20).map((at) =>
      at % 2 === 0 ? log.head(stream) : log.append(stream, 1, someEvents(1)),
    )
    for (const outcome of await Promise.allSettled(calls)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(RetryableError) })
    }
    await double().network.accept()
    expect(await insisting(() => log.head(stream))).toBe(1)
    await log.close()
  })

  it('keeps its deadlines when the connection is half-open, and goes on when it comes back', async () => {
    await withLogs(double(), 2, async (...logs) => {
      const [log, other] = logs as [EventLog, EventLog]
      const stream = freshStream()
      await other.append(stream, 'no-stream', someEvents(1))
      const following = numbersUpTo(log, stream, 3)
      expect(await log.append(stream, 0, someEvents(1, 1))).toMatchObject({ kind: 'appended' })
      double().network.freeze()
      const append = log.append(stream, 1, someEvents(1, 2))
      await expect(unanswered(double(), append)).rejects.toThrow(/has not answered|no sign of life/)
      await expect(unanswered(double(), log.head(stream))).rejects.toThrow('no sign of life')
      double().network.thaw()
      const again = someEvents(1, 2)
      const outcome = await insisting(async () => {
        const expected: ExpectedRevision = (await other.head(stream)) ?? 'no-stream'
        return other.append(stream, expected, again)
      })
      expect(outcome.kind).toBe('appended')
      expect((await following).slice(0, 3)).toEqual([0, 1, 2])
    })
  })

  it('closes soon while it waits for answers, and leaves nothing unsettled', {
    timeout: 10_000,
  }, async () => {
    const log = createEventStoreLog(double().connectionString, {
      appendMsMax: 30_000,
      readIdleMsMax: 30_000,
    })
    const stream = freshStream()
    await log.append(stream, 'no-stream', someEvents(1))
    const reading = log.subscribe(stream, 0, neverAborted)[Symbol.asyncIterator]()
    await reading.next()
    const waiting = reading.next()
    double().setFaults(() => 'never-answer')
    const head = log.head(stream).catch((error: unknown) => error)
    const appends = upTo(100).map(() => log.append(freshStream(), 'no-stream', someEvents(1)))
    const outcomes = Promise.allSettled(appends)
    await log.close()
    await log.close()
    expect(await waiting).toMatchObject({ done: true })
    expect(await head).toBeInstanceOf(Error)
    for (const outcome of await outcomes) expect(outcome.status).toBe('rejected')
    await expect(log.head(stream)).rejects.toThrow(FatalError)
    double().setFaults(() => null)
  })
})
