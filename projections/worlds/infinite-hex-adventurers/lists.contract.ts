/** Lists of now, and of rates also of the past: their orders, filters and limits. */
import { expect, it } from 'vitest'
import { type Felt, feltOfNumber } from '../../../domain/felt.ts'
import type { ReadPoint } from '../../reads/points.ts'
import { HEAD_760, IRON, smallWorld } from './small-world.testing.ts'
import { blockOf, TEST_HEXES } from './world-blocks.testing.ts'
import { adventurerWritten, written } from './world-facts.testing.ts'
import { type OpenWorld, pointAt, readingOf } from './world-reads.testing.ts'
import type { WorldReads } from './world-reads.ts'

const [ORIGIN, EAST, SOUTH_EAST, FAR, FARTHER, OFF_THE_MAP] = TEST_HEXES as readonly [
  Felt,
  Felt,
  Felt,
  Felt,
  Felt,
  Felt,
]

const controlled = (hex: Felt, owner: Felt) =>
  written('HexDecayState', { hex_coordinate: hex }, { owner_adventurer_id: owner })

/** A rate without any units in its window is the price. */
const rated = (item: Felt, block: number, rate: number, units = 0) =>
  written(
    'ConversionRate',
    { item_type: item },
    {
      current_rate: rate,
      base_rate: 10,
      last_update_block: String(block),
      units_converted_in_window: units,
    },
  )

const rates = [
  blockOf(700, [rated(IRON, 700, 14), rated('0x7', 700, 5), rated(IRON, 700, 11)]), // 0 … 3
  blockOf(730, [rated('0x101', 730, 6), rated(IRON, 730, 12)]), // 4 … 6
  blockOf(810, [rated(IRON, 810, 8)]), // 7 … 8
  blockOf(1_010, [rated('0x7', 1_010, 9, 30), rated(IRON, 1_010, 20)]), // 9 … 11
]

export const describeLists = (openWorld: OpenWorld): void => {
  it('adventurers in numerical order of ids, page by page, of everybody or of one account', async () => {
    const { reads } = await readingOf(openWorld, [
      ...smallWorld,
      blockOf(740, [
        adventurerWritten('0x9f', EAST, { owner: '0xabc' }),
        adventurerWritten('0x2', EAST, { owner: '0xabc', is_alive: false }),
      ]),
    ])
    const ids = async (query: Parameters<WorldReads['adventurers']>[0]) =>
      (await reads.adventurers(query, new Set())).map(({ id }) => id)
    expect(await ids({ limit: 10 })).toEqual(['0x2', '0xb', '0x9f', '0x101'])
    expect(await ids({ limit: 2 })).toEqual(['0x2', '0xb'])
    expect(await ids({ limit: 0 })).toEqual([])
    expect(await ids({ limit: 2, after: '0xb' })).toEqual(['0x9f', '0x101'])
    expect(await ids({ limit: 10, after: '0xff' })).toEqual(['0x101'])
    expect(await ids({ limit: 10, after: '0x101' })).toEqual([])
    expect(await ids({ limit: 10, owner: '0xacc' })).toEqual(['0xb', '0x101'])
    expect(await ids({ limit: 10, owner: '0xabc' })).toEqual(['0x2', '0x9f'])
    expect(await ids({ limit: 1, owner: '0xabc' })).toEqual(['0x2'])
    expect(await ids({ limit: 10, owner: '0xabc', after: '0x2' })).toEqual(['0x9f'])
    expect(await ids({ limit: 10, owner: '0xb' })).toEqual([])
  })

  it('adventurers with the parts asked for, derived for the head', async () => {
    const { reads, cover } = await readingOf(openWorld, smallWorld)
    await cover({ ...HEAD_760, position: 22 })
    const [bare] = await reads.adventurers({ limit: 1 }, new Set())
    expect(bare).toMatchObject({ effectiveEnergy: 47, economics: null, inventory: null })
    const parts = new Set(['inventory', 'reservations'] as const)
    const [some] = await reads.adventurers({ limit: 1 }, parts)
    expect(some).toMatchObject({ economics: null, inventory: { weight: 4 } })
    expect(some?.reservations.map(({ id }) => id)).toEqual(['0xe1'])
  })

  it('territories, the largest first, of everybody, of an adventurer or of an account', async () => {
    const { reads } = await readingOf(openWorld, [
      blockOf(700, [
        adventurerWritten('0xb', ORIGIN),
        adventurerWritten('0x9', ORIGIN, { owner: '0xabc' }),
        adventurerWritten('0x101', ORIGIN),
        ...[ORIGIN, EAST].map((hex) => controlled(hex, '0x101')),
        controlled(SOUTH_EAST, '0xb'),
        controlled(FAR, '0x0'),
        controlled(FARTHER, '0x9'),
        controlled(OFF_THE_MAP, '0xb'),
      ]),
    ])
    const listed = async (owner: Felt | null, limit = 10) =>
      (await reads.territories(owner, limit)).map(({ ownerId, area }) => [ownerId, area])
    const all = [
      ['0x101', 2],
      ['0x9', 1],
      ['0xb', 1],
    ]
    expect(await listed(null)).toEqual(all)
    expect(await listed(null, 2)).toEqual(all.slice(0, 2))
    expect(await listed(null, 0)).toEqual([])
    expect(await listed('0xb')).toEqual([['0xb', 1]])
    expect(await listed('0xacc')).toEqual([
      ['0x101', 2],
      ['0xb', 1],
    ])
    expect(await listed('0xacc', 1)).toEqual([['0x101', 2]])
    expect(await listed('0xabc')).toEqual([['0x9', 1]])
    expect(await listed('0xdead')).toEqual([])
    expect(await listed('0x0')).toEqual([])
  })

  it('what a territory is: its hexes, its border and its outline', async () => {
    const { reads } = await readingOf(openWorld, smallWorld)
    const [territory] = await reads.territories(null, 10)
    expect(territory).toMatchObject({
      id: `0xb-${SOUTH_EAST}`,
      ownerId: '0xb',
      area: 2,
      borderLength: 10,
      outline: { type: 'MultiPolygon' },
    })
    expect(territory?.hexes.map(({ packed }) => packed)).toEqual([SOUTH_EAST, EAST])
    expect(territory?.outline.coordinates).toHaveLength(1)
  })

  it('figures that count the living who acted within a hundred blocks', async () => {
    const { reads, cover } = await readingOf(openWorld, smallWorld)
    const activeAt = async (number: number) => {
      await cover({ ...HEAD_760, number, hash: feltOfNumber(number), position: 22 })
      return (await reads.overview()).activeAdventurers
    }
    // It last acted in block 720.
    expect(await activeAt(819)).toBe(1)
    expect(await activeAt(820)).toBe(0)
  })

  it('no more recent discoveries than ten, the newest first', async () => {
    const discovered = (hex: Felt) => ({
      type: 'HexDiscovered',
      data: { hex, biome: 'Forest', discoverer: '0xacc' },
    })
    const { reads } = await readingOf(openWorld, [
      blockOf(700, [...Array.from({ length: 11 }, () => discovered(EAST)), discovered(ORIGIN)]),
    ])
    const { recentDiscoveries } = await reads.overview()
    expect(recentDiscoveries.map(({ position }) => position)).toEqual([
      12, 11, 10, 9, 8, 7, 6, 5, 4, 3,
    ])
    expect(recentDiscoveries[0]?.hex?.packed).toBe(ORIGIN)
  })

  it('rates of now, the most recently used first', async () => {
    const { reads } = await readingOf(openWorld, rates)
    const listed = async (limit: number) =>
      (await reads.conversionRates(limit)).map(({ itemId }) => itemId)
    expect(await listed(10)).toEqual(['0x7', IRON, '0x101'])
    expect(await listed(2)).toEqual(['0x7', IRON])
    expect(await listed(0)).toEqual([])
    expect(await reads.conversionRates(1)).toMatchObject([
      { baseRate: 10, effectiveRate: 8, unitsInWindow: 30, penaltyBp: 300 },
    ])
  })

  it('rates at any point, of some items or of all', async () => {
    const { reads } = await readingOf(openWorld, rates)
    const ratesAt = async (items: readonly Felt[] | null, block: number) =>
      (await reads.ratesOf(items, await pointAt(reads, { block }))).map(
        ({ itemId, effectiveRate }) => [itemId, effectiveRate],
      )
    expect(await ratesAt(null, 1_010)).toEqual([
      ['0x7', 8], // 3 % less than 9
      ['0x101', 10], // long unused: its base
      [IRON, 20],
    ])
    expect(await ratesAt(null, 700)).toEqual([
      ['0x7', 5],
      [IRON, 11],
    ])
    expect(await ratesAt([IRON, '0x101'], 730)).toEqual([
      ['0x101', 6],
      [IRON, 12],
    ])
    expect(await ratesAt(['0x101'], 729)).toEqual([])
    expect(await ratesAt(['0xdead'], 1_010)).toEqual([])
    expect(await ratesAt([], 1_010)).toEqual([])
  })

  it('the price of an item in buckets of a hundred blocks, the newest first', async () => {
    const { reads } = await readingOf(openWorld, rates)
    const series = async (
      item: Felt,
      at: ReadPoint,
      { beforeBlock = null, limit = 10 }: { beforeBlock?: number | null; limit?: number } = {},
    ) =>
      (await reads.rateSeries({ item, beforeBlock, limit }, at)).map((bucket) => [
        ...[bucket.firstBlock, bucket.lastBlock],
        ...[bucket.open, bucket.high, bucket.low, bucket.close],
        bucket.writes,
      ])
    const now = await pointAt(reads)
    const buckets = [
      [1_000, 1_099, 20, 20, 20, 20, 1],
      [800, 899, 8, 8, 8, 8, 1],
      [700, 799, 14, 14, 11, 12, 3],
    ]
    expect(await series(IRON, now)).toEqual(buckets)
    expect(await series(IRON, now, { limit: 2 })).toEqual(buckets.slice(0, 2))
    expect(await series(IRON, now, { limit: 0 })).toEqual([])
    expect(await series(IRON, now, { beforeBlock: 1_000 })).toEqual(buckets.slice(1))
    expect(await series(IRON, now, { beforeBlock: 801, limit: 1 })).toEqual([buckets[1]])
    expect(await series(IRON, now, { beforeBlock: 800 })).toEqual([buckets[2]])
    expect(await series(IRON, now, { beforeBlock: 700 })).toEqual([])
    expect(await series('0x7', now)).toEqual([
      [1_000, 1_099, 8, 8, 8, 8, 1],
      [700, 799, 5, 5, 5, 5, 1],
    ])
    expect(await series('0xdead', now)).toEqual([])
    const then = await pointAt(reads, { block: 700 })
    expect(await series(IRON, then)).toEqual([[700, 799, 14, 14, 11, 11, 2]])
  })
}
