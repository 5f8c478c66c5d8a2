/**
 * A world's stream put together from steps, as ingest writes it: blocks, what became of them, and
 * how far the chain was covered. A step may depend on what stands before it.
 */
import type { JsonObject, NewEvent } from '../../../domain/event-log/event-log.ts'
import { refOf } from '../../../domain/world-stream/branches.testing.ts'
import { createEntryReader } from '../../../domain/world-stream/entries.ts'
import {
  BLOCK_RETRACTED,
  type BlockIngested,
  type BlockRef,
  type BlockRetracted,
  FINALITY_ADVANCED,
  type FinalityAdvanced,
  HEAD_REACHED,
  type HeadReached,
} from '../../../domain/world-stream/facts.ts'
import { recordedEvents } from './world-blocks.testing.ts'

/** The events of one append; `before`: all events so far. */
export type Step = readonly NewEvent[] | ((before: readonly NewEvent[]) => readonly NewEvent[])

/** The events that a step adds to those before it. */
export const stepAfter = (before: readonly NewEvent[], step: Step): readonly NewEvent[] =>
  typeof step === 'function' ? step(before) : step

type StreamEnd = Readonly<{
  /** The blocks that stand, oldest first. */
  standing: readonly BlockRef[]
  /** A block of which only a part was written. */
  begun: BlockRef | null
}>

const endOf = (events: readonly NewEvent[]): StreamEnd => {
  const reader = createEntryReader({ after: -1 })
  let standing: readonly BlockRef[] = []
  for (const entry of reader.take(recordedEvents([events]))) {
    if (entry.kind === 'block') standing = [...standing, refOf(entry)]
    if (entry.kind === 'retraction')
      standing = standing.filter(({ position }) => position !== entry.retracted.position)
  }
  const position = reader.boundary() + 1
  const header = events[position]?.data as BlockIngested | undefined // what a block begins with
  if (header === undefined) return { standing, begun: null }
  const { number, hash, timestamp, finality } = header
  return { standing, begun: { position, number, hash, timestamp, finality } }
}

const framing = (before: readonly NewEvent[], type: string, data: object): NewEvent => ({
  id: `00000000-0000-5000-8000-${before.length.toString(16).padStart(12, '0')}`,
  type,
  data: data as JsonObject, // the payloads of this file are plain
  meta: { schemaVersion: 1 },
})

/** The newest block, of which only a part may be written, no longer stands. */
export const retraction: Step = (before) => {
  const { standing, begun } = endOf(before)
  const [retracted, remaining = null] = [...standing, ...(begun ? [begun] : [])].toReversed()
  if (retracted === undefined) throw new Error('no block stands that could be retracted')
  return [framing(before, BLOCK_RETRACTED, { retracted, remaining } satisfies BlockRetracted)]
}

/** Acceptance on L1 has reached the block of this number, which stands. */
export const finalUpTo =
  (number: number): Step =>
  (before) => {
    const block = endOf(before).standing.find((each) => each.number === number)
    if (block === undefined) throw new Error(`no block ${number} stands`)
    const { hash } = block
    return [framing(before, FINALITY_ADVANCED, { number, hash } satisfies FinalityAdvanced)]
  }

/** The chain was covered up to this block, in which nothing of the world happened. */
export const headReached =
  (head: HeadReached): Step =>
  (before) => [framing(before, HEAD_REACHED, head)]

/** The same block with another header: on another branch, at another time, less final. */
export const withHeader = (
  [ingested, ...facts]: readonly NewEvent[],
  header: Partial<Omit<BlockIngested, 'eventCount'>>,
): readonly NewEvent[] => {
  if (ingested === undefined) throw new Error('a block begins with its header')
  return [{ ...ingested, data: { ...ingested.data, ...header } }, ...facts]
}
