import { describe, expect, test } from 'vitest'
import { FatalError } from '../../domain/errors.ts'
import { infiniteHexAdventurers } from '../../domain/worlds/infinite-hex-adventurers/definition.ts'
import type { DecodedFact } from './decode.ts'
import { createWorldEncoder, encodeCalldata } from './encode.ts'

const encode = createWorldEncoder(infiniteHexAdventurers)
const HEX_ENTITY = '0x1c598ae629f5776224bbfb6b52f0543bf3e16965620d8253e4b19ac5c18353a'

describe('a fact that is not of the world is a bug of the caller', () => {
  test.each<[string, DecodedFact, string]>([
    [
      'an unknown type',
      { type: 'Nothing', data: {}, system: null },
      'has no fact of type "Nothing"',
    ],
    [
      'a game event without its system',
      { type: 'AdventurerCreated', data: { adventurer_id: '0x1', owner: '0x2' }, system: null },
      'names the system contract',
    ],
    [
      'a missing field',
      { type: 'AdventurerCreated', data: { adventurer_id: '0x1' }, system: '0x1' },
      'AdventurerCreated: owner = undefined is not of type address',
    ],
    [
      'a field of the wrong type',
      {
        type: 'HexBecameClaimable',
        data: { hex: '0x1', min_energy_to_claim: 65_536 },
        system: '0x1',
      },
      'min_energy_to_claim = 65536 is not of type u16',
    ],
    [
      "an entity id that is not the keys'",
      {
        type: 'ConversionRateWritten',
        data: {
          entityId: HEX_ENTITY,
          keys: { item_type: '0x1' },
          values: {
            current_rate: 1,
            base_rate: 1,
            last_update_block: '1',
            units_converted_in_window: 0,
          },
        },
        system: null,
      },
      'is not the hash',
    ],
    [
      'an unknown member',
      {
        type: 'HexMemberWritten',
        data: { entityId: HEX_ENTITY, member: 'colour', value: 1 },
        system: null,
      },
      'there is no value member "colour"',
    ],
  ])('%s', (_, fact, message) => {
    expect(() => encode(fact)).toThrow(FatalError)
    expect(() => encode(fact)).toThrow(message)
  })
})

describe('calldata', () => {
  test('arguments stand in declaration order, whatever the order they were given in', () => {
    const args = {
      plant_id: 3,
      amount: 7,
      area_id: '0xa',
      hex_coordinate: '0xb',
      adventurer_id: '0xc',
    }
    expect(encodeCalldata(infiniteHexAdventurers, 'start_harvesting', args)).toEqual([
      '0xc',
      '0xb',
      '0xa',
      '0x3',
      '0x7',
    ])
  })

  test('enums count from 0 and bools are 0 and 1', () => {
    const args = {
      controller_adventurer_id: '0x1',
      resource_key: '0x2',
      resource_kind: 'PlantArea',
      is_enabled: true,
    }
    expect(encodeCalldata(infiniteHexAdventurers, 'upsert_resource_policy', args)).toEqual([
      '0x1',
      '0x2',
      '0x2',
      '0x1',
    ])
  })

  test('a call without arguments has no calldata', () => {
    expect(encodeCalldata(infiniteHexAdventurers, 'tick_autoregulator', {})).toEqual([])
  })

  test('an unknown call or an argument that was not validated throws', () => {
    expect(() => encodeCalldata(infiniteHexAdventurers, 'upgrade', {})).toThrow(FatalError)
    expect(() =>
      encodeCalldata(infiniteHexAdventurers, 'create_adventurer', { name: 'Ada' }),
    ).toThrow(FatalError)
  })
})
