/** What changed for a subscriber to keys of a subject. */
import { beforeAll, expect, it } from 'vitest'
import type { Felt } from '../../../domain/felt.ts'
import { ADVENTURER } from './adventurers/tables.ts'
import { HEX } from './hexes/tables.ts'
import { RATE } from './market/tables.ts'
import { IRON, smallWorld } from './small-world.testing.ts'
import { blockOf, TEST_HEXES } from './world-blocks.testing.ts'
import { adventurerWritten, written } from './world-facts.testing.ts'
import { type OpenWorld, readingOf, type WorldReading } from './world-reads.testing.ts'

const [ORIGIN, EAST, SOUTH_EAST] = TEST_HEXES as readonly [Felt, Felt, Felt]

type Asked = Readonly<{ keys?: readonly string[] | null; after?: number; limit?: number }>

export const describeChanges = (openWorld: OpenWorld): void => {
  let small: WorldReading
  beforeAll(async () => {
    small = await readingOf(openWorld, smallWorld)
  })

  const changed = async (
    subject: string,
    { keys = null, after = -1, limit = 100 }: Asked = {},
    { reads }: WorldReading = small,
  ) =>
    (await reads.changesAfter({ subject, keys, after, limit })).map(
      ({ position, block, key }) => [position, block, key] as const,
    )

  const ofHexes = [
    [3, 700, ORIGIN],
    [3, 700, EAST],
    [11, 720, ORIGIN],
    [11, 720, EAST],
    [22, 730, SOUTH_EAST],
    [22, 730, EAST],
  ]

  it('of hexes block by block, also when an adventurer came or went', async () => {
    expect(await changed(HEX)).toEqual(ofHexes)
    expect(await changed(HEX, { keys: [SOUTH_EAST, EAST, ORIGIN] })).toEqual(ofHexes)
  })

  it('of the keys that are followed, and of none', async () => {
    expect(await changed(HEX, { keys: [EAST] })).toEqual([ofHexes[1], ofHexes[3], ofHexes[5]])
    expect(await changed(HEX, { keys: ['0xdead', ORIGIN] })).toEqual([ofHexes[0], ofHexes[2]])
    expect(await changed(HEX, { keys: ['0xdead'] })).toEqual([])
    expect(await changed(HEX, { keys: [] })).toEqual([])
  })

  it('after a position, no more than asked for', async () => {
    expect(await changed(HEX, { after: 3 })).toEqual(ofHexes.slice(2))
    expect(await changed(HEX, { after: 10 })).toEqual(ofHexes.slice(2))
    expect(await changed(HEX, { after: 22 })).toEqual([])
    expect(await changed(HEX, { limit: 3 })).toEqual(ofHexes.slice(0, 3))
    expect(await changed(HEX, { keys: [EAST], after: 3, limit: 1 })).toEqual([ofHexes[3]])
    expect(await changed(HEX, { limit: 0 })).toEqual([])
  })

  it('of adventurers with what belongs to them, and of rates', async () => {
    const ofAdventurers = [
      [3, 700, '0xb'],
      [11, 720, '0xb'],
      [11, 720, '0x101'],
      [22, 730, '0xb'],
    ]
    expect(await changed(ADVENTURER)).toEqual(ofAdventurers)
    expect(await changed(ADVENTURER, { keys: ['0x101'] })).toEqual([ofAdventurers[2]])
    expect(await changed(RATE)).toEqual([[22, 730, IRON]])
    expect(await changed(RATE, { keys: ['0x7'] })).toEqual([])
  })

  it('once for a key and a block, and not of what was written as it was', async () => {
    const reading = await readingOf(openWorld, [
      blockOf(700, [
        adventurerWritten('0xb', ORIGIN, { energy: 1 }),
        adventurerWritten('0xb', ORIGIN, { energy: 2 }),
        written('Hex', { coordinate: ORIGIN }, { biome: 'Forest' }),
      ]),
      blockOf(701, [adventurerWritten('0xb', ORIGIN, { energy: 2 })]),
      blockOf(702, [
        adventurerWritten('0xb', EAST, { energy: 3 }),
        adventurerWritten('0xb', ORIGIN, { energy: 2 }),
      ]),
    ])
    expect(await changed(HEX, {}, reading)).toEqual([[3, 700, ORIGIN]])
    expect(await changed(ADVENTURER, {}, reading)).toEqual([[3, 700, '0xb']])
  })
}
