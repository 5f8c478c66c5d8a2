import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { branchSteps, streamOf } from '../../domain/world-stream/branches.testing.ts'
import { createEntryReader } from '../../domain/world-stream/entries.ts'
import type { Head } from '../../domain/world-stream/head.ts'
import { createEntryCutter, type EntryBatch, headAfter } from './entry-batch.ts'

const facts = fc.constant({ type: 'Moved', data: {}, transaction: 0 })

const entriesOf = (steps: Parameters<typeof streamOf>[0]) =>
  createEntryReader({ after: -1 }).take(streamOf(steps).events)

const batchesOf = (steps: Parameters<typeof streamOf>[0], eventsMax: number): EntryBatch[] => {
  const cutter = createEntryCutter(eventsMax)
  return [...entriesOf(steps).flatMap((entry) => [...cutter.add(entry)]), ...cutter.rest()]
}

const headOf = (batches: readonly EntryBatch[]): Head | null =>
  batches.reduce<Head | null>(headAfter, null)

const anyCut = fc.integer({ min: 1, max: 30 })

describe('batches of entries', () => {
  it('hold every block and retraction once, in order, and never both', () => {
    fc.assert(
      fc.property(branchSteps(facts), anyCut, (steps, eventsMax) => {
        const batches = batchesOf(steps, eventsMax)
        for (const { blocks, retractions } of batches)
          expect(blocks.length === 0 || retractions.length === 0).toBe(true)
        const held = batches.flatMap(({ blocks, retractions }) => [...blocks, ...retractions])
        expect(held).toEqual(
          entriesOf(steps).filter(({ kind }) => kind === 'block' || kind === 'retraction'),
        )
        expect(batches.at(-1)?.position ?? -1).toBe(entriesOf(steps).at(-1)?.position ?? -1)
      }),
    )
  })

  it('have about as many events as they may: only a larger block stands alone', () => {
    fc.assert(
      fc.property(branchSteps(facts), anyCut, (steps, eventsMax) => {
        for (const { blocks } of batchesOf(steps, eventsMax)) {
          const events = blocks.reduce((sum, block) => sum + 1 + block.facts.length, 0)
          expect(events <= eventsMax || blocks.length === 1).toBe(true)
        }
      }),
    )
  })

  it('leave the head at the newest block that stands, or further where it was told so, however they are cut', () => {
    fc.assert(
      fc.property(branchSteps(facts), anyCut, (steps, eventsMax) => {
        const head = headOf(batchesOf(steps, eventsMax))
        expect(head).toEqual(headOf(batchesOf(steps, 10_000)))
        const last = entriesOf(steps).findLast(({ kind }) => kind !== 'finality')
        const { standing } = streamOf(steps)
        const told = last?.kind === 'head' ? last.number : (standing.at(-1)?.ref.number ?? null)
        expect(head?.number ?? null).toBe(told)
        if (head !== null) expect(head.position).toBe(entriesOf(steps).at(-1)?.position)
      }),
    )
  })
})
