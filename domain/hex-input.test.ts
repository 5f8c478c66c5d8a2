import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AXIS_MAX, AXIS_MIN, type Cube, isCube, packHex } from './hex.ts'
import { parseHexInput, parseHexText } from './hex-input.ts'

const axis = fc.integer({ min: AXIS_MIN, max: AXIS_MAX })
const cubes: fc.Arbitrary<Cube> = fc
  .tuple(axis, axis)
  .map(([x, z]) => ({ x, y: -x - z || 0, z }))
  .filter(isCube)

describe('a hex as it was given', () => {
  it('is the same hex in every form, typed or not', () => {
    fc.assert(
      fc.property(cubes, ({ x, y, z }) => {
        const packed = packHex({ x, y, z })
        expect(packed).not.toBeNull()
        const felt = packed ?? '0x0'
        for (const form of [{ x, y, z }, { q: x, r: z }, felt, BigInt(felt).toString()])
          expect(parseHexInput(form)).toBe(packed)
        for (const text of [`${x},${z}`, `(${x}, ${y}, ${z})`, ` ${x} ${z} `, felt])
          expect(parseHexText(text)).toBe(packed)
        expect(parseHexText(`(${x}, ${z})`.replaceAll('-', '−'))).toBe(packed)
      }),
    )
  })

  it('may be a felt that is small enough for a number', () => {
    const packed = packHex({ x: AXIS_MIN, y: AXIS_MAX, z: 1 })
    expect(parseHexInput(Number(packed))).toBe(packed)
  })

  it.each([
    [{ x: 1, y: 1, z: 1 }],
    [{ q: 2 ** 20, r: 0 }],
    [{ q: 1 }],
    [{ q: 1, r: 0, x: 1 }],
    [{ q: 1, r: 0, s: -1 }],
    [{ q: 0.5, r: 0 }],
    [{ q: '1', r: 0 }],
    ['0x1'],
    ['3,-1'],
    [-1],
    [1.5],
    [[]],
    [null],
    [undefined],
  ])('is none: %j', (value) => {
    expect(parseHexInput(value)).toBeNull()
  })

  it.each(['3,3,0', '1', '1,2,3,4', '1,x', '(,)', 'Mirel', '9999999,0', ''])(
    'is none when typed: %j',
    (text) => {
      expect(parseHexText(text)).toBeNull()
    },
  )
})
