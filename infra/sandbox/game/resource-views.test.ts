import { describe, expect, test } from 'vitest'
import {
  infiniteHexAdventurers,
  type ModelName,
} from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { hades3, poseidonOfSpan } from '../../../schemas/crypto/starknet.ts'
import {
  entrypointSelector,
  memberSelector,
  selectorsOf,
} from '../../../schemas/worlds/selectors.ts'
import { shortString } from '../../../schemas/worlds/short-string.ts'
import { CallReverted } from '../chain/game.ts'
import type { GameOptions } from './create-game.ts'
import { resourceAddress } from './resource-views.ts'
import {
  ALICE,
  contextOf,
  createScenario,
  givenAdventurer,
  OPERATOR,
  ORIGIN_HEX,
} from './scenario.testing.ts'

const A = 0xan
const WORLD = BigInt(infiniteHexAdventurers.worldAddress)
const SELECTORS = selectorsOf(infiniteHexAdventurers)
const ADVENTURER = BigInt(SELECTORS.models.Adventurer as string)
const NAMESPACE_HASH = 0x6234d36dccb55b4b11d8862762d17515213173cbdf5427818157e8c5f45f6a2n

const given = () => {
  const scenario = createScenario()
  givenAdventurer(scenario, A)
  const ask = (to: bigint, view: string, calldata: readonly bigint[] = []): readonly bigint[] =>
    scenario.game.view(
      { to, selector: BigInt(entrypointSelector(view)), calldata },
      contextOf({ block: 1 }),
    )
  const layoutOf = (model: ModelName): readonly bigint[] =>
    ask(resourceAddress(BigInt(SELECTORS.models[model] as string)), 'layout')
  return { ask, layout: layoutOf('Adventurer'), layoutOf }
}

const VALUES = [ALICE, shortString('Ada'), 100n, 100n, ORIGIN_HEX, 0n, 1n]

describe('entity', () => {
  test.each([
    ['by its keys', [0n, 1n, A], [7n, ...VALUES]],
    ['by its id', [1n, poseidonOfSpan([A])], [7n, ...VALUES]],
    ['that was never written, as zeros', [0n, 1n, 0x99n], [7n, 0n, 0n, 0n, 0n, 0n, 0n, 0n]],
  ])('answers a row %s', (_, index, answer) => {
    const { ask, layout } = given()
    expect(ask(WORLD, 'entity', [ADVENTURER, ...index, ...layout])).toEqual(answer)
  })

  test('answers one member of a row, under that member’s layout', () => {
    const { ask } = given()
    const member = [2n, poseidonOfSpan([A]), BigInt(memberSelector('energy'))]
    expect(ask(WORLD, 'entity', [ADVENTURER, ...member, 0n, 1n, 16n])).toEqual([1n, 100n])
  })

  test.each([
    ['another layout', [ADVENTURER, 0n, 1n, A, 0n, 1n, 16n], 'layout'],
    ['an unknown model', [5n, 0n, 1n, A], 'not registered'],
    ['an unknown member', [ADVENTURER, 2n, A, 5n, 0n, 1n, 16n], 'no such member'],
    ['an index of no kind', [ADVENTURER, 3n, A], 'deserialize'],
    ['fewer keys than announced', [ADVENTURER, 0n, 1n << 200n, A], 'too short'],
    ['one key fewer than announced', [ADVENTURER, 0n, 2n, A], 'too short'],
    ['no layout', [ADVENTURER, 1n, A], 'layout'],
    ['nothing', [], 'too short'],
  ])('reverts for %s', (_, calldata, reason) => {
    const { ask } = given()
    expect(() => ask(WORLD, 'entity', calldata)).toThrow(CallReverted)
    expect(() => ask(WORLD, 'entity', calldata)).toThrow(reason)
  })
})

test('entities answers several rows, each with its length in front', () => {
  const { ask, layout } = given()
  const indexes = [2n, 0n, 1n, A, 1n, 0x99n]
  expect(ask(WORLD, 'entities', [ADVENTURER, ...indexes, ...layout])).toEqual([
    ...[2n, 7n, ...VALUES],
    ...[7n, 0n, 0n, 0n, 0n, 0n, 0n, 0n],
  ])
  expect(() => ask(WORLD, 'entities', [ADVENTURER, 1n << 100n, ...layout])).toThrow(CallReverted)
})

test('resource tells what stands behind a selector, and where', () => {
  const { ask } = given()
  const event = BigInt(SELECTORS.events.HexDiscovered as string)
  const contract = BigInt(SELECTORS.contracts.world_manager as string)
  const address = BigInt(infiniteHexAdventurers.contracts.world_manager.address)
  expect(ask(WORLD, 'resource', [ADVENTURER])).toEqual([
    0n,
    resourceAddress(ADVENTURER),
    NAMESPACE_HASH,
  ])
  expect(ask(WORLD, 'resource', [event])).toEqual([1n, resourceAddress(event), NAMESPACE_HASH])
  expect(ask(WORLD, 'resource', [contract])).toEqual([2n, address, NAMESPACE_HASH])
  expect(ask(WORLD, 'resource', [NAMESPACE_HASH])).toEqual([
    3n,
    0n,
    shortString('dojo_starter'),
    12n,
  ])
  expect(ask(WORLD, 'resource', [0n])).toEqual([4n])
  expect(ask(WORLD, 'resource', [5n])).toEqual([5n])
  expect(() => ask(WORLD, 'resource', [0n, 0n])).toThrow('Input too long')
})

test('a model’s contract answers its layout: a struct of the value members, enums with variants from 1', () => {
  const { ask, layout, layoutOf } = given()
  const fields = [
    'owner',
    'name',
    'energy',
    'max_energy',
    'current_hex',
    'activity_locked_until',
    'is_alive',
  ]
  const bits = [251n, 251n, 16n, 16n, 251n, 64n, 1n]
  const expected = fields.flatMap((name, at) => [
    BigInt(memberSelector(name)),
    0n,
    1n,
    bits[at] as bigint,
  ])
  expect(layout).toEqual([1n, 7n, ...expected])
  const area = layoutOf('HexArea')
  const at = area.indexOf(BigInt(memberSelector('size_category')))
  expect(area.slice(at + 1, at + 12)).toEqual([5n, 3n, 1n, 0n, 0n, 2n, 0n, 0n, 3n, 0n, 0n])
  const model = resourceAddress(ADVENTURER)
  expect(ask(model, 'use_legacy_storage')).toEqual([0n])
  expect(ask(model, 'unpacked_size')).toEqual([0n, 7n])
  expect(ask(model, 'dojo_name')).toEqual([0n, shortString('Adventurer'), 10n])
  expect(() => ask(model, 'layout', [1n])).toThrow('Input too long')
  expect(() => ask(model, 'castle')).toThrow('ENTRYPOINT_NOT_FOUND')
})

const s = shortString
const KEY = [1n, s('key')]
const biomes = infiniteHexAdventurers.enums.Biome
const BIOME_SCHEMA = [2n, s('Biome'), 0n, 21n, ...biomes.flatMap((biome) => [s(biome), 3n, 0n])]

test('a model’s contract answers its schema, keys marked and enums with their variants, and its definition', () => {
  const { ask } = given()
  const hex = resourceAddress(BigInt(SELECTORS.models.Hex as string))
  const schema = [
    ...[s('Hex'), 0n, 6n],
    ...[s('coordinate'), ...KEY, 0n, s('felt252')],
    ...[s('biome'), 0n, ...BIOME_SCHEMA],
    ...[s('is_discovered'), 0n, 0n, s('bool')],
    ...[s('discovery_block'), 0n, 0n, s('u64')],
    ...[s('discoverer'), 0n, 0n, s('ContractAddress')],
    ...[s('area_count'), 0n, 0n, s('u8')],
  ]
  expect(ask(hex, 'schema')).toEqual(schema)
  expect(ask(hex, 'packed_size')).toEqual([1n])
  expect(ask(hex, 'definition')).toEqual([
    0n,
    s('Hex'),
    3n,
    ...ask(hex, 'layout'),
    ...schema,
    1n,
    0n,
    5n,
  ])
})

test('an event’s contract answers its name, schema and definition, and a layout whose variants count from 0', () => {
  const { ask } = given()
  const event = resourceAddress(BigInt(SELECTORS.events.HexDiscovered as string))
  const layoutFrom = (first: number): readonly bigint[] => [
    ...[1n, 2n, BigInt(memberSelector('biome')), 5n, 21n],
    ...biomes.flatMap((_, at) => [BigInt(at + first), 0n, 0n]),
    ...[BigInt(memberSelector('discoverer')), 0n, 1n, 251n],
  ]
  const schema = [
    ...[s('HexDiscovered'), 0n, 3n],
    ...[s('hex'), ...KEY, 0n, s('felt252')],
    ...[s('biome'), 0n, ...BIOME_SCHEMA],
    ...[s('discoverer'), 0n, 0n, s('ContractAddress')],
  ]
  const name = [0n, s('HexDiscovered'), 13n]
  expect(ask(event, 'dojo_name')).toEqual(name)
  expect(ask(event, 'layout')).toEqual(layoutFrom(0))
  expect(ask(event, 'schema')).toEqual(schema)
  expect(ask(event, 'definition')).toEqual([...name, ...layoutFrom(1), ...schema])
})

test('every model and event of the world has a schema', () => {
  const { ask } = given()
  for (const [name, selector] of Object.entries({ ...SELECTORS.models, ...SELECTORS.events })) {
    expect(ask(resourceAddress(BigInt(selector)), 'schema')[0], name).toBe(s(name))
  }
})

describe('permissions', () => {
  const permission = (
    view: string,
    resource: bigint,
    address: bigint,
    options: Partial<GameOptions> = {},
  ): bigint => {
    const calldata = [resource, address]
    const call = { to: WORLD, selector: BigInt(entrypointSelector(view)), calldata }
    return createScenario(options).game.view(call, contextOf({ block: 1 }))[0] as bigint
  }

  test.each([
    ['the world', 0n, OPERATOR, 1n],
    ['the namespace', NAMESPACE_HASH, OPERATOR, 1n],
    ['a model', ADVENTURER, OPERATOR, 1n],
    ['nothing that is not registered', 5n, OPERATOR, 0n],
    ['nothing, being somebody else', NAMESPACE_HASH, ALICE, 0n],
  ])('is_owner: who migrated the world owns %s', (_, resource, account, answer) => {
    expect(permission('is_owner', resource, account)).toBe(answer)
  })

  const { world_manager, construction_manager } = infiniteHexAdventurers.contracts
  test.each([
    ['every contract writes on the namespace', construction_manager, NAMESPACE_HASH, 'all', 1n],
    ['on a stock migration most do', world_manager, NAMESPACE_HASH, 'stock', 1n],
    ['but construction does not', construction_manager, NAMESPACE_HASH, 'stock', 0n],
    ['no contract was granted a single model', world_manager, ADVENTURER, 'all', 0n],
  ] as const)('is_writer: %s', (_, { address }, resource, writers, answer) => {
    expect(permission('is_writer', resource, BigInt(address), { writers })).toBe(answer)
  })

  test('they take exactly two felts', () => {
    const { ask } = given()
    expect(() => ask(WORLD, 'is_owner', [0n])).toThrow('too short')
    expect(() => ask(WORLD, 'is_writer', [0n, 0n, 0n])).toThrow('too long')
  })
})

test('every model and event has an address of its own, and none of them is a contract of the game', () => {
  const selectors = [...Object.values(SELECTORS.models), ...Object.values(SELECTORS.events)].map(
    BigInt,
  )
  const known = Object.values(infiniteHexAdventurers.contracts).map(({ address }) =>
    BigInt(address),
  )
  const addresses = new Set([...selectors.map(resourceAddress), ...known, WORLD])
  expect(addresses.size).toBe(32 + 46 + 10 + 1)
  expect(resourceAddress(ADVENTURER)).toBe(
    hades3(ADVENTURER, shortString('MODEL'), 0n) % 2n ** 250n,
  )
})
