import type { Client } from 'graphql-ws'
import { afterEach, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import type { Felt } from '../../../domain/felt.ts'
import { infiniteHexAdventurers } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { selectorsOf, WORLD_EVENT_SELECTORS } from '../../../schemas/worlds/selectors.ts'
import { add, signedTransaction } from '../sandbox.testing.ts'
import { paddedFelt, scopedId } from './ids.ts'
import { openClient, subscribed, wsUrl } from './socket-client.testing.ts'
import { OPERATIONS_PER_CONNECTION_MAX } from './text-socket.ts'
import {
  entityOf,
  gameEvent,
  memberWritten,
  modelErased,
  modelWritten,
  startTestTorii,
  type TestTorii,
  WORLD,
} from './torii.testing.ts'

const closing: (() => unknown)[] = []
const start = async (options: Parameters<typeof startTestTorii>[0] = {}): Promise<TestTorii> => {
  const torii = await startTestTorii(options)
  closing.push(torii.close)
  return torii
}
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const clientOf = (torii: TestTorii): Client => {
  const client = openClient(torii)
  closing.push(() => client.dispose())
  return client
}

const ID = { adventurer_id: '0x2a' }
const adventurer = (energy: number, id: Felt = '0x2a') =>
  modelWritten('Adventurer', { adventurer_id: id }, { energy })
const ENTITY = scopedId(WORLD, entityOf('Adventurer', ID))

describe('eventEmitted', () => {
  it('tells events as they are stored, filtered by position, with times in Z', async () => {
    const torii = await start({ rawEvents: true })
    const client = clientOf(torii)
    const moved = selectorsOf(infiniteHexAdventurers).events.AdventurerMoved as Felt
    const some = await subscribed(
      client,
      `subscription ($keys: [String]) { eventEmitted(keys: $keys) { id keys data executedAt transactionHash } }`,
      { keys: [WORLD_EVENT_SELECTORS.EventEmitted, moved, '*'] },
    )
    await torii.blocks([adventurer(1), gameEvent('AdventurerMoved', ID, { to: '0x5' })])
    expect(await some.next()).toEqual({
      eventEmitted: {
        id: expect.stringMatching(/:0x01$/),
        keys: [WORLD_EVENT_SELECTORS.EventEmitted, moved, '0x515'].map((felt) =>
          paddedFelt(felt as Felt),
        ),
        data: ['0x1', '0x2a', '0x2', '0x0', '0x5'].map((felt) => paddedFelt(felt as Felt)),
        executedAt: '2026-01-01T00:00:01Z',
        transactionHash: paddedFelt(torii.node.chain.store.transactionHashes(1)[0] as Felt),
      },
    })
  })

  it('says nothing while raw events are off', async () => {
    const torii = await start()
    const client = clientOf(torii)
    const events = await subscribed(client, 'subscription { eventEmitted { id } }')
    const entities = await subscribed(client, 'subscription { entityUpdated { id } }')
    await torii.blocks([adventurer(1)])
    expect(await entities.next()).toEqual({ entityUpdated: { id: ENTITY } })
    const silent = events.next()
    await events.stop()
    expect(await silent).toBeUndefined()
  })

  it('refuses keys that are none', async () => {
    const torii = await start({ rawEvents: true })
    const results = clientOf(torii).iterate({
      query: 'subscription { eventEmitted(keys: ["x"]) { id } }',
    })
    expect((await results.next()).value).toMatchObject({
      errors: [{ message: expect.stringMatching(/hex string/) }],
    })
  })
})

describe('entityUpdated and eventMessageUpdated', () => {
  const ENERGY = `models { ... on dojo_starter_Adventurer { energy } }`

  it('tell each update with the models as they were then, by scoped id, bare hash or for all', async () => {
    const torii = await start()
    const client = clientOf(torii)
    const query = `subscription ($id: ID) { entityUpdated(id: $id) { id updatedAt ${ENERGY} } }`
    const [scoped, bare, all, other] = await Promise.all([
      subscribed(client, query, { id: ENTITY }),
      subscribed(client, query, { id: ENTITY.split(':')[1] }),
      subscribed(client, query),
      subscribed(client, query, { id: ENTITY.toUpperCase() }),
    ])
    await torii.blocks([
      adventurer(1),
      memberWritten('Adventurer', ID, 'energy', '0x2'),
      adventurer(7, '0x2b'),
    ])
    for (const updates of [scoped, bare, all]) {
      expect(await updates.next()).toMatchObject({
        entityUpdated: { id: ENTITY, models: [{ energy: 1 }] },
      })
      expect(await updates.next()).toMatchObject({
        entityUpdated: { id: ENTITY, models: [{ energy: 2 }] },
      })
    }
    expect(await all.next()).toMatchObject({
      entityUpdated: { models: [{ energy: 7 }], updatedAt: expect.stringMatching(/Z$/) },
    })
    const silent = other.next()
    await other.stop()
    expect(await silent).toBeUndefined()
  })

  it('tell the last state as often as there were updates, under the defect', async () => {
    const torii = await start({ defects: { coalescedUpdates: true } })
    const updates = await subscribed(
      clientOf(torii),
      `subscription { entityUpdated { ${ENERGY} } }`,
    )
    await torii.blocks([adventurer(1), adventurer(2), adventurer(3)])
    for (const _ of [1, 2, 3])
      expect(await updates.next()).toEqual({ entityUpdated: { models: [{ energy: 3 }] } })
  })

  it('tell only the last update of a row that is not historical in a cycle, under the defect', async () => {
    const torii = await start({
      defects: { skippedUpdates: true },
      historical: ['dojo_starter-AdventurerEconomics'],
    })
    const updates = await subscribed(
      clientOf(torii),
      `subscription { entityUpdated { models { __typename } } }`,
    )
    const economics = modelWritten('AdventurerEconomics', ID)
    await torii.blocks([adventurer(1), adventurer(2), economics, adventurer(3), economics])
    const both = [
      { __typename: 'dojo_starter_AdventurerEconomics' },
      { __typename: 'dojo_starter_Adventurer' },
    ]
    for (const _ of ['economics', 'adventurer', 'economics'])
      expect(await updates.next()).toEqual({ entityUpdated: { models: both } })
    await torii.blocks([modelErased('AdventurerEconomics', ID)])
    expect(await updates.next()).toEqual({ entityUpdated: { models: both.slice(1) } })
  })

  it('tell of an entity that lost its last model, except under the defect', async () => {
    for (const undeliveredDeletions of [false, true]) {
      const torii = await start({ defects: { undeliveredDeletions } })
      const updates = await subscribed(
        clientOf(torii),
        `subscription { entityUpdated { id ${ENERGY} } }`,
      )
      await torii.blocks([adventurer(1)], [modelErased('Adventurer', ID)], [adventurer(2)])
      expect(await updates.next()).toEqual({
        entityUpdated: { id: ENTITY, models: [{ energy: 1 }] },
      })
      if (!undeliveredDeletions)
        expect(await updates.next()).toEqual({ entityUpdated: { id: ENTITY, models: [] } })
      expect(await updates.next()).toEqual({
        entityUpdated: { id: ENTITY, models: [{ energy: 2 }] },
      })
    }
  })

  it('tell event messages, except under the defect', async () => {
    for (const silentEventMessages of [false, true]) {
      const torii = await start({ defects: { silentEventMessages } })
      const client = clientOf(torii)
      const messages = await subscribed(
        client,
        'subscription { eventMessageUpdated { keys models { ... on dojo_starter_AdventurerMoved { to } } } }',
      )
      const entities = await subscribed(client, 'subscription { entityUpdated { id } }')
      await torii.blocks([gameEvent('AdventurerMoved', ID, { to: '0x5' }), adventurer(1)])
      await entities.next()
      const message = messages.next()
      if (silentEventMessages) await messages.stop()
      expect(await message).toEqual(
        silentEventMessages
          ? undefined
          : { eventMessageUpdated: { keys: [paddedFelt('0x2a')], models: [{ to: '0x5' }] } },
      )
    }
  })
})

describe('transaction', () => {
  it('tells transactions when they are kept', async () => {
    const torii = await start({ transactions: true })
    const client = clientOf(torii)
    const updates = await subscribed(
      client,
      'subscription { transaction { transactionHash blockNumber executedAt } }',
    )
    await torii.blocks([adventurer(1)])
    expect(await updates.next()).toEqual({
      transaction: {
        transactionHash: torii.node.chain.store.transactionHashes(1)[0],
        blockNumber: 1,
        executedAt: '2026-01-01T00:00:01+00:00',
      },
    })
  })

  it('tells only those of a hash, or with a call of a caller', async () => {
    const torii = await start({ transactions: true, preConfirmed: false })
    const { accounts, chain } = torii.node
    const [, bot] = accounts
    if (bot === undefined) throw new RangeError('The node has no bot')
    const injected = chain.inject([adventurer(1)])
    chain.submit(signedTransaction(bot, 0, [add(1n, 2n)]))
    const client = clientOf(torii)
    const query = `subscription ($hash: ID, $caller: String) {
      transaction(hash: $hash, hasCaller: $caller) { senderAddress }
    }`
    const byHash = await subscribed(client, query, { hash: paddedFelt(injected) })
    const byCaller = await subscribed(client, query, {
      caller: paddedFelt(bot.address).toUpperCase().replace('X', 'x'),
    })
    const operator = await subscribed(client, query, { caller: accounts[0]?.address })
    torii.node.mine()
    expect(await byHash.next()).toEqual({ transaction: { senderAddress: accounts[0]?.address } })
    expect(await byCaller.next()).toEqual({ transaction: { senderAddress: bot.address } })
    const silent = operator.next()
    await operator.stop()
    expect(await silent).toBeUndefined() // its transaction makes no call
    const refused = await subscribed(client, query, { caller: 'me' })
    expect(await refused.next()).toMatchObject([{ message: 'hasCaller is no felt' }])
  })
})

/** A client of the older subprotocol: what the server says, message by message. */
const legacyClient = async (torii: TestTorii, path?: string) => {
  const socket = new WebSocket(wsUrl(torii, path), 'graphql-ws')
  closing.push(() => socket.terminate())
  const received: unknown[] = []
  const waiting: ((message: unknown) => void)[] = []
  const closed = new Promise<number>((resolve) => socket.once('close', resolve))
  socket.on('message', (data) => {
    const message: unknown = JSON.parse(String(data))
    const waiter = waiting.shift()
    if (waiter === undefined) received.push(message)
    else waiter(message)
  })
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  return {
    protocol: socket.protocol,
    closed,
    send: (message: unknown) =>
      socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    next: (): Promise<unknown> =>
      received.length > 0
        ? Promise.resolve(received.shift())
        : new Promise((resolve) => waiting.push(resolve)),
  }
}

describe('the older subprotocol', () => {
  it('greets, delivers until it is told to stop, and answers queries too', async () => {
    const torii = await start()
    const client = await legacyClient(torii)
    expect(client.protocol).toBe('graphql-ws')
    client.send({ type: 'connection_init', payload: {} })
    expect(await client.next()).toEqual({ type: 'connection_ack' })
    client.send({
      type: 'start',
      id: 's',
      payload: { query: 'subscription { entityUpdated { id } }' },
    })
    client.send({
      type: 'start',
      id: 'q',
      payload: { query: '{ __typename }', variables: null, operationName: null },
    })
    expect(await client.next()).toEqual({
      type: 'data',
      id: 'q',
      payload: { data: { __typename: 'World__Query' } },
    })
    expect(await client.next()).toEqual({ type: 'complete', id: 'q' })
    await torii.blocks([adventurer(1)])
    const update = { type: 'data', id: 's', payload: { data: { entityUpdated: { id: ENTITY } } } }
    expect(await client.next()).toEqual(update)
    client.send({ type: 'stop', id: 's' })
    client.send({
      type: 'start',
      id: 's',
      payload: { query: 'subscription { entityUpdated { id } }' },
    })
    client.send({ type: 'start', id: 'r', payload: { query: '{ nothing }' } })
    expect(await client.next()).toMatchObject({
      type: 'error',
      id: 'r',
      payload: [{ message: /nothing/ }],
    })
    await torii.blocks([adventurer(2)])
    expect(await client.next()).toEqual(update)
    client.send({ type: 'connection_terminate' })
    expect(await client.closed).toBe(1000)
  })

  it.each([
    ['no JSON', 'this is no JSON'],
    ['an array', []],
    [
      'an operation before the greeting',
      { type: 'start', id: '1', payload: { query: '{ __typename }' } },
    ],
    ['a type that there is not', { type: 'subscribe', id: '1' }],
  ])('closes on %s', async (_, message) => {
    const client = await legacyClient(await start())
    client.send(message)
    expect(await client.closed).toBe(1002)
  })

  it('refuses a second operation under an id in use', async () => {
    const client = await legacyClient(await start(), '/graphql')
    client.send({ type: 'connection_init' })
    await client.next()
    const subscribe = {
      type: 'start',
      id: 's',
      payload: { query: 'subscription { entityUpdated { id } }' },
    }
    client.send(subscribe)
    client.send(subscribe)
    expect(await client.next()).toMatchObject({ type: 'error', id: 's' })
  })
})

describe('the socket', () => {
  it('prefers the modern subprotocol and closes on an unknown one', async () => {
    const torii = await start()
    const both = new WebSocket(wsUrl(torii), ['graphql-ws', 'graphql-transport-ws'])
    await new Promise((resolve) => both.once('open', resolve))
    expect(both.protocol).toBe('graphql-transport-ws')
    both.terminate()
    const none = new WebSocket(wsUrl(torii))
    expect(await new Promise((resolve) => none.once('close', resolve))).toBe(1002)
  })

  it('forgets the subscriptions of a connection that goes', async () => {
    const torii = await start()
    const client = clientOf(torii)
    await subscribed(client, 'subscription { entityUpdated { id } }')
    await client.dispose()
    const other = await subscribed(clientOf(torii), 'subscription { entityUpdated { id } }')
    await torii.blocks([adventurer(1)])
    expect(await other.next()).toEqual({ entityUpdated: { id: ENTITY } })
  })

  it('closes on a message that is too large, and refuses too many operations', async () => {
    const torii = await start()
    const large = await legacyClient(torii)
    large.send(`"${'x'.repeat(1 << 20)}"`)
    expect(await large.closed).toBe(1009)
    const busy = await legacyClient(torii)
    busy.send({ type: 'connection_init' })
    await busy.next()
    for (let id = 0; id <= OPERATIONS_PER_CONNECTION_MAX; id++) {
      busy.send({
        type: 'start',
        id: `${id}`,
        payload: { query: 'subscription { entityUpdated { id } }' },
      })
    }
    expect(await busy.next()).toMatchObject({
      type: 'error',
      id: `${OPERATIONS_PER_CONNECTION_MAX}`,
    })
    const modern = clientOf(torii)
    const refused = await new Promise((resolve) => {
      const sink = { next: () => undefined, error: resolve, complete: () => undefined }
      for (let id = 0; id <= OPERATIONS_PER_CONNECTION_MAX; id++) {
        modern.subscribe({ query: 'subscription { entityUpdated { id } }' }, sink)
      }
    })
    expect(refused).toEqual([
      { message: `A connection may have ${OPERATIONS_PER_CONNECTION_MAX} operations at once` },
    ])
  })

  it('closes its connections when Torii stops', async () => {
    const torii = await startTestTorii()
    const client = await legacyClient(torii)
    client.send({ type: 'connection_init' })
    await client.next()
    client.send({
      type: 'start',
      id: 's',
      payload: { query: 'subscription { entityUpdated { id } }' },
    })
    client.send({ type: 'start', id: 'q', payload: { query: '{ __typename }' } })
    await client.next()
    await torii.close()
    expect([1001, 1006]).toContain(await client.closed)
  })
})
