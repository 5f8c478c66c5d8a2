/** What reads show of the small world: every part of a hex and of an adventurer, and the figures. */
import { beforeAll, expect, it } from 'vitest'
import type { Felt } from '../../../domain/felt.ts'
import type { ReadPoint } from '../../reads/points.ts'
import { ADVENTURER_PARTS } from './adventurers/view.ts'
import type { HexPart } from './hexes/queries.ts'
import { HEAD_760, IRON, smallWorld } from './small-world.testing.ts'
import { blockOf, TEST_HEXES } from './world-blocks.testing.ts'
import { adventurerWritten, written } from './world-facts.testing.ts'
import {
  ALL_PARTS,
  type OpenWorld,
  pointAt,
  readingOf,
  type WorldReading,
} from './world-reads.testing.ts'

const [ORIGIN, EAST, SOUTH_EAST] = TEST_HEXES as readonly [Felt, Felt, Felt]
const OFF_THE_MAP = TEST_HEXES[5] as Felt // there are six

const EVERY_PART = new Set(ADVENTURER_PARTS)
/** The end of block 720, of which the head says nothing. */
const AT_720: ReadPoint = { position: 11, block: 720, finality: 'ACCEPTED_ON_L2' }

export const describeSmallWorld = (openWorld: OpenWorld): void => {
  let small: WorldReading
  let now: ReadPoint
  beforeAll(async () => {
    small = await readingOf(openWorld, smallWorld)
    await small.cover({ ...HEAD_760, position: 22 })
    now = await pointAt(small.reads)
  })

  it('a hex with its areas, plants, decay, claim and adventurers, derived for the block of the answer', async () => {
    const [hex, other] = await small.reads.hexes([SOUTH_EAST, EAST], now, ALL_PARTS)
    expect(other?.coordinate.packed).toBe(EAST)
    expect(hex).toMatchObject({
      isDiscovered: false,
      biome: null,
      areaCount: null,
      decay: { ownerId: '0xb' },
    })
    expect(other).toMatchObject({
      coordinate: { packed: EAST, x: 1, y: -1, z: 0, q: 1, r: 0, h3: expect.stringMatching(/^8f/) },
      isDiscovered: true,
      biome: 'Forest',
      discoveryBlock: 700,
      discoverer: '0xacc',
      areaCount: 3,
      decay: {
        ownerId: '0xb',
        energyReserve: 40,
        level: 84,
        projectedLevel: 84, // one period of 35 is covered by the reserve
        claimableSinceBlock: 610,
        upkeepPer100Blocks: 35,
        minimumClaimEnergy: 90, // 2 · 35 + 5 · (84 − 80)
        immediateClaimBlock: 1110,
      },
      claim: {
        id: '0xc1',
        claimantId: '0x101',
        energyLocked: 60,
        expiryBlock: 830,
        status: 'Active',
      },
    })
    expect(
      other?.areas.map(({ id, index, ownerId, plants }) => [id, index, ownerId, plants.length]),
    ).toEqual([
      ['0xa0', 0, null, 0],
      ['0xa1', 1, '0xb', 1],
    ])
    expect(other?.areas[1]?.plants[0]).toMatchObject({
      slot: 2,
      species: 'GRAIN',
      availableYield: 15,
      lastHarvestBlock: 700,
    })
    expect(other?.adventurers).toEqual(await small.reads.adventurersById(['0xb'], now, EVERY_PART))
  })

  it('of a hex the parts that are asked for, and no others', async () => {
    const shownFor = async (...parts: HexPart[]) => {
      const [hex] = await small.reads.hexes([EAST], now, new Set(parts))
      if (hex === undefined) throw new Error('the hex is not known')
      const [adventurer] = hex.adventurers
      return [
        hex.areas.length,
        hex.areas.flatMap(({ plants }) => plants).length,
        hex.decay !== null,
        hex.claim !== null,
        hex.adventurers.length,
        (adventurer?.economics ?? null) !== null,
        (adventurer?.inventory ?? null) !== null,
        adventurer?.reservations.length ?? 0,
      ]
    }
    expect(await shownFor()).toEqual([0, 0, false, false, 0, false, false, 0])
    expect(await shownFor('areas')).toEqual([2, 0, false, false, 0, false, false, 0])
    expect(await shownFor('areas', 'plants')).toEqual([2, 1, false, false, 0, false, false, 0])
    expect(await shownFor('decay')).toEqual([0, 0, true, false, 0, false, false, 0])
    expect(await shownFor('claim')).toEqual([0, 0, false, true, 0, false, false, 0])
    expect(await shownFor('adventurers')).toEqual([0, 0, false, false, 1, false, false, 0])
    expect(await shownFor('adventurers', 'economics')).toEqual([
      ...[0, 0, false, false, 1],
      ...[true, false, 0],
    ])
    expect(await shownFor('adventurers', 'inventory')).toEqual([
      ...[0, 0, false, false, 1],
      ...[false, true, 0],
    ])
    expect(await shownFor('adventurers', 'reservations')).toEqual([
      ...[0, 0, false, false, 1],
      ...[false, false, 1],
    ])
  })

  it('the hexes of which something is known, in the order of their felts', async () => {
    const known = async (ids: readonly Felt[], point: ReadPoint) =>
      (await small.reads.hexes(ids, point, new Set())).map(({ coordinate }) => coordinate.packed)
    expect(await known(TEST_HEXES, now)).toEqual([SOUTH_EAST, ORIGIN, EAST])
    expect(await known([ORIGIN], now)).toEqual([ORIGIN])
    expect(await known([OFF_THE_MAP, '0x9'], now)).toEqual([])
    expect(await known([], now)).toEqual([])
    expect(await known(TEST_HEXES, AT_720)).toEqual([ORIGIN, EAST])
    expect(await known(TEST_HEXES, { ...AT_720, position: 2 })).toEqual([])
  })

  it('an adventurer with regenerated energy, its items and its open reservations', async () => {
    expect(await small.reads.adventurersById(['0xb'], now, EVERY_PART)).toMatchObject([
      {
        id: '0xb',
        owner: '0xacc',
        name: 'mia',
        energy: 35,
        effectiveEnergy: 47, // 60 blocks give 12
        lockedUntilBlock: '0',
        economics: { totalEnergySpent: '15', totalEnergyEarned: '0', lastRegenBlock: 700 },
        inventory: {
          weight: 4,
          maxWeight: 750,
          items: [{ name: 'ORE_IRON', quantity: 4, quality: 98, weightPerUnit: 1 }],
        },
        reservations: [
          {
            id: '0xe1',
            plantKey: '0xf1',
            areaId: '0xa1',
            plantSlot: 2,
            amount: 5,
            readyBlock: 740,
            hex: { packed: EAST },
          },
        ],
      },
    ])
  })

  it('adventurers by their ids in numerical order, those that there were, with the parts asked for', async () => {
    const ids = async (asked: readonly Felt[], point: ReadPoint) =>
      (await small.reads.adventurersById(asked, point, new Set())).map(({ id }) => id)
    expect(await ids(['0x101', '0xdead', '0xb'], now)).toEqual(['0xb', '0x101'])
    expect(await ids(['0x101', '0xb'], { ...AT_720, position: 3 })).toEqual(['0xb'])
    expect(await ids(['0xb'], { ...AT_720, position: -1 })).toEqual([])
    expect(await ids([], now)).toEqual([])
    expect(await small.reads.adventurersById(['0xb'], AT_720, new Set())).toMatchObject([
      { effectiveEnergy: 39, economics: null, inventory: null, reservations: [] },
    ])
    const [bare, items] = await Promise.all(
      [new Set<never>(), new Set(['inventory'] as const)].map((parts) =>
        small.reads.adventurersById(['0xb'], now, parts),
      ),
    )
    expect(bare).toMatchObject([{ economics: null, inventory: null, reservations: [] }])
    expect(items).toMatchObject([{ economics: null, inventory: { weight: 4 }, reservations: [] }])
  })

  it('who stood where in the past, also after they had gone', async () => {
    const standing = async (point: ReadPoint) =>
      (await small.reads.hexes([ORIGIN, EAST], point, new Set(['adventurers'] as const))).map(
        (hex) => [hex.coordinate.packed, hex.adventurers.map(({ id, energy }) => [id, energy])],
      )
    expect(await standing({ ...AT_720, position: 3, block: 700 })).toEqual([
      [ORIGIN, [['0xb', 50]]],
      [EAST, []],
    ])
    expect(await standing(AT_720)).toEqual([
      [ORIGIN, [['0x101', 130]]],
      [EAST, [['0xb', 35]]],
    ])
  })

  it('how the dead died, and nothing of it before', async () => {
    const { reads } = await readingOf(openWorld, [
      blockOf(800, [adventurerWritten('0xb', ORIGIN)]),
      blockOf(810, [
        adventurerWritten('0xb', ORIGIN, { is_alive: false }),
        written(
          'DeathRecord',
          { adventurer_id: '0xb' },
          { owner: '0xacc', death_block: '810', death_cause: '0x4d494e455f434f4c4c41505345' },
        ),
      ]),
    ])
    const at = async (block: number) =>
      reads.adventurersById(['0xb'], await pointAt(reads, { block }), new Set())
    expect(await at(800)).toMatchObject([{ isAlive: true, death: null }])
    expect(await at(810)).toMatchObject([
      { isAlive: false, death: { block: 810, cause: 'MINE_COLLAPSE' } },
    ])
  })

  it('the world in figures', async () => {
    const { recentDiscoveries, ...figures } = await small.reads.overview()
    expect(figures).toEqual({
      hexesDiscovered: 1,
      areasDiscovered: 2,
      territories: 1,
      controlledHexes: 2,
      claimableHexes: 1,
      adventurers: 2,
      livingAdventurers: 1,
      activeAdventurers: 1,
      energyHeld: '35',
      energyInReserves: '40',
    })
    expect(recentDiscoveries).toMatchObject([
      { type: 'HexDiscovered', adventurerId: '0xb', block: { number: 700 } },
    ])
  })

  it('a rate for the block of the answer', async () => {
    const iron = {
      itemId: IRON,
      itemName: 'ORE_IRON',
      baseRate: 10,
      effectiveRate: 9,
      unitsInWindow: 25,
      penaltyBp: 200,
      lastConversionBlock: 730,
    }
    expect(await small.reads.conversionRates(5)).toEqual([iron])
    expect(await small.reads.ratesOf([IRON], now)).toEqual([iron])
    expect(await small.reads.ratesOf([IRON], { ...now, block: 830 })).toEqual([
      { ...iron, effectiveRate: 10, unitsInWindow: 0, penaltyBp: 0 },
    ])
  })

  it('what plants’ items are, whose ids say nothing', async () => {
    const [hex] = await small.reads.hexes([EAST], now, ALL_PARTS)
    const plant = hex?.areas[1]?.plants[0]
    const id = plant?.itemId ?? '0x0'
    const grain = [{ id, plantKey: plant?.key, species: 'GRAIN' }]
    expect(await small.reads.plantItems([IRON, id], now)).toEqual(grain)
    expect(await small.reads.plantItems([], now)).toEqual([])
    const before = { ...now, position: 0 }
    expect(await small.reads.plantItems([id], before)).toEqual([])
  })
}
