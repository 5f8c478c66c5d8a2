/** What is accepted where, as it is known now. */
import { expect, it } from 'vitest'
import type { AtInput } from '../../reads/points.ts'
import { HEAD_760, smallWorld } from './small-world.testing.ts'
import { blockOf, TEST_HEXES } from './world-blocks.testing.ts'
import { adventurerWritten } from './world-facts.testing.ts'
import { type OpenWorld, readingOf, type WorldReading } from './world-reads.testing.ts'
import { finalUpTo, headReached, retraction, withHeader } from './world-steps.testing.ts'

const ORIGIN = TEST_HEXES[0] ?? '0x0'

const finalityOf = async ({ reads }: WorldReading, at?: AtInput): Promise<string> => {
  const point = await reads.resolve(at)
  return 'rejected' in point ? point.rejected : point.finality
}

/** Finality of events and of changes by their blocks. */
const toldOf = async ({ reads }: WorldReading) => ({
  events: (await reads.eventsAfter({}, -1, 100)).map(({ block, finality }) => [
    block.number,
    finality,
  ]),
  changes: (
    await reads.changesAfter({ subject: 'adventurer', keys: ['0xb'], after: -1, limit: 100 })
  ).map(({ block, finality }) => [block, finality]),
})

const [L1, L2, PRE] = ['ACCEPTED_ON_L1', 'ACCEPTED_ON_L2', 'PRE_CONFIRMED'] as const

const moved = (number: number) =>
  blockOf(number, [
    adventurerWritten('0xb', ORIGIN, { energy: number % 100 }),
    { type: 'AdventurerMoved', data: { adventurer_id: '0xb', from: ORIGIN, to: ORIGIN } },
  ])

export const describeFinality = (openWorld: OpenWorld): void => {
  it('nothing on L1 before it is said', async () => {
    const reading = await readingOf(openWorld, smallWorld)
    for (const at of [undefined, { block: 700 }, { block: 715 }, { position: 11 }])
      expect(await finalityOf(reading, at)).toBe(L2)
    expect(await toldOf(reading)).toEqual({
      events: [
        [700, L2],
        [720, L2],
      ],
      changes: [
        [700, L2],
        [720, L2],
        [730, L2],
      ],
    })
  })

  it('everything up to the block that was accepted on L1', async () => {
    const reading = await readingOf(openWorld, [...smallWorld, finalUpTo(720)])
    await reading.cover({ ...HEAD_760, position: 23 })
    expect(await finalityOf(reading, { block: 700 })).toBe(L1)
    expect(await finalityOf(reading, { block: 719 })).toBe(L1)
    expect(await finalityOf(reading, { block: 720 })).toBe(L1)
    expect(await finalityOf(reading, { block: 721 })).toBe(L2)
    expect(await finalityOf(reading, { position: 11 })).toBe(L1)
    expect(await finalityOf(reading, { position: 21 })).toBe(L1)
    expect(await finalityOf(reading, { position: 22 })).toBe(L2)
    expect(await finalityOf(reading, { time: new Date(1_770_001_440_000) })).toBe(L1)
    expect(await finalityOf(reading, { time: new Date(1_770_001_460_000) })).toBe(L2)
    expect(await finalityOf(reading)).toBe(L2)
    expect(await toldOf(reading)).toEqual({
      events: [
        [700, L1],
        [720, L1],
      ],
      changes: [
        [700, L1],
        [720, L1],
        [730, L2],
      ],
    })
  })

  it('the head, too, once its own block is accepted on L1', async () => {
    const reading = await readingOf(openWorld, [...smallWorld, finalUpTo(730)])
    expect(await finalityOf(reading)).toBe(L1)
    expect(await finalityOf(reading, { block: 730 })).toBe(L1)
    await reading.cover({ ...HEAD_760, position: 23 })
    expect(await finalityOf(reading)).toBe(L2)
    expect(await finalityOf(reading, { block: 759 })).toBe(L2)
    expect(await finalityOf(reading, { block: 730 })).toBe(L1)
  })

  it('a block that is not confirmed, and what it told', async () => {
    const reading = await readingOf(openWorld, [
      moved(700),
      withHeader(moved(701), { finality: 'PRE_CONFIRMED' }),
    ])
    expect(await finalityOf(reading)).toBe(PRE)
    expect(await finalityOf(reading, { block: 701 })).toBe(PRE)
    expect(await finalityOf(reading, { position: 5 })).toBe(PRE)
    expect(await finalityOf(reading, { block: 700 })).toBe(L2)
    expect(await toldOf(reading)).toEqual({
      events: [
        [700, L2],
        [701, PRE],
      ],
      changes: [
        [700, L2],
        [701, PRE],
      ],
    })
  })

  it('a head that is not confirmed, from both of its ways', async () => {
    const head = { ...HEAD_760, finality: 'PRE_CONFIRMED' } as const
    const covered = await readingOf(openWorld, smallWorld)
    await covered.cover({ ...head, position: 22 })
    const marked = await readingOf(openWorld, [...smallWorld, headReached(head)])
    for (const reading of [covered, marked]) {
      expect(await finalityOf(reading)).toBe(PRE)
      expect(await finalityOf(reading, { block: 760 })).toBe(PRE)
      expect(await finalityOf(reading, { time: new Date(1_770_009_999_000) })).toBe(PRE)
      expect(await finalityOf(reading, { block: 759 })).toBe(L2)
      expect(await finalityOf(reading, { block: 730 })).toBe(L2)
    }
  })

  it('the same head with more certainty', async () => {
    const reading = await readingOf(openWorld, smallWorld)
    await reading.cover({ ...HEAD_760, finality: 'PRE_CONFIRMED', position: 22 })
    expect(await finalityOf(reading)).toBe(PRE)
    await reading.cover({ ...HEAD_760, position: 22 })
    expect(await finalityOf(reading)).toBe(L2)
  })

  it('nothing on L1 of a time in which no block stood', async () => {
    const reading = await readingOf(openWorld, [
      moved(700), // 0 … 2
      retraction,
      moved(700), // 4 … 6
      finalUpTo(700),
    ])
    expect(await finalityOf(reading, { position: 3 })).toBe(L2)
    expect((await toldOf(reading)).changes).toEqual([
      [700, L2],
      [0, L2],
      [700, L1],
    ])
  })

  it('nothing on L1 of what was retracted, whatever came of its number', async () => {
    const reading = await readingOf(openWorld, [
      moved(700),
      moved(701), // 3 … 5
      retraction, // 6
      withHeader(moved(701), { hash: '0x701b' }), // 7 … 9
      finalUpTo(701),
    ])
    expect(await finalityOf(reading, { position: 5 })).toBe(L2)
    expect(await finalityOf(reading, { position: 6 })).toBe(L1)
    expect(await finalityOf(reading, { position: 9 })).toBe(L1)
    expect(await toldOf(reading)).toEqual({
      events: [
        [700, L1],
        [701, L1],
      ],
      changes: [
        [700, L1],
        [701, L2],
        [700, L1],
        [701, L1],
      ],
    })
  })
}
