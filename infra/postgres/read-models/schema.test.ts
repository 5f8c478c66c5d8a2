import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { worldProjection } from '../../../projections/engine/projection.ts'
import { describeOnEachDatabase, testDatabase } from '../database.testing.ts'
import { newTestWorld } from './read-models.testing.ts'
import { dropReadModels, ensureReadModels, readModelDefinition, readModelSchema } from './schema.ts'

/**
 * Definitions as they were released, by version of the projection. A change of tables needs a new
 * version.
 */
const RELEASED: Readonly<Record<number, string>> = {
  1: 'c660631a3924e810f339d758889b2a8d28b1f6a3056a662bd71dc31b62955319',
}

it('keeps the tables of a released version as they are', () => {
  const definition = readModelDefinition(worldProjection, readModelSchema())
  expect(createHash('sha256').update(definition).digest('hex')).toBe(
    RELEASED[worldProjection.version],
  )
})

describeOnEachDatabase('the tables of the read models', (kind) => {
  it('are made once by several processes at a time, with one number for each world', async () => {
    const database = await testDatabase(kind)
    try {
      const [first, second] = [newTestWorld(), newTestWorld()]
      const places = await Promise.all(
        [first, second, first, second].map((world) => ensureReadModels(database.pool, world)),
      )
      expect(new Set(places.map(({ world }) => world)).size).toBe(2)
      expect(places[0]).toEqual(places[2])
      const { schema } = await ensureReadModels(database.pool, first, 'rm_next')
      expect(schema).toBe('rm_next')
      await dropReadModels(database.pool, 'rm_next')
      expect(await ensureReadModels(database.pool, first)).toEqual(places[0])
      await expect(ensureReadModels(database.pool, first, 'x; DROP TABLE y')).rejects.toThrow(
        'is no name for a schema',
      )
    } finally {
      await database.close()
    }
  })
})
