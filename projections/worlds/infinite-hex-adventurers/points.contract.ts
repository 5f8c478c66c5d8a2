/** Which point of history a question is about, and where the read models stand. */
import { beforeAll, describe, expect, it } from 'vitest'
import { chainName } from '../../../domain/world-stream/facts.ts'
import type { AtInput } from '../../reads/points.ts'
import { HEAD_760, smallWorld } from './small-world.testing.ts'
import { blockOf, TEST_HEXES } from './world-blocks.testing.ts'
import { adventurerWritten } from './world-facts.testing.ts'
import {
  ALL_PARTS,
  type OpenWorld,
  pointAt,
  readingOf,
  VERSIONS,
  type WorldReading,
} from './world-reads.testing.ts'
import { headReached, retraction, withHeader } from './world-steps.testing.ts'

/** Of the small world's blocks, in seconds since 1970. */
const timeOf = (block: number): number => 1_770_000_000 + block * 2
const instant = (seconds: number): Date => new Date(seconds * 1_000)

export const describePoints = (openWorld: OpenWorld): void => {
  let small: WorldReading
  beforeAll(async () => {
    small = await readingOf(openWorld, smallWorld)
    await small.cover({ ...HEAD_760, position: 22 })
  })

  /** The point's position and block, or the code of the refusal. */
  const resolved = async (at?: AtInput | null): Promise<unknown> => {
    const point = await small.reads.resolve(at)
    return 'rejected' in point ? point.rejected : [point.position, point.block]
  }

  it('the head when nothing is named', async () => {
    expect(await resolved()).toEqual([22, 760])
    expect(await resolved(null)).toEqual([22, 760])
  })

  it('a block as the end of the last one with events up to it, with its own number', async () => {
    expect(await resolved({ block: 760 })).toEqual([22, 760])
    expect(await resolved({ block: 731 })).toEqual([22, 731])
    expect(await resolved({ block: 730 })).toEqual([22, 730])
    expect(await resolved({ block: 729 })).toEqual([11, 729])
    expect(await resolved({ block: 720 })).toEqual([11, 720])
    expect(await resolved({ block: 700 })).toEqual([3, 700])
  })

  it('an instant as the last block with events up to it', async () => {
    expect(await resolved({ time: instant(timeOf(720)) })).toEqual([11, 720])
    expect(await resolved({ time: instant(timeOf(720) + 1) })).toEqual([11, 720])
    expect(await resolved({ time: new Date(timeOf(720) * 1_000 - 1) })).toEqual([3, 700])
    expect(await resolved({ time: instant(timeOf(700)) })).toEqual([3, 700])
    expect(await resolved({ time: instant(HEAD_760.timestamp - 1) })).toEqual([22, 730])
    expect(await resolved({ time: instant(HEAD_760.timestamp) })).toEqual([22, 760])
  })

  it('a position as the end of the last block up to it, also in the middle of blocks', async () => {
    expect(await resolved({ position: 22 })).toEqual([22, 730])
    expect(await resolved({ position: 21 })).toEqual([11, 720])
    expect(await resolved({ position: 12 })).toEqual([11, 720])
    expect(await resolved({ position: 11 })).toEqual([11, 720])
    expect(await resolved({ position: 10 })).toEqual([3, 700])
    expect(await resolved({ position: 3 })).toEqual([3, 700])
  })

  it('nothing above the head', async () => {
    expect(await resolved({ block: 761 })).toBe('AT_ABOVE_HEAD')
    expect(await resolved({ position: 23 })).toBe('AT_ABOVE_HEAD')
    expect(await resolved({ time: new Date(HEAD_760.timestamp * 1_000 + 1) })).toBe('AT_ABOVE_HEAD')
  })

  it('nothing before the start', async () => {
    expect(await resolved({ block: 699 })).toBe('AT_BEFORE_START')
    expect(await resolved({ position: 2 })).toBe('AT_BEFORE_START')
    expect(await resolved({ time: new Date(timeOf(700) * 1_000 - 1) })).toBe('AT_BEFORE_START')
  })

  it('nothing that is not one thing', async () => {
    const time = instant(timeOf(720))
    expect(await resolved({})).toBe('AT_AMBIGUOUS')
    expect(await resolved({ block: 720, position: 11 })).toBe('AT_AMBIGUOUS')
    expect(await resolved({ block: 720, time })).toBe('AT_AMBIGUOUS')
    expect(await resolved({ time, position: 11 })).toBe('AT_AMBIGUOUS')
  })

  it('the last of several blocks of the same instant', async () => {
    const at = (number: number, timestamp: number) =>
      withHeader(blockOf(number, [adventurerWritten('0xb', '0x0')]), { timestamp })
    const { reads } = await readingOf(openWorld, [at(700, 500), at(701, 500), at(702, 501)])
    expect(await reads.resolve({ time: instant(500) })).toMatchObject({ position: 3, block: 701 })
  })

  it('refuses nothing of what it covers when only the head moves on', async () => {
    const { reads, cover } = await readingOf(openWorld, smallWorld)
    expect(await reads.resolve()).toMatchObject({ position: 22, block: 730 })
    expect(await reads.resolve({ block: 731 })).toMatchObject({ rejected: 'AT_ABOVE_HEAD' })
    await cover({ ...HEAD_760, position: 22 })
    expect(await reads.resolve({ block: 731 })).toMatchObject({ position: 22, block: 731 })
    // A head at another position says nothing yet.
    await cover({ ...HEAD_760, number: 999, hash: '0x999', position: 23 })
    expect(await reads.resolve()).toMatchObject({ position: 22, block: 760 })
  })

  it('the block that a head mark names, which is no point of its own', async () => {
    const { reads } = await readingOf(openWorld, [...smallWorld, headReached(HEAD_760)])
    expect(await reads.meta()).toMatchObject({ position: 23, block: { number: 760 } })
    expect(await reads.resolve()).toMatchObject({ position: 23, block: 760 })
    expect(await reads.resolve({ position: 23 })).toMatchObject({ position: 22, block: 730 })
    expect(await reads.resolve({ block: 759 })).toMatchObject({ position: 22, block: 759 })
  })

  describe('where the read models stand', () => {
    it('with head, position, history and versions', async () => {
      expect(await small.reads.meta()).toEqual({
        chainId: chainName(small.world.chainId),
        worldAddress: small.world.address,
        block: { number: 760, hash: '0xbead', time: instant(HEAD_760.timestamp) },
        position: 22,
        lag: 0,
        projectionVersion: Object.entries(VERSIONS)
          .map(([name, version]) => `${name} ${version}`)
          .join(', '),
        history: '0xaae61', // of block 700
        versions: VERSIONS,
      })
    })

    it('how far the log is ahead, of which nothing is shown', async () => {
      const reading = await readingOf(openWorld, smallWorld.slice(0, 1))
      expect(await reading.reads.meta()).toMatchObject({ position: 3, lag: 0 })
      for (const step of smallWorld.slice(1)) await reading.log(step)
      expect(await reading.reads.meta()).toMatchObject({ position: 3, lag: 19 })
      expect(await pointAt(reading.reads)).toMatchObject({ position: 3, block: 700 })
      await reading.takeIn()
      expect(await reading.reads.meta()).toMatchObject({ position: 22, lag: 0 })
    })

    it('the same history for ever, once there is a first block', async () => {
      const reading = await openWorld()
      expect(await reading.reads.meta()).toMatchObject({ history: null })
      const block = (hash: `0x${string}`) =>
        withHeader(blockOf(700, [adventurerWritten('0xb', '0x0')]), { hash })
      const historyAfter = async (step: Parameters<typeof reading.log>[0]) => {
        await reading.log(step)
        await reading.takeIn()
        return (await reading.reads.meta()).history
      }
      expect(await historyAfter(block('0xaa'))).toBe('0xaa')
      expect(await historyAfter(retraction)).toBe('0xaa')
      expect(await historyAfter(block('0xbb'))).toBe('0xaa')
    })

    it('at each position the last block that ends by then, whether it stands or not', async () => {
      const reading = await openWorld()
      expect(await reading.reads.landmark(9)).toBeNull()
      const block = (hash: `0x${string}`) =>
        withHeader(blockOf(700, [adventurerWritten('0xb', '0x0')]), { hash })
      for (const step of [block('0xaa'), retraction, block('0xbb')]) await reading.log(step)
      await reading.takeIn()
      const landmarks = []
      for (const position of [-1, 0, 1, 2, 3, 4, 9])
        landmarks.push(await reading.reads.landmark(position))
      const [first, second] = [
        { position: 1, hash: '0xaa' },
        { position: 4, hash: '0xbb' },
      ]
      expect(landmarks).toEqual([null, null, first, first, first, second, second])
    })

    it('nowhere in a world without blocks, in which there is nothing', async () => {
      const { reads } = await openWorld()
      expect(await reads.meta()).toMatchObject({ block: null, position: null, lag: 0 })
      const point = await pointAt(reads)
      expect(point).toEqual({ position: -1, block: 0, finality: 'ACCEPTED_ON_L2' })
      for (const at of [{ block: 0 }, { position: 0 }, { time: new Date(0) }])
        expect(await reads.resolve(at)).toMatchObject({ rejected: 'AT_BEFORE_START' })
      expect(await reads.resolve({})).toMatchObject({ rejected: 'AT_AMBIGUOUS' })
      expect(await reads.hexes(TEST_HEXES, point, ALL_PARTS)).toEqual([])
      expect(await reads.adventurersById(['0xb'], point, new Set())).toEqual([])
      expect(await reads.adventurers({ limit: 10 }, new Set())).toEqual([])
      expect(await reads.territories(null, 10)).toEqual([])
      expect(await reads.ratesOf(null, point)).toEqual([])
      expect(await reads.rateSeries({ item: '0x7', beforeBlock: null, limit: 5 }, point)).toEqual(
        [],
      )
      expect(await reads.events({}, { point, before: null, limit: 10 })).toEqual([])
      expect(await reads.eventsAfter({}, -1, 10)).toEqual([])
      expect(await reads.eventsGoneAfter({}, -1, 10)).toEqual([])
      expect(
        await reads.changesAfter({ subject: 'hex', keys: null, after: -1, limit: 10 }),
      ).toEqual([])
      expect(await reads.overview()).toEqual({
        hexesDiscovered: 0,
        areasDiscovered: 0,
        territories: 0,
        controlledHexes: 0,
        claimableHexes: 0,
        adventurers: 0,
        livingAdventurers: 0,
        activeAdventurers: 0,
        energyHeld: '0',
        energyInReserves: '0',
        recentDiscoveries: [],
      })
    })
  })
}
