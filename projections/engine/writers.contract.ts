/** The part of a projection store's contract about its writers: one at a time, all or nothing. */
import { expect, it } from 'vitest'
import type { BlockEntry } from '../../domain/world-stream/entries.ts'
import type { FoldedRows } from './folded-rows.ts'
import type { Projection } from './projection.ts'
import { type Batch, type ProjectionStore, ProjectorFenced } from './projection-store.ts'
import { foldBatch } from './store-batch.ts'
import {
  BOTH,
  batchOf,
  blocksAfter,
  headOf,
  loaded,
  mirror,
  mirrored,
  oneBlock,
  row,
  type StoreWorld,
  stored,
  village,
} from './store-worlds.testing.ts'

/** A batch whose last part cannot be stored: the same change twice. */
const spoilt = (batch: Batch): Batch => ({
  ...batch,
  rows: batch.rows.map(([projection, rows]): readonly [Projection, FoldedRows] => [
    projection,
    { ...rows, changes: [...rows.changes, ...rows.changes] },
  ]),
})

/** Batches that are stored as a whole, or not at all. */
export const describeAtomicity = (world: () => StoreWorld, another: () => StoreWorld): void => {
  const begun = async () => {
    const store = await world().open([village])
    const block = oneBlock(-1, { things: { '0x1': row('a') }, note: 'x', place: { a: 1 } })
    await stored(store, -1, [block])
    const { position } = block
    const blocks = blocksAfter(
      position,
      [{ things: { '0x1': row('b'), '0x2': row('c') }, note: 'y', place: { b: 2 } }],
      [{ things: { '0x1': null } }],
    )
    const batch = await batchOf(store, position, { blocks, finalNumber: block.header.number })
    return { store, block, batch }
  }

  it('what cannot be stored leaves nothing behind, and the store goes on', async () => {
    const { store, batch } = await begun()
    const before = [await store.progress(), await world().snapshot([village])]
    await expect(store.commit(spoilt(batch))).rejects.toThrow()
    expect([await store.progress(), await world().snapshot([village])]).toEqual(before)
    await store.commit(batch)
    expect((await store.progress()).position).toBe(batch.to)
    expect(await loaded(store, ['0x1', '0x2'])).toEqual({ '0x2': row('c') })
  })

  it.each([
    ['behind', -1],
    ['ahead', 2],
  ])('a checkpoint that is not where the batch begins fences its writer (%s)', async (_, by) => {
    const { store, batch } = await begun()
    const before = [await store.progress(), await world().snapshot([village])]
    const elsewhere = { ...batch, from: batch.from + by }
    await expect(store.commit(elsewhere)).rejects.toThrow(ProjectorFenced)
    expect([await store.progress(), await world().snapshot([village])]).toEqual(before)
  })

  it('of two writers at the same place one is fenced, and its batch is not there', async () => {
    const { store, block, batch } = await begun()
    const other = await world().open([village])
    const blocks = blocksAfter(block.position, [{ note: 'rival' }, { note: 'rival' }])
    const rival = await batchOf(other, block.position, { blocks })
    const outcomes = await Promise.allSettled([store.commit(batch), other.commit(rival)])
    const lost = outcomes.filter(({ status }) => status === 'rejected')
    expect(lost).toMatchObject([{ reason: { name: 'ProjectorFenced' } }])
    const won = outcomes[0]?.status === 'fulfilled' ? batch : rival
    expect((await store.progress()).position).toBe(won.to)
    expect((await world().contents()).points).toHaveLength(1 + won.blocks.length)
  })

  it('a batch for a projection that is not live fences its writer', async () => {
    const { store, batch } = await begun()
    const other = await world().open(BOTH)
    const before = [await other.progress(), await world().snapshot(BOTH)]
    const both = await batchOf(other, batch.from, { blocks: batch.blocks })
    await expect(other.commit(both)).rejects.toThrow(ProjectorFenced)
    expect([await other.progress(), await world().snapshot(BOTH)]).toEqual(before)
    await store.commit(batch)
  })

  it('a world has nothing of another', async () => {
    const elsewhere = another()
    const store = await elsewhere.open([village])
    const before = await elsewhere.snapshot([village])
    const { store: here, batch } = await begun()
    await here.commit(batch)
    expect(await store.progress()).toEqual({ position: -1, head: null, building: [] })
    expect(await loaded(store, ['0x1', '0x2'])).toEqual({})
    expect(await elsewhere.snapshot([village])).toEqual(before)
  })
}

/** Projections that come to a world later than others. */
export const describeBuilding = (world: () => StoreWorld): void => {
  const blocks = blocksAfter(
    -1,
    [{ things: { '0x1': row('a'), '0x2': row('b') }, note: 'x' }],
    [{ things: { '0x1': row('c') } }],
  )
  const [first, second] = blocks as readonly [BlockEntry, BlockEntry]

  /** A world that one projection has taken in, to which another one comes. */
  const joined = async () => {
    await stored(await world().open([village]), -1, blocks)
    return world().open(BOTH)
  }
  const built = async (store: ProjectionStore, from: number, some: readonly BlockEntry[]) => {
    const rows = await foldBatch(store, mirror, some, [])
    const to = some.at(-1)?.position ?? from
    await store.commitBuilding({ projection: mirror, from, to, retractions: [], rows })
  }

  it('a projection that comes later, from the start, beside those that are live', async () => {
    const store = await joined()
    const before = await world().snapshot([village])
    const live = { position: second.position, head: headOf(second) }
    expect(await store.progress()).toEqual({
      ...live,
      building: [{ projection: mirror, position: -1 }],
    })
    expect(await store.join(mirror)).toBe(false)
    await built(store, -1, [first])
    expect(await store.progress()).toEqual({
      ...live,
      building: [{ projection: mirror, position: first.position }],
    })
    expect(await store.join(mirror)).toBe(false)
    await built(store, first.position, [second])
    expect(await loaded(store, ['0x1', '0x2'], [mirror, mirrored])).toEqual({
      '0x1': row('c'),
      '0x2': row('b'),
    })
    expect(await world().snapshot([village])).toEqual(before)
  })

  it('until it has reached the others, which it then goes on with', async () => {
    const store = await joined()
    await built(store, -1, blocks)
    expect(await store.join(mirror)).toBe(true)
    expect((await store.progress()).building).toEqual([])
    await stored(store, second.position, [
      oneBlock(second.position, { things: { '0x1': row('d') } }),
    ])
    expect(await loaded(store, ['0x1'], [mirror, mirrored])).toEqual({ '0x1': row('d') })
    expect(await loaded(store, ['0x1'])).toEqual({ '0x1': row('d') })
  })

  it('on and on while the others go on', async () => {
    const store = await joined()
    const old = await world().open([village])
    await built(store, -1, blocks)
    const more = blocksAfter(second.position, [{ things: { '0x1': row('d') } }])
    await stored(old, second.position, more)
    expect(await store.join(mirror)).toBe(false)
    await built(store, second.position, more)
    expect(await store.join(mirror)).toBe(true)
  })

  it('from where it was, when the program starts again', async () => {
    await built(await joined(), -1, [first])
    const store = await world().open(BOTH)
    expect((await store.progress()).building).toEqual([
      { projection: mirror, position: first.position },
    ])
  })

  it('by one builder: another one is fenced and has written nothing', async () => {
    const store = await joined()
    await built(store, -1, [first])
    const before = [await store.progress(), await world().snapshot(BOTH)]
    await expect(built(store, -1, [first])).rejects.toThrow(ProjectorFenced)
    await expect(built(store, second.position, [])).rejects.toThrow(ProjectorFenced)
    expect([await store.progress(), await world().snapshot(BOTH)]).toEqual(before)
  })

  it('no further what is live', async () => {
    const store = await joined()
    await built(store, -1, blocks)
    await store.join(mirror)
    const before = [await store.progress(), await world().snapshot(BOTH)]
    const more = blocksAfter(second.position, [{ things: { '0x1': row('d') } }])
    await expect(built(store, second.position, more)).rejects.toThrow(ProjectorFenced)
    expect([await store.progress(), await world().snapshot(BOTH)]).toEqual(before)
  })
}
