import { afterAll, beforeAll, expect, it } from 'vitest'
import { type TestDatabase, testDatabase } from './database.testing.ts'
import { startUpkeep } from './upkeep.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase('pglite')
})
afterAll(() => db.close())

const failAtOnce = (error: unknown): never => {
  throw error
}

it('keeps a table whose rows change all the time from growing', async () => {
  await db.pool.query('CREATE TABLE "Odd ""name" (id int PRIMARY KEY, value int)')
  await db.pool.query('INSERT INTO "Odd ""name" SELECT i, 0 FROM generate_series(1, 2000) i')
  const upkeep = startUpkeep(db.pool, { intervalMs: 1_000_000, onError: failAtOnce })
  const sizes: number[] = []
  for (let round = 0; round < 6; round += 1) {
    for (let update = 0; update < 3; update += 1)
      await db.pool.query('UPDATE "Odd ""name" SET value = value + 1')
    await db.pool.query('SELECT pg_stat_force_next_flush()')
    await expect.poll(() => upkeep.now()).toBe('public."Odd ""name"')
    const { rows } = await db.pool.query(`SELECT pg_relation_size('"Odd ""name"')::int AS bytes`)
    sizes.push(rows[0].bytes)
  }
  expect(sizes.at(-1)).toBeLessThanOrEqual(2 * (sizes[0] ?? 0))
  await upkeep.stop()
})

it('leaves tables in peace that do not need it, and comes by itself', async () => {
  await db.pool.query('VACUUM (ANALYZE)')
  const quiet = startUpkeep(db.pool, { intervalMs: 1_000_000, onError: failAtOnce })
  await expect.poll(() => quiet.now()).toBeNull()
  await quiet.stop()

  const upkeep = startUpkeep(db.pool, { intervalMs: 5, onError: failAtOnce })
  await db.pool.query('CREATE TABLE busy AS SELECT i FROM generate_series(1, 500) i')
  await db.pool.query('UPDATE busy SET i = i + 1')
  await db.pool.query('SELECT pg_stat_force_next_flush()')
  const cleaned = async (): Promise<unknown> =>
    (
      await db.pool.query(
        `SELECT last_vacuum IS NOT NULL AS done FROM pg_stat_user_tables WHERE relname = 'busy'`,
      )
    ).rows[0]
  await expect.poll(cleaned).toEqual({ done: true })
  await upkeep.stop()
})

it('makes a checkpoint once so much has been written that a crash would make the next start slow', async () => {
  const redo = async (): Promise<string> =>
    (await db.pool.query('SELECT (pg_control_checkpoint()).redo_lsn::text AS redo')).rows[0].redo
  await db.pool.query('CHECKPOINT')
  const before = await redo()
  await db.pool.query(
    `CREATE TABLE written AS SELECT repeat('x', 1000) FROM generate_series(1, 3000)`,
  )
  const relaxed = startUpkeep(db.pool, { intervalMs: 1_000_000, onError: failAtOnce })
  await relaxed.now()
  expect(await redo()).toBe(before)
  await relaxed.stop()
  const strict = startUpkeep(db.pool, {
    intervalMs: 1_000_000,
    walBytesMax: 2 ** 20,
    onError: failAtOnce,
  })
  await strict.now()
  expect(await redo()).not.toBe(before)
  await strict.stop()
})
