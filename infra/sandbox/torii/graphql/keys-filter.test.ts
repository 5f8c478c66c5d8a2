import { describe, expect, it } from 'vitest'
import { paddedFelt } from '../ids.ts'
import { keysCondition, keysMatch, parseKeys } from './keys-filter.ts'

const padded = (...felts: `0x${string}`[]): string[] => felts.map(paddedFelt)

describe('a filter of keys', () => {
  it('is hex, padded to the stored form, and stars', () => {
    expect(parseKeys(['0x1', '*', 'AB'])).toEqual([...padded('0x1'), '*', ...padded('0xab')])
    expect(parseKeys(null)).toBeNull()
    expect(() => parseKeys(["0x1' OR 1=1 --"])).toThrow(
      'Key parts can only be hex string or wild card `*`',
    )
    expect(() => parseKeys(Array(101).fill('*'))).toThrow('100')
  })

  it('is LIKE with a key first, REGEXP with a star first, and nothing when empty', () => {
    expect(keysCondition(parseKeys(['0x1', '*', '0x2']))).toEqual({
      sql: 'keys LIKE ?',
      values: [`${paddedFelt('0x1')}/%/${paddedFelt('0x2')}/%`],
    })
    expect(keysCondition(parseKeys(['*', '0x2']))).toEqual({
      sql: 'keys REGEXP ?',
      values: [`^([^/]*)/${paddedFelt('0x2')}.*`],
    })
    expect(keysCondition([])).toBeNull()
  })

  it('compares position by position in subscriptions, and asks for no more keys than there are', () => {
    const keys = padded('0x1', '0x2', '0x3')
    expect(keysMatch(null, keys)).toBe(true)
    expect(keysMatch(parseKeys(['0x1']), keys)).toBe(true)
    expect(keysMatch(parseKeys(['*', '0x2']), keys)).toBe(true)
    expect(keysMatch(parseKeys(['0x2']), keys)).toBe(false)
    expect(keysMatch(parseKeys(['*', '*', '*', '*']), keys)).toBe(false)
  })
})
