import { afterEach, describe, expect, it } from 'vitest'
import { type Felt, feltOfNumber } from '../../../../domain/felt.ts'
import {
  adventurerWritten,
  type TestFact,
  written,
} from '../../../../projections/worlds/infinite-hex-adventurers/world-facts.testing.ts'
import { ask, createTestApi, GRAPHQL_URL } from '../../../api.testing.ts'
import { createClient } from '../../../client/client.ts'
import {
  createWatchedWorld,
  erased,
  hexAt,
  hexWritten,
  type WatchedWorld,
} from './watched-world.testing.ts'

const CENTER = hexAt(0, 0)
/** One more id than a subscription may follow. */
const MANY = Array.from({ length: 101 }, (_, id) => `"${id + 1}"`).join(' ')

/** A message of any of the subscriptions. */
type Message = Readonly<{
  __typename: string
  cursor: string
  position: number
  block: number
  finality: string
  last: boolean
  nodes?: readonly Record<string, never>[]
  node?: Record<string, never>
  id?: string
  reason?: string
}>

/** A subscription to two nodes, each of which has a number that facts write. */
type Followed = Readonly<{
  field: string
  /** Arguments that choose the two nodes. */
  chosen: string
  name: string
  keys: readonly [Felt, Felt]
  /** A node of the same kind that is not followed. */
  other: Felt
  selection: string
  write: (key: Felt, value: number) => TestFact
  keyOf: (node: Record<string, never>) => string
  numberOf: (node: Record<string, never>) => number
}>

const FOLLOWED: readonly Followed[] = [
  {
    field: 'hexChanged',
    chosen: `center: "${CENTER}", radius: 1`,
    name: 'Hex',
    keys: [CENTER, hexAt(1, 0)],
    other: hexAt(2, 0),
    selection: 'coordinate { packed } discoverer',
    write: (hex, value) => hexWritten(hex, feltOfNumber(value)),
    keyOf: ({ coordinate }) => (coordinate as unknown as { packed: string }).packed, // as selected
    numberOf: ({ discoverer }) => Number(discoverer),
  },
  {
    field: 'adventurerChanged',
    chosen: 'ids: ["0x101", "0xb", "0x0b"]',
    name: 'Adventurer',
    keys: ['0xb', '0x101'],
    other: '0x9',
    selection: 'id energy',
    write: (id, energy) => adventurerWritten(id, CENTER, { energy }),
    keyOf: ({ id }) => id ?? '',
    numberOf: ({ energy }) => Number(energy),
  },
  {
    field: 'marketChanged',
    chosen: 'items: ["0x101", "0x7"]',
    name: 'ConversionRate',
    keys: ['0x7', '0x101'],
    other: '0x9',
    selection: 'itemId effectiveRate',
    write: (item, rate) =>
      written(
        'ConversionRate',
        { item_type: item },
        { current_rate: rate, base_rate: 10, last_update_block: '1' },
      ),
    keyOf: ({ itemId }) => itemId ?? '',
    numberOf: ({ effectiveRate }) => Number(effectiveRate),
  },
]

const documentOf = ({ field, chosen, name, selection }: Omit<Followed, 'keys'>): string =>
  `subscription ($since: Cursor) { ${field}(${chosen}, since: $since) { __typename
    ... on Change { cursor position block finality last }
    ... on ${name}Snapshot { nodes { ${selection} } }
    ... on ${name}Upsert { node { ${selection} } }
    ... on ${name}Removal { id }
    ... on Resync { reason } } }`

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** Pulls the next messages. */
type Pull = (count: number) => Promise<Message[]>

/** A subscription at an API of its own, as another process would serve it. */
const subscribe = (world: WatchedWorld, document: string, since: string | null = null): Pull => {
  const { api } = createTestApi({}, world)
  closing.push(api.close)
  const client = createClient({ url: GRAPHQL_URL, fetch: api.fetch })
  const asker = new AbortController()
  closing.push(async () => asker.abort())
  const stream = client.subscribe(document, { since }, asker)[Symbol.asyncIterator]()
  return async (count) => {
    const messages: Message[] = []
    while (messages.length < count) {
      const { value, done } = await stream.next()
      if (done === true) throw new Error('the subscription ended')
      messages.push(...Object.values(value as Record<string, Message>)) // its only field
    }
    return messages
  }
}

describe.each(FOLLOWED)('$field', (followed) => {
  const { keys, other, name, write, keyOf, numberOf } = followed
  const [first, second] = keys
  const document = documentOf(followed)

  /** A message in short: nodes by their keys and values. */
  const gist = ({ __typename, position, last, nodes, node, id }: Message) => {
    const shown = (each: Record<string, never>) => `${keyOf(each)}=${numberOf(each)}`
    if (nodes !== undefined) return [position, last, ...nodes.map(shown)]
    return [position, last, node === undefined ? `${id ?? __typename} gone` : shown(node)]
  }
  const begun = (...facts: readonly TestFact[]): WatchedWorld => {
    const world = createWatchedWorld()
    world.addBlock(...facts)
    return world
  }

  it('gives a snapshot of what it follows, then what changes of that, and nothing else', async () => {
    const world = begun(write(first, 1), write(other, 1)) // 0 … 2
    const pull = subscribe(world, document)
    const [snapshot] = await pull(1)
    expect(snapshot).toMatchObject({
      __typename: `${name}Snapshot`,
      block: 1,
      finality: 'ACCEPTED_ON_L2',
    })
    world.addBlock(write(first, 2)) // 3 … 4
    world.addBlock(write(other, 2)) // 5 … 6
    world.addBlock(write(second, 3)) // 7 … 8
    world.addBlock(erased(write(first, 2))) // 9 … 10
    const changes = await pull(3)
    expect([snapshot, ...changes].map((message) => gist(message as Message))).toEqual([
      [2, true, `${first}=1`],
      [4, true, `${first}=2`],
      [8, true, `${second}=3`],
      [10, true, `${first} gone`],
    ])
    expect(changes.map(({ __typename, block }) => [__typename, block])).toEqual([
      [`${name}Upsert`, 2],
      [`${name}Upsert`, 4],
      [`${name}Removal`, 5],
    ])
  })

  it('gives all changes of a block, the last of which says so, and blocks that came at once one by one', async () => {
    const world = begun(write(first, 1))
    const pull = subscribe(world, document)
    const [snapshot] = await pull(1)
    const values = Array.from({ length: 70 }, (_, index) => 2 + index)
    const expected = values.flatMap((value) => {
      const position = world.addBlock(
        write(second, value),
        write(first, value),
        write(other, value),
      )
      return [
        [position, false, `${first}=${value}`],
        [position, true, `${second}=${value}`],
      ]
    })
    expect((await pull(expected.length)).map(gist)).toEqual(expected)
    const resumed = subscribe(world, document, snapshot?.cursor)
    expect((await resumed(expected.length)).map(gist)).toEqual(expected)
  })

  it('goes on directly behind a cursor, also in the middle of a block, at another process', async () => {
    const world = begun(write(first, 1))
    const pull = subscribe(world, document)
    const [snapshot] = await pull(1)
    world.addBlock(write(first, 2), write(second, 2))
    world.addBlock(write(first, 3))
    const changes = await pull(3)
    for (const [at, message] of [snapshot, ...changes].entries()) {
      const resumed = subscribe(world, document, message?.cursor)
      expect(await resumed(changes.length - at)).toEqual(changes.slice(at))
    }
  })

  it('tells once more what is true again when a block was dropped', async () => {
    const world = begun(write(first, 1)) // 0 … 1
    const pull = subscribe(world, document)
    const [snapshot] = await pull(1)
    world.addBlock(write(first, 2), write(second, 2)) // 2 … 4
    const told = await pull(2)
    world.retract() // 5
    world.addBlock(write(second, 7)) // 6 … 7
    const changes = await pull(3)
    const expected = [
      [4, false, `${first}=2`],
      [4, true, `${second}=2`],
      [5, false, `${first}=1`],
      [5, true, `${second} gone`],
      [7, true, `${second}=7`],
    ]
    expect([...told, ...changes].map(gist)).toEqual(expected)
    expect(changes.map(({ block }) => block)).toEqual([1, 1, 2])
    // A client that was away in between is led the same way.
    for (const [at, message] of [snapshot, ...told, ...changes.slice(0, -1)].entries()) {
      const resumed = subscribe(world, document, message?.cursor)
      expect((await resumed(expected.length - at)).map(gist)).toEqual(expected.slice(at))
    }
    const [late] = await subscribe(world, document)(1)
    expect(gist(late as Message)).toEqual([7, true, `${first}=1`, `${second}=7`])
  })

  it('says that a client has to start over when its read models were rebuilt, and not for others', async () => {
    const world = begun(write(first, 1))
    const [snapshot] = await subscribe(world, document)(1)
    const [own, foreign] =
      followed.field === 'marketChanged' ? ['market', 'world'] : ['world', 'market']
    world.setVersion(foreign, 99)
    world.addBlock(write(first, 2))
    const [change] = await subscribe(world, document, snapshot?.cursor)(1)
    expect(gist(change as Message)).toEqual([3, true, `${first}=2`])
    world.setVersion(own, 99)
    const [resync] = await subscribe(world, document, snapshot?.cursor)(1)
    expect(resync).toMatchObject({
      __typename: 'Resync',
      reason: expect.stringContaining('rebuilt'),
    })
  })
})

it('tells a block that changed more than a page holds in parts, and goes on in the middle of it', async () => {
  const world = createWatchedWorld()
  world.addBlock(written('ConversionRate', { item_type: '0x1' }, { current_rate: 1 }))
  const document = documentOf({
    ...(FOLLOWED[2] as Followed), // there are three
    chosen: '',
  }).replace('(, ', '(')
  const [snapshot] = await subscribe(world, document)(1)
  const items = Array.from({ length: 600 }, (_, at) => feltOfNumber(at + 1))
  world.addBlock(
    ...items.map((item) => written('ConversionRate', { item_type: item }, { current_rate: 2 })),
  )
  const told = await subscribe(world, document, snapshot?.cursor)(items.length)
  expect(told.map(({ node }) => node?.itemId)).toEqual(items)
  expect(told.map(({ last }) => last)).toEqual(items.map((_, at) => at === items.length - 1))
  for (const at of [0, 255, 256, 300, 598]) {
    const resumed = subscribe(world, document, told[at]?.cursor)
    expect(await resumed(items.length - at - 1)).toEqual(told.slice(at + 1))
  }
})

describe('what a subscription follows', () => {
  const first = async (field: string, selection: string): Promise<Message | undefined> => {
    const world = createWatchedWorld()
    world.addBlock(
      hexWritten(CENTER, '0x1'),
      adventurerWritten('0xb', CENTER),
      written('Inventory', { adventurer_id: '0xb' }, { max_weight: 750 }),
    )
    const pull = subscribe(world, `subscription { ${field} { __typename ${selection} } }`)
    await pull(1)
    world.addBlock(
      written(
        'BackpackItem',
        { adventurer_id: '0xb', item_id: '0x7' },
        { quantity: 4, quality: 98, weight_per_unit: 1 },
      ),
      adventurerWritten('0xb', CENTER, { energy: 7 }),
    )
    return (await pull(1))[0]
  }

  it('is an adventurer with what it carries', async () => {
    const selection = '... on AdventurerUpsert { node { energy inventory { items { quantity } } } }'
    expect(await first('adventurerChanged(ids: ["0xb"])', selection)).toMatchObject({
      node: { energy: 7, inventory: { items: [{ quantity: 4 }] } },
    })
  })

  it('is a hex with who stands there', async () => {
    const selection = '... on HexUpsert { node { discoverer adventurers { id energy } } }'
    expect(await first(`hexChanged(center: "${CENTER}", radius: 0)`, selection)).toMatchObject({
      node: { discoverer: '0x1', adventurers: [{ id: '0xb', energy: 7 }] },
    })
  })

  it('are all rates where no items are named', async () => {
    const rated = (item: Felt, rate: number) =>
      written('ConversionRate', { item_type: item }, { current_rate: rate, last_update_block: '1' })
    const world = createWatchedWorld()
    world.addBlock(rated('0x7', 3), rated('0x101', 4))
    const selection = '{ itemId effectiveRate }'
    const pull = subscribe(
      world,
      `subscription { marketChanged { ... on ConversionRateSnapshot { nodes ${selection} }
        ... on ConversionRateUpsert { node ${selection} } } }`,
    )
    expect(await pull(1)).toEqual([
      {
        nodes: [
          { itemId: '0x7', effectiveRate: 3 },
          { itemId: '0x101', effectiveRate: 4 },
        ],
      },
    ])
    world.addBlock(rated('0x9', 5))
    expect(await pull(1)).toEqual([{ node: { itemId: '0x9', effectiveRate: 5 } }])
  })

  it.each([
    ['no adventurer', 'adventurerChanged(ids: [])'],
    ['too many adventurers', `adventurerChanged(ids: [${MANY}])`],
    ['no item', 'marketChanged(items: [])'],
    ['too many items', `marketChanged(items: [${MANY}])`],
    ['too many hexes', `hexChanged(center: "${CENTER}", radius: 65)`],
    ['an event that there is not', 'worldEvents(types: ["Vanished"])'],
  ])('is not %s', async (_what, field) => {
    const { api } = createTestApi()
    closing.push(api.close)
    expect((await ask(api, `subscription { ${field} { __typename } }`)).codes).toEqual([
      'BAD_USER_INPUT',
    ])
  })
})
