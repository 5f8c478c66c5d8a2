import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Felt } from '../../../../domain/felt.ts'
import { blockOf, TEST_HEXES } from '../../../../projections/engine/world-blocks.testing.ts'
import { adventurerWritten, written } from '../../../../projections/engine/world-facts.testing.ts'
import type { ReadPoint, WorldReads } from '../../../../projections/world-reads.ts'
import { describeOnEachDatabase, type TestDatabase, testDatabase } from '../../database.testing.ts'
import { createProjectionStore } from '../projection-store.ts'
import {
  ADVENTURER_PARTS,
  ALL_PARTS,
  pointAt,
  type TestReading,
  testReading,
} from '../read-models.testing.ts'
import { smallWorld } from '../small-world.testing.ts'

const [ORIGIN, EAST, SOUTH_EAST] = TEST_HEXES as readonly [Felt, Felt, Felt]

describeOnEachDatabase('what reads show of a small world', (kind) => {
  let database: TestDatabase
  let small: TestReading
  beforeAll(async () => {
    database = await testDatabase(kind)
    small = await testReading(database.pool, smallWorld)
    await createProjectionStore(database.pool, small.place).advanceHead({
      number: 760,
      hash: '0xbead',
      timestamp: 1_770_009_999,
      position: (await pointAt(small.reads)).position,
    })
  })

  afterAll(() => database.close())

  it('says where it stands', async () => {
    expect(await small.reads.meta()).toEqual({
      chainId: 'TEST',
      worldAddress: small.world.address,
      block: { number: 760, hash: '0xbead', time: new Date(1_770_009_999_000) },
      position: 22,
      lag: 0,
      projectionVersion: '1',
    })
  })

  it('resolves blocks, instants and positions to ends of blocks, and refuses what lies outside', async () => {
    const { reads } = small
    expect(await reads.resolve()).toEqual({ position: 22, block: 760 })
    expect(await reads.resolve({ block: 760 })).toEqual({ position: 22, block: 760 })
    expect(await reads.resolve({ block: 725 })).toEqual({ position: 11, block: 725 })
    expect(await reads.resolve({ position: 10 })).toEqual({ position: 3, block: 700 })
    expect(await reads.resolve({ time: new Date((1_770_000_000 + 1_441) * 1000) })).toEqual({
      position: 11,
      block: 720,
    })
    expect(await reads.resolve({ time: new Date(1_770_009_999_000) })).toEqual({
      position: 22,
      block: 760,
    })
    expect(await reads.resolve({ block: 761 })).toMatchObject({ rejected: 'AT_ABOVE_HEAD' })
    expect(await reads.resolve({ position: 23 })).toMatchObject({ rejected: 'AT_ABOVE_HEAD' })
    expect(await reads.resolve({ time: new Date(1_770_010_000_000) })).toMatchObject({
      rejected: 'AT_ABOVE_HEAD',
    })
    expect(await reads.resolve({ block: 699 })).toMatchObject({ rejected: 'AT_BEFORE_START' })
    expect(await reads.resolve({ position: 2 })).toMatchObject({ rejected: 'AT_BEFORE_START' })
    expect(await reads.resolve({})).toMatchObject({ rejected: 'AT_AMBIGUOUS' })
    expect(await reads.resolve({ block: 1, position: 1 })).toMatchObject({
      rejected: 'AT_AMBIGUOUS',
    })
  })

  it('shows a hex with its areas, plants, decay, claim and adventurers, derived for the block of the answer', async () => {
    const [hex, other] = await small.reads.hexes(
      [SOUTH_EAST, EAST],
      await pointAt(small.reads),
      ALL_PARTS,
    )
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
    expect(other?.adventurers).toEqual([
      await small.reads.adventurer('0xb', { position: 22, block: 760 }, ADVENTURER_PARTS),
    ])
  })

  it('shows an adventurer with regenerated energy, its items and its open reservations', async () => {
    expect(
      await small.reads.adventurer('0xb', { position: 22, block: 760 }, ADVENTURER_PARTS),
    ).toMatchObject({
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
    })
    expect(
      await small.reads.adventurer('0xb', { position: 11, block: 720 }, new Set()),
    ).toMatchObject({
      effectiveEnergy: 39,
      economics: null,
      inventory: null,
      reservations: [],
    })
    expect(await small.reads.adventurer('0xb', { position: -1, block: 1 }, new Set())).toBeNull()
    expect(
      await small.reads.adventurer('0xdead', { position: 22, block: 760 }, new Set()),
    ).toBeNull()
  })

  it('tells of the dead how they died, and nothing of it before', async () => {
    const { reads } = await testReading(database.pool, [
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
    const at = async (block: number) => {
      const point = await pointAt(reads, { block })
      return reads.adventurer('0xb', point, new Set())
    }
    expect(await at(800)).toMatchObject({ isAlive: true, death: null })
    expect(await at(810)).toMatchObject({
      isAlive: false,
      death: { block: 810, cause: 'MINE_COLLAPSE' },
    })
  })

  it('finds in the past who stood where, also after they had gone', async () => {
    const standing = async (point: ReadPoint) =>
      (await small.reads.hexes([ORIGIN, EAST], point, new Set(['adventurers'] as const))).map(
        (hex) => [hex.coordinate.packed, hex.adventurers.map(({ id, energy }) => [id, energy])],
      )
    expect(await standing({ position: 3, block: 700 })).toEqual([
      [ORIGIN, [['0xb', 50]]],
      [EAST, []],
    ])
    expect(await standing({ position: 11, block: 720 })).toEqual([
      [ORIGIN, [['0x101', 130]]],
      [EAST, [['0xb', 35]]],
    ])
  })

  it('lists adventurers in numerical order of ids, page by page and by owner', async () => {
    const ids = async (query: Parameters<WorldReads['adventurers']>[0]) =>
      (await small.reads.adventurers(query, new Set())).map(({ id }) => id)
    expect(await ids({ limit: 10 })).toEqual(['0xb', '0x101'])
    expect(await ids({ limit: 1 })).toEqual(['0xb'])
    expect(await ids({ limit: 10, after: '0xb' })).toEqual(['0x101'])
    expect(await ids({ limit: 10, owner: '0xacc' })).toEqual(['0xb', '0x101'])
    expect(await ids({ limit: 10, owner: '0xb' })).toEqual([])
  })

  it('joins controlled hexes into territories of an adventurer or of an account', async () => {
    const territories = await small.reads.territories(null, 10)
    expect(territories).toMatchObject([
      { id: `0xb-${SOUTH_EAST}`, ownerId: '0xb', area: 2, borderLength: 10 },
    ])
    expect(territories[0]?.hexes.map(({ packed }) => packed)).toEqual([SOUTH_EAST, EAST])
    expect(await small.reads.territories('0xb', 10)).toEqual(territories)
    expect(await small.reads.territories('0xacc', 10)).toEqual(territories)
    expect(await small.reads.territories('0xdead', 10)).toEqual([])
    expect(await small.reads.territories(null, 0)).toEqual([])
  })

  it('sums the world up', async () => {
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

  it('prices an item for the block of the answer', async () => {
    expect(await small.reads.conversionRates(5)).toEqual([
      {
        itemId: '0x4f52455f49524f4e',
        itemName: 'ORE_IRON',
        baseRate: 10,
        effectiveRate: 9,
        unitsInWindow: 25,
        penaltyBp: 200,
        lastConversionBlock: 730,
      },
    ])
    expect(await small.reads.conversionRates(0)).toEqual([])
  })

  it('tells which hexes changed, block by block, also when an adventurer came or went', async () => {
    const changes = await small.reads.hexChangesAfter([ORIGIN, EAST, SOUTH_EAST], -1, 100)
    expect(changes.map(({ position, block, hex }) => [position, block, hex])).toEqual([
      [3, 700, ORIGIN],
      [3, 700, EAST],
      [11, 720, ORIGIN],
      [11, 720, EAST],
      [22, 730, SOUTH_EAST],
      [22, 730, EAST],
    ])
    expect(await small.reads.hexChangesAfter([EAST], 3, 1)).toEqual([
      { position: 11, block: 720, hex: EAST, finality: 'ACCEPTED_ON_L2' },
    ])
  })

  it('shows one state within a snapshot, whatever is projected meanwhile', async () => {
    await small.reads.snapshot(async (reads) => {
      const point = await pointAt(reads)
      expect((await reads.hexes([EAST], point, ALL_PARTS))[0]?.coordinate.packed).toBe(EAST)
      expect((await reads.meta()).position).toBe(point.position)
      expect(await reads.snapshot(async (same) => same === reads)).toBe(true)
    })
    await expect(
      small.reads.snapshot(async () => Promise.reject(new Error('of the caller'))),
    ).rejects.toThrow('of the caller')
  })
})
