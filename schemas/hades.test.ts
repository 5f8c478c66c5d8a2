import fc from 'fast-check'
import { ec } from 'starknet'
import { describe, expect, it } from 'vitest'
import { FELT_PRIME } from '../domain/felt.ts'
import { hadesPermutation, poseidonHash } from './hades.ts'

const felt = fc.oneof(
  fc.bigInt({ min: 0n, max: FELT_PRIME - 1n }),
  fc.constantFrom(0n, 1n, FELT_PRIME - 1n, FELT_PRIME - 2n, 1n << 251n),
)

describe('the Hades permutation', () => {
  it('has the golden value of the game’s documents', () => {
    expect(hadesPermutation(0n, 0n, 0n)[0]).toBe(0x79e8d1e78258000a28fc9d49e233bc6852357968577b1e386550ed6a9086133n)
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
