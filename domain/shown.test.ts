import { describe, expect, it } from 'vitest'
import { shown } from './shown.ts'

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
