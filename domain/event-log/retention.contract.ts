/** The part of the event log's contract about best-effort streams. Run by event-log.contract.ts. */
import { expect, it } from 'vitest'
import { FatalError } from '../errors.ts'
import { allEvents, freshStream, someEvent, someEvents } from './event-log.testing.ts'
import type { EventLog, ReadStreamOptions, Retention } from './event-log.ts'

export const describeRetention = (log: () => EventLog): void => {
  const revisions = async (
    stream: string,
    options?: ReadStreamOptions,
  ): Promise<readonly number[]> =>
    (await allEvents(log().readStream(stream, options))).map(({ revision }) => revision)

  it('keep the newest events and go on counting', async () => {
    const stream = freshStream()
    await log().limitStream(stream, { eventsMax: 3 })
    expect(await log().head(stream)).toBeNull()
    expect(await log().append(stream, 'no-stream', someEvents(2))).toMatchObject({
      kind: 'appended',
      lastRevision: 1,
    })
    for (let revision = 2; revision < 10; revision += 1) {
      const outcome = await log().append(stream, 'any', [someEvent({ number: revision })])
      expect(outcome).toMatchObject({ kind: 'appended', lastRevision: revision })
    }
    expect(await revisions(stream)).toEqual([7, 8, 9])
    expect(await revisions(stream, { from: 2, limit: 2 })).toEqual([7, 8])
    expect(await revisions(stream, { direction: 'backwards' })).toEqual([9, 8, 7])
    expect(await revisions(stream, { direction: 'backwards', from: 3 })).toEqual([])
    expect(await log().head(stream)).toBe(9)
    expect(await log().append(stream, 9, someEvents(1))).toMatchObject({
      kind: 'appended',
      lastRevision: 10,
    })
    expect(await log().append(stream, 9, someEvents(1))).toEqual({ kind: 'conflict', actual: 10 })
    expect(await revisions(stream)).toEqual([8, 9, 10])
  })

  it('are followed over what has gone meanwhile', async () => {
    const stream = freshStream()
    await log().limitStream(stream, { eventsMax: 700 })
    const reading = log()
      .subscribe(stream, -1, new AbortController().signal)
      [Symbol.asyncIterator]()
    expect((await reading.next()).value).toEqual({ kind: 'caughtUp', position: -1 })
    const rest = { [Symbol.asyncIterator]: () => reading }
    for (let written = 0; written < 3_500; written += 500)
      await log().append(stream, 'any', someEvents(500, written))
    const seen: number[] = []
    for await (const message of rest) {
      if (message.kind === 'events') seen.push(...message.events.map(({ revision }) => revision))
      if (seen.at(-1) === 3_499) break
    }
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen.slice(-700)).toEqual(Array.from({ length: 700 }, (_, index) => 2_800 + index))
    expect(await revisions(stream)).toEqual(seen.slice(-700))
  })

  it('let go of what is too old', async () => {
    const stream = freshStream()
    await log().limitStream(stream, { ageSecondsMax: 1 })
    await log().append(stream, 'any', someEvents(3))
    const newest = async (): Promise<readonly number[]> => {
      await log().append(stream, 'any', someEvents(1))
      return revisions(stream)
    }
    await expect.poll(newest, { timeout: 10_000, interval: 200 }).not.toContain(2)
    expect((await newest()).at(-1)).toBeGreaterThan(2)
  })

  it('tell their limits, which can change', async () => {
    const stream = freshStream()
    expect(await log().retention(stream)).toBeNull()
    await log().limitStream(stream, { eventsMax: 3, ageSecondsMax: 60 })
    expect(await log().retention(stream)).toEqual({ eventsMax: 3, ageSecondsMax: 60 })
    await log().append(stream, 'any', someEvents(3))
    await log().limitStream(stream, { eventsMax: 2 })
    expect(await log().retention(stream)).toEqual({ eventsMax: 2 })
    await log().append(stream, 'any', someEvents(1))
    expect(await revisions(stream)).toEqual([2, 3])
  })

  it('are the only ones: no other stream is limited, or written without an expected revision', async () => {
    const stream = freshStream()
    await expect(log().append(stream, 'any', someEvents(1))).rejects.toThrow(FatalError)
    await log().append(stream, 'no-stream', someEvents(2))
    await expect(log().append(stream, 'any', someEvents(1))).rejects.toThrow('best-effort')
    await expect(log().limitStream(stream, { eventsMax: 1 })).rejects.toThrow('kept for good')
    await expect(log().limitStream(stream, { eventsMax: 1 })).rejects.toThrow(FatalError)
    expect(await revisions(stream)).toEqual([0, 1])
    expect(await log().retention(stream)).toBeNull()
  })

  const refused: readonly Retention[] = [
    {},
    { eventsMax: 0 },
    { ageSecondsMax: -1 },
    { eventsMax: 1.5 },
  ]
  it.each(refused)('refuse %j', async (retention) => {
    await expect(log().limitStream(freshStream(), retention)).rejects.toThrow(FatalError)
    await expect(log().limitStream('$all', { eventsMax: 1 })).rejects.toThrow(FatalError)
  })
}
