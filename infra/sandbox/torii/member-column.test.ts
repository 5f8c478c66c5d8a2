import { describe, expect, it } from 'vitest'
import { FatalError } from '../../../domain/errors.ts'
import type { Felt } from '../../../domain/felt.ts'
import { infiniteHexAdventurers } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { feltOfHexText, type MemberColumn, memberColumns } from './member-column.ts'

const column = (type: string, enumBase: 0 | 1 = 0): MemberColumn => {
  const [only] = memberColumns(infiniteHexAdventurers, { member: type }, enumBase)
  if (only === undefined) throw new FatalError('One member has one column')
  return only
}

const hex = (digits: string, width: number): string => `0x${digits.padStart(width, '0')}`

/** Type, felt, stored value, value in GraphQL, value in historical JSON. */
const VALUES: readonly (readonly [string, Felt, string | number, unknown, unknown])[] = [
  ['felt', '0x1', hex('1', 64), '0x1', hex('1', 64)],
  ['felt', '0x0', hex('0', 64), '0x0', hex('0', 64)],
  ['address', '0xabc', hex('abc', 64), '0xabc', hex('abc', 64)],
  ['u128', '0x64', hex('64', 32), '0x64', '100'],
  ['u64', '0x64', hex('64', 16), '0x64', '100'],
  ['u64', '0xffffffffffffffff', '0xffffffffffffffff', '0xffffffffffffffff', '18446744073709551615'],
  ['u32', '0xffffffff', 4294967295, 4294967295, 4294967295],
  ['u16', '0x5a', 90, 90, 90],
  ['u8', '0xff', 255, 255, 255],
  ['bool', '0x1', 1, true, true],
  ['bool', '0x0', 0, false, false],
]

describe('a column', () => {
  it.each(VALUES)(
    'keeps %s %s as Torii does and shows it as Torii does',
    (type, felt, stored, shown, inJson) => {
      const { store, render, json } = column(type)
      expect(store(felt)).toBe(stored)
      expect(render(stored)).toBe(shown)
      expect(json(stored)).toBe(inJson)
    },
  )

  it.each([
    ['address', `0x8${'0'.repeat(62)}`],
    ['u128', `0x1${'0'.repeat(32)}`],
    ['u64', `0x1${'0'.repeat(16)}`],
    ['u32', '0x100000000'],
    ['u8', '0x100'],
    ['bool', '0x2'],
    ['Biome', '0x15'],
    ['Biome', '0x100000'],
  ] as const)('refuses the felt of a larger %s: %s', (type, felt) => {
    expect(column(type).store(felt)).toBeUndefined()
  })

  it('names enum variants from 0 in events and keys, from 1 in models, where 0 was never written', () => {
    expect(column('Biome', 0).store('0x2')).toBe('Forest')
    expect(column('Biome', 1).store('0x3')).toBe('Forest')
    expect(column('Biome', 1).store('0x0')).toBe('Unknown')
    expect(column('Biome', 1).store('0x15')).toBe('Coast')
    expect(column('Biome', 1).store('0x16')).toBeUndefined()
  })

  it('shows what was never written as zero, false or an empty text', () => {
    expect(['felt', 'u64', 'u8', 'bool', 'Biome'].map((type) => column(type).render(null))).toEqual(
      ['', '', 0, false, ''],
    )
  })

  it('pads what a client compares with, decimal or hex, and leaves text that does not parse as it is', () => {
    expect(column('u64').operand('100')).toBe(hex('64', 16))
    expect(column('felt').operand('0xABC')).toBe(hex('abc', 64))
    expect(column('felt').operand('0x%')).toBe('0x%')
    expect(column('u64').operand('0x10000000000000000')).toBe('0x10000000000000000')
    expect(column('u64').operand(100)).toBeUndefined()
    expect(column('u8').operand(7)).toBe(7)
    expect(column('u8').operand('7')).toBeUndefined()
    expect(column('bool').operand(true)).toBe(1)
    expect(column('Biome').operand('Forest')).toBe('Forest')
  })

  it('is of a type that the world has', () => {
    expect(() => column('Biomes')).toThrow(FatalError)
  })
})

describe('a felt in a filter', () => {
  it('is hex with or without prefix', () => {
    expect(['0x0A', 'a', '0xg', '', '0x', `0x${'f'.repeat(64)}`].map(feltOfHexText)).toEqual([
      '0xa',
      '0xa',
      null,
      null,
      null,
      null,
    ])
  })
})
