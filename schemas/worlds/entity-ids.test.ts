import { expect, test } from 'vitest'
import { feltOfNumber } from '../../domain/felt.ts'
import { entityIdOf } from '../crypto/starknet.ts'
import { createEntityIds } from './entity-ids.ts'

test('ids are the hashes of the keys, before and after the memory has turned over', () => {
  const idOf = createEntityIds(2)
  const numbers = [0, 1, 2, 3, 4, 5, 6, 0, 1, 6, 5, 0]
  for (const number of numbers)
    expect(idOf([feltOfNumber(number)])).toBe(entityIdOf([BigInt(number)]))
})

test('one key and several keys of the same digits are told apart', () => {
  const idOf = createEntityIds()
  expect(idOf(['0x1', '0x2'])).toBe(entityIdOf([1n, 2n]))
  expect(idOf(['0x12'])).toBe(entityIdOf([0x12n]))
  expect(idOf([])).toBe(entityIdOf([]))
})
