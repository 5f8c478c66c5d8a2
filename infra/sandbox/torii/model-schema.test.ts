import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Felt, feltOf, feltOfShortString } from '../../../domain/felt.ts'
import { isName, modelSchemaOf } from './model-schema.ts'

const text = (name: string): Felt => feltOfShortString(name) ?? '0x0'
/** Felts of a schema written as short strings and numbers. */
const felts = (...parts: readonly (string | number)[]): Felt[] =>
  parts.map((part): Felt => (typeof part === 'number' ? `0x${part.toString(16)}` : text(part)))

/** Hex with a key, a scalar and an enum of two variants. */
const HEX = felts(
  ...['Hex', 0, 3],
  ...['coordinate', 1, 'key', 0, 'felt252'],
  ...['area_count', 0, 0, 'u8'],
  ...['biome', 0, 2, 'Biome', 0, 2, 'Unknown', 3, 0, 'Plains', 3, 0],
)

describe('the schema of a model', () => {
  it('names its keys, its values and the variants of its enums', () => {
    expect(modelSchemaOf(HEX)).toEqual({
      name: 'Hex',
      keys: { coordinate: 'felt' },
      values: { area_count: 'u8', biome: 'Biome' },
      enums: { Biome: ['Unknown', 'Plains'] },
    })
  })

  it.each([
    ['felt252', 'felt'],
    ['ContractAddress', 'address'],
    ['bool', 'bool'],
    ['u8', 'u8'],
    ['u16', 'u16'],
    ['u32', 'u32'],
    ['u64', 'u64'],
    ['u128', 'u128'],
  ])('knows the scalar %s', (cairo, type) => {
    expect(modelSchemaOf(felts('M', 0, 1, 'x', 0, 0, cairo))?.values).toEqual({ x: type })
  })

  it.each([
    ['no felts', []],
    ['a felt too few', HEX.slice(0, -1)],
    ['a felt too many', [...HEX, '0x0'] as const],
    ['a type of two felts', felts('M', 0, 1, 'x', 0, 0, 'u256')],
    ['a name out of the prototype', felts('M', 0, 1, 'x', 0, 0, 'constructor')],
    ['a struct', felts('M', 0, 1, 'x', 0, 1, 'Vec', 0, 0)],
    ['an enum with data', felts('M', 0, 1, 'x', 0, 2, 'Option', 0, 1, 'Some', 0, 'u8')],
    ['a length without end', felts('M', 0, 2 ** 40)],
    ['a name that no column may have', felts('M', 0, 1, 'x] INT; --', 0, 0, 'u8')],
    ['a name that Torii needs', felts('M', 0, 1, 'internal_id', 0, 0, 'u8')],
    ['a name that GraphQL needs', felts('__M', 0, 0)],
  ])('is not read from %s', (_, schema) => {
    expect(modelSchemaOf(schema)).toBeNull()
  })

  it('is never more than null, whatever the felts are', () => {
    const felt = fc.oneof(
      fc.integer({ min: 0, max: 4 }).map((value): Felt => `0x${value}`),
      fc.constantFrom(...HEX),
      fc.bigInt({ min: 0n, max: 1n << 251n }).map((value) => feltOf(value) ?? '0x0'),
    )
    fc.assert(
      fc.property(fc.array(felt, { maxLength: 30 }), (schema) => {
        const found = modelSchemaOf(schema)
        if (found !== null)
          expect(Object.keys({ ...found.keys, ...found.values }).every(isName)).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })
})
