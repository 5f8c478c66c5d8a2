import { expect, it } from 'vitest'
import { nameOf } from './names.ts'

it('bots have names of their own that fit a short string', () => {
  const names = Array.from({ length: 200 }, (_, index) => nameOf(index))
  expect(new Set(names).size).toBe(200)
  for (const name of names) expect(name).toMatch(/^[A-Za-z]+( \d+)?$/)
})
