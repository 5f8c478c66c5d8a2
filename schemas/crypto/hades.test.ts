import fc from 'fast-check'
import { ec } from 'starknet'
import { describe, expect, it } from 'vitest'
import { FELT_PRIME } from '../../domain/felt.ts'
import { hadesFirst, hadesPermutation, poseidonHash } from './hades.ts'
import { plainHadesPermutation } from './plain-hades.testing.ts'

const felt = fc.oneof(
  fc.bigInt({ min: 0n, max: FELT_PRIME - 1n }),
  fc.constantFrom(0n, 1n, FELT_PRIME - 1n, FELT_PRIME - 2n, 1n << 251n),
)

describe('the Hades permutation', () => {
  it('has the golden value of the game’s documents', () => {
    expect(hadesPermutation(0n, 0n, 0n)[0]).toBe(
      0x79e8d1e78258000a28fc9d49e233bc6852357968577b1e386550ed6a9086133n,
    )
  })

  it('is what the plain definition over bigints says, also for inputs with many equal bits', () => {
    const bits = fc.integer({ min: 0, max: 251 }).map((length) => (1n << BigInt(length)) - 1n)
    const spread = fc.tuple(bits, bits).map(([a, b]) => FELT_PRIME - 1n - (a ^ b))
    const any = fc.oneof(felt, bits, spread)
    fc.assert(
      fc.property(any, any, any, (a, b, c) => {
        const expected = plainHadesPermutation(a, b, c)
        expect(hadesPermutation(a, b, c)).toEqual(expected)
        expect(hadesFirst(a, b, c)).toBe(expected[0])
      }),
      { numRuns: 500 },
    )
  })

  it('takes its own results as inputs, a thousand times over', () => {
    let [ours, plain] = [hadesPermutation(1n, 2n, 3n), plainHadesPermutation(1n, 2n, 3n)]
    for (let turn = 1; turn < 1_000; turn += 1) {
      ours = hadesPermutation(...ours)
      plain = plainHadesPermutation(...plain)
    }
    expect(ours).toEqual(plain)
  })

  it('is the one of starknet.js', () => {
    fc.assert(
      fc.property(felt, felt, felt, (a, b, c) => {
        expect(hadesPermutation(a, b, c)).toEqual(ec.starkCurve.poseidonSmall([a, b, c]))
      }),
    )
  })
})

describe('Poseidon', () => {
  it('is the one of starknet.js, for spans of every length', () => {
    fc.assert(
      fc.property(fc.array(felt, { maxLength: 9 }), (felts) => {
        expect(poseidonHash(felts)).toBe(ec.starkCurve.poseidonHashMany(felts))
      }),
    )
  })
})
