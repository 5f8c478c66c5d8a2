import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RetryableError } from '../../domain/errors.ts'
import {
  allEvents,
  freshCategory,
  freshStream,
  insisting,
  someEvents,
} from '../../domain/event-log/event-log.testing.ts'
import type { EventLog } from '../../domain/event-log/event-log.ts'
import { describeFailures } from '../../domain/event-log/failures.contract.ts'
import { CutAsTooSlow } from './client-errors.ts'
import type { Fault } from './double-faults.testing.ts'
import { createEventStoreLog } from './event-log.ts'
import { failNext, hasty, neverAborted, numbersUpTo, upTo, withLogs } from './faults.testing.ts'
import { describeOnDouble } from './servers.testing.ts'

/** Appends `count` numbered events in batches; every batch is tried again until it stands. */
const write = async (
  log: EventLog,
  stream: string,
  count: number,
  batchEvents: number,
): Promise<void> => {
  for (let written = 0; written < count; written += batchEvents) {
    const batch = someEvents(batchEvents, written)
    await insisting(() => log.append(stream, written === 0 ? 'no-stream' : written - 1, batch))
  }
}

describe.each(['23.10.6', '24.2.0'] as const)('A follower on the double of %s', (version) => {
  describeOnDouble('loses nothing, repeats nothing', version, (double) => {
    it('when bursts come that cut a live subscription off, and calls that no trouble', async () => {
      const trouble: Error[] = []
      await withLogs(
        double(),
        2,
        async (...logs) => {
          const [reader, writer] = logs as [EventLog, EventLog]
          const stream = freshStream()
          const following = numbersUpTo(reader, stream, 1_500)
          await expect.poll(() => double().calls.get('subscribe')).toBeGreaterThan(0)
          await write(writer, stream, 1_500, 500)
          expect(await following).toEqual(upTo(1_500))
        },
        {
          onTrouble: ({ error }) => trouble.push(error),
        },
      )
      expect(trouble.filter((error) => error instanceof CutAsTooSlow)).toEqual([])
    })

    it('when the connection is cut again and again', async () => {
      await withLogs(double(), 2, async (...logs) => {
        const [reader, writer] = logs as [EventLog, EventLog]
        const stream = freshStream()
        const following = numbersUpTo(reader, stream, 600)
        double().setFaults((rpc, number) =>
          rpc === 'append' && number % 7 === 0 ? 'cut-after' : null,
        )
        await write(writer, stream, 600, 20)
        expect(await following).toEqual(upTo(600))
        expect(await allEvents(writer.readStream(stream))).toHaveLength(600)
      })
    })

    it('when the server goes away and comes back while it waits', async () => {
      await withLogs(double(), 2, async (...logs) => {
        const [reader, writer] = logs as [EventLog, EventLog]
        const stream = freshStream()
        await insisting(() => writer.append(stream, 'no-stream', someEvents(1)))
        const reading = reader.subscribe(stream, 0, neverAborted)[Symbol.asyncIterator]()
        expect((await reading.next()).value).toEqual({ kind: 'caughtUp', position: 0 })
        const next = reading.next()
        await double().network.refuse()
        await expect(writer.head(stream)).rejects.toThrow(RetryableError)
        await double().network.accept()
        await insisting(() => writer.append(stream, 0, someEvents(2, 1)))
        expect((await next).value).toMatchObject({
          kind: 'events',
          events: [{ revision: 1 }, { revision: 2 }],
        })
        await reading.return?.()
      })
    })

    it('when the live subscription is never confirmed: the watchdog sees to it', async () => {
      const trouble: Error[] = []
      await withLogs(
        double(),
        2,
        async (...logs) => {
          const [reader, writer] = logs as [EventLog, EventLog]
          const stream = freshStream()
          await insisting(() => writer.append(stream, 'no-stream', someEvents(1)))
          failNext(double(), 'subscribe', 'never-answer')
          const following = numbersUpTo(reader, stream, 1, 0)
          await expect.poll(() => double().calls.get('subscribe')).toBeGreaterThan(0)
          await insisting(() => writer.append(stream, 0, someEvents(1, 1)))
          expect(await following).toEqual([1])
        },
        { onTrouble: ({ error }) => trouble.push(error) },
      )
    })

    it('over the streams of a category, through cuts of every fourth subscription', async () => {
      const category = freshCategory()
      await withLogs(double(), 2, async (...logs) => {
        const [reader, writer] = logs as [EventLog, EventLog]
        const streams = upTo(10).map(() => freshStream(category))
        for (const [index, stream] of streams.entries()) {
          await insisting(() => writer.append(stream, 'no-stream', someEvents(120, index * 120)))
        }
        double().setFaults((rpc, number) =>
          rpc === 'subscribe' && number % 4 === 1 ? 'cut-before' : null,
        )
        const numbers: number[] = []
        let last = -1
        for await (const message of reader.subscribeCategory(category, -1, neverAborted)) {
          if (message.kind === 'caughtUp') {
            expect(message.position).toBe(last)
            break
          }
          numbers.push(...message.events.map(({ data }) => Number(data.number)))
          last = message.events.at(-1)?.logPosition ?? last
        }
        expect(numbers).toEqual(upTo(1_200))
      })
    })
  })
})

/** How many sockets or timers this process holds; the double's are among them. */
const held = (kind: 'TCPSocketWrap' | 'Timeout'): number =>
  process.getActiveResourcesInfo().filter((name) => name === kind).length

describeOnDouble('A connection that is lost five hundred times', '24.2.0', (double) => {
  const warnings: Error[] = []
  const warn = (warning: Error): void => void warnings.push(warning)
  beforeAll(() => process.on('warning', warn))
  afterAll(() => process.off('warning', warn))

  it('leaves no connections, timers or listeners behind, and its follower misses nothing', async () => {
    const timersBefore = held('Timeout')
    const log = createEventStoreLog(double().connectionString, { watchdogMs: 20, random: () => 0 })
    const stream = freshStream()
    const following = numbersUpTo(log, stream, 501)
    let socketsOfOne = 0
    for (let cycle = 0; cycle <= 500; cycle += 1) {
      const batch = someEvents(1, cycle)
      await insisting(() => log.append(stream, cycle === 0 ? 'no-stream' : cycle - 1, batch))
      if (cycle === 0) socketsOfOne = held('TCPSocketWrap')
      else double().network.cut()
    }
    expect(await following).toEqual(upTo(501))
    await expect.poll(() => held('TCPSocketWrap')).toBeLessThanOrEqual(socketsOfOne)
    await log.close()
    await expect.poll(() => held('TCPSocketWrap')).toBe(0)
    await expect.poll(() => held('Timeout')).toBeLessThanOrEqual(timersBefore)
    expect(warnings).toEqual([]) // Node warns of an emitter that gathers listeners
  })
})

describeOnDouble('A failing call', '24.2.0', (double) => {
  const faults: readonly Fault[] = [
    'cut-before',
    'cut-after',
    'lose-answer',
    'never-answer',
    'handler-threw',
    'not-ready',
    'no-leader',
    'not-leader',
  ]
  describeFailures(faults, async (fault, failingCall) => {
    let calls = 0
    double().setFaults(() => {
      calls += 1
      return calls === failingCall ? fault : null
    })
    const { options, stop } = hasty(double())
    const log = createEventStoreLog(double().connectionString, options)
    const close = async (): Promise<void> => {
      await log.close()
      stop()
    }
    return { log, calls: () => calls, close }
  })
})
