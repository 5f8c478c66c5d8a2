import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  FELT_PRIME,
  feltOf,
  feltOfNumber,
  feltOfShortString,
  parseFelt,
  shortStringOf,
} from './felt.ts'

const anyValue = fc.bigInt(0n, FELT_PRIME - 1n)

describe('one felt has one spelling', () => {
  test('hex of any case and padding, and decimal text, are the same felt', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        const canonical = feltOf(value)
        const digits = value.toString(16)
        for (const text of [
          `0x${digits}`,
          `0X${digits.toUpperCase()}`,
          `0x${digits.padStart(64, '0')}`,
          `${value}`,
        ])
          expect(parseFelt(text)).toBe(canonical)
      }),
    )
  })

  test('zero is 0x0', () => {
    expect(feltOf(0n)).toBe('0x0')
    expect(feltOfNumber(0)).toBe('0x0')
    expect(parseFelt('0x0000')).toBe('0x0')
  })

  test.each([
    [''],
    ['0x'],
    ['abc'],
    ['-1'],
    ['1.0'],
    ['1e3'],
    [' 1'],
    ['1\n'],
    ['0x1g'],
    [`0x${FELT_PRIME.toString(16)}`],
    [FELT_PRIME.toString()],
    ['9'.repeat(78)],
    [`0x${'0'.repeat(65)}`],
    [1],
    [1n],
    [null],
    [undefined],
    [{}],
  ])('%o is no felt', (text) => {
    expect(parseFelt(text)).toBeNull()
  })

  test('what is outside the field is null', () => {
    expect(feltOf(-1n)).toBeNull()
    expect(feltOf(FELT_PRIME)).toBeNull()
    expect(feltOf(FELT_PRIME - 1n)).not.toBeNull()
  })
})

describe('short strings', () => {
  test('MOVE is 0x4d4f5645', () => {
    expect(feltOfShortString('MOVE')).toBe('0x4d4f5645')
    expect(shortStringOf('0x4d4f5645')).toBe('MOVE')
  })

  test('printable text of at most 31 characters survives', () => {
    const text = fc.string({ unit: 'grapheme-ascii', maxLength: 31 })
    fc.assert(
      fc.property(text, (value) => {
        const felt = feltOfShortString(value)
        expect(felt === null ? null : shortStringOf(felt)).toBe(value)
      }),
    )
  })

  test.each(['é', 'a\nb', '\u0000', '🙂', 'x'.repeat(32)])('%j is none', (text) => {
    expect(feltOfShortString(text)).toBeNull()
  })

  test.each(['0x1', '0x4d0045', '0x7f', `0x${'41'.repeat(32)}`] as const)(
    '%s is no text',
    (felt) => {
      expect(shortStringOf(felt)).toBeNull()
    },
  )
})
