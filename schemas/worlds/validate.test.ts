import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { feltOfShortString } from '../../domain/felt.ts'
import { AXIS_MAX, AXIS_MIN, packHex } from '../../domain/hex.ts'
import type { WorldDefinition } from '../../domain/worlds/definition.ts'
import { infiniteHexAdventurers } from '../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { entrypointsOf } from './calls.ts'
import { encodeCalldata } from './encode.ts'
import { validateArgs } from './validate.ts'
import { feltsOfType } from './world-events.testing.ts'

const validate = (entrypoint: string, args: unknown) =>
  validateArgs(infiniteHexAdventurers, entrypoint, args)

const MOVE = { adventurer_id: '0xa', to_hex_coordinate: '0x4000020000100000' }
const HARVEST = {
  adventurer_id: '1',
  hex_coordinate: { q: 0, r: 0 },
  area_id: '2',
  plant_id: 3,
  amount: 4,
}
const SHARE = {
  controller_adventurer_id: '1',
  resource_key: '2',
  recipient_adventurer_id: '3',
  rule_kind: 'OutputItem',
  share_bp: 10_000,
}

describe('spellings that are accepted', () => {
  test.each([
    ['0x0A', '0xa'],
    ['10', '0xa'],
    [10, '0xa'],
    ['0x000000000000000000000000000000000000000000000000000000000000000a', '0xa'],
  ])('a felt written %j is %s', (written, felt) => {
    expect(validate('move_adventurer', { ...MOVE, adventurer_id: written })).toEqual({
      args: { ...MOVE, adventurer_id: felt },
    })
  })

  test.each([
    ['0x400005fffff00000'],
    ['4611692615496105984'],
    [{ x: 1, y: -1, z: 0 }],
    [{ q: 1, r: 0 }],
  ])('the hex %j', (written) => {
    expect(validate('move_adventurer', { ...MOVE, to_hex_coordinate: written })).toEqual({
      args: { ...MOVE, to_hex_coordinate: '0x400005fffff00000' },
    })
  })

  test.each([
    ['Mirel', '0x4d6972656c'],
    ['0x41', '0x30783431'],
    ['03', '0x3033'],
    ['123456', '0x313233343536'],
    ['0', '0x30'],
    [
      '1234567890123456789012345678901',
      `0x${Buffer.from('1234567890123456789012345678901').toString('hex')}`,
    ],
  ])('a name written %j is these characters, %s', (written, felt) => {
    expect(validate('create_adventurer', { name: written })).toEqual({ args: { name: felt } })
  })

  test.each([
    ['ORE_IRON', '0x4f52455f49524f4e'],
    ['0x4f52455f49524f4e', '0x4f52455f49524f4e'],
    ['12', '0xc'],
  ])('an item written %j is %s, by its name or its id', (written, felt) => {
    const args = { adventurer_id: '0xa', item_id: written, quantity: 1 }
    expect(validate('convert_items_to_energy', args)).toEqual({ args: { ...args, item_id: felt } })
  })

  test.each([[''], ['x'.repeat(32)], ['a\nb'], ['日本'], [null], [1.5], [12]])(
    'the name %j is refused',
    (written) => {
      expect(validate('create_adventurer', { name: written })).toMatchObject({
        rejected: 'BAD_ARGUMENT',
      })
    },
  )

  test('only names, items and the like are texts: an id is not', () => {
    expect(validate('move_adventurer', { ...MOVE, adventurer_id: 'Mirel' })).toMatchObject({
      rejected: 'BAD_ARGUMENT',
    })
  })

  test('integers may be text, and come out as numbers', () => {
    expect(
      validate('start_harvesting', { ...HARVEST, plant_id: '0xff', amount: '65535' }),
    ).toMatchObject({
      args: { plant_id: 255, amount: 65_535 },
    })
  })

  test('arguments come out in declaration order', () => {
    const reversed = Object.fromEntries(Object.entries(SHARE).toReversed())
    const result = validate('set_resource_share_rule', reversed)
    expect('args' in result && Object.keys(result.args)).toEqual(Object.keys(SHARE))
  })

  test('a call without arguments takes an empty object', () => {
    expect(validate('tick_autoregulator', {})).toEqual({ args: {} })
  })
})

describe('refusals name the argument', () => {
  test.each<[string, string, unknown, string | null]>([
    ['no object', 'move_adventurer', null, null],
    ['a list', 'move_adventurer', ['0xa', '0xb'], null],
    ['a missing argument', 'move_adventurer', { adventurer_id: '0xa' }, 'to_hex_coordinate'],
    [
      'an argument that the prototype has',
      'move_adventurer',
      { ...MOVE, toString: '1' },
      'toString',
    ],
    ['an argument too many', 'move_adventurer', { ...MOVE, speed: 3 }, 'speed'],
    [
      'a prototype for an argument',
      'move_adventurer',
      JSON.parse('{"__proto__": {"adventurer_id": "1"}}'),
      '__proto__',
    ],
    ['null', 'move_adventurer', { ...MOVE, adventurer_id: null }, 'adventurer_id'],
    ['text that is no felt', 'move_adventurer', { ...MOVE, adventurer_id: 'Ada' }, 'adventurer_id'],
    ['empty text', 'move_adventurer', { ...MOVE, adventurer_id: '' }, 'adventurer_id'],
    ['a negative felt', 'move_adventurer', { ...MOVE, adventurer_id: '-1' }, 'adventurer_id'],
    [
      'a felt beyond the field',
      'move_adventurer',
      { ...MOVE, adventurer_id: `0x${'f'.repeat(64)}` },
      'adventurer_id',
    ],
    [
      'a number that lost digits',
      'move_adventurer',
      { ...MOVE, adventurer_id: 2 ** 53 },
      'adventurer_id',
    ],
    [
      'a million digits',
      'move_adventurer',
      { ...MOVE, adventurer_id: '1'.repeat(1_000_000) },
      'adventurer_id',
    ],
    [
      'hex 0x0, which is none',
      'move_adventurer',
      { ...MOVE, to_hex_coordinate: '0x0' },
      'to_hex_coordinate',
    ],
    [
      'a cube with sum 6',
      'move_adventurer',
      { ...MOVE, to_hex_coordinate: { x: 3, y: 3, z: 0 } },
      'to_hex_coordinate',
    ],
    [
      'a hex beyond the axis',
      'move_adventurer',
      { ...MOVE, to_hex_coordinate: { q: 2 ** 20, r: 0 } },
      'to_hex_coordinate',
    ],
    [
      'a broken hex',
      'move_adventurer',
      { ...MOVE, to_hex_coordinate: { q: 0.5, r: 0 } },
      'to_hex_coordinate',
    ],
    [
      'two spellings',
      'move_adventurer',
      { ...MOVE, to_hex_coordinate: { q: 0, r: 0, x: 0 } },
      'to_hex_coordinate',
    ],
    [
      '{q, r} for what is no hex',
      'move_adventurer',
      { ...MOVE, adventurer_id: { q: 0, r: 0 } },
      'adventurer_id',
    ],
    ['a u8 of 256', 'start_harvesting', { ...HARVEST, plant_id: 256 }, 'plant_id'],
    ['a u16 of 65536', 'start_harvesting', { ...HARVEST, amount: '65536' }, 'amount'],
    ['a negative integer', 'start_harvesting', { ...HARVEST, amount: -1 }, 'amount'],
    ['a fraction', 'start_harvesting', { ...HARVEST, amount: 1.5 }, 'amount'],
    ['NaN', 'start_harvesting', { ...HARVEST, amount: Number.NaN }, 'amount'],
    ['a bool for an integer', 'start_harvesting', { ...HARVEST, amount: true }, 'amount'],
    ['an enum by index', 'set_resource_share_rule', { ...SHARE, rule_kind: 0 }, 'rule_kind'],
    [
      'an unknown variant',
      'set_resource_share_rule',
      { ...SHARE, rule_kind: 'outputitem' },
      'rule_kind',
    ],
  ])('%s', (_, entrypoint, args, argument) => {
    expect(validate(entrypoint, args)).toEqual({
      rejected: 'BAD_ARGUMENT',
      reason: expect.stringContaining(argument ?? entrypoint),
      argument,
    })
  })

  test('reasons stay short, whatever was given', () => {
    const result = validate('move_adventurer', { ...MOVE, adventurer_id: '1'.repeat(1_000_000) })
    expect('reason' in result && result.reason.length).toBeLessThan(200)
  })

  test.each(['upgrade', 'toString', '__proto__', ''])('there is no entrypoint %j', (entrypoint) => {
    expect(validate(entrypoint, {})).toMatchObject({
      rejected: 'UNKNOWN_ENTRYPOINT',
      argument: null,
    })
  })
})

describe('what an argument means is said by its type, whatever its name', () => {
  const world: WorldDefinition = {
    name: 'meant',
    namespace: 'meant',
    worldAddress: '0x1',
    enums: { Mood: ['Calm', 'Cross'] },
    events: {},
    models: {},
    contracts: {
      one: {
        address: '0x2',
        rejectedBy: null,
        views: {},
        entrypoints: {
          act: {
            // Each has the name of another meaning.
            calldata: {
              item_id: 'hex',
              hex_coordinate: 'text',
              energy: 'item',
              name: 'block',
              until_block: 'energy:u16',
              to_hex: 'energy:u32',
              building_type: 'energy:u64',
              hex: 'felt',
              cause: 'address',
              mood: 'Mood',
            },
            confirmedBy: { event: 'Done' },
            agentsMayBeOffered: true,
          },
        },
      },
    },
  }
  const CANONICAL = {
    item_id: '0x4000020000100000',
    hex_coordinate: '0x4d6972656c',
    energy: '0x4f52455f49524f4e',
    name: '640',
    until_block: 7,
    to_hex: 4_294_967_295,
    building_type: '18446744073709551615',
    hex: '0x5',
    cause: '0x6',
    mood: 'Cross',
  }
  const act = (args: Readonly<Record<string, unknown>>) =>
    validateArgs(world, 'act', { ...CANONICAL, hex_coordinate: 'Mirel', ...args })

  test('what is canonical stays as it is, but for texts, which are given as such', () => {
    expect(act({})).toEqual({ args: CANONICAL })
  })

  test.each<[string, unknown]>([
    ['item_id', { q: 0, r: 0 }],
    ['item_id', '4611688217451692032'],
    ['energy', 'ORE_IRON'],
    ['energy', '0x04F52455F49524F4E'],
    ['name', 640],
    ['name', '0x280'],
    ['until_block', '0x7'],
    ['to_hex', '4294967295'],
    ['building_type', '0xffffffffffffffff'],
    ['hex', 5],
    ['cause', '6'],
  ])('%s may be written %j', (argument, written) => {
    expect(act({ [argument]: written })).toEqual({ args: CANONICAL })
  })

  test('an item may be a hash, longer than any text', () => {
    const hash = `0x5${'f'.repeat(62)}`
    expect(act({ energy: hash })).toEqual({ args: { ...CANONICAL, energy: hash } })
  })

  const TEXT = '1 to 31 printable ASCII characters'
  const HOSTILE = [
    null,
    true,
    -1,
    1.5,
    '',
    '日本',
    'x'.repeat(32),
    'a\0b',
    '1'.repeat(1_000_000),
    `0x${'f'.repeat(64)}`,
    [],
    ['0x1'],
    {},
    { q: 0, r: 0, x: 0 },
    JSON.parse('{"__proto__": {"q": 0, "r": 0}}'),
    { toString: () => '7', valueOf: () => 7 },
  ]
  test.each([
    [
      'item_id',
      'a hex: {x, y, z} with sum 0, {q, r}, or its packed felt',
      ['0x5', 'Mirel', 2 ** 53],
    ],
    ['hex_coordinate', `a text: ${TEXT}`, [{ q: 0, r: 0 }, 7]],
    ['energy', `an item: ${TEXT}, or a felt: 0x… or decimal text`, [{ q: 0, r: 0 }]],
    ['name', 'a block number: a u64', ['18446744073709551616', 'Mirel', { q: 0, r: 0 }]],
    ['until_block', 'an amount of energy: a u16', [65_536, '65536', 'Mirel']],
    ['to_hex', 'an amount of energy: a u32', [4_294_967_296, { q: 0, r: 0 }]],
    ['building_type', 'an amount of energy: a u64', ['18446744073709551616', 'SMELTER']],
    ['hex', 'a felt: 0x… or decimal text', [{ q: 0, r: 0 }, 'Mirel', '1e3']],
    ['cause', 'an address: 0x… or decimal text', [`0x8${'0'.repeat(62)}`, 'Mirel']],
    ['mood', 'one of Calm, Cross', ['calm', 0, 'toString']],
  ])('%s is refused for what it is not: %s', (argument, expected, others) => {
    for (const hostile of [...HOSTILE, ...others])
      expect(act({ [argument]: hostile })).toEqual({
        rejected: 'BAD_ARGUMENT',
        reason: expect.stringContaining(` is not ${expected}`),
        argument,
      })
    const { [argument]: _, ...rest } = CANONICAL as Readonly<Record<string, unknown>>
    expect(validateArgs(world, 'act', rest)).toMatchObject({
      reason: `${argument} is missing: ${expected}`,
    })
  })
})

test('whatever is accepted encodes: every call, any felts in range', () => {
  const text = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 31 })
  for (const { entrypoint, args } of entrypointsOf(infiniteHexAdventurers).values()) {
    const axis = fc.integer({ min: AXIS_MIN / 2, max: Math.floor(AXIS_MAX / 2) })
    const hexes = fc.tuple(axis, axis).map(([x, z]) => packHex({ x, y: -x - z || 0, z }) ?? '')
    const values = fc.tuple(
      ...args.map(({ type, decode }) => {
        if (type === 'text') return text.map((given) => ({ given, felt: feltOfShortString(given) }))
        const felts =
          type === 'hex' ? hexes : feltsOfType(infiniteHexAdventurers, type, 'serialised')
        return felts.map((felt) => ({ given: decode(felt as `0x${string}`), felt }))
      }),
    )
    fc.assert(
      fc.property(values, (written) => {
        const valuesBy = (pick: 'given' | 'felt') =>
          Object.fromEntries(args.map(({ name }, at) => [name, written[at]?.[pick]]))
        const result = validate(entrypoint, valuesBy('given'))
        const spelt = args.map(({ name, type }) => [
          name,
          valuesBy(type === 'text' ? 'felt' : 'given')[name],
        ])
        expect(result).toEqual({ args: Object.fromEntries(spelt) })
        expect(
          'args' in result && encodeCalldata(infiniteHexAdventurers, entrypoint, result.args),
        ).toEqual(written.map(({ felt }) => felt))
      }),
      { numRuns: 20 },
    )
  }
})
