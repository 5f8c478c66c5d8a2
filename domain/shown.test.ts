import { describe, expect, it } from 'vitest'
import { boundedMessage, shown, shownBytes, shownDuration } from './shown.ts'

describe('a value in a message', () => {
  it.each([
    [undefined, 'undefined'],
    [null, 'null'],
    ['a', '"a"'],
    [1.5, '1.5'],
    [[1], 'a list'],
    [{ q: 1, r: { s: 2 } }, '{q: 1, r: …}'],
  ])('%j is shown as %s', (value, text) => {
    expect(shown(value)).toBe(text)
  })

  it('is cut, and looked at on its surface only', () => {
    expect(shown('x'.repeat(1_000))).toHaveLength(81)
    let nested: unknown = 0
    for (let depth = 0; depth < 200_000; depth++) nested = { nested }
    expect(shown(nested)).toBe('{nested: …}')
  })
})

it.each([
  [33.992316384755505, '34 ms'],
  [999, '999 ms'],
  [2_450, '2.5 s'],
  [38_200, '38 s'],
  [250_000, '4.2 min'],
  [5_400_000, '1.5 h'],
])('%d milliseconds are shown as %s', (ms, text) => {
  expect(shownDuration(ms)).toBe(text)
})

it.each([
  [900, '900 bytes'],
  [17_000, '17 KiB'],
  [1_572_864, '1.5 MiB'],
])('%d bytes are shown as %s', (bytes, text) => {
  expect(shownBytes(bytes)).toBe(text)
})

it('a message is cut at the edge, and one of ours never', () => {
  expect(boundedMessage('x'.repeat(900_000))).toHaveLength(1_001)
  expect(boundedMessage('x'.repeat(1_000))).toBe('x'.repeat(1_000))
})
