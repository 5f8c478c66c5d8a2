import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import {
  describeOnEachDatabase,
  describeOnPostgres,
  type TestDatabase,
  testDatabase,
} from './database.testing.ts'
import { createPool } from './pool.ts'

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

describeOnPostgres('a pool on a URL', () => {
  let db: TestDatabase
  beforeAll(async () => {
    db = await testDatabase('postgres')
  })
  afterAll(() => db.close())
  afterEach(() => {
    vi.unstubAllEnvs()
  })

  const shown = async (setting: string): Promise<unknown> => {
    const pool = createPool(db.connection.connectionString ?? '')
    try {
      return (await pool.query(`SHOW ${setting}`)).rows[0]?.[setting]
    } finally {
      await pool.end()
    }
  }

  it('has the name of this program unless the environment gives another, and takes options from it', async () => {
    expect(await shown('application_name')).toBe('chronohex')
    vi.stubEnv('PGAPPNAME', 'mine')
    vi.stubEnv('PGOPTIONS', '-c work_mem=5MB')
    expect(await shown('application_name')).toBe('mine')
    expect(await shown('work_mem')).toBe('5MB')
  })

  it('asks for TLS where the environment does', async () => {
    vi.stubEnv('PGSSLMODE', 'no-verify')
    await expect(shown('application_name')).rejects.toThrow(/SSL/)
  })
})
