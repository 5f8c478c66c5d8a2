/**
 * The part of the event log's contract about expected revisions and repeated appends. Run by
 * event-log.contract.ts.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { allEvents, asGiven, freshStream, someEvents } from './event-log.testing.ts'
import type { AppendOutcome, EventLog, ExpectedRevision, NewEvent } from './event-log.ts'

/**
 * EventStoreDB's rules for exact expectations: what counts is the ids and where they stand, never
 * the contents.
 */
export const describeIdempotency = (log: () => EventLog): void => {
  const A = someEvents(5)
  const extra = someEvents(2, 5)
  const changed = A.map((event) => ({ ...event, type: 'Changed', data: { changed: true } }))
  const conflict: AppendOutcome = { kind: 'conflict', actual: 4 }
  const again = (lastRevision: number): AppendOutcome => ({
    kind: 'already-appended',
    lastRevision,
  })

  const rows: readonly (readonly [string, ExpectedRevision, readonly NewEvent[], AppendOutcome])[] =
    [
      ['the same batch', 'no-stream', A, again(4)],
      ['a prefix of it', 'no-stream', A.slice(0, 3), again(2)],
      ['the batch and two more', 'no-stream', [...A, ...extra], conflict],
      ['its last two, expecting no stream', 'no-stream', A.slice(3), conflict],
      ['its last two where they stand', 2, A.slice(3), again(4)],
      ['its middle where it stands', 0, A.slice(1, 4), again(3)],
      [
        'its last two where they stand, and one more',
        2,
        [...A.slice(3), ...extra.slice(0, 1)],
        conflict,
      ],
      ['the same ids with other contents', 'no-stream', changed, again(4)],
      ['the batch reversed', 'no-stream', A.toReversed(), conflict],
      [
        'one differing id at the end',
        'no-stream',
        [...A.slice(0, 4), ...extra.slice(0, 1)],
        conflict,
      ],
      [
        'one differing id at the start',
        'no-stream',
        [...extra.slice(0, 1), ...A.slice(1)],
        conflict,
      ],
      ['new events, expecting no stream', 'no-stream', extra, conflict],
      ['new events, expecting a revision of the past', 1, extra, conflict],
      ['new events, expecting a revision of the future', 7, extra, conflict],
      ['the same batch, expecting a revision of the future', 9, A, conflict],
      ['the same batch in the middle', 1, A.slice(0, 2), conflict],
    ]
  it.each(rows)('%s', async (_, expected, batch, outcome) => {
    const stream = freshStream()
    await log().append(stream, 'no-stream', A)
    expect(await log().append(stream, expected, batch)).toEqual(outcome)
    expect(asGiven(await allEvents(log().readStream(stream)))).toEqual(A)
  })

  it('appends at the current revision even when the ids stand elsewhere in the stream', async () => {
    const stream = freshStream()
    await log().append(stream, 'no-stream', A)
    expect(await log().append(stream, 4, A)).toMatchObject({ kind: 'appended', lastRevision: 9 })
    expect(asGiven(await allEvents(log().readStream(stream)))).toEqual([...A, ...A])
  })

  it('keeps an id twice when one batch holds it twice', async () => {
    const stream = freshStream()
    const twice = [...A.slice(0, 1), ...A.slice(0, 1)]
    expect(await log().append(stream, 'no-stream', twice)).toMatchObject({
      kind: 'appended',
      lastRevision: 1,
    })
    expect(await log().append(stream, 'no-stream', twice)).toEqual(again(1))
  })

  it('recognises an old batch when later ones follow, at its own last revision', async () => {
    const stream = freshStream()
    await log().append(stream, 'no-stream', A)
    await log().append(stream, 4, extra)
    expect(await log().append(stream, 'no-stream', A)).toEqual(again(4))
    expect(await log().append(stream, 4, extra)).toEqual(again(6))
  })

  it('does not look for ids in other streams', async () => {
    await log().append(freshStream(), 'no-stream', A)
    expect(await log().append(freshStream(), 'no-stream', A)).toMatchObject({
      kind: 'appended',
      lastRevision: 4,
    })
  })

  it('tells that there is no stream', async () => {
    expect(await log().append(freshStream(), 0, A)).toEqual({ kind: 'conflict', actual: null })
  })
}

/**
 * The model: a list of events per stream, and the rules of describeIdempotency in the fewest words.
 */
const modelAppend = (
  stored: readonly NewEvent[],
  expected: number,
  batch: readonly NewEvent[],
): AppendOutcome['kind'] => {
  if (expected === stored.length - 1) return 'appended'
  const place = stored.slice(expected + 1, expected + 1 + batch.length)
  const isSame =
    expected < stored.length - 1 &&
    place.map(({ id }) => id).join() === batch.map(({ id }) => id).join()
  return isSame ? 'already-appended' : 'conflict'
}

export const describeModel = (log: () => EventLog): void => {
  const step = fc.record({
    stream: fc.nat(1),
    /** How far the expectation is from the truth. */
    offset: fc.constantFrom(0, 0, 0, -1, -2, -3, 1),
    batch: fc.oneof(
      fc.record({ kind: fc.constant('new' as const), count: fc.integer({ min: 1, max: 4 }) }),
      fc.record({
        kind: fc.constant('stored' as const),
        count: fc.integer({ min: 1, max: 4 }),
        shift: fc.integer({ min: 0, max: 1 }),
      }),
    ),
  })

  it('whatever is appended in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async (steps) => {
        const streams = [freshStream(), freshStream()]
        const model: NewEvent[][] = [[], []]
        for (const { stream, offset, batch } of steps) {
          const [name, stored] = [streams[stream] ?? '', model[stream] ?? []]
          const expected = Math.max(-1, stored.length - 1 + offset)
          const repeated =
            batch.kind === 'stored'
              ? stored.slice(expected + 1 + batch.shift, expected + 1 + batch.shift + batch.count)
              : []
          const events = repeated.length > 0 ? repeated : someEvents(batch.count)
          const outcome = await log().append(name, expected < 0 ? 'no-stream' : expected, events)
          expect(outcome.kind).toBe(modelAppend(stored, expected, events))
          if (outcome.kind === 'appended') stored.push(...events)
          if (outcome.kind === 'conflict')
            expect(outcome.actual).toBe(stored.length === 0 ? null : stored.length - 1)
          else expect(outcome.lastRevision).toBe(expected + events.length)
        }
        for (const [index, name] of streams.entries()) {
          const stored = model[index] ?? []
          expect(asGiven(await allEvents(log().readStream(name)))).toEqual(stored)
          const backwards = asGiven(
            await allEvents(log().readStream(name, { direction: 'backwards' })),
          )
          expect(backwards).toEqual(stored.toReversed())
          expect(await log().head(name)).toBe(stored.length === 0 ? null : stored.length - 1)
        }
      }),
      { numRuns: 60 },
    )
  })
}
