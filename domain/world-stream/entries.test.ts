import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FatalError } from '../errors.ts'
import type { RecordedEvent } from '../event-log/event-log.ts'
import { type BranchFact, branchSteps, streamOf } from './branches.testing.ts'
import { createEntryReader, type WorldEntry } from './entries.ts'

const anyFact: fc.Arbitrary<BranchFact> = fc.record({
  type: fc.constantFrom('Moved', 'Paid', 'FromTheFuture'),
  data: fc.constant({}),
  transaction: fc.integer({ min: 0, max: 2 }),
})
const streams = branchSteps(anyFact).map(streamOf)

/** Cuts a list at random places. */
const cutAt = <T>(items: readonly T[], cuts: readonly number[]): readonly (readonly T[])[] => {
  const places = [...new Set(cuts.map((cut) => cut % (items.length + 1)))].sort((a, b) => a - b)
  return [0, ...places].map((from, at) => items.slice(from, places[at] ?? items.length))
}

const read = (pages: readonly (readonly RecordedEvent[])[]): readonly WorldEntry[] => {
  const reader = createEntryReader({ after: -1 })
  return pages.flatMap((page) => reader.take(page))
}

describe('entries of the world’s stream', () => {
  it('are the same however the stream is cut into pages, and however often a page comes', () => {
    fc.assert(
      fc.property(streams, fc.array(fc.nat()), fc.nat(), ({ events }, cuts, again) => {
        const pages = cutAt(events, cuts)
        const repeated = pages.flatMap((page, at) =>
          at === again % pages.length ? [page, page] : [page],
        )
        expect(read(repeated)).toEqual(read([events]))
      }),
    )
  })

  it('fold to what stands, whatever was dropped and came back', () => {
    fc.assert(
      fc.property(streams, ({ events, standing, finalNumber }) => {
        const blocks: number[] = []
        let final: number | null = null
        for (const entry of read([events])) {
          if (entry.kind === 'block') blocks.push(entry.headerPosition)
          if (entry.kind === 'finality') final = entry.number
          if (entry.kind === 'retraction') {
            // A part of a block was never an entry.
            if (blocks.at(-1) === entry.retracted.position) blocks.pop()
            expect(blocks.at(-1) ?? null).toBe(entry.remaining?.position ?? null)
          }
        }
        expect(blocks).toEqual(standing.map(({ ref }) => ref.position))
        expect(final).toBe(finalNumber)
      }),
    )
  })

  it('can be read on from every boundary, and from anywhere with the rest of a block left out', () => {
    fc.assert(
      fc.property(streams, fc.nat(), ({ events }, at) => {
        const whole = createEntryReader({ after: -1 })
        const after = events.length === 0 ? -1 : (at % (events.length + 1)) - 1
        const before = whole.take(events.slice(0, after + 1))
        const boundary = whole.boundary()
        const rest = whole.take(events.slice(after + 1))
        const resumed = createEntryReader({ after: boundary })
        expect(resumed.take(events.slice(boundary + 1))).toEqual(rest)
        const lost = createEntryReader({ after, isBoundary: false })
        const found = lost.take(events.slice(after + 1))
        expect(found).toEqual(
          rest.filter((entry) => entry.kind !== 'block' || entry.headerPosition > after),
        )
        expect(before.every(({ position }) => position <= after)).toBe(true)
      }),
    )
  })
})

describe('a stream that is broken', () => {
  const fact = (): BranchFact => ({ type: 'Moved', data: {}, transaction: 0 })
  const { events } = streamOf([
    { kind: 'block', branch: 0, gap: 1, facts: [fact(), fact()] },
    { kind: 'block', branch: 0, gap: 1, facts: [] },
    { kind: 'head', gap: 5 },
  ])
  const renumbered = (given: readonly (RecordedEvent | undefined)[]): RecordedEvent[] =>
    given.flatMap((event, revision) => (event === undefined ? [] : [{ ...event, revision }]))

  it.each([
    [
      'misses an event',
      [events[0], events[2]].filter((event) => event !== undefined),
      'Position 1 of world-TEST-0x1 is missing: 2 came',
    ],
    [
      'holds a fact where a block must begin',
      renumbered([events[1]]),
      'Position 0 of world-TEST-0x1 is Moved where a block must begin',
    ],
    [
      'begins a block within another',
      renumbered([events[0], events[1], events[3]]),
      'Position 2 of world-TEST-0x1 is BlockIngested within the 2 facts of the block at position 0',
    ],
    [
      'tells of the head within a block',
      renumbered([events[0], events[4]]),
      'Position 1 of world-TEST-0x1 is HeadReached within the 2 facts',
    ],
    [
      'was written by a newer program',
      renumbered([events[0]]).map((event) => ({ ...event, meta: { schemaVersion: 2 } })),
      'Position 0 of world-TEST-0x1: BlockIngested was written by a newer Chronohex',
    ],
  ])('is refused when it %s', (_, given, message) => {
    expect(() => read([given])).toThrow(message)
    expect(() => read([given])).toThrow(FatalError)
  })
})
