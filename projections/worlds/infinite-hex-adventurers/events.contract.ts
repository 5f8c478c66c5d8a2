/** The event tail, forwards and backwards, under every filter. */
import { beforeAll, expect, it } from 'vitest'
import type { Felt } from '../../../domain/felt.ts'
import type { EventFilter, EventView } from './events/queries.ts'
import { blockOf, TEST_HEXES } from './world-blocks.testing.ts'
import { adventurerWritten } from './world-facts.testing.ts'
import { type OpenWorld, pointAt, readingOf, type WorldReading } from './world-reads.testing.ts'

const [ORIGIN, EAST] = TEST_HEXES as readonly [Felt, Felt]

const moved = (id: Felt, to: Felt, transaction: number) => ({
  type: 'AdventurerMoved',
  data: { adventurer_id: id, from: ORIGIN, to },
  transaction,
})
const paid = (payer: Felt, hex: Felt) => ({
  type: 'HexEnergyPaid',
  data: { hex, payer, amount: 3 },
  transaction: 3,
})

/** Two blocks that end at positions 5 and 9; events stand at 2, 4, 5, 7, 8 and 9. */
const eventful = [
  blockOf(800, [
    adventurerWritten('0x1', ORIGIN), // 1
    moved('0x1', ORIGIN, 1),
    { ...adventurerWritten('0x2', EAST), transaction: 2 }, // 3
    moved('0x2', EAST, 2),
    paid('0x1', EAST),
  ]),
  blockOf(810, [
    moved('0x1', EAST, 1),
    {
      type: 'HexDiscovered',
      data: { hex: ORIGIN, biome: 'Forest', discoverer: '0xacc' },
      transaction: 2,
    },
    paid('0x2', ORIGIN),
  ]),
]

/** Where the events are that pass. */
const FILTERS: readonly Readonly<{ filter: EventFilter; at: readonly number[] }>[] = [
  { filter: {}, at: [2, 4, 5, 7, 8, 9] },
  { filter: { types: ['AdventurerMoved'] }, at: [2, 4, 7] },
  { filter: { types: ['AdventurerMoved', 'HexDiscovered'] }, at: [2, 4, 7, 8] },
  { filter: { types: ['AdventurerDied'] }, at: [] },
  { filter: { types: [] }, at: [] },
  { filter: { hex: EAST }, at: [4, 5, 7] },
  { filter: { hex: '0xdead' }, at: [] },
  { filter: { adventurer: '0x1' }, at: [2, 5, 7] },
  { filter: { hex: EAST, adventurer: '0x1' }, at: [5, 7] },
  { filter: { hex: EAST, types: ['AdventurerMoved'] }, at: [4, 7] },
  { filter: { adventurer: '0x2', types: ['AdventurerMoved', 'HexEnergyPaid'] }, at: [4, 9] },
  { filter: { hex: ORIGIN, adventurer: '0x2', types: ['HexEnergyPaid'] }, at: [9] },
]

const positionsOf = (events: readonly EventView[]): readonly number[] =>
  events.map(({ position }) => position)

export const describeEvents = (openWorld: OpenWorld): void => {
  let world: WorldReading
  beforeAll(async () => {
    world = await readingOf(openWorld, eventful)
  })

  it('each with its block, its hex and its actor', async () => {
    const [first, ...others] = await world.reads.eventsAfter({}, -1, 10)
    expect(first).toEqual({
      id: '2',
      position: 2,
      blockPosition: 5,
      type: 'AdventurerMoved',
      data: { adventurer_id: '0x1', from: ORIGIN, to: ORIGIN },
      block: { number: 800, hash: '0xc3501', time: new Date((1_770_000_000 + 1_600) * 1_000) },
      finality: 'ACCEPTED_ON_L2',
      transaction: '0xc3503',
      hex: expect.objectContaining({ packed: ORIGIN, q: 0, r: 0 }),
      adventurerId: '0x1',
    })
    expect(
      others.map(({ position, blockPosition, hex, adventurerId }) => [
        ...[position, blockPosition],
        ...[hex?.packed, adventurerId],
      ]),
    ).toEqual([
      [4, 5, EAST, '0x2'],
      [5, 5, EAST, '0x1'],
      [7, 9, EAST, '0x1'],
      [8, 9, ORIGIN, null], // nothing in its transaction says who acted
      [9, 9, ORIGIN, '0x2'],
    ])
  })

  it('oldest first, after a position', async () => {
    for (const { filter, at } of FILTERS) {
      for (const after of [-1, 0, 4, 6, 9])
        expect(positionsOf(await world.reads.eventsAfter(filter, after, 10))).toEqual(
          at.filter((position) => position > after),
        )
      expect(positionsOf(await world.reads.eventsAfter(filter, -1, 2))).toEqual(at.slice(0, 2))
      expect(await world.reads.eventsAfter(filter, -1, 0)).toEqual([])
    }
  })

  it('newest first, before a position and up to a point', async () => {
    const points = [await pointAt(world.reads), await pointAt(world.reads, { block: 800 })]
    for (const { filter, at } of FILTERS) {
      for (const point of points) {
        const newest = at.filter((position) => position <= point.position).toReversed()
        const page = async (before: number | null, limit: number) =>
          positionsOf(await world.reads.events(filter, { point, before, limit }))
        expect(await page(null, 10)).toEqual(newest)
        expect(await page(null, 2)).toEqual(newest.slice(0, 2))
        expect(await page(null, 0)).toEqual([])
        for (const before of [0, 2, 5, 7, 8, 100])
          expect(await page(before, 10)).toEqual(newest.filter((position) => position < before))
      }
    }
  })

  it('of nothing that was gone while nothing was retracted', async () => {
    for (const after of [-1, 5, 9])
      expect(await world.reads.eventsGoneAfter({}, after, 10)).toEqual([])
  })
}
