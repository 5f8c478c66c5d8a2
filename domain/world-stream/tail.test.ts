import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMemoryEventLog } from '../../infra/memory/event-log.testing.ts'
import type { EventLog, NewEvent } from '../event-log/event-log.ts'
import { type BranchFact, branchSteps, streamOf } from './branches.testing.ts'
import { createEntryReader } from './entries.ts'
import { BLOCK_INGESTED } from './facts.ts'
import { blockAt, firstBlockOf, tailOf } from './tail.ts'

const STREAM = 'world-1'
const facts: fc.Arbitrary<BranchFact> = fc.constant({ type: 'Moved', data: {}, transaction: 0 })

const logOf = async (events: readonly NewEvent[]): Promise<EventLog> => {
  const log = createMemoryEventLog()
  if (events.length > 0) {
    const appended = events.map(({ id, type, data, meta }) => ({ id, type, data, meta }))
    await log.append(STREAM, 'no-stream', appended)
  }
  return log
}

describe('the tail of the world’s stream', () => {
  it('is the newest block that stands, at every length of every history', async () => {
    await fc.assert(
      fc.asyncProperty(branchSteps(facts), async (steps) => {
        for (let length = 0; length <= steps.length; length += 1) {
          const { events, standing } = streamOf(steps.slice(0, length))
          const tail = await tailOf(await logOf(events), STREAM)
          const last = standing.at(-1)
          expect(tail.position).toBe(events.length - 1)
          expect(tail.block?.position ?? null).toBe(last?.ref.position ?? null)
          expect(tail.block?.factsWritten ?? 0).toBe(last?.facts.length ?? 0)
        }
      }),
      { numRuns: 30 },
    )
  })

  it('says how much is written of a block that was cut off', async () => {
    const { events } = streamOf([
      { kind: 'block', branch: 0, gap: 1, facts: [] },
      {
        kind: 'block',
        branch: 0,
        gap: 1,
        facts: [1, 2, 3].map(() => ({ type: 'Moved', data: {}, transaction: 0 })),
      },
    ])
    expect(await tailOf(await logOf(events.slice(0, -1)), STREAM)).toMatchObject({
      position: 3,
      block: { position: 1, factsWritten: 2, header: { eventCount: 3 } },
    })
  })

  it('is not found behind a header that only a newer program can read', async () => {
    const { events } = streamOf([{ kind: 'block', branch: 0, gap: 1, facts: [] }])
    const newer = events.map((event) => ({ ...event, meta: { schemaVersion: 2 } }))
    const log = await logOf(newer)
    await expect(tailOf(log, STREAM)).rejects.toThrow('newer Chronohex')
    await expect(firstBlockOf(log, STREAM)).rejects.toThrow('newer Chronohex')
  })
})

it('the first block is the first that was ever written, and each block is found by its position', async () => {
  await fc.assert(
    fc.asyncProperty(branchSteps(facts), async (steps) => {
      const { events } = streamOf(steps)
      const log = await logOf(events)
      const first = events.find(({ type }) => type === BLOCK_INGESTED)
      expect(await firstBlockOf(log, STREAM)).toEqual(first?.data ?? null)
      const blocks = createEntryReader({ after: -1 })
        .take(events)
        .filter((entry) => entry.kind === 'block')
      for (const { headerPosition, header, position } of blocks) {
        expect(await blockAt(log, STREAM, headerPosition)).toMatchObject({ header, position })
      }
      const elsewhere = events.findIndex(({ type }) => type !== BLOCK_INGESTED)
      if (elsewhere >= 0) expect(await blockAt(log, STREAM, elsewhere)).toBeNull()
      expect(await blockAt(log, STREAM, events.length)).toBeNull()
    }),
    { numRuns: 50 },
  )
})
