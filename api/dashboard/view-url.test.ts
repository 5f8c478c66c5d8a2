import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LAYERS, LAYERS_DEFAULT, readView, tokenIn, writeView } from './view-url.ts'

const nothing = { center: null, scale: null, selection: null, layers: LAYERS_DEFAULT, block: null }

describe('the view in the address', () => {
  it('comes back as it was written', () => {
    const axis = fc.integer({ min: -400_000, max: 400_000 })
    const hex = fc.record({ q: axis, r: axis })
    const selection = fc.oneof(
      fc.constant(null),
      hex.map((place) => ({ kind: 'hex' as const, ...place })),
      fc
        .bigInt({ min: 1n, max: 2n ** 250n })
        .map((id) => ({ kind: 'adventurer' as const, id: `0x${id.toString(16)}` })),
    )
    fc.assert(
      fc.property(
        fc.option(hex),
        fc.option(fc.integer({ min: 2, max: 200 })),
        selection,
        fc.subarray([...LAYERS]),
        fc.option(fc.integer({ min: 0, max: 2 ** 40 })),
        (center, scale, selected, layers, block) => {
          const view = { center, scale, selection: selected, layers, block }
          expect(readView(writeView(view))).toEqual(view)
        },
      ),
    )
  })

  it('is empty when everything is as by default', () => {
    expect(writeView(nothing)).toBe('')
    expect(readView('')).toEqual(nothing)
  })

  it('leaves out what it cannot read, and keeps the rest', () => {
    expect(readView('?at=north&zoom=1e9&hex=1.5,2&block=-4&layers=heat,nonsense')).toEqual({
      ...nothing,
      layers: ['heat'],
    })
    expect(readView('?at=9999999,0&adventurer=0xZZ&block=7')).toEqual({ ...nothing, block: 7 })
  })

  it('finds the token in the fragment only', () => {
    expect(tokenIn('#token=abc-1')).toBe('abc-1')
    expect(tokenIn('')).toBeNull()
    expect(tokenIn('#token=')).toBeNull()
  })
})
