import { describe, expect, expectTypeOf, it } from 'vitest'
import { type FieldsOf, meaningOf, wireTypeOf } from './definition.ts'
import type { GameEvent, infiniteHexAdventurers } from './infinite-hex-adventurers/definition.ts'

describe('a type that says what a value means', () => {
  it.each([
    ['hex', 'felt', 'a hex'],
    ['text', 'felt', 'a text'],
    ['item', 'felt', 'an item'],
    ['block', 'u64', 'a block number'],
    ['energy:u16', 'u16', 'an amount of energy'],
    ['energy:u32', 'u32', 'an amount of energy'],
    ['energy:u64', 'u64', 'an amount of energy'],
  ])('%s is spelt as %s', (type, wireType, words) => {
    expect(wireTypeOf(type)).toBe(wireType)
    expect(meaningOf(type)).toBe(words)
  })

  it.each([
    'felt',
    'address',
    'bool',
    'u8',
    'u64',
    'Biome',
    'Hex',
    'energy',
    'energy:u7',
    'toString',
  ])('%s is none, and its own spelling', (type) => {
    expect(wireTypeOf(type)).toBe(type)
    expect(meaningOf(type)).toBeNull()
  })

  it('gives a member the type of its spelling', () => {
    expectTypeOf<GameEvent<'AdventurerMoved'>['to']>().toEqualTypeOf<`0x${string}`>()
    expectTypeOf<GameEvent<'HexEnergyPaid'>['amount']>().toEqualTypeOf<number>()
    expectTypeOf<GameEvent<'ClaimInitiated'>['expiry_block']>().toEqualTypeOf<`${bigint}`>()
    expectTypeOf<
      FieldsOf<typeof infiniteHexAdventurers, { spent: 'energy:u64'; kept: 'energy:u32' }>
    >().toEqualTypeOf<{ spent: `${bigint}`; kept: number }>()
  })
})
