import { expect, test } from 'vitest'
import { backoffMs } from './backoff.ts'

const backoff = { firstMs: 100, maxMs: 1_000 }

test('the delay doubles with each failure up to the longest one, however many there are', () => {
  expect([1, 2, 3, 4, 5, 1e9].map((failures) => backoffMs(failures, () => 0, backoff))).toEqual([
    100, 200, 400, 800, 1_000, 1_000,
  ])
})

test('chance takes up to half of it, and whole milliseconds are left', () => {
  expect(backoffMs(1, () => 0.999_999, backoff)).toBe(50)
  expect(backoffMs(5, () => 1 / 3, backoff)).toBe(833)
})
