import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  type ContractDefinition,
  type Members,
  type WireType,
  type WorldDefinition,
  wireTypeOf,
} from '../../domain/worlds/definition.ts'
import { infiniteHexAdventurers } from '../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { byteArrayFelts, entityIdOf, poseidonOfSpan, resourceSelector } from '../crypto/starknet.ts'
import {
  PRINTED_ENTRYPOINT_SELECTORS,
  PRINTED_EVENT_SELECTORS,
  PRINTED_MODEL_SELECTORS,
  PRINTED_WORLD_EVENT_SELECTORS,
} from './printed-selectors.testing.ts'
import {
  entrypointSelector,
  memberSelector,
  selectorsOf,
  WORLD_EVENT_SELECTORS,
} from './selectors.ts'

const selectors = selectorsOf(infiniteHexAdventurers)

describe('selectors of the game', () => {
  test('all 46 events have the selectors that the reference prints', () => {
    expect(selectors.events).toEqual(PRINTED_EVENT_SELECTORS)
    expect(Object.keys(PRINTED_EVENT_SELECTORS)).toHaveLength(46)
  })

  test('all 32 models have the selectors that the reference prints', () => {
    expect(selectors.models).toEqual(PRINTED_MODEL_SELECTORS)
    expect(Object.keys(PRINTED_MODEL_SELECTORS)).toHaveLength(32)
  })

  test('calls have the selectors that the reference prints', () => {
    for (const [name, selector] of Object.entries(PRINTED_ENTRYPOINT_SELECTORS))
      expect(entrypointSelector(name)).toBe(selector)
  })

  test("all 21 events of the World contract have Dojo's selectors", () => {
    expect(WORLD_EVENT_SELECTORS).toEqual(PRINTED_WORLD_EVENT_SELECTORS)
    expect(Object.keys(WORLD_EVENT_SELECTORS)).toHaveLength(21)
  })
})

describe("Dojo's published vectors (torii-and-starknet.md §3.3)", () => {
  const LONG = 'a_namespace_longer_than_thirty_one_bytes'

  test('ByteArrays serialise in words of 31 bytes', () => {
    expect(byteArrayFelts('dojo_starter')).toEqual([0n, 0x646f6a6f5f73746172746572n, 0xcn])
    expect(byteArrayFelts(LONG)).toEqual([
      1n,
      0x615f6e616d6573706163655f6c6f6e6765725f7468616e5f7468697274795fn,
      0x6f6e655f6279746573n,
      9n,
    ])
  })

  test.each([
    ['dojo_starter', '0x6234d36dccb55b4b11d8862762d17515213173cbdf5427818157e8c5f45f6a2'],
    ['HexDiscovered', '0x78d0eb371ca04dd90f7ee1489ad4d9bbd9770fe5b2c8bbc18f62040114bb231'],
    ['test', '0x2ca96bf6e71766195fa290b97c50f073b218d4e8c6948c899e3b07d754d6760'],
    [LONG, '0x4b9acf5430f9dd91c1f9e718164805949b75574e863586bbf94ec59b50ef499'],
  ])('the text %s hashes as published', (text, hash) => {
    expect(poseidonOfSpan(byteArrayFelts(text))).toBe(BigInt(hash))
  })

  test('a resource selector hashes namespace and name', () => {
    expect(resourceSelector('namespace', 'model')).toBe(
      '0x6cfe11a346c1bb31de8f454d65880454952e22d9adc2374fe67734196e0cbcb',
    )
  })

  test.each([
    [[0n], '0x545d6f7d28a8a398e543948be5a026af60c4dea482867a6eeb2525b35d1e1e1'],
    [[1n], '0x579e8877c7755365d5ec1ec7d3a94a457eff5d1f40482bbe9729c064cdead2'],
    [[1n, 2n], '0x371cb6995ea5e7effcd2e174de264b5b407027a75a231a70c2c8d196107f0e7'],
    [[0x2an], '0x689991b0e36441c881b859cf67f4eba29d68fc172bb6be80ae1be6956bcf21f'],
    [[0x7ffffffn], '0x1c598ae629f5776224bbfb6b52f0543bf3e16965620d8253e4b19ac5c18353a'],
    [[5n, 0n], '0x14ff3f74415b32f46e2ad950a1dda32766e9ea4cb087ff05a92f041d932b769'],
    [[0n, 0x616263n, 3n], '0x34f24952bb706337806dac7c454f882e4181143dc99806bf4bba027978eba4d'],
    [[], '0x2272be0f580fd156823304800919530eaa97430e972d7213ee13f4fbf7a5dbc'],
  ])('keys #%# give the published entity id', (keys, id) => {
    expect(entityIdOf(keys)).toBe(id)
  })

  test('members are named by the hash of their name alone', () => {
    expect(memberSelector('energy')).toBe(
      '0xcf0bbe451044b2f11874ca184bb5ae95c4fe238221f5163e51d0a1794419f0',
    )
    expect(memberSelector('activity_locked_until')).toBe(
      '0x5a9ce96f270786087b30c4fca4b805d1052b7f3faf44134cc0bca1a2355646',
    )
  })
})

type Resource = Readonly<{ tag: string; selector: string }>
type Typed = Readonly<{ name: string; type: string }>
type RecordResource = Resource &
  Readonly<{ members: readonly (Typed & Readonly<{ key: boolean }>)[] }>
type AbiItem = Readonly<{
  type: string
  name: string
  variants?: readonly Typed[]
  items?: readonly Readonly<{ name: string; inputs: readonly Typed[] }>[]
}>
type Manifest = Readonly<{
  world: Readonly<{ address: string }>
  contracts: readonly (Resource & Readonly<{ address: string; systems: readonly string[] }>)[]
  events: readonly RecordResource[]
  models: readonly RecordResource[]
  abis: readonly AbiItem[]
}>

const MANIFEST = new URL('../../../shared/game/manifest_dev.json', import.meta.url)
const found = existsSync(MANIFEST)
const { world, contracts, events, models, abis }: Manifest = found
  ? JSON.parse(readFileSync(MANIFEST, 'utf8'))
  : { world: { address: '' }, contracts: [], events: [], models: [], abis: [] }

const CAIRO_TYPES: Readonly<Record<string, WireType>> = {
  'core::felt252': 'felt',
  'core::starknet::contract_address::ContractAddress': 'address',
  'core::bool': 'bool',
  'core::integer::u8': 'u8',
  'core::integer::u16': 'u16',
  'core::integer::u32': 'u32',
  'core::integer::u64': 'u64',
  'core::integer::u128': 'u128',
}

/** The type in the definition's words; an enum is the last part of its path. */
const typeOf = (cairo: string): WireType => CAIRO_TYPES[cairo] ?? lastPart(cairo)
// Split never gives an empty array.
const lastPart = (path: string): string => path.split('::').at(-1) as string
const nameOf = (tag: string): string => tag.slice(tag.indexOf('-') + 1)

/** The definition's members as the manifest tells them: by how they are spelt. */
const spelt = (members: Members = {}): [string, WireType][] =>
  Object.entries(members).map(([name, type]) => [name, wireTypeOf(type)])

const membersOf = (members: readonly Typed[]): [string, WireType][] =>
  members.map(({ name, type }) => [name, typeOf(type)])

describe.skipIf(!found)(
  `the game's own manifest${found ? '' : ' (none beside the checkout)'}`,
  () => {
    test('it is the same world', () => {
      expect(infiniteHexAdventurers.worldAddress).toBe(world.address)
    })

    test('all 88 selectors agree', () => {
      const ofManifest = (resources: readonly Resource[]): Record<string, string> =>
        Object.fromEntries(resources.map(({ tag, selector }) => [nameOf(tag), selector]))
      expect(selectors.events).toEqual(ofManifest(events))
      expect(selectors.models).toEqual(ofManifest(models))
      expect(selectors.contracts).toEqual(ofManifest(contracts))
      expect(events.length + models.length + contracts.length).toBe(88)
    })

    test.each(['events', 'models'] as const)(
      'the members of all %s agree in name, type and order',
      (kind) => {
        const table: WorldDefinition['events'] = infiniteHexAdventurers[kind]
        for (const { tag, members } of kind === 'events' ? events : models) {
          const record = table[nameOf(tag)]
          expect(spelt(record?.keys), tag).toEqual(membersOf(members.filter(({ key }) => key)))
          expect(spelt(record?.values), tag).toEqual(membersOf(members.filter(({ key }) => !key)))
        }
      },
    )

    test('the variants of all enums agree in name and order', () => {
      const enums: WorldDefinition['enums'] = infiniteHexAdventurers.enums
      const ofGame = abis.filter(
        ({ type, name }) => type === 'enum' && name.startsWith('dojo_starter::'),
      )
      for (const { name, variants = [] } of ofGame)
        expect(enums[lastPart(name)], name).toEqual(variants.map((variant) => variant.name))
      expect(ofGame).toHaveLength(Object.keys(enums).length)
    })

    test('contracts stand at their addresses and have exactly the calls of the definition', () => {
      const table: WorldDefinition['contracts'] = infiniteHexAdventurers.contracts
      for (const { tag, address, systems } of contracts) {
        const contract = table[nameOf(tag)]
        expect(contract?.address, tag).toBe(address)
        expect(Object.keys(contract?.entrypoints ?? {}), tag).toEqual(
          systems.filter((system) => system !== 'upgrade'),
        )
      }
    })

    /**
     * A view that game.md §0.2 names but the manifest, which is of an earlier build, does not have.
     */
    const NEWER_THAN_MANIFEST = 'quote_create_adventurer_cost'

    test('the arguments of all calls and views agree in name, type and order', () => {
      // See game.md §2.2; the manifest was built before it.
      const newerThanManifest = new Set(['quote_create_adventurer_cost'])
      const signatures = new Map(
        abis.flatMap(({ items = [] }) =>
          items.map(({ name, inputs }) => [name, membersOf(inputs)] as const),
        ),
      )
      for (const [contract, { entrypoints, views }] of Object.entries<ContractDefinition>(
        infiniteHexAdventurers.contracts,
      ))
        for (const [call, { calldata }] of Object.entries({ ...entrypoints, ...views })) {
          if (newerThanManifest.has(call)) expect(signatures.get(call), call).toBeUndefined()
          else
            expect(spelt(calldata), `${contract}.${call}`).toEqual(
              call === NEWER_THAN_MANIFEST ? [] : signatures.get(call),
            )
        }
    })
  },
)
