import { expect, test } from 'vitest'
import { doubledDelayMs } from './doubled-delay.ts'

test('a delay doubles from the first up to the bound, and stays there however often it fails', () => {
  expect([1, 2, 3, 4, 5, 1e9].map((failures) => doubledDelayMs(failures, 100, 1_000))).toEqual([
    100, 200, 400, 800, 1_000, 1_000,
  ])
})
