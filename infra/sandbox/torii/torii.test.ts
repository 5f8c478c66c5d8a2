import { afterEach, describe, expect, it } from 'vitest'
import type { Felt } from '../../../domain/felt.ts'
import { infiniteHexAdventurers } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { selectorsOf } from '../../../schemas/worlds/selectors.ts'
import { receiptOf } from '../sandbox.testing.ts'
import { paddedFelt, scopedId } from './ids.ts'
import {
  entityOf,
  gameEvent,
  memberWritten,
  modelErased,
  modelWritten,
  SYSTEM,
  startTestTorii,
  type TestTorii,
  WORLD,
} from './torii.testing.ts'

const running: TestTorii[] = []
const start = async (options: Parameters<typeof startTestTorii>[0] = {}): Promise<TestTorii> => {
  const torii = await startTestTorii(options)
  running.push(torii)
  return torii
}
afterEach(async () => {
  await Promise.all(running.splice(0).map(({ close }) => close()))
})

type Edges<T> = Readonly<{
  totalCount: number
  edges: readonly Readonly<{ node: T; cursor: string }>[]
}>
const nodes = <T>({ edges }: Edges<T>): readonly T[] => edges.map(({ node }) => node)

const ID = { adventurer_id: '0x2a' }
const adventurer = (values: Record<string, string | number | boolean>, id: Felt = '0x2a') =>
  modelWritten('Adventurer', { adventurer_id: id }, values)

describe('models in GraphQL', () => {
  it('show each type of value as Torii shows it', async () => {
    const torii = await start()
    await torii.blocks([
      adventurer({
        owner: '0xabc',
        name: '0x416461',
        energy: 90,
        activity_locked_until: '100',
        is_alive: true,
      }),
      modelWritten(
        'Hex',
        { coordinate: '0x7ffffff' },
        { biome: 'Forest', discovery_block: '18446744073709551615' },
      ),
    ])
    const { adventurers, hexes } = await torii.data<
      Record<'adventurers' | 'hexes', Edges<object>>
    >(`{
      adventurers: dojoStarterAdventurerModels {
        totalCount
        edges { node { __typename adventurer_id owner name energy current_hex activity_locked_until is_alive } }
      }
      hexes: dojoStarterHexModels { totalCount edges { node { coordinate biome discovery_block is_discovered } } }
    }`)
    expect(nodes(adventurers)).toEqual([
      {
        __typename: 'dojo_starter_Adventurer',
        adventurer_id: '0x2a',
        owner: '0xabc',
        name: '0x416461',
        energy: 90,
        current_hex: '0x0',
        activity_locked_until: '0x64',
        is_alive: true,
      },
    ])
    expect(nodes(hexes)).toEqual([
      {
        coordinate: '0x7ffffff',
        biome: 'Forest',
        discovery_block: '0xffffffffffffffff',
        is_discovered: false,
      },
    ])
  })

  it('show members that were never written as zero, as Torii does', async () => {
    const torii = await start()
    await torii.blocks([memberWritten('Adventurer', ID, 'energy', '0x5a')])
    const data = await torii.data<Record<string, Edges<object>>>(
      '{ all: dojoStarterAdventurerModels { totalCount edges { node { adventurer_id energy is_alive entity { keys } } } } }',
    )
    expect(nodes(data.all as Edges<object>)).toEqual([
      { adventurer_id: '', energy: 90, is_alive: false, entity: { keys: [] } },
    ])
  })

  it('are filtered by every comparison, all of which must hold', async () => {
    const torii = await start()
    await torii.blocks(
      [1, 2, 3, 4, 5].map((n) =>
        adventurer(
          { energy: n * 10, activity_locked_until: `${n * 100}`, name: `0x4${n}`, is_alive: n > 3 },
          `0x${n}` as Felt,
        ),
      ),
    )
    const found = async (where: string): Promise<unknown[]> => {
      const data = await torii.data<Record<string, Edges<{ energy: number }>>>(
        `{ found: dojoStarterAdventurerModels(where: ${where}) { totalCount edges { node { energy } } } }`,
      )
      const { totalCount, edges } = data.found as Edges<{ energy: number }>
      expect(totalCount).toBe(edges.length)
      return edges.map(({ node }) => node.energy).sort()
    }
    expect(await found('{ energy: 20 }')).toEqual([20])
    expect(await found('{ energyEQ: 20 }')).toEqual([20])
    expect(await found('{ energyNEQ: 20 }')).toEqual([10, 30, 40, 50])
    expect(await found('{ energyGT: 20, energyLTE: 40 }')).toEqual([30, 40])
    expect(await found('{ energyGTE: 20, energyLT: 40 }')).toEqual([20, 30])
    expect(await found('{ energyIN: [10, 50, 7] }')).toEqual([10, 50])
    expect(await found('{ energyNOTIN: [10, 50] }')).toEqual([20, 30, 40])
    expect(
      await found('{ activity_locked_untilGT: "100", activity_locked_untilLT: "0x1f4" }'),
    ).toEqual([20, 30, 40])
    expect(await found('{ nameIN: ["0x41", "66"] }')).toEqual([10, 20])
    expect(await found('{ nameLIKE: "%45" }')).toEqual([50])
    expect(await found('{ nameNOTLIKE: "%45", is_alive: true }')).toEqual([40])
    expect(await found('{ adventurer_id: "0x003" }')).toEqual([30])
    const { errors } = await torii.graphql(
      '{ dojoStarterAdventurerModels(where: { energy: "x" }) { totalCount } }',
    )
    expect(errors?.[0]?.message).toBe('Expected integer on field energy')
  })

  it('are ordered by a member, and paged newest first without', async () => {
    const torii = await start()
    await torii.blocks(
      ...[30, 10, 20].map((energy) => [adventurer({ energy }, `0x${energy}` as Felt)]),
    )
    const energies = async (args: string): Promise<unknown[]> => {
      const data = await torii.data<Record<string, Edges<{ energy: number }>>>(
        `{ found: dojoStarterAdventurerModels${args} { totalCount edges { node { energy } } } }`,
      )
      return nodes(data.found as Edges<{ energy: number }>).map(({ energy }) => energy)
    }
    expect(await energies('')).toEqual([20, 10, 30])
    expect(await energies('(last: 10)')).toEqual([30, 10, 20])
    expect(await energies('(order: { direction: ASC, field: ENERGY })')).toEqual([10, 20, 30])
    expect(await energies('(order: { direction: DESC, field: ENERGY }, first: 2)')).toEqual([
      30, 20,
    ])
  })
})

describe('entities and event messages', () => {
  it('hang all models of the same keys on one entity, under its scoped id', async () => {
    const torii = await start()
    await torii.blocks([
      adventurer({ energy: 5 }),
      modelWritten('AdventurerEconomics', ID, { energy_balance: 7 }),
      gameEvent('AdventurerCreated', ID, { owner: '0xabc' }),
    ])
    const id = scopedId(WORLD, entityOf('Adventurer', ID))
    const data = await torii.data<Record<'entity' | 'eventMessage', object>>(
      `query ($id: ID!) {
        entity(id: $id) {
          id keys eventId
          models {
            __typename
            ... on dojo_starter_Adventurer { energy entity { id } eventMessage { id } }
            ... on dojo_starter_AdventurerEconomics { energy_balance }
          }
        }
        eventMessage(id: $id) {
          keys
          models { __typename ... on dojo_starter_AdventurerCreated { owner entity { id } eventMessage { id } } }
        }
      }`,
      { id },
    )
    expect(data.entity).toEqual({
      id,
      keys: [paddedFelt('0x2a')],
      eventId: expect.stringMatching(/^0x0{61}1:0x[0-9a-f]{64}:0x[0-9a-f]{64}:0x01$/),
      models: [
        { __typename: 'dojo_starter_AdventurerEconomics', energy_balance: 7 }, // by the models' ids
        { __typename: 'dojo_starter_Adventurer', energy: 5, entity: { id }, eventMessage: null },
      ],
    })
    expect(data.eventMessage).toEqual({
      keys: [paddedFelt('0x2a')],
      models: [
        {
          __typename: 'dojo_starter_AdventurerCreated',
          owner: '0xabc',
          entity: null,
          eventMessage: { id },
        },
      ],
    })
  })

  it('answer an error, and no null, for an id that is not there', async () => {
    const torii = await start()
    const { data, errors } = await torii.graphql('{ entity(id: "0x1") { id } }')
    expect(data).toBeNull()
    expect(errors?.[0]?.message).toMatch(/no rows returned/)
  })

  it('are filtered by keys: as a prefix, with stars that swallow several keys, or one by one', async () => {
    const torii = await start()
    const stack = (adventurer_id: Felt, item_id: Felt) =>
      modelWritten('BackpackItem', { adventurer_id, item_id })
    await torii.blocks([
      stack('0x1', '0x7'),
      stack('0x1', '0x8'),
      stack('0x2', '0x7'),
      adventurer({}, '0x1'),
    ])
    const count = async (keys: string): Promise<number> => {
      const data = await torii.data<{ entities: { totalCount: number } }>(
        `{ entities(keys: ${keys}) { totalCount } }`,
      )
      return data.entities.totalCount
    }
    expect(await count('["0x1"]')).toBe(3)
    expect(await count('["0x1", "0x7"]')).toBe(1)
    expect(await count('["0x1", "*"]')).toBe(2)
    expect(await count('["*", "0x7"]')).toBe(2)
    expect(await count('["*"]')).toBe(4)
  })

  it('keep the last state only, but of historical tags every one, in order and with changed members alone', async () => {
    const torii = await start({
      historical: ['dojo_starter-Adventurer', 'dojo_starter-AdventurerMoved'],
    })
    await torii.blocks(
      [adventurer({ energy: 100, activity_locked_until: '7' })],
      [
        memberWritten('Adventurer', ID, 'energy', '0x5a'),
        gameEvent('AdventurerMoved', ID, { to: '0x1' }),
      ],
      [gameEvent('AdventurerMoved', ID, { to: '0x2' }), gameEvent('AdventurerDied', ID)],
    )
    const history = await torii.rows<{ data: string }>(
      'SELECT data FROM entities_historical ORDER BY rowid',
    )
    expect(history.map(({ data }) => JSON.parse(data))).toEqual([
      {
        adventurer_id: paddedFelt('0x2a'),
        owner: paddedFelt('0x0'),
        name: paddedFelt('0x0'),
        energy: 100,
        max_energy: 0,
        current_hex: paddedFelt('0x0'),
        activity_locked_until: '7',
        is_alive: false,
      },
      { energy: 90 },
    ])
    expect(await torii.rows('SELECT count(*) AS n FROM event_messages_historical')).toEqual([
      { n: 2 },
    ])
    expect(await torii.rows('SELECT [to] FROM [dojo_starter-AdventurerMoved]')).toEqual([
      { to: paddedFelt('0x2') },
    ])
    expect(await torii.rows('SELECT historical_counter AS n FROM entity_model')).toEqual([{ n: 2 }])
  })

  it('lose a model that was erased, and go with their last one', async () => {
    const torii = await start()
    await torii.blocks([adventurer({}), modelWritten('AdventurerEconomics', ID)])
    const counts = `SELECT (SELECT count(*) FROM entities) AS entities, (SELECT count(*) FROM entity_model) AS relations,
      (SELECT count(*) FROM [dojo_starter-Adventurer]) AS adventurers`
    await torii.blocks([modelErased('Adventurer', ID)])
    expect(await torii.rows(counts)).toEqual([{ entities: 1, relations: 1, adventurers: 0 }])
    const before = await torii.rows('SELECT event_id FROM entities')
    await torii.blocks([modelErased('Adventurer', ID), modelErased('Hex', { coordinate: '0x1' })])
    // There was nothing to erase.
    expect(await torii.rows('SELECT event_id FROM entities')).toEqual(before)
    await torii.blocks([modelErased('AdventurerEconomics', ID)])
    expect(await torii.rows(counts)).toEqual([{ entities: 0, relations: 0, adventurers: 0 }])
  })
})

describe('raw events', () => {
  const EVENTS =
    '{ events(first: 100) { totalCount edges { node { id keys data transactionHash executedAt } } } }'

  it('are off by default, as in Torii', async () => {
    const torii = await start()
    await torii.blocks([adventurer({})])
    expect(await torii.data(EVENTS)).toEqual({ events: { totalCount: 0, edges: [] } })
  })

  it('are complete, padded, and tell their block in their id alone', async () => {
    const torii = await start({ rawEvents: true })
    const written = [
      adventurer({ energy: 1 }),
      adventurer({ energy: 2 }),
      gameEvent('AdventurerMoved', ID),
    ]
    await torii.blocks(written)
    const { events } = await torii.data<Record<string, Edges<Record<string, unknown>>>>(EVENTS)
    const [newest, ...rest] = nodes(events as Edges<Record<string, unknown>>)
    expect(rest).toHaveLength(3) // and the one of genesis
    const { EventEmitted, moved } = {
      EventEmitted: '0x1c93f6e4703ae90f75338f29bffbe9c1662200cee981f49afeec26e892debcd',
      moved: selectorsOf(infiniteHexAdventurers).events.AdventurerMoved as Felt,
    } as const
    expect(newest).toMatchObject({
      id: expect.stringMatching(/^0x0{61}1:0x[0-9a-f]{64}:0x[0-9a-f]{64}:0x02$/),
      keys: [EventEmitted, moved, SYSTEM].map(paddedFelt),
      data: ['0x1', '0x2a', '0x2', '0x0', '0x0'].map((felt) => paddedFelt(felt as Felt)),
      executedAt: '2026-01-01T00:00:01+00:00',
    })
    const hash = newest?.transactionHash as Felt
    expect(String(newest?.id).split(':')[1]).toBe(hash)
    expect(receiptOf(torii.node, `0x${BigInt(hash).toString(16)}`).events).toHaveLength(3)
    const { errors } = await torii.graphql('{ events { edges { node { blockNumber } } } }')
    expect(errors?.[0]?.message).toMatch(/blockNumber/)
  })
})

describe('what else is told', () => {
  it('lists registered models by name, with schema and layout only in SQL', async () => {
    const torii = await start()
    const { models } = await torii.data<Record<string, Edges<{ name: string }>>>(
      '{ models(order: { direction: ASC, field: NAME }, first: 2) { totalCount edges { node { name namespace } } } }',
    )
    const { models: defined, events } = infiniteHexAdventurers
    expect(models?.totalCount).toBe(Object.keys(defined).length + Object.keys(events).length)
    const [first] = [...Object.keys(defined), ...Object.keys(events)].sort()
    expect(nodes(models as Edges<object>)[0]).toEqual({ name: first, namespace: 'dojo_starter' })
    const [row] = await torii.rows<Record<string, string>>(
      `SELECT * FROM models WHERE name = 'Hex'`,
    )
    expect(JSON.parse(row?.schema ?? '')).toMatchObject({
      type: 'struct',
      content: {
        name: 'dojo_starter-Hex',
        children: expect.arrayContaining([
          {
            name: 'coordinate',
            member_type: { type: 'primitive', content: { scalar_type: 'felt252', value: null } },
            key: true,
          },
        ]),
      },
    })
    expect(JSON.parse(row?.layout ?? '')).toHaveProperty('Struct')
    expect(row).toMatchObject({
      id: scopedId(WORLD, selectorsOf(infiniteHexAdventurers).models.Hex as Felt),
      legacy_store: 0,
      executed_at: '2026-01-01T00:00:00+00:00',
    })
  })

  it('keeps transactions with events of the world when asked to, with calls and receipts', async () => {
    const off = await start()
    await off.blocks([adventurer({})])
    expect(await off.data('{ transactions { totalCount } }')).toEqual({
      transactions: { totalCount: 0 },
    })
    const on = await start({ transactions: true })
    await on.blocks([adventurer({})])
    const { transactions } = await on.data<Record<string, Edges<Record<string, unknown>>>>(
      '{ transactions { totalCount edges { node { transactionHash senderAddress blockNumber nonce calls { entrypoint } tokenTransfers { from } } } } }',
    )
    const found = nodes(transactions as Edges<Record<string, unknown>>).find(
      ({ blockNumber }) => blockNumber === 1,
    )
    expect(found).toMatchObject({
      senderAddress: on.node.accounts[0]?.address,
      calls: [],
      tokenTransfers: [],
    })
    const one = await on.data(
      'query ($hash: ID!) { transaction(transactionHash: $hash) { blockNumber } }',
      {
        hash: found?.transactionHash,
      },
    )
    expect(one).toEqual({ transaction: { blockNumber: 1 } })
    const hash = found?.transactionHash as Felt
    const selector = selectorsOf(infiniteHexAdventurers).models.Adventurer as Felt
    expect(
      await on.rows(
        `SELECT contract_address, model_id FROM transaction_contract JOIN transaction_models USING (transaction_hash)
         WHERE transaction_hash = '${paddedFelt(hash)}'`,
      ),
    ).toEqual([{ contract_address: paddedFelt(WORLD), model_id: paddedFelt(selector) }])
    const [receipt] = await on.rows('SELECT * FROM transaction_receipts WHERE block_number = 1')
    expect(receipt).toMatchObject({
      block_hash: paddedFelt(on.node.chain.head().hash),
      execution_status: 'SUCCEEDED',
      finality_status: 'ACCEPTED_ON_L2',
    })
  })

  it('has no metadata, no tokens and no controllers, and takes no messages', async () => {
    const torii = await start()
    const data = await torii.data(`{
      metadatas { totalCount } tokens { totalCount } controllers { totalCount }
      tokenBalances(accountAddress: "0x1") { totalCount } tokenTransfers(accountAddress: "0x1") { edges { cursor } }
    }`)
    expect(data).toEqual({
      metadatas: { totalCount: 0 },
      tokens: { totalCount: 0 },
      controllers: { totalCount: 0 },
      tokenBalances: { totalCount: 0 },
      tokenTransfers: { edges: [] },
    })
    const { errors } = await torii.graphql(
      'mutation { publishMessage(signature: ["0x1"], message: "{}") { id } }',
    )
    expect(errors).toHaveLength(1)
  })
})
