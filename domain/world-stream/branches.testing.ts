/**
 * Random histories of a world's stream for property tests: blocks of several appends, blocks that
 * were cut off and then retracted, reorgs of any depth after which numbers and even hashes come
 * back, finality and head marks in between. Times and hashes are in no order. What stands at the
 * end is told by a model in a few lines.
 */
import fc from 'fast-check'
import type { JsonObject, RecordedEvent } from '../event-log/event-log.ts'
import { type Felt, feltOfNumber } from '../felt.ts'
import type { BlockEntry } from './entries.ts'
import {
  BLOCK_INGESTED,
  BLOCK_RETRACTED,
  type BlockIngested,
  type BlockRef,
  FINALITY_ADVANCED,
  HEAD_REACHED,
} from './facts.ts'

/** A fact as a test gives it; its block and place are added. */
export type BranchFact = Readonly<{ type: string; data: JsonObject; transaction: number }>

export type BranchStep =
  | Readonly<{ kind: 'block'; branch: number; gap: number; facts: readonly BranchFact[] }>
  /** A block of which only some facts were written before the chain dropped it. */
  | Readonly<{ kind: 'cut block'; branch: number; written: number; facts: readonly BranchFact[] }>
  | Readonly<{ kind: 'reorg'; depth: number }>
  | Readonly<{ kind: 'finality' }>
  | Readonly<{ kind: 'head'; gap: number }>

/** Histories of up to `stepsMax` steps over blocks with such facts. */
export const branchSteps = (
  fact: fc.Arbitrary<BranchFact>,
  stepsMax = 14,
): fc.Arbitrary<readonly BranchStep[]> => {
  const facts = fc.array(fact, { maxLength: 6 })
  const branch = fc.integer({ min: 0, max: 2 })
  const gap = fc.integer({ min: 1, max: 30 })
  return fc.array(
    fc.oneof(
      {
        weight: 8,
        arbitrary: fc.record({ kind: fc.constant('block' as const), branch, gap, facts }),
      },
      {
        weight: 3,
        arbitrary: fc.record({
          kind: fc.constant('reorg' as const),
          depth: fc.integer({ min: 1, max: 4 }),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constant('cut block' as const),
          branch,
          written: fc.integer({ min: 0, max: 5 }),
          facts: fc.array(fact, { minLength: 1, maxLength: 6 }),
        }),
      },
      { weight: 1, arbitrary: fc.constant({ kind: 'finality' as const }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('head' as const), gap }) },
    ),
    { maxLength: stepsMax },
  )
}

/** How the stream names a block. */
export const refOf = ({ header, headerPosition }: BlockEntry): BlockRef => ({
  position: headerPosition,
  number: header.number,
  hash: header.hash,
  timestamp: header.timestamp,
  finality: header.finality,
})

/** A block that stands, with the step that it came from. */
export type StandingBlock = Readonly<{ ref: BlockRef; facts: readonly BranchFact[] }>

export type BranchStream = Readonly<{
  events: readonly RecordedEvent[]
  /** The blocks that stand at the end, oldest first. */
  standing: readonly StandingBlock[]
  /** Number of the newest block accepted on L1; null before the first mark. */
  finalNumber: number | null
}>

const STREAM = 'world-TEST-0x1'

/** The stream that these steps leave behind, and what stands at its end. */
export const streamOf = (steps: readonly BranchStep[]): BranchStream => {
  const events: RecordedEvent[] = []
  const standing: StandingBlock[] = []
  let finalNumber: number | null = null

  const append = (type: string, data: object, meta: JsonObject = { schemaVersion: 1 }): number => {
    const revision = events.length
    events.push({
      id: `00000000-0000-5000-8000-${revision.toString(16).padStart(12, '0')}`,
      type,
      data: data as JsonObject, // the payloads of this file are plain
      meta,
      stream: STREAM,
      revision,
      logPosition: revision,
      recordedAt: new Date(0),
    })
    return revision
  }

  const write = (branch: number, gap: number, facts: readonly BranchFact[], most: number) => {
    const number = (standing.at(-1)?.ref.number ?? 600) + gap
    const header: BlockIngested = {
      number,
      hash: hashOf(number, branch),
      parentHash: hashOf(number - 1, branch),
      timestamp: timestampOf(number, branch),
      finality: 'ACCEPTED_ON_L2',
      eventCount: facts.length,
    }
    const position = append(BLOCK_INGESTED, header)
    for (const [eventIndex, { type, data, transaction }] of facts.slice(0, most).entries()) {
      append(type, data, {
        schemaVersion: 1,
        block: number,
        transaction: feltOfNumber(number * 1_000 + transaction),
        transactionIndex: transaction,
        eventIndex,
      })
    }
    const { hash, timestamp, finality } = header
    return { position, number, hash, timestamp, finality }
  }

  const retract = (retracted: BlockRef): void => {
    append(BLOCK_RETRACTED, { retracted, remaining: standing.at(-1)?.ref ?? null })
  }

  const take = (step: BranchStep): void => {
    switch (step.kind) {
      case 'block': {
        const { branch, gap, facts } = step
        standing.push({ ref: write(branch, gap, facts, facts.length), facts })
        return
      }
      case 'cut block': {
        const { branch, facts, written } = step
        retract(write(branch, 1, facts, Math.min(written, facts.length - 1)))
        return
      }
      case 'reorg':
        for (let depth = 0; depth < step.depth; depth += 1) {
          const dropped = standing.at(-1)
          if (dropped === undefined || dropped.ref.number <= (finalNumber ?? -1)) return
          standing.pop()
          retract(dropped.ref)
        }
        return
      case 'finality': {
        const last = standing.at(Math.floor(standing.length / 2))
        if (last === undefined || last.ref.number <= (finalNumber ?? -1)) return
        finalNumber = last.ref.number
        append(FINALITY_ADVANCED, { number: last.ref.number, hash: last.ref.hash })
        return
      }
      case 'head': {
        const number = (standing.at(-1)?.ref.number ?? 600) + step.gap
        append(HEAD_REACHED, {
          number,
          hash: hashOf(number, 0),
          timestamp: timestampOf(number, 0),
          finality: 'ACCEPTED_ON_L2',
        })
        return
      }
      default:
        step satisfies never
    }
  }

  for (const step of steps) take(step)
  return { events, standing, finalNumber }
}

/** The same number and branch have the same hash again after a reorg. */
const hashOf = (number: number, branch: number): Felt => feltOfNumber(number * 1_000 + branch + 1)

/** Neither ascending nor unique. */
const timestampOf = (number: number, branch: number): number =>
  1_770_000_000 + ((number * 7 + branch * 13) % 50)
