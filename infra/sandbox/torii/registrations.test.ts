import { afterEach, describe, expect, it } from 'vitest'
import { type Felt, feltOfShortString } from '../../../domain/felt.ts'
import { infiniteHexAdventurers } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { byteArrayFelts, resourceSelector } from '../../../schemas/crypto/starknet.ts'
import { selectorsOf, WORLD_EVENT_SELECTORS } from '../../../schemas/worlds/selectors.ts'
import type { ChainEvent } from '../chain/block.ts'
import { paddedFelt, scopedId } from './ids.ts'
import { openClient, subscribed } from './socket-client.testing.ts'
import {
  chainEvent,
  modelWritten,
  startOn,
  startTestTorii,
  type TestTorii,
  WORLD,
} from './torii.testing.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const text = (name: string): Felt => feltOfShortString(name) ?? '0x0'
type Member = readonly [name: string, type: string, isKey?: boolean]
const memberFelts = ([name, type, isKey = false]: Member): Felt[] => [
  text(name),
  ...(isKey ? (['0x1', text('key')] as const) : (['0x0'] as const)),
  '0x0', // Ty::Primitive
  text(type),
]
const schema = (name: string, ...members: readonly Member[]): readonly Felt[] => [
  text(name),
  '0x0',
  `0x${members.length}`,
  ...members.flatMap(memberFelts),
]

const PRESET: readonly Member[] = [
  ['adventurer_id', 'felt252', true],
  ['item_id', 'felt252', true],
  ['quantity', 'u32'],
  ['quality', 'u16'],
  ['weight_per_unit', 'u16'],
]
/**
 * BackpackItem as it stands, with one member more, and with two more; and a model that the world
 * does not have.
 */
const SCHEMAS: Readonly<Record<Felt, readonly Felt[]>> = {
  '0xa0': schema('BackpackItem', ...PRESET),
  '0xa1': schema('BackpackItem', ...PRESET, ['charm', 'felt252']),
  '0xa2': schema('BackpackItem', ...PRESET, ['charm', 'felt252'], ['uses', 'u8']),
  '0xb0': schema('Guild', ['guild_id', 'felt252', true], ['founded', 'u64']),
}
const schemaOf = async (address: Felt): Promise<readonly Felt[] | null> => SCHEMAS[address] ?? null

const start = async (
  options: Parameters<typeof startTestTorii>[0] = {},
  rebuildMs = 1,
): Promise<TestTorii> => {
  const torii = await startTestTorii(options, { schemaOf, rebuildMs })
  closing.push(torii.close)
  return torii
}

const SELECTOR = selectorsOf(infiniteHexAdventurers).models.BackpackItem as Felt
const upgraded = (address: Felt, selector = SELECTOR): ChainEvent =>
  chainEvent([WORLD_EVENT_SELECTORS.ModelUpgraded, selector], ['0xc1a55', address, '0x1'])
const registered = (namespace: string, name: string, address: Felt): ChainEvent => {
  const names = [name, namespace]
    .flatMap((word) => byteArrayFelts(word))
    .map((felt): Felt => `0x${felt.toString(16)}`)
  return chainEvent([WORLD_EVENT_SELECTORS.ModelRegistered, ...names], ['0xc1a55', address])
}

const KEYS = { adventurer_id: '0x2a', item_id: '0x7' } as const
/** A record of BackpackItem with further values at its end. */
const item = (item_id: Felt, ...more: readonly Felt[]): ChainEvent => {
  const { keys, data } = modelWritten('BackpackItem', { ...KEYS, item_id }, { quantity: 3 })
  return {
    ...chainEvent(keys, []),
    data: [...data.slice(0, 3), `0x${3 + more.length}`, ...data.slice(4), ...more],
  }
}

/** A Torii after its connections were cut: with the schema of everything that is registered. */
const rebuilt = async (torii: TestTorii, event: ChainEvent) => {
  const closed = Promise.withResolvers<unknown>()
  const updates = await subscribed(
    openClient(torii, closed.resolve),
    'subscription { modelRegistered { id name classHash contractAddress } }',
  )
  await torii.blocks([event])
  const told = await updates.next()
  return { told, closed: await closed.promise }
}

describe('an upgrade of a model', () => {
  it('is told, cuts connections, and adds its members to the schema, the table and what models says', async () => {
    const torii = await start()
    await torii.blocks([item('0x7')])
    const { told, closed } = await rebuilt(torii, upgraded('0xa1'))
    const id = scopedId(WORLD, SELECTOR)
    expect(told).toEqual({
      modelRegistered: {
        id,
        name: 'BackpackItem',
        classHash: '0xc1a55',
        contractAddress: '0xa1',
      },
    })
    expect(closed).toMatchObject({ code: 1001, reason: 'The schema was rebuilt' })
    await torii.blocks([item('0x8', '0x63')])
    expect(
      await torii.rows('SELECT item_id, charm FROM [dojo_starter-BackpackItem] ORDER BY item_id'),
    ).toEqual([
      { item_id: paddedFelt('0x7'), charm: null },
      { item_id: paddedFelt('0x8'), charm: paddedFelt('0x63') },
    ])
    const query = `{ items: dojoStarterBackpackItemModels(order: { direction: ASC, field: CHARM }) {
      edges { node { item_id quantity charm } } } }`
    expect(await torii.data(query)).toEqual({
      items: {
        edges: [
          { node: { item_id: '0x7', quantity: 3, charm: '' } },
          { node: { item_id: '0x8', quantity: 3, charm: '0x63' } },
        ],
      },
    })
    expect(
      await torii.data(
        '{ items: dojoStarterBackpackItemModels(where: { charm: "0x63" }) { totalCount } }',
      ),
    ).toEqual({ items: { totalCount: 1 } })
    const [model] = await torii.rows<Record<string, string>>(
      `SELECT * FROM models WHERE name = 'BackpackItem'`,
    )
    const { children } = JSON.parse(model?.schema ?? '').content as { children: { name: string }[] }
    expect(children.map(({ name }) => name)).toEqual([...PRESET.map(([name]) => name), 'charm'])
    expect(JSON.parse(model?.layout ?? '').Struct).toHaveLength(4)
    expect(model).toMatchObject({
      unpacked_size: 4,
      packed_size: 0,
      class_hash: paddedFelt('0xc1a55'),
    })
  })

  it('reads records of before with the schema of now, as zeros where they end too early', async () => {
    const torii = await start()
    await torii.blocks([
      upgraded('0xa2'),
      item('0x7'),
      item('0x8', '0x63'),
      item('0x9', '0x63', '0x5'),
    ])
    expect(
      await torii.rows('SELECT charm, uses FROM [dojo_starter-BackpackItem] ORDER BY item_id'),
    ).toEqual([
      { charm: paddedFelt('0x0'), uses: 0 },
      { charm: paddedFelt('0x63'), uses: 0 },
      { charm: paddedFelt('0x63'), uses: 5 },
    ])
  })

  it('is nothing when it changes no member, when the model is unknown, and when no schema can be read', async () => {
    const torii = await start()
    const models = 'SELECT * FROM models'
    const before = await torii.rows(models)
    const other: ChainEvent = { ...upgraded('0xa1'), data: ['0xc1a55', '0xa1'] }
    await torii.blocks([
      upgraded('0xa0'),
      upgraded('0xa1', '0x5'),
      upgraded('0xdead'),
      upgraded('0xb0'), // which is another model's contract
      { ...other, data: ['0xc1a55'] },
    ])
    expect(await torii.rows(models)).toEqual(before)
    await torii.blocks([upgraded('0xa1'), upgraded('0xa1')])
    expect(
      await torii.rows(`SELECT count(*) AS n FROM pragma_table_info('dojo_starter-BackpackItem')`),
    ).toEqual([{ n: 13 }])
  })

  it('stops the indexer when no schema can be read, under the defect', async () => {
    const torii = await start({ defects: { stuckOnMalformedEvents: true } })
    torii.node.chain.inject([upgraded('0xdead')])
    torii.node.mine()
    const healthy = await startOn(torii.node)
    await healthy.indexed(1)
    await healthy.close()
    expect(await torii.rows('SELECT head FROM contracts')).toEqual([{ head: 0 }])
  })
})

describe('a registration', () => {
  it('of a model that was not there makes its table, its type and its query', async () => {
    const torii = await start()
    const { told } = await rebuilt(torii, registered('guilds', 'Guild', '0xb0'))
    expect(told).toMatchObject({
      modelRegistered: { id: scopedId(WORLD, resourceSelector('guilds', 'Guild')) },
    })
    const selector = resourceSelector('guilds', 'Guild')
    const row = chainEvent(
      [WORLD_EVENT_SELECTORS.StoreSetRecord, selector, '0xe1'],
      ['0x1', '0x9', '0x1', '0x64'],
    )
    await torii.blocks([row])
    expect(
      await torii.data(
        '{ guildsGuildModels { edges { node { __typename guild_id founded entity { keys } } } } }',
      ),
    ).toEqual({
      guildsGuildModels: {
        edges: [
          {
            node: {
              __typename: 'guilds_Guild',
              guild_id: '0x9',
              founded: '0x64',
              entity: { keys: [paddedFelt('0x9')] },
            },
          },
        ],
      },
    })
    expect(await torii.rows('SELECT guild_id FROM [guilds-Guild]')).toEqual([
      { guild_id: paddedFelt('0x9') },
    ])
  })

  it('is told to who asks for it by its selector or by its scoped id, and to nobody else', async () => {
    const torii = await start({}, 60_000)
    const query = 'subscription ($id: ID) { modelRegistered(id: $id) { name } }'
    const subscriptions = []
    for (const id of [paddedFelt(SELECTOR), scopedId(WORLD, SELECTOR), paddedFelt('0x1')]) {
      const client = openClient(torii)
      closing.push(() => client.dispose())
      subscriptions.push(await subscribed(client, query, { id }))
    }
    await torii.blocks([upgraded('0xa1')])
    const [bare, scoped, other] = subscriptions
    for (const told of [bare, scoped])
      expect(await told?.next()).toEqual({ modelRegistered: { name: 'BackpackItem' } })
    const silent = other?.next()
    await other?.stop()
    expect(await silent).toBeUndefined()
  })

  it('of a model that is there tells of it again', async () => {
    const torii = await start()
    const { told } = await rebuilt(torii, registered('dojo_starter', 'BackpackItem', '0xa0'))
    expect(told).toMatchObject({
      modelRegistered: { name: 'BackpackItem', contractAddress: '0xa0' },
    })
  })

  it.each([
    ['names that would be SQL', registered('x', 'Guild] (a); DROP TABLE models; --', '0xb0')],
    ['names that GraphQL keeps for itself', registered('__DOJO__', 'Guild', '0xb0')],
    ['no names', chainEvent([WORLD_EVENT_SELECTORS.ModelRegistered], ['0x1', '0xb0'])],
    [
      'an address that is none',
      { ...registered('guilds', 'Guild', '0xb0'), data: ['0x1', 'none'] as unknown as Felt[] },
    ],
  ])('with %s is passed over', async (_, event) => {
    const torii = await startTestTorii({}, { rebuildMs: 1 })
    closing.push(torii.close)
    const before = await torii.rows('SELECT name FROM sqlite_schema')
    await torii.blocks([event])
    expect(await torii.rows('SELECT name FROM sqlite_schema')).toEqual(before)
    expect(await torii.data('{ __typename }')).toEqual({ __typename: 'World__Query' })
  })
})
