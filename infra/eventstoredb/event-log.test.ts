import { randomUUID } from 'node:crypto'
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FatalError } from '../../domain/errors.ts'
import { describeEventLog } from '../../domain/event-log/event-log.contract.ts'
import {
  allEvents,
  asGiven,
  freshCategory,
  freshStream,
  someEvent,
  someEvents,
} from '../../domain/event-log/event-log.testing.ts'
import type { EventLog, RecordedEvent } from '../../domain/event-log/event-log.ts'
import {
  holdTinyStreams,
  TINY_STREAMS,
  TINY_STREAMS_MS_MAX,
} from '../../domain/event-log/tiny-streams.testing.ts'
import { AppendTooLarge } from './client-errors.ts'
import { createEventStoreLog } from './event-log.ts'
import { describeOnEachServer } from './servers.testing.ts'

describeOnEachServer('The EventStoreDB log', ({ connectionString }) => {
  const openLog = (): EventLog => createEventStoreLog(connectionString())
  describeEventLog('it', async () => openLog())

  describe('beyond the contract', () => {
    let log: EventLog
    beforeAll(() => {
      log = openLog()
    })
    afterAll(() => log.close())

    it('wakes readers of another process', async () => {
      const stream = freshStream()
      const reading = log
        .subscribe(stream, -1, new AbortController().signal)
        [Symbol.asyncIterator]()
      expect((await reading.next()).value).toMatchObject({ kind: 'caughtUp' })
      const next = reading.next()
      const other = openLog()
      await other.append(stream, 'no-stream', someEvents(2))
      expect((await next).value).toMatchObject({ kind: 'events' })
      await reading.return?.()
      await other.close()
    })

    it('tells a process what another has already appended: at its start, and whenever they take turns', async () => {
      const stream = freshStream()
      const others = [log, openLog()]
      for (let turn = 0; turn < 20; turn += 1) {
        const batch = someEvents(2, turn * 2)
        const expected = turn === 0 ? 'no-stream' : turn * 2 - 1
        const [first, second] = turn % 2 === 0 ? others : others.toReversed()
        expect(await first?.append(stream, expected, batch)).toMatchObject({ kind: 'appended' })
        const lastRevision = turn * 2 + 1
        expect(await second?.append(stream, expected, batch)).toEqual({
          kind: 'already-appended',
          lastRevision,
        })
      }
      await others[1]?.close()
    })

    it('reads on from a position that lies between two events, or in no log at all', async () => {
      const category = freshCategory()
      await log.append(freshStream(category), 'no-stream', someEvents(4))
      const [first, second, third] = await log.readCategory(category, {
        afterLogPosition: -1,
        limit: 10,
      })
      const after = async (afterLogPosition: number, limit: number) =>
        (await log.readCategory(category, { afterLogPosition, limit })).map(
          ({ data }) => data.number,
        )
      expect(await after((second?.logPosition ?? 0) - 1, 10)).toEqual([1, 2, 3])
      expect(await after((second?.logPosition ?? 0) - 1, 1)).toEqual([1])
      expect(await after((third?.logPosition ?? 0) - 2, 10)).toEqual([2, 3])
      expect(await after(1, 10)).toEqual([0, 1, 2, 3])
      expect(first?.data.number).toBe(0)
    })

    it('waits beyond the end of the log for what lies behind the position', async () => {
      const category = freshCategory()
      await log.append(freshStream(category), 'no-stream', someEvents(1))
      const beyond = (await log.logHead()) + 1_000
      expect(await log.readCategory(category, { afterLogPosition: beyond, limit: 10 })).toEqual([])
      const reading = log
        .subscribeCategory(category, beyond, new AbortController().signal)
        [Symbol.asyncIterator]()
      expect((await reading.next()).value).toEqual({ kind: 'caughtUp', position: beyond })
      const next = reading.next()
      // Beyond and further, whatever their size.
      await log.append(freshStream(category), 'no-stream', someEvents(30, 1))
      const { value: message } = await next
      const events: readonly RecordedEvent[] = message?.kind === 'events' ? message.events : []
      const all = await log.readCategory(category, { afterLogPosition: -1, limit: 100 })
      const behind = all
        .map(({ logPosition }) => logPosition)
        .filter((position) => position > beyond)
      expect(behind.length).toBeGreaterThan(0)
      expect(events.map(({ logPosition }) => logPosition)).toEqual(behind)
      await reading.return?.()
    })

    it('goes on where an operator has deleted a stream, and refuses one whose name is gone for good', async () => {
      const client = EventStoreDBClient.connectionString(connectionString())
      const [deleted, gone, category] = [freshStream(), freshStream(), freshCategory()]
      const other = freshStream(category)
      for (const stream of [deleted, gone, other])
        await log.append(stream, 'no-stream', someEvents(5))
      const reading = log
        .subscribe(deleted, 4, new AbortController().signal)
        [Symbol.asyncIterator]()
      expect((await reading.next()).value).toEqual({ kind: 'caughtUp', position: 4 })
      const next = reading.next()
      await client.deleteStream(deleted)
      await client.tombstoneStream(gone)

      expect(await log.head(deleted)).toBeNull()
      expect(await allEvents(log.readStream(deleted))).toEqual([])
      expect(await log.append(deleted, 'no-stream', someEvents(2, 5))).toMatchObject({
        lastRevision: 6,
      })
      expect((await next).value).toMatchObject({
        kind: 'events',
        events: [{ revision: 5 }, { revision: 6 }],
      })
      await reading.return?.()

      await expect(log.append(gone, 4, someEvents(1))).rejects.toThrow(FatalError)
      await expect(log.head(gone)).rejects.toThrow(/deleted/)
      await expect(
        allEvents(log.subscribe(gone, -1, AbortSignal.timeout(10_000)) as never),
      ).rejects.toThrow(FatalError)
      const all = await log.readCategory(category, { afterLogPosition: -1, limit: 10 })
      expect(all.map(({ stream }) => stream)).toEqual(Array.from({ length: 5 }, () => other))
      await client.dispose()
    })

    it('leaves out what the server writes for itself, and refuses what no log of ours can hold', async () => {
      const client = EventStoreDBClient.connectionString(connectionString())
      const [limited, foreign] = [freshStream(), freshStream(freshCategory())]
      const before = await log.logHead()
      await client.setStreamMetadata(limited, { maxCount: 3 })
      await log.append(limited, 'no-stream', someEvents(1))
      const read = await log.readAll({ afterLogPosition: before, limit: 1_000 })
      const names = read.map(({ stream }) => stream) // others may use the same server
      expect(names.filter((name) => name.includes(limited))).toEqual([limited])
      expect(names.filter((name) => name.startsWith('$'))).toEqual([])
      await client.appendToStream(foreign, jsonEvent({ id: randomUUID(), type: 't', data: [1] }))
      await expect(allEvents(log.readStream(foreign))).rejects.toThrow('not written here')
      await expect(allEvents(log.readStream(foreign))).rejects.toThrow(FatalError)
      await client.dispose()
    })

    it('refuses an append over the server’s limit, stores nothing of it, and goes on', async () => {
      const stream = freshStream()
      const tooLarge = (count: number) =>
        Array.from({ length: count }, (_, index) =>
          someEvent({ text: `${index % 10}`.repeat(1_000_000) }),
        )
      await expect(log.append(stream, 'no-stream', tooLarge(2))).rejects.toThrow(AppendTooLarge)
      await expect(log.append(stream, 'no-stream', tooLarge(20))).rejects.toThrow(AppendTooLarge)
      const whole = someEvent({ text: 'x'.repeat(17 * 1_048_576) })
      await expect(log.append(stream, 'no-stream', [whole])).rejects.toThrow(AppendTooLarge)
      const annotated = { ...someEvent(), meta: { text: 'x'.repeat(16 * 1_048_576) } }
      await expect(log.append(stream, 'no-stream', [annotated])).rejects.toThrow(AppendTooLarge)
      expect(await log.head(stream)).toBeNull()
      const [exact, over] = [1_048_576, 1_048_577].map((bytes) =>
        someEvent({ text: 'x'.repeat(bytes - '{"text":""}'.length) }),
      )
      await expect(
        log.append(stream, 'no-stream', over === undefined ? [] : [over]),
      ).rejects.toThrow(AppendTooLarge)
      const fits = exact === undefined ? [] : [exact]
      expect(await log.append(stream, 'no-stream', fits)).toMatchObject({ kind: 'appended' })
      expect(asGiven(await allEvents(log.readStream(stream)))).toEqual(fits)
    })

    it('finds again what it appended to a best-effort stream, in whatever order it is repeated', async () => {
      const stream = freshStream()
      const batch = someEvents(3)
      const hasty = createEventStoreLog(connectionString(), { appendMsMax: 1_000 })
      await hasty.limitStream(stream, { eventsMax: 100 })
      await hasty.append(stream, 'any', batch)
      expect(await hasty.append(stream, 'any', batch.toReversed())).toEqual({
        kind: 'already-appended',
        lastRevision: 0,
      })
      expect(asGiven(await allEvents(hasty.readStream(stream)))).toEqual(batch)
      await hasty.close()
    })

    it(`holds ${TINY_STREAMS} tiny streams, appended at once`, {
      timeout: TINY_STREAMS_MS_MAX,
    }, async () => {
      await holdTinyStreams(log, TINY_STREAMS)
    })
  })
})
