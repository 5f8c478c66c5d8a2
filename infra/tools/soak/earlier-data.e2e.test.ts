/**
 * A data folder whose read models an earlier version built: they are built anew from the log by
 * themselves, nothing is lost, and what the earlier version had is left as it was.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Pool } from 'pg'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { Client } from '../../../api/client/client.ts'
import type { Variables } from '../../../api/client/transport.ts'
import { START_MS_MAX, startSystem } from '../../../app.testing.ts'
import { infiniteHexProjections } from '../../../projections/worlds/infinite-hex-adventurers/registry.ts'
import type { TypedDocument } from '../../../schemas/graphql/typed-document.ts'
import { startPglite } from '../../pglite/pglite.ts'
import { dropReadModels } from '../../postgres/read-models/schema.ts'
import { dataLayout } from '../../run/data-layout.ts'

/** In the log before the first stop. */
const EVENTS = 60

const EARLIER = new URL('../../postgres/read-models/released/rm_v1.sql', import.meta.url)

let folder: string
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'chx-earlier-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Meta = Readonly<{
  _meta: Readonly<{ position: number | null; lag: number }>
}>
const META = '{ _meta { position lag } }' as TypedDocument<Meta, Variables>

const metaOf = async (client: Client) => (await client.query(META, {}))._meta

/** All that the dashboard shows, at one position. */
const WORLD = `query ($at: At) {
  hexesInRadius(center: {q: 0, r: 0}, radius: 64, at: $at) {
    coordinate { packed } biome discoveryBlock areas { id ownerId plants { key currentYield } }
    decay { ownerId energyReserve level } claim { id }
    adventurers { id name energy inventory { weight items { id quantity } } }
  }
  events(first: 100, at: $at) { edges { node { id type data transaction block { number hash } } } }
}` as TypedDocument<unknown, Variables>

/** Does something to the embedded database of a system that is stopped. */
const inDatabase = async <T>(work: (pool: Pool) => Promise<T>): Promise<T> => {
  const database = await startPglite({ dataFolder: dataLayout(folder).databaseFolder })
  const pool = new Pool(database.connection)
  try {
    return await work(pool)
  } finally {
    await pool.end()
    await database.close()
  }
}

/** As the earlier version left its tables behind: this one knows nothing of them. */
const asBuiltEarlier = (position: number) =>
  inDatabase(async (pool) => {
    await dropReadModels(pool, infiniteHexProjections, 'rm')
    await pool.query(readFileSync(EARLIER, 'utf8'))
    await pool.query(`INSERT INTO rm_v1.worlds (name) VALUES ('a world')`)
    await pool.query('INSERT INTO rm_v1.progress (world, position) VALUES (1, $1)', [position])
  })

it('is opened, and shows at every position what it showed before', async () => {
  const first = await startSystem(folder, '--bots', '8')
  const client = first.connect()
  await vi.waitUntil(async () => ((await metaOf(client)).position ?? -1) > EVENTS, {
    timeout: START_MS_MAX,
  })
  expect(await first.stop('SIGTERM')).toMatchObject({ code: 0 })

  const quiet = ['--bots', '0', '--block-time', '0']
  const before = await startSystem(folder, ...quiet)
  const seen = before.connect()
  const { position } = await metaOf(seen)
  expect(position).toBeGreaterThan(EVENTS)
  const places = [EVENTS / 4, EVENTS / 2, EVENTS, position ?? 0]
  const worlds = await Promise.all(places.map((at) => seen.query(WORLD, { at: { position: at } })))
  expect(await before.stop('SIGTERM')).toMatchObject({ code: 0 })

  await asBuiltEarlier(position ?? -1)

  const after = await startSystem(folder, ...quiet)
  const again = after.connect()
  await vi.waitUntil(async () => (await metaOf(again)).lag === 0, { timeout: START_MS_MAX })
  // What bots had asked for when they were stopped may still have been done since.
  expect((await metaOf(again)).position).toBeGreaterThanOrEqual(position ?? -1)
  for (const [index, at] of places.entries())
    expect(await again.query(WORLD, { at: { position: at } })).toEqual(worlds[index])
  expect(await after.stop('SIGTERM')).toMatchObject({ code: 0, stderr: '' })

  const left = await inDatabase((pool) => pool.query('SELECT position FROM rm_v1.progress'))
  expect(left.rows).toEqual([{ position: String(position) }])
})
