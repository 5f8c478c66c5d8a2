import fc from 'fast-check'
import { GraphQLError, parseValue, type ValueNode } from 'graphql'
import { describe, expect, it } from 'vitest'
import { FELT_PRIME } from '../../domain/felt.ts'
import { AXIS_MAX, AXIS_MIN, cubeOfAxial, isCube, packHex } from '../../domain/hex.ts'
import { SCALARS } from './scalars.ts'

const scalar = (name: string) => {
  const found = SCALARS[name]
  if (found === undefined) throw new Error(`no scalar ${name}`)
  return found
}
const parse = (name: string, value: unknown): unknown => scalar(name).parseValue(value)
const parseLiteral = (
  name: string,
  text: string,
  variables: Record<string, unknown> = {},
): unknown => scalar(name).parseLiteral(parseValue(text) as ValueNode, variables)

const refusal = (act: () => unknown): GraphQLError => {
  try {
    act()
  } catch (error) {
    if (error instanceof GraphQLError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('Felt', () => {
  it('has one spelling, whatever was given', () => {
    for (const given of ['0x1F', '0X001f', '31', 31]) expect(parse('Felt', given)).toBe('0x1f')
    expect(parse('Felt', '0x0000')).toBe('0x0')
    expect(parseLiteral('Felt', '31')).toBe('0x1f')
    expect(parseLiteral('Felt', '36893488147419103232')).toBe('0x20000000000000000')
  })

  it('refuses what is outside the field or no number, by name', () => {
    expect(parse('Felt', `0x${(FELT_PRIME - 1n).toString(16)}`)).toBe(
      `0x${(FELT_PRIME - 1n).toString(16)}`,
    )
    for (const bad of [
      `0x${FELT_PRIME.toString(16)}`,
      '-1',
      '1.5',
      '',
      '0x',
      'xyz',
      null,
      true,
      [],
      {},
      -1,
      1.5,
      2 ** 53,
    ]) {
      const error = refusal(() => parse('Felt', bad))
      expect(error.extensions.code).toBe('BAD_USER_INPUT')
      expect(error.message).toContain('felt')
    }
  })
})

describe('HexCoordinate', () => {
  it('reads the three forms of every hex as the same felt', () => {
    const axis = fc.integer({ min: AXIS_MIN, max: AXIS_MAX })
    fc.assert(
      fc.property(axis, axis, (q, r) => {
        const cube = cubeOfAxial({ q, r })
        fc.pre(isCube(cube))
        const packed = packHex(cube)
        expect(parse('HexCoordinate', { q, r })).toBe(packed)
        expect(parse('HexCoordinate', cube)).toBe(packed)
        expect(parse('HexCoordinate', packed)).toBe(packed)
        expect(parse('HexCoordinate', BigInt(packed ?? 0).toString())).toBe(packed)
      }),
    )
  })

  it('reads variables inside a literal', () => {
    const origin = packHex({ x: 0, y: 0, z: 0 })
    expect(parseLiteral('HexCoordinate', '{q: $q, r: 0}', { q: 0 })).toBe(origin)
    expect(parseLiteral('HexCoordinate', '4611688217451692032')).toBe(origin)
  })

  it.each<[unknown, string]>([
    [{ x: 1, y: 1, z: 1 }, 'sums to 3'],
    [{ q: 2 ** 20, r: 0 }, 'is off the map'],
    [{ q: 1 }, 'lacks an axis'],
    [{ q: 1, r: 0, x: 1 }, 'mixes two forms'],
    [{ q: 0.5, r: 0 }, 'is no integer'],
    [{ q: '1', r: 0 }, 'has text for an axis'],
    [{ q: 1, r: 0, s: -1 }, 'has a member too many'],
    ['0x1', 'packs axes that do not sum to zero'],
    ['0x8000000000000000', 'has more than 63 bits'],
    [null, 'is null'],
    [[], 'is a list'],
  ])('refuses %j, which %s', (bad) => {
    const error = refusal(() => parse('HexCoordinate', bad))
    expect(error.extensions.code).toBe('BAD_USER_INPUT')
    expect(error.message).toContain('{q, r}')
  })

  it('survives endlessly nested input', () => {
    let nested: unknown = 0
    for (let depth = 0; depth < 200_000; depth++) nested = [nested]
    expect(refusal(() => parse('HexCoordinate', { q: nested, r: 0 })).message).toContain('q: …')
  })
})

describe('the other scalars', () => {
  it('keep 64 and 128 bit integers as decimal text', () => {
    expect(parse('BigInt', '18446744073709551615')).toBe('18446744073709551615')
    expect(parse('BigInt', '007')).toBe('7')
    for (const bad of ['-1', '1e3', String(2n ** 128n), 1.5, 'x'.repeat(10_000)]) {
      expect(refusal(() => parse('BigInt', bad)).message.length).toBeLessThan(300)
    }
  })

  it('hold every u32 as a JSON integer, and nothing else', () => {
    for (const whole of [0, 2 ** 31, 2 ** 32 - 1]) {
      expect(parse('UInt32', whole)).toBe(whole)
      expect(parseLiteral('UInt32', String(whole))).toBe(whole)
      expect(scalar('UInt32').serialize(whole)).toBe(whole)
    }
    for (const bad of [-1, 1.5, 2 ** 32, '7', null]) {
      expect(refusal(() => parse('UInt32', bad)).message).toContain('2^32 - 1')
      expect(() => scalar('UInt32').serialize(bad)).toThrow('where the schema promises UInt32')
    }
    expect(() => parseLiteral('UInt32', '4294967296')).toThrow('2^32 - 1')
  })

  it('take block numbers and positions as safe integers from 0', () => {
    for (const name of ['BlockNumber', 'Position']) {
      expect(parse(name, Number.MAX_SAFE_INTEGER)).toBe(Number.MAX_SAFE_INTEGER)
      expect(parseLiteral(name, '9007199254740991')).toBe(Number.MAX_SAFE_INTEGER)
      for (const bad of [-1, 1.5, 2 ** 53, '1', null])
        expect(() => parse(name, bad)).toThrow('2^53 - 1')
      expect(() => parseLiteral(name, '99999999999999999999')).toThrow('2^53 - 1')
    }
  })

  it('give the position before the first event as -1', () => {
    expect(scalar('Position').serialize(-1)).toBe(-1)
  })

  it('read instants in ISO 8601 and write them in UTC', () => {
    expect(parse('DateTime', '2026-01-31T12:00:00+02:00')).toEqual(new Date('2026-01-31T10:00:00Z'))
    expect(scalar('DateTime').serialize(new Date(0))).toBe('1970-01-01T00:00:00.000Z')
    const beyond = scalar('DateTime').serialize(new Date(253_402_300_800_000))
    expect(parse('DateTime', beyond)).toEqual(new Date('+010000-01-01T00:00:00Z'))
    for (const bad of [
      'yesterday',
      '2026-01-31',
      '2026-02-30T10:00:00Z',
      '2026-99-31T12:00:00Z',
      0,
    ]) {
      expect(() => parse('DateTime', bad)).toThrow('Expected an instant')
    }
  })

  it('never send out a value of another kind than the schema promises', () => {
    expect(() => scalar('BlockNumber').serialize('7')).toThrow(
      'where the schema promises BlockNumber',
    )
    expect(() => scalar('BigInt').serialize(7)).toThrow('where the schema promises BigInt')
  })
})
