import fc from 'fast-check'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { FatalError } from '../../../domain/errors.ts'
import { type Felt, feltOf } from '../../../domain/felt.ts'
import {
  infiniteHexAdventurers,
  type ModelName,
} from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { createWorldDecoder } from '../../../schemas/worlds/decode.ts'
import { feltsOfType } from '../../../schemas/worlds/world-events.testing.ts'
import {
  decodeArguments,
  decodeRowKeys,
  decodeRowValues,
  encodeRowKeys,
  encodeRowValues,
  encodeSerialised,
  eventEmitted,
  type RowOf,
  storeSetRecord,
  unwrittenRow,
  ValueOverflow,
} from './row-codec.ts'

const HEX_ROW: RowOf<'Hex'> = {
  biome: 'Forest',
  is_discovered: true,
  discovery_block: 100n,
  discoverer: 0xd15cn,
  area_count: 3,
}

const U64_MAX = (1n << 64n) - 1n

test('rows have the types of their members', () => {
  expectTypeOf<RowOf<'AdventurerEconomics'>>().toEqualTypeOf<
    Readonly<{
      energy_balance: number
      total_energy_spent: bigint
      total_energy_earned: bigint
      last_regen_block: bigint
    }>
  >()
  expectTypeOf(HEX_ROW.is_discovered).toEqualTypeOf<boolean>()
})

describe('stored values', () => {
  test('enums are stored from 1', () => {
    expect(encodeRowValues('Hex', HEX_ROW)).toEqual([3n, 1n, 100n, 0xd15cn, 3n])
    expect(decodeRowValues('Hex', [3n, 1n, 100n, 0xd15cn, 3n])).toEqual(HEX_ROW)
  })

  test('a row that was never written reads as zeros and first variants', () => {
    expect(unwrittenRow('Hex')).toEqual({
      biome: 'Unknown',
      is_discovered: false,
      discovery_block: 0n,
      discoverer: 0n,
      area_count: 0,
    })
  })

  test.each([
    ['a u8 of 256', { area_count: 256 }, 'u8'],
    ['a u64 of 2^64', { discovery_block: U64_MAX + 1n }, 'u64'],
  ])('%s is an overflow, told apart by its type', (_, fields, type) => {
    expect(() => encodeRowValues('Hex', { ...HEX_ROW, ...fields })).toThrow(
      expect.objectContaining({ name: 'ValueOverflow', type }),
    )
  })

  test.each([
    ['below zero', { area_count: -1 }],
    ['a fraction', { area_count: 256.5 }],
    ['no number', { area_count: Number.POSITIVE_INFINITY }],
    ['a felt beyond the field', { discoverer: 1n << 252n }],
  ])('a value that is %s is no overflow but a bug', (_, fields) => {
    const encode = (): unknown => encodeRowValues('Hex', { ...HEX_ROW, ...fields })
    expect(encode).toThrow(FatalError)
    expect(encode).not.toThrow(ValueOverflow)
  })

  test.each(Object.keys(infiniteHexAdventurers.models) as ModelName[])(
    'every written row of %s survives',
    (model) => {
      const types = Object.values<string>(infiniteHexAdventurers.models[model].values)
      const written = fc
        .tuple(...types.map((type) => feltsOfType(infiniteHexAdventurers, type, 'stored')))
        .map((felts) => felts.map(BigInt))
      fc.assert(
        fc.property(written, (felts) => {
          const row = decodeRowValues(model, felts)
          const again = encodeRowValues(model, row)
          const neverWritten = (at: number) =>
            felts[at] === 0n && types[at] !== undefined && types[at] in infiniteHexAdventurers.enums
          expect(again).toEqual(felts.map((felt, at) => (neverWritten(at) ? 1n : felt)))
          expect(decodeRowValues(model, again)).toEqual(row)
        }),
        { numRuns: 30 },
      )
    },
  )

  test.each<[string, readonly bigint[]]>([
    ['too few felts', [3n, 1n, 100n, 0n]],
    ['too many felts', [3n, 1n, 100n, 0n, 3n, 0n]],
    ['an unknown variant', [22n, 1n, 100n, 0n, 3n]],
    ['a bool of 2', [3n, 2n, 100n, 0n, 3n]],
    ['a u64 of 2^64', [3n, 1n, U64_MAX + 1n, 0n, 3n]],
    ['an address of 2^251', [3n, 1n, 100n, 1n << 251n, 3n]],
    ['a u8 of 256', [3n, 1n, 100n, 0n, 256n]],
    ['a negative felt', [-1n, 1n, 100n, 0n, 3n]],
  ])('%s is damaged data', (_, felts) => {
    expect(() => decodeRowValues('Hex', felts)).toThrow(FatalError)
  })

  test.each<[string, Partial<RowOf<'Hex'>>]>([
    ['a u8 of 256', { area_count: 256 }],
    ['a fraction', { area_count: 0.5 }],
    ['a negative u64', { discovery_block: -1n }],
    ['a u64 of 2^64', { discovery_block: U64_MAX + 1n }],
  ])('%s cannot be written', (_, change) => {
    expect(() => encodeRowValues('Hex', { ...HEX_ROW, ...change })).toThrow(FatalError)
  })
})

test('keys are serialised: several of them in order', () => {
  const keys = { project_id: 5n, item_id: 6n }
  expect(encodeRowKeys('ConstructionMaterialEscrow', keys)).toEqual([5n, 6n])
  expect(decodeRowKeys('ConstructionMaterialEscrow', [5n, 6n])).toEqual(keys)
})

describe('events are emitted as the decoder reads them', () => {
  const decode = createWorldDecoder(infiniteHexAdventurers)
  // All in the field.
  const felts = (values: readonly bigint[]): Felt[] => values.map((value) => feltOf(value) as Felt)

  test('a game event', () => {
    const { keys, data } = eventEmitted('HexDiscovered', 0x77n, {
      hex: 0x7ffffffn,
      biome: 'Forest',
      discoverer: 9n,
    })
    expect(decode({ keys: felts(keys), data: felts(data) })).toEqual({
      type: 'HexDiscovered',
      data: { hex: '0x7ffffff', biome: 'Forest', discoverer: '0x9' },
      system: '0x77',
    })
  })

  test('a model write', () => {
    const { keys, data } = storeSetRecord('Hex', [0x7ffffffn], encodeRowValues('Hex', HEX_ROW))
    expect(decode({ keys: felts(keys), data: felts(data) })).toMatchObject({
      type: 'HexWritten',
      data: {
        keys: { coordinate: '0x7ffffff' },
        values: { biome: 'Forest', discovery_block: '100' },
      },
    })
  })
})

describe('arguments', () => {
  const { calldata } =
    infiniteHexAdventurers.contracts.sharing_manager.entrypoints.set_resource_share_rule
  const FELTS = [1n, 2n, 3n, 1n, 500n]
  const FIELDS = {
    controller_adventurer_id: 1n,
    resource_key: 2n,
    recipient_adventurer_id: 3n,
    rule_kind: 'OutputEnergy',
    share_bp: 500,
  } as const

  test('they deserialise to typed fields, enums from 0, and back', () => {
    expect(decodeArguments(calldata, FELTS)).toEqual({ fields: FIELDS })
    expect(encodeSerialised(calldata, FIELDS)).toEqual(FELTS)
  })

  test.each([
    ['too few', FELTS.slice(0, 4), 4],
    ['too many', [...FELTS, 0n], 5],
    ['an unknown variant', FELTS.with(3, 3n), 3],
    ['a u16 of 65536', FELTS.with(4, 65_536n), 4],
  ])('%s: says where', (_, felts, failedAt) => {
    expect(decodeArguments(calldata, felts)).toEqual({ failedAt })
  })
})
