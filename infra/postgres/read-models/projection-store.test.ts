import { afterAll, beforeAll, expect, it } from 'vitest'
import { FatalError, RetryableError } from '../../../domain/errors.ts'
import type { Projection } from '../../../projections/engine/projection.ts'
import { describeProjectionStore } from '../../../projections/engine/projection-store.contract.ts'
import {
  batchOf,
  blocksAfter,
  oneBlock,
  row,
  type StoredContents,
  type StoredPoint,
  type StoreWorld,
  stored,
  things,
  village,
} from '../../../projections/engine/store-worlds.testing.ts'
import { describeOnEachDatabase, type TestDatabase, testDatabase } from '../database.testing.ts'
import { createPool } from '../pool.ts'
import { createProjectionStore } from './projection-store.ts'
import { contentsOf, newTestWorld, observedPool } from './read-models.testing.ts'
import { ensureReadModels, type ReadModelPlace } from './schema.ts'

type Row = Readonly<Record<string, unknown>>

const numberIn = (value: unknown): number | null => (value === null ? null : Number(value))

const pointOf = ({ position, kind, header, number, hash, retracted_at }: Row): StoredPoint => ({
  position: Number(position),
  kind: kind === 'block' ? 'block' : 'retraction',
  header: numberIn(header),
  number: numberIn(number),
  hash: hash === null ? null : String(hash),
  retractedAt: numberIn(retracted_at),
})

const contentsAt = async (
  { pool }: TestDatabase,
  place: ReadModelPlace,
): Promise<StoredContents> => {
  const tables = await contentsOf(pool, place, [village])
  const rowsOf = (table: string): readonly Row[] => (tables[table] ?? []) as readonly Row[]
  const [progress] = rowsOf('progress')
  return {
    finalNumber: numberIn(progress?.final_number ?? null),
    points: rowsOf('points').map(pointOf),
    notes: rowsOf('village.notes').map(
      ({ position, block_position, retracted_at, about, said }) => ({
        position: Number(position),
        blockPosition: Number(block_position),
        retractedAt: numberIn(retracted_at),
        values: [about, said],
      }),
    ),
    places: rowsOf('village.places').map(({ place: name, size }) => [name, size]),
    changes: rowsOf('village.changes').map(({ subject, position, key }) => ({
      subject: String(subject),
      position: Number(position),
      key: String(key),
    })),
  }
}

describeOnEachDatabase('the store of read models', (kind) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await testDatabase(kind)
  })
  afterAll(() => database.close())

  const newWorld = (): StoreWorld => {
    const world = newTestWorld()
    const placeOf = (projections: readonly Projection[]): Promise<ReadModelPlace> =>
      ensureReadModels(database.pool, world, projections)
    return {
      open: async (projections) =>
        createProjectionStore(database.pool, await placeOf(projections), projections),
      contents: async () => contentsAt(database, await placeOf([village])),
      snapshot: async (projections) =>
        contentsOf(database.pool, await placeOf(projections), projections),
    }
  }

  describeProjectionStore('it', async () => ({ newWorld, close: async () => {} }))

  /** A world with one block, and a batch with something for every table. */
  const begun = async () => {
    const world = newTestWorld()
    const place = await ensureReadModels(database.pool, world, [village])
    const store = createProjectionStore(database.pool, place, [village])
    const first = oneBlock(-1, { things: { '0x1': row('a') }, note: 'x', place: { a: 1 } })
    await stored(store, -1, [first])
    const blocks = blocksAfter(first.position, [
      { things: { '0x1': row('b'), '0x2': row('c') }, note: 'y', place: { b: 2 } },
    ])
    const batch = await batchOf(store, first.position, { blocks, finalNumber: 100 })
    return { place, store, batch }
  }
  const contents = (place: ReadModelPlace) => contentsOf(database.pool, place, [village])

  it('keeps nothing of a batch of which any statement fails, and all of it once the last was answered', async () => {
    const whole = await begun()
    let statements = 0
    const counting = observedPool(database.pool, (_, when) => {
      if (when === 'before') statements += 1
    })
    await createProjectionStore(counting, whole.place, [village]).commit(whole.batch)
    const expected = await contents(whole.place)
    expect(statements).toBe(8)
    for (const when of ['before', 'after'] as const) {
      for (let failing = 0; failing < statements; failing += 1) {
        const { place, batch } = await begun()
        const before = await contents(place)
        const pool = observedPool(database.pool, ({ index }, at) => {
          if (index === failing && at === when) throw new FatalError('the process died')
        })
        const store = createProjectionStore(pool, place, [village])
        await expect(store.commit(batch)).rejects.toThrow('the process died')
        const isCommitted = when === 'after' && failing === statements - 1
        expect(await contents(place), `${when} statement ${failing}`).toEqual(
          isCommitted ? expected : before,
        )
      }
    }
  })

  it('fails as something that may pass while the database is away', async () => {
    const { place, batch } = await begun()
    const away = createPool({ host: '127.0.0.1', port: 1 })
    const store = createProjectionStore(away, place, [village])
    for (const ask of [
      () => store.progress(),
      () => store.load(village, new Map([[things, new Set(['0x1'])]])),
      () => store.commit(batch),
      () => store.join(village),
      () => store.refreshStatistics(),
    ])
      await expect(ask()).rejects.toThrow(RetryableError)
    await away.end()
  })
})
