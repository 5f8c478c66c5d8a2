/** What every ProjectionStore does, whatever database it is on. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { describeCommits, describeRetractions } from './commits.contract.ts'
import {
  BOTH,
  batchOf,
  blocksAfter,
  headOf,
  loaded,
  loadedBefore,
  oneBlock,
  row,
  type StoreStage,
  type StoreWorld,
  stored,
  village,
} from './store-worlds.testing.ts'
import type { RowValues } from './table.ts'
import { describeAtomicity, describeBuilding } from './writers.contract.ts'

/** Runs the suite. */
export const describeProjectionStore = (name: string, open: () => Promise<StoreStage>): void => {
  describe(`${name} as a projection store`, () => {
    let stage: StoreStage
    let world: StoreWorld
    beforeAll(async () => {
      stage = await open()
    })
    beforeEach(() => {
      world = stage.newWorld()
    })
    afterAll(() => stage.close())
    const fresh = (): StoreWorld => world
    const another = (): StoreWorld => stage.newWorld()

    describe('of an empty world', () => describeEmpty(fresh))
    describe('loads', () => describeLoading(fresh))
    describe('commits', () => describeCommits(fresh, another))
    describe('commits retractions', () => describeRetractions(fresh))
    describe('commits all or nothing', () => describeAtomicity(fresh, another))
    describe('builds', () => describeBuilding(fresh))
    describe('moves the head alone', () => describeHeads(fresh))
  })
}

const describeEmpty = (world: () => StoreWorld): void => {
  it('stands before the first position, without a head, all projections being live', async () => {
    const store = await world().open(BOTH)
    expect(store.projections).toEqual(BOTH)
    expect(await store.progress()).toEqual({ position: -1, head: null, building: [] })
    expect(await world().contents()).toEqual({
      finalNumber: null,
      points: [],
      notes: [],
      places: [],
      changes: [],
    })
  })

  it('has no rows', async () => {
    const store = await world().open([village])
    expect(await loaded(store, ['0x1', '0x2'])).toEqual({})
    expect(await loadedBefore(store, ['0x1'], 1_000)).toEqual({})
    expect(await store.load(village, new Map())).toEqual(new Map())
  })

  it('is the same when it is opened again', async () => {
    const [one, other] = await Promise.all([world().open([village]), world().open([village])])
    expect(await other.progress()).toEqual(await one.progress())
  })

  it('can have its statistics refreshed', async () => {
    await (await world().open(BOTH)).refreshStatistics()
  })
}

const describeLoading = (world: () => StoreWorld): void => {
  it('the rows that there are, of those that were named, with the values that were stored', async () => {
    const store = await world().open([village])
    const rows: Record<string, RowValues> = {
      '0x1': ['north', 4_294_967_295, '340282366920938463463374607431768211455', true],
      '0x2': ['south', 0, '0', false],
      '0x3': [null, null, null, null],
      '0x4': ['"quoted", \\ and {braced}', 1, '1', true],
    }
    await stored(store, -1, blocksAfter(-1, [{ things: { ...rows, '0x5': row('east') } }]))
    expect(await loaded(store, [...Object.keys(rows), '0x6'])).toEqual(rows)
  })

  it('rows as they were before a position: the position itself does not count', async () => {
    const store = await world().open([village])
    const blocks = blocksAfter(
      -1,
      [{ things: { '0x1': row('a') } }],
      [{ things: { '0x1': row('b'), '0x2': row('c') } }],
      [{ things: { '0x1': null } }],
      [{ things: { '0x1': row('d') } }],
    )
    await store.commit(await batchOf(store, -1, { blocks }))
    const ends = blocks.map(({ position }) => position)
    const before = await Promise.all(
      [0, ...ends, 1_000].map((position) => loadedBefore(store, ['0x1', '0x2'], position)),
    )
    expect(before).toEqual([
      {},
      {},
      { '0x1': row('a') },
      { '0x1': row('b'), '0x2': row('c') },
      { '0x2': row('c') },
      { '0x1': row('d'), '0x2': row('c') },
    ])
    expect(await loaded(store, ['0x1', '0x2'])).toEqual({ '0x1': row('d'), '0x2': row('c') })
  })
}

const describeHeads = (world: () => StoreWorld): void => {
  it('to another block, or to the same that is more final, and says whether it did', async () => {
    const store = await world().open([village])
    const block = oneBlock(-1, { note: 'x' })
    await stored(store, -1, [block])
    const before = await world().snapshot([village])
    const same = headOf(block)
    expect(await store.advanceHead(same)).toBe(false)
    const other = { ...same, number: 500, hash: '0x1f4', timestamp: 1_800_000_000 } as const
    for (const head of [
      other,
      { ...other, hash: '0x1f5' as const },
      { ...other, hash: '0x1f5' as const, finality: 'ACCEPTED_ON_L1' as const },
    ]) {
      expect(await store.advanceHead(head)).toBe(true)
      expect(await store.progress()).toEqual({ position: block.position, head, building: [] })
      expect(await store.advanceHead(head)).toBe(false)
    }
    expect(await world().snapshot([village])).toEqual(before)
  })

  it('also before the first event', async () => {
    const store = await world().open([village])
    const block = oneBlock(-1)
    const head = headOf(block, -1)
    expect(await store.advanceHead(head)).toBe(true)
    expect(await store.progress()).toEqual({ position: -1, head, building: [] })
  })

  it('not where the checkpoint is elsewhere', async () => {
    const store = await world().open([village])
    const block = oneBlock(-1, { note: 'x' })
    await stored(store, -1, [block])
    const before = await store.progress()
    for (const position of [block.position - 1, block.position + 1])
      expect(await store.advanceHead({ ...headOf(block), number: 500, position })).toBe(false)
    expect(await store.progress()).toEqual(before)
  })
}
