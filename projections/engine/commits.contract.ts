/** The part of a projection store's contract about what a batch adds, and what a retraction undoes. */
import { expect, it } from 'vitest'
import type { BlockEntry } from '../../domain/world-stream/entries.ts'
import {
  batchOf,
  blocksAfter,
  headOf,
  loaded,
  loadedBefore,
  oneBlock,
  retractionAt,
  row,
  type StoredPoint,
  type StoreWorld,
  stored,
  village,
} from './store-worlds.testing.ts'

const noteOf = (said: string): readonly unknown[] => ['a thing', { said }]

/** Every kind of row that a batch of blocks can add. */
export const describeCommits = (world: () => StoreWorld, another: () => StoreWorld): void => {
  it('checkpoint, head, points, rows, facts, constants and changes together', async () => {
    const store = await world().open([village])
    const blocks = blocksAfter(
      -1,
      [{ things: { '0x1': row('a') }, note: 'first' }, { place: { a: 5 } }],
      [{ things: { '0x1': row('b') }, note: 'second' }],
    )
    const [one, other] = blocks as readonly [BlockEntry, BlockEntry]
    await store.commit(await batchOf(store, -1, { blocks, finalNumber: 100 }))
    expect(await store.progress()).toEqual({
      position: other.position,
      head: headOf(other),
      building: [],
    })
    expect(await loaded(store, ['0x1'])).toEqual({ '0x1': row('b') })
    const pointOf = ({ position, headerPosition, header }: BlockEntry): StoredPoint => ({
      position,
      kind: 'block',
      header: headerPosition,
      number: header.number,
      hash: header.hash,
      retractedAt: null,
    })
    expect(await world().contents()).toEqual({
      finalNumber: 100,
      points: blocks.map(pointOf),
      notes: [
        { position: 1, blockPosition: 2, retractedAt: null, values: noteOf('first') },
        { position: 4, blockPosition: 4, retractedAt: null, values: noteOf('second') },
      ],
      places: [['a', 5]],
      changes: [
        { subject: 'place', position: one.position, key: 'a' },
        { subject: 'place', position: other.position, key: 'a' },
        { subject: 'place', position: other.position, key: 'b' },
      ],
    })
  })

  it('the same in one batch as in several', async () => {
    const blocks = blocksAfter(
      -1,
      [{ things: { '0x1': row('a'), '0x2': row('a') }, place: { a: 5 } }],
      [{ things: { '0x1': null }, note: 'gone' }],
      [],
      [{ things: { '0x1': row('c') } }, { things: { '0x2': row('a', 7) }, place: { a: 5 } }],
    )
    const elsewhere = another()
    const [one, other] = [await world().open([village]), await elsewhere.open([village])]
    await stored(one, -1, blocks)
    await other.commit(await batchOf(other, -1, { blocks }))
    expect(await elsewhere.snapshot([village])).toEqual(await world().snapshot([village]))
    expect(await other.progress()).toEqual(await one.progress())
  })

  it('entries without a block: the checkpoint moves, and no point is added', async () => {
    const store = await world().open([village])
    const block = oneBlock(-1, { note: 'only' })
    await stored(store, -1, [block])
    const head = headOf(block, block.position + 2)
    const mark = { to: block.position + 2, head, finalNumber: block.header.number }
    await store.commit(await batchOf(store, block.position, mark))
    expect(await store.progress()).toMatchObject({ position: block.position + 2, head })
    const { points, finalNumber } = await world().contents()
    expect(points).toHaveLength(1)
    expect(finalNumber).toBe(block.header.number)
  })

  it('a final number that never goes back', async () => {
    const store = await world().open([village])
    const seen: (number | null)[] = []
    for (const [at, finalNumber] of [null, 7, null, 5, 7, 9, null].entries()) {
      await store.commit(await batchOf(store, at - 1, { to: at, finalNumber }))
      seen.push((await world().contents()).finalNumber)
    }
    expect(seen).toEqual([null, 7, 7, 7, 7, 9, 9])
  })

  it('a constant once, as it came first', async () => {
    const store = await world().open([village])
    const blocks = blocksAfter(-1, [{ place: { a: 5 } }], [{ place: { a: 6, b: 7 } }])
    await stored(store, -1, blocks)
    expect((await world().contents()).places).toEqual([
      ['a', 5],
      ['b', 7],
    ])
  })

  it('thousands of rows', async () => {
    const store = await world().open([village])
    const ids = Array.from({ length: 3_000 }, (_, at) => `0x${(at + 1).toString(16)}`)
    const rows = Object.fromEntries(ids.map((id, at) => [id, row('here', at)]))
    await stored(store, -1, blocksAfter(-1, [{ things: rows }]))
    await store.refreshStatistics()
    expect(await loaded(store, ids)).toEqual(rows)
  })

  it('and refreshes its statistics without a change', async () => {
    const store = await world().open([village])
    await stored(store, -1, blocksAfter(-1, [{ things: { '0x1': row('a') }, note: 'there' }]))
    const before = await world().snapshot([village])
    await store.refreshStatistics()
    expect(await world().snapshot([village])).toEqual(before)
  })
}

/** Blocks that the chain has dropped. */
export const describeRetractions = (world: () => StoreWorld): void => {
  it('with the rows as they were before, and what the block has left marked as retracted', async () => {
    const store = await world().open([village])
    const blocks = blocksAfter(
      -1,
      [{ things: { '0x1': row('a'), '0x2': row('x') }, note: 'stands' }],
      [{ things: { '0x1': row('b'), '0x2': null, '0x3': row('y') }, note: 'falls' }],
    )
    const [first, second] = blocks as readonly [BlockEntry, BlockEntry]
    await store.commit(await batchOf(store, -1, { blocks }))
    const at = second.position + 1
    const head = headOf(first, at)
    const retractions = [retractionAt(at, second, first)]
    await store.commit(await batchOf(store, second.position, { retractions, head }))
    expect(await store.progress()).toEqual({ position: at, head, building: [] })
    expect(await loaded(store, ['0x1', '0x2', '0x3'])).toEqual({ '0x1': row('a'), '0x2': row('x') })
    expect(await loadedBefore(store, ['0x1', '0x2', '0x3'], at)).toEqual({
      '0x1': row('b'),
      '0x3': row('y'),
    })
    const { points, notes, changes } = await world().contents()
    expect(
      points.map(({ retractedAt, ...point }) => [point.kind, point.header, retractedAt]),
    ).toEqual([
      ['block', first.headerPosition, null],
      ['block', second.headerPosition, at],
      ['retraction', first.headerPosition, null],
    ])
    expect(notes.map(({ values, retractedAt }) => [values, retractedAt])).toEqual([
      [noteOf('stands'), null],
      [noteOf('falls'), at],
    ])
    expect(changes.filter(({ position }) => position === at).map(({ key }) => key)).toEqual([
      'a',
      'b',
      'x',
      'y',
    ])
  })

  it('of the last block that stood: there is no head then', async () => {
    const store = await world().open([village])
    const block = oneBlock(-1, { things: { '0x1': row('a') } })
    await stored(store, -1, [block])
    const at = block.position + 1
    const retractions = [retractionAt(at, block, null)]
    await store.commit(await batchOf(store, block.position, { retractions, head: null }))
    expect(await store.progress()).toEqual({ position: at, head: null, building: [] })
    expect(await loaded(store, ['0x1'])).toEqual({})
    expect((await world().contents()).points.at(-1)).toMatchObject({
      kind: 'retraction',
      header: null,
      number: null,
    })
  })

  it('of a block that was never complete: only the point of history is added', async () => {
    const store = await world().open([village])
    const block = oneBlock(-1, { things: { '0x1': row('a') }, note: 'x' })
    const cut = oneBlock(block.position, { note: 'cut off' }, { note: 'missing' })
    await stored(store, -1, [block])
    const at = cut.headerPosition + 2
    const retractions = [{ ...retractionAt(at, cut, block), block: null }]
    const head = headOf(block, at)
    await store.commit(await batchOf(store, block.position, { retractions, head }))
    const { points, notes } = await world().contents()
    expect(points.map(({ kind, retractedAt }) => [kind, retractedAt])).toEqual([
      ['block', null],
      ['retraction', null],
    ])
    expect(notes).toHaveLength(1)
    expect(await loaded(store, ['0x1'])).toEqual({ '0x1': row('a') })
  })
}
