import fc from 'fast-check'
import pg from 'pg'
import { expect, it } from 'vitest'
import { jsonArray, plainArray, textArray } from './array-literal.ts'

const TEXT_ARRAY_OID: number = 1009

const parsed = (literal: string): unknown[] => pg.types.getTypeParser(TEXT_ARRAY_OID)(literal)

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('"', '\\', '{', '}', ',', '\n', 'NULL', ' ') }),
)

it('hands on any text, quotes and control characters too, and tells null from the word', () => {
  fc.assert(
    fc.property(fc.array(fc.option(text)), (values) => {
      expect(parsed(textArray(values))).toEqual(values)
    }),
    { seed: 1 },
  )
})

it('hands on any JSON as it is written', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), (values) => {
      const texts = values.map((value) => JSON.stringify(value))
      expect(parsed(jsonArray(texts))).toEqual(texts)
    }),
    { seed: 1 },
  )
})

it('hands on numbers and booleans without quotes', () => {
  expect(plainArray([1, '18446744073709551615', true, null])).toBe(
    '{1,18446744073709551615,true,NULL}',
  )
  expect(plainArray([])).toBe('{}')
})
