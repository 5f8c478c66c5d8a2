import { expect, it } from 'vitest'
import { personasOf } from './persona.ts'

it('personas are mixed 40 to 35 to 15 to 10', () => {
  const names = personasOf(100).map(({ name }) => name)
  const count = (wanted: string): number => names.filter((name) => name === wanted).length
  expect([count('explorer'), count('harvester'), count('raider'), count('passive')]).toEqual([
    40, 35, 15, 10,
  ])
  expect(new Set(personasOf(8).map(({ name }) => name)).size).toBe(4)
})
