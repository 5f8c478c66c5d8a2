import { describe, expect, it } from 'vitest'
import { FELT_PRIME } from '../../domain/felt.ts'
import { byteArrayFelts, poseidonOfSpan, resourceSelector } from './starknet.ts'

describe('what Dojo names for itself (torii-and-starknet.md §3.3)', () => {
  it('has the published hash of its namespace and selector of its model', () => {
    expect(poseidonOfSpan(byteArrayFelts('__DOJO__'))).toBe(
      0x29f1ec73c12fbac8e95274fbccaf132012dac645f867613b4b3e6c4295f1ffan,
    )
    expect(resourceSelector('__DOJO__', 'ResourceMetadata')).toBe(
      '0x20d70e9d8792cd9b545f84739c531ec946221ae7a1febe1dd6274be35abe0ff',
    )
  })
})

it('the prime of the felts is the one of torii-and-starknet.md §3.4', () => {
  expect(FELT_PRIME).toBe(0x800000000000011000000000000000000000000000000000000000000000001n)
  expect(FELT_PRIME).toBe(2n ** 251n + 17n * 2n ** 192n + 1n)
})
