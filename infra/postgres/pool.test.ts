import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeOnEachDatabase, type TestDatabase, testDatabase } from './database.testing.ts'

describeOnEachDatabase('a test database', (kind) => {
  let db: TestDatabase
  beforeAll(async () => {
    db = await testDatabase(kind)
  })
  afterAll(() => db.close())

  it('is empty and has PostGIS', async () => {
    const tables = await db.pool.query(
      `SELECT count(*)::int AS count FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'spatial_ref_sys'`,
    )
    expect(tables.rows).toEqual([{ count: 0 }])
    const area = await db.pool.query(`SELECT ST_Area(ST_MakeEnvelope(0, 0, 2, 3)) AS area`)
    expect(area.rows).toEqual([{ area: 6 }])
  })
})
