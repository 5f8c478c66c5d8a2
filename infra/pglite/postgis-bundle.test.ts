import { rmSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { testDataFolder } from '../postgres/database.testing.ts'
import { createPool } from '../postgres/pool.ts'
import { type Pglite, startPglite } from './pglite.ts'

let folder: string
let pglite: Pglite
let pool: ReturnType<typeof createPool>
beforeAll(async () => {
  folder = await testDataFolder()
  pglite = await startPglite({ dataFolder: folder })
  pool = createPool(pglite.connection)
})
afterAll(async () => {
  await pool.end()
  await pglite.close()
  rmSync(folder, { recursive: true, force: true })
})

const shownBy = async (expression: string): Promise<unknown> =>
  (await pool.query(`SELECT ${expression} AS value`)).rows[0]?.value

it('has geometry and projections', async () => {
  expect(await shownBy('ST_NumGeometries(ST_Union(ST_Point(0, 0), ST_Point(1, 1)))')).toBe(2)
  expect(await shownBy('ST_AsText(ST_Transform(ST_Point(8, 47, 4326), 3857), 0)')).toBe(
    'POINT(890556 5942074)',
  )
})

it('has no part that is not used here', async () => {
  await expect(pool.query('CREATE EXTENSION postgis_raster')).rejects.toThrow(/not available/)
})
