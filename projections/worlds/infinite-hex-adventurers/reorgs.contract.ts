/**
 * A block that the chain dropped, and what came in its place: what is shown of now, of the time in
 * between and of before, and what those are told who had been shown the dropped block.
 */
import { beforeAll, expect, it } from 'vitest'
import type { Felt } from '../../../domain/felt.ts'
import type { AtInput, ReadPoint } from '../../reads/points.ts'
import { ADVENTURER } from './adventurers/tables.ts'
import { ADVENTURER_PARTS } from './adventurers/view.ts'
import { HEX } from './hexes/tables.ts'
import { RATE } from './market/tables.ts'
import { IRON, smallWorld } from './small-world.testing.ts'
import { blockOf, TEST_HEXES } from './world-blocks.testing.ts'
import { adventurerWritten, written } from './world-facts.testing.ts'
import {
  ALL_PARTS,
  type OpenWorld,
  pointAt,
  readingOf,
  type WorldReading,
} from './world-reads.testing.ts'
import { retraction, withHeader } from './world-steps.testing.ts'

const [ORIGIN, EAST, SOUTH_EAST] = TEST_HEXES as readonly [Felt, Felt, Felt]

const moved = (from: Felt, to: Felt) => ({
  type: 'AdventurerMoved',
  data: { adventurer_id: '0xb', from, to },
})
const discovered = (hex: Felt) => ({
  type: 'HexDiscovered',
  data: { hex, biome: 'Forest', discoverer: '0xacc' },
})
const ironRated = (block: number, rate: number) =>
  written(
    'ConversionRate',
    { item_type: IRON },
    { current_rate: rate, base_rate: 10, last_update_block: String(block) },
  )

/** Events stand at 29 and 30; the block ends at 30. */
const dropped = blockOf(740, [
  adventurerWritten('0xb', ORIGIN, { energy: 30 }), // 24
  adventurerWritten('0x9', ORIGIN, { owner: '0xabc' }), // 25
  written('HexDecayState', { hex_coordinate: EAST }, { owner_adventurer_id: '0x9' }), // 26
  written('Hex', { coordinate: SOUTH_EAST }, { is_discovered: true, discovery_block: '740' }), // 27
  ironRated(740, 14), // 28
  discovered(SOUTH_EAST),
  moved(EAST, ORIGIN),
])
/** From 32 on; an event stands at 35, where the block ends. */
const instead = withHeader(
  blockOf(742, [
    adventurerWritten('0xb', SOUTH_EAST, { energy: 20 }), // 33
    ironRated(742, 6), // 34
    moved(EAST, SOUTH_EAST),
  ]),
  { hash: '0x742b' },
)

const BEFORE = 22
const DROPPED = 30
const RETRACTED = 31
const NOW = 35
const IN_BETWEEN = { block: 730, finality: 'ACCEPTED_ON_L2' } as const

/** What is seen at a point. */
const seenAt = async ({ reads }: WorldReading, point: ReadPoint) => ({
  hexes: await reads.hexes(TEST_HEXES, point, ALL_PARTS),
  adventurers: await reads.adventurersById(
    ['0x9', '0xb', '0x101'],
    point,
    new Set(ADVENTURER_PARTS),
  ),
  rates: await reads.ratesOf(null, point),
  series: await reads.rateSeries({ item: IRON, beforeBlock: null, limit: 10 }, point),
})

/** What is seen of now. */
const lists = async ({ reads }: WorldReading) => ({
  overview: await reads.overview(),
  territories: await reads.territories(null, 10),
  adventurers: await reads.adventurers({ limit: 10 }, new Set(ADVENTURER_PARTS)),
  rates: await reads.conversionRates(10),
})

export const describeReorgs = (openWorld: OpenWorld): void => {
  let world: WorldReading
  beforeAll(async () => {
    world = await readingOf(openWorld, [...smallWorld, dropped, retraction, instead])
  })

  it('at points: a dropped block is found by its positions only', async () => {
    const resolved = async (at?: AtInput) => {
      const { position, block } = await pointAt(world.reads, at)
      return [position, block]
    }
    expect(await resolved()).toEqual([NOW, 742])
    expect(await resolved({ block: 742 })).toEqual([NOW, 742])
    expect(await resolved({ block: 741 })).toEqual([BEFORE, 741])
    expect(await resolved({ block: 740 })).toEqual([BEFORE, 740])
    expect(await resolved({ block: 730 })).toEqual([BEFORE, 730])
    const instant = (block: number) => new Date((1_770_000_000 + block * 2) * 1_000)
    expect(await resolved({ time: instant(742) })).toEqual([NOW, 742])
    expect(await resolved({ time: instant(741) })).toEqual([BEFORE, 730])
    expect(await resolved({ time: instant(740) })).toEqual([BEFORE, 730])
    expect(await resolved({ position: NOW })).toEqual([NOW, 742])
    expect(await resolved({ position: NOW - 1 })).toEqual([RETRACTED, 730])
    expect(await resolved({ position: RETRACTED })).toEqual([RETRACTED, 730])
    expect(await resolved({ position: DROPPED })).toEqual([DROPPED, 740])
    expect(await resolved({ position: DROPPED - 1 })).toEqual([BEFORE, 730])
  })

  it('in rows: as the dropped block had left them, then as before it, then as the new one left them', async () => {
    const positions = [BEFORE, DROPPED, RETRACTED, NOW]
    const seen = await Promise.all(
      positions.map((position) => seenAt(world, { ...IN_BETWEEN, position })),
    )
    const [before, then, retracted, now] = seen
    expect(retracted).toEqual(before)
    const standing = seen.map(({ hexes }) =>
      hexes
        .filter(({ adventurers }) => adventurers.length > 0)
        .map(({ coordinate, adventurers }) => [coordinate.packed, adventurers.map(({ id }) => id)]),
    )
    const home = [
      [ORIGIN, ['0x101']],
      [EAST, ['0xb']],
    ]
    expect(standing).toEqual([
      home,
      [[ORIGIN, ['0x9', '0xb', '0x101']]],
      home,
      [
        [SOUTH_EAST, ['0xb']],
        [ORIGIN, ['0x101']],
      ],
    ])
    expect(
      seen.map(({ adventurers }) => adventurers.map(({ id, energy }) => [id, energy])),
    ).toEqual([
      [
        ['0xb', 35],
        ['0x101', 130],
      ],
      [
        ['0x9', 50],
        ['0xb', 30],
        ['0x101', 130],
      ],
      [
        ['0xb', 35],
        ['0x101', 130],
      ],
      [
        ['0xb', 20],
        ['0x101', 130],
      ],
    ])
    const ownersOfEast = [before, then, retracted, now].map(
      (each) => each?.hexes.find(({ coordinate }) => coordinate.packed === EAST)?.decay?.ownerId,
    )
    expect(ownersOfEast).toEqual(['0xb', '0x9', '0xb', '0xb'])
  })

  it('in rates and their series', async () => {
    const priceAt = async (position: number) => {
      const { rates, series } = await seenAt(world, { ...IN_BETWEEN, position })
      return [
        rates.map(({ effectiveRate }) => effectiveRate),
        series.map(({ firstBlock, open, high, low, close, writes }) => [
          ...[firstBlock, open, high, low, close],
          writes,
        ]),
      ]
    }
    const before = [[9], [[700, 9, 9, 9, 9, 1]]]
    expect(await priceAt(BEFORE)).toEqual(before)
    expect(await priceAt(DROPPED)).toEqual([[14], [[700, 9, 14, 9, 14, 2]]])
    expect(await priceAt(RETRACTED)).toEqual(before)
    expect(await priceAt(NOW)).toEqual([[6], [[700, 9, 9, 6, 6, 2]]])
  })

  it('in lists of now, as if the dropped block had never been', async () => {
    const reading = await readingOf(openWorld, smallWorld)
    const before = await lists(reading)
    await reading.log(dropped)
    await reading.takeIn()
    const then = await lists(reading)
    expect(then.overview).toMatchObject({ adventurers: 3, hexesDiscovered: 2, territories: 2 })
    expect(then.overview.recentDiscoveries).toHaveLength(2)
    expect(then.territories.map(({ ownerId }) => ownerId)).toEqual(['0x9', '0xb'])
    expect(then.adventurers.map(({ id }) => id)).toEqual(['0x9', '0xb', '0x101'])
    await reading.log(retraction)
    await reading.takeIn()
    expect(await lists(reading)).toEqual(before)
  })

  it('in events: as they were for a point before the retraction, and gone since', async () => {
    const at = async (position: number, before: number | null = null) => {
      const point = { ...IN_BETWEEN, position }
      return (await world.reads.events({}, { point, before, limit: 10 })).map(
        (event) => event.position,
      )
    }
    expect(await at(BEFORE)).toEqual([11, 3])
    expect(await at(DROPPED)).toEqual([30, 29, 11, 3])
    expect(await at(DROPPED, 30)).toEqual([29, 11, 3])
    expect(await at(RETRACTED)).toEqual([11, 3])
    expect(await at(NOW)).toEqual([35, 11, 3])
    const after = async (position: number) =>
      (await world.reads.eventsAfter({}, position, 10)).map((event) => event.position)
    expect(await after(-1)).toEqual([3, 11, 35])
    expect(await after(29)).toEqual([35])
  })

  it('in what is gone, for those who had been shown it', async () => {
    const gone = { retractedAt: RETRACTED, ...IN_BETWEEN }
    const [older, newer] = [
      { id: '29', position: 29, ...gone },
      { id: '30', position: 30, ...gone },
    ]
    const { eventsGoneAfter } = world.reads
    expect(await eventsGoneAfter({}, 30, 10)).toEqual([newer, older])
    expect(await eventsGoneAfter({}, 29, 10)).toEqual([older])
    expect(await eventsGoneAfter({}, 28, 10)).toEqual([])
    expect(await eventsGoneAfter({}, 31, 10)).toEqual([])
    expect(await eventsGoneAfter({}, 30, 1)).toEqual([newer])
    expect(await eventsGoneAfter({}, 30, 0)).toEqual([])
    expect(await eventsGoneAfter({ types: ['HexDiscovered'] }, 30, 10)).toEqual([older])
    expect(await eventsGoneAfter({ types: [] }, 30, 10)).toEqual([])
    expect(await eventsGoneAfter({ hex: ORIGIN }, 30, 10)).toEqual([newer])
    // Who discovered it is told by the adventurer that the same transaction wrote last.
    expect(await eventsGoneAfter({ adventurer: '0x9' }, 30, 10)).toEqual([older])
    expect(await eventsGoneAfter({ adventurer: '0xb', hex: EAST }, 30, 10)).toEqual([])
  })

  it('in changes: the same keys once more, under the block that remains', async () => {
    const changed = async (subject: string) =>
      (await world.reads.changesAfter({ subject, keys: null, after: BEFORE, limit: 100 })).map(
        ({ position, block, key }) => [position, block, key],
      )
    expect(await changed(HEX)).toEqual([
      [DROPPED, 740, SOUTH_EAST],
      [DROPPED, 740, ORIGIN],
      [DROPPED, 740, EAST],
      [RETRACTED, 730, SOUTH_EAST],
      [RETRACTED, 730, ORIGIN],
      [RETRACTED, 730, EAST],
      [NOW, 742, SOUTH_EAST],
      [NOW, 742, EAST],
    ])
    expect(await changed(ADVENTURER)).toEqual([
      [DROPPED, 740, '0x9'],
      [DROPPED, 740, '0xb'],
      [RETRACTED, 730, '0x9'],
      [RETRACTED, 730, '0xb'],
      [NOW, 742, '0xb'],
    ])
    expect(await changed(RATE)).toEqual([
      [DROPPED, 740, IRON],
      [RETRACTED, 730, IRON],
      [NOW, 742, IRON],
    ])
  })

  it('of several blocks, the newest first', async () => {
    const more = blockOf(745, [adventurerWritten('0xb', EAST, { energy: 1 }), moved(ORIGIN, EAST)])
    const reading = await readingOf(openWorld, [
      ...smallWorld,
      dropped,
      more, // 31 … 33
      retraction, // 34
      retraction, // 35
    ])
    const energyAt = async (position: number) =>
      (await reading.reads.adventurersById(['0xb'], { ...IN_BETWEEN, position }, new Set())).map(
        ({ energy }) => energy,
      )
    expect(await Promise.all([BEFORE, DROPPED, 33, 34, 35].map(energyAt))).toEqual([
      [35],
      [30],
      [1],
      [30],
      [35],
    ])
    expect(await pointAt(reading.reads)).toMatchObject({ position: 35, block: 730 })
    expect(
      (await reading.reads.eventsGoneAfter({}, 33, 10)).map(({ id, retractedAt, block }) => [
        ...[id, retractedAt],
        block,
      ]),
    ).toEqual([
      ['33', 34, 740],
      ['30', 35, 730],
      ['29', 35, 730],
    ])
  })

  it('to nothing, when no block remains, and on from there', async () => {
    const reading = await readingOf(openWorld, [
      blockOf(700, [adventurerWritten('0xb', ORIGIN), moved(EAST, ORIGIN)]), // 0 … 2
      retraction, // 3
    ])
    const { reads } = reading
    const nothing = { block: 0, finality: 'ACCEPTED_ON_L2' }
    expect(await reads.meta()).toMatchObject({ block: null, position: 3 })
    expect(await reads.resolve()).toEqual({ position: 3, ...nothing })
    expect(await reads.resolve({ block: 700 })).toMatchObject({ rejected: 'AT_BEFORE_START' })
    expect(await reads.hexes(TEST_HEXES, await pointAt(reads), ALL_PARTS)).toEqual([])
    expect(await reads.adventurers({ limit: 10 }, new Set())).toEqual([])
    expect(await reads.eventsGoneAfter({}, 2, 10)).toEqual([
      { id: '2', position: 2, retractedAt: 3, ...nothing },
    ])
    expect(
      await reads.changesAfter({ subject: ADVENTURER, keys: null, after: 2, limit: 10 }),
    ).toEqual([{ position: 3, key: '0xb', ...nothing }])
    await reading.log(blockOf(701, [adventurerWritten('0xb', EAST)]))
    await reading.takeIn()
    expect(await pointAt(reads)).toMatchObject({ position: 5, block: 701 })
    expect(await pointAt(reads, { position: 4 })).toEqual({ position: 3, ...nothing })
    expect(await reads.resolve({ block: 700 })).toMatchObject({ rejected: 'AT_BEFORE_START' })
  })

  it('back to the very block that was dropped', async () => {
    const back = await readingOf(openWorld, [...smallWorld, dropped, retraction, dropped])
    // Its header stands at 32.
    expect(await pointAt(back.reads, { block: 740 })).toMatchObject({ position: 39, block: 740 })
    const seen = (position: number) => seenAt(back, { ...IN_BETWEEN, position })
    expect(await seen(39)).toEqual(await seen(DROPPED))
    expect((await back.reads.eventsAfter({}, 11, 10)).map(({ position }) => position)).toEqual([
      38, 39,
    ])
  })

  it('of a block of which only a part was written, as if nothing had been', async () => {
    const part = dropped.slice(0, 3) // 23 … 25
    const reading = await readingOf(openWorld, [...smallWorld, part, retraction, instead])
    expect(await pointAt(reading.reads, { position: 25 })).toMatchObject({ position: BEFORE })
    expect(
      await reading.reads.changesAfter({ subject: HEX, keys: null, after: BEFORE, limit: 10 }),
    ).toMatchObject([
      { position: 30, key: SOUTH_EAST },
      { position: 30, key: EAST },
    ])
  })
}
