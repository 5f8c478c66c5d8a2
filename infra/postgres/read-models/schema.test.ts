import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Projection } from '../../../projections/engine/projection.ts'
import { infiniteHexProjections } from '../../../projections/worlds/infinite-hex-adventurers/registry.ts'
import { describeOnEachDatabase, testDatabase } from '../database.testing.ts'
import { newTestWorld } from './read-models.testing.ts'
import {
  coreDefinition,
  coreSchema,
  dropReadModels,
  ensureReadModels,
  findReadModels,
  projectionDefinition,
  projectionSchema,
} from './schema.ts'

/**
 * Definitions as they were released, by the name of their schema; they also show what the tables
 * look like. A file is never changed: other tables need a new version of the projection, and its
 * file.
 */
const RELEASED = new URL('./released/', import.meta.url)
const released = (schema: string): string =>
  readFileSync(new URL(`${schema}.sql`, RELEASED), 'utf8')

const place = { prefix: 'rm' }

describe('the tables of a released version', () => {
  it('stay as they are, those that all projections share', () => {
    const schema = coreSchema(place)
    expect(`${coreDefinition(schema)}\n`).toBe(released(schema))
  })

  it.each(infiniteHexProjections.map((projection) => [projection.name, projection] as const))(
    'stay as they are, those of %s',
    (_, projection) => {
      const schema = projectionSchema(place, projection)
      expect(`${projectionDefinition(projection, schema)}\n`).toBe(released(schema))
    },
  )

  it('are on file for every version up to the one of today', () => {
    const names = infiniteHexProjections.flatMap(versionsSinceRelease)
    expect(readdirSync(RELEASED).sort()).toEqual(
      ['rm_v1', coreSchema(place), ...names].map((schema) => `${schema}.sql`).sort(),
    )
  })
})

/** Version 1 held everything in one schema, `rm_v1`. */
const versionsSinceRelease = (projection: Projection): string[] => {
  const first = projection.name === 'world' ? 2 : 1
  return Array.from({ length: projection.version - first + 1 }, (_, at) =>
    projectionSchema(place, { ...projection, version: first + at }),
  )
}

describeOnEachDatabase('the tables of the read models', (kind) => {
  it('are found in the versions that they were made in, and looking makes none', async () => {
    const database = await testDatabase(kind)
    const { pool } = database
    try {
      const [world, other] = [newTestWorld(), newTestWorld()]
      const find = (projections: readonly Projection[], prefix?: string) =>
        findReadModels(pool, world, projections, prefix)
      expect(await find(infiniteHexProjections, 'rm_none')).toBeNull()
      await ensureReadModels(pool, other, infiniteHexProjections)
      expect(await find(infiniteHexProjections)).toBeNull()
      const made = await ensureReadModels(pool, world, infiniteHexProjections)
      expect(await find(infiniteHexProjections)).toEqual(made)
      const raised = infiniteHexProjections.map((one) => ({ ...one, version: one.version + 1 }))
      expect(await find(raised)).toBeNull()
    } finally {
      await database.close()
    }
  })

  it('are made once by several processes at a time, with one number for each world', async () => {
    const database = await testDatabase(kind)
    const { pool } = database
    try {
      const [first, second] = [newTestWorld(), newTestWorld()]
      const places = await Promise.all(
        [first, second, first, second].map((world) =>
          ensureReadModels(pool, world, infiniteHexProjections),
        ),
      )
      expect(new Set(places.map(({ world }) => world)).size).toBe(2)
      expect(places[0]).toEqual(places[2])
      const next = await ensureReadModels(pool, first, infiniteHexProjections, 'rm_next')
      expect(next.prefix).toBe('rm_next')
      await dropReadModels(pool, infiniteHexProjections, 'rm_next')
      expect(await ensureReadModels(pool, first, infiniteHexProjections)).toEqual(places[0])
      const { rows } = await pool.query('SELECT nspname FROM pg_namespace WHERE nspname LIKE $1', [
        'rm\\_next%',
      ])
      expect(rows).toEqual([])
      await expect(
        ensureReadModels(pool, first, infiniteHexProjections, 'x; DROP TABLE y'),
      ).rejects.toThrow('is no name for schemas of read models')
    } finally {
      await database.close()
    }
  })
})
