import { afterEach, describe, expect, expectTypeOf, it } from 'vitest'
import {
  accepted,
  commandOf,
  createWriteSide,
  startRunner,
} from '../../commands/write-side.testing.ts'
import { RetryableError } from '../../domain/errors.ts'
import { type HeadQuery, headDocument } from '../../schemas/graphql/documents.ts'
import type { TypedDocument } from '../../schemas/graphql/typed-document.ts'
import {
  type HexChangedSubscription,
  type HexesAtQuery,
  type HexesAtQueryVariables,
  hexChangedDocument,
} from '../../schemas/graphql/worlds/infinite-hex-adventurers/documents.ts'
import { createTestApi, GRAPHQL_URL, OPERATOR_TOKEN } from '../api.testing.ts'
import {
  createWatchedWorld,
  hexAt,
  hexWritten,
  type WatchedWorld,
} from '../graphql/worlds/infinite-hex-adventurers/watched-world.testing.ts'
import { type ApiServer, serveApi } from '../http/server.ts'
import { type Client, createClient } from './client.ts'
import type { FollowStatus } from './follow.ts'
import { GraphQLRequestError } from './graphql-request-error.ts'
import type { Variables } from './transport.ts'

type HexMessage = Readonly<{
  __typename: string
  cursor: string
  position: number
  nodes?: readonly { discoverer: string }[]
  node?: { discoverer: string }
}>

const FOLLOW_HEXES = `subscription ($since: Cursor) {
  hexChanged(center: { q: 0, r: 0 }, radius: 1, since: $since) {
    __typename
    ... on Change { cursor position last }
    ... on HexSnapshot { nodes { discoverer } }
    ... on HexUpsert { node { discoverer } }
    ... on Resync { reason }
  }
}` as TypedDocument<Readonly<{ hexChanged: HexMessage }>, Variables>

const SECTOR = { center: { q: 0, r: 0 }, radius: 1, whole: true, since: null }

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const serve = async (
  world: WatchedWorld,
  port = 0,
  overrides: Parameters<typeof createTestApi>[0] = {},
): Promise<ApiServer> => {
  const server = await serveApi(createTestApi(overrides, world).api, { port })
  closing.push(server.close)
  return server
}

const worldWithOneHex = (): WatchedWorld => {
  const world = createWatchedWorld()
  world.addBlock(hexWritten(hexAt(0, 0), '0x1'))
  return world
}

const clientOf = (options: Parameters<typeof createClient>[0]): Client => {
  const client = createClient(options)
  closing.push(client.close)
  return client
}

const nextOf = async <T>(stream: AsyncIterator<T>): Promise<T> => {
  const step = await stream.next()
  if (step.done === true) throw new Error('the stream ended')
  return step.value
}

const pull = async <T>(stream: AsyncIterator<T>, into: T[], count: number): Promise<void> => {
  while (into.length < count) into.push(await nextOf(stream))
}

type Following = Readonly<{ statuses?: FollowStatus[]; since?: string }>

const follow = (
  client: Client,
  signal: AbortSignal,
  { statuses = [], since }: Following = {},
): AsyncIterator<HexMessage> =>
  client
    .follow(FOLLOW_HEXES, (cursor) => ({ since: cursor }), {
      signal,
      onStatus: (status) => statuses.push(status),
      ...(since === undefined ? {} : { since }),
    })
    [Symbol.asyncIterator]()

describe('a query', () => {
  it('returns its data, with the token where one is needed', async () => {
    const server = await serve(worldWithOneHex())
    const client = clientOf({ url: server.graphqlUrl, token: OPERATOR_TOKEN })
    expect(await client.query('{ _meta { position } }')).toEqual({ _meta: { position: 1 } })
    const submit =
      'mutation { submitCommand(input: { entrypoint: "regenerate_energy", args: { adventurer_id: "0x1" } }) { __typename } }'
    expect(await client.query(submit)).toEqual({ submitCommand: { __typename: 'Command' } })
    await expect(clientOf({ url: server.graphqlUrl }).query(submit)).rejects.toMatchObject({
      codes: ['UNAUTHENTICATED'],
    })
  })

  it('tells refusals, which do not pass, from trouble that may', async () => {
    const world = worldWithOneHex()
    const server = await serve(world)
    const client = clientOf({ url: server.graphqlUrl })
    const refused = client.query('{ hex(coordinate: { q: 0, r: 0 }, at: { block: 9 }) { biome } }')
    await expect(refused).rejects.toBeInstanceOf(GraphQLRequestError)
    await expect(refused).rejects.toMatchObject({ codes: ['AT_ABOVE_HEAD'] })
    world.failNext('meta', new RetryableError('busy'))
    await expect(client.query('{ _meta { position } }')).rejects.toBeInstanceOf(RetryableError)
    await server.close()
    await expect(client.query('{ _meta { position } }')).rejects.toBeInstanceOf(RetryableError)
  })

  it('knows what a typed document answers, and nothing of any other text', async () => {
    const server = await serve(worldWithOneHex())
    const client = clientOf({ url: server.graphqlUrl })
    const answer = await client.query(headDocument, {})
    expectTypeOf(answer).toEqualTypeOf<HeadQuery>()
    expect(answer).toEqual({ _meta: { block: { number: 1 } } })
    expectTypeOf(await client.query('{ _meta { lag } }')).toBeUnknown()
    expectTypeOf(client.query<HexesAtQuery, HexesAtQueryVariables>)
      .parameter(1)
      .toEqualTypeOf<HexesAtQueryVariables>()
    expectTypeOf(client.follow(hexChangedDocument, () => SECTOR)).toEqualTypeOf<
      AsyncIterable<HexChangedSubscription['hexChanged']>
    >()
    expectTypeOf(client.follow('subscription { x }', () => ({}))).toEqualTypeOf<
      AsyncIterable<unknown>
    >()
  })

  it('stops when its signal aborts, with the reason given', async () => {
    const reason = new Error('the player left')
    const fetch = (request: Request) =>
      new Promise<Response>((_resolve, reject) =>
        request.signal.addEventListener('abort', () => reject(request.signal.reason)),
      )
    const controller = new AbortController()
    const pending = createClient({ url: GRAPHQL_URL, fetch }).query(
      '{ _meta { position } }',
      {},
      controller,
    )
    controller.abort(reason)
    await expect(pending).rejects.toBe(reason)
  })

  it.each([
    [502, '<html>', RetryableError],
    [200, '<html>', RetryableError],
    [404, '', GraphQLRequestError],
    [200, '{}', GraphQLRequestError],
  ])('names what is wrong with an answer of status %i and body %j', async (status, body, kind) => {
    const fetch = async () => new Response(body, { status })
    await expect(
      createClient({ url: GRAPHQL_URL, fetch }).query('{ _meta { position } }'),
    ).rejects.toBeInstanceOf(kind)
  })
})

describe.each(['ws', 'sse'] as const)('a subscription over %s', (subscriptions) => {
  it('gives a snapshot, then each change', async () => {
    const world = worldWithOneHex()
    const server = await serve(world)
    const asker = new AbortController()
    const stream = follow(clientOf({ url: server.graphqlUrl, subscriptions }), asker.signal)
    expect(await nextOf(stream)).toMatchObject({
      __typename: 'HexSnapshot',
      nodes: [{ discoverer: '0x1' }],
    })
    world.addBlock(hexWritten(hexAt(0, 0), '0x2'), hexWritten(hexAt(1, 0), '0x3'))
    expect(await nextOf(stream)).toMatchObject({
      __typename: 'HexUpsert',
      position: 4,
      node: { discoverer: '0x2' },
    })
    expect(await nextOf(stream)).toMatchObject({
      __typename: 'HexUpsert',
      position: 4,
      node: { discoverer: '0x3' },
    })
    asker.abort()
    expect((await stream.next()).done).toBe(true)
    const metrics = async () => (await fetch(`${server.url}/metrics`)).text()
    await expect.poll(metrics).toMatch(/world_subscriptions 0\n/)
  })

  it('goes on exactly where it was after the server has restarted', async () => {
    const world = worldWithOneHex()
    const server = await serve(world)
    const asker = new AbortController()
    const statuses: FollowStatus[] = []
    const stream = follow(clientOf({ url: server.graphqlUrl, subscriptions }), asker.signal, {
      statuses,
    })
    await nextOf(stream)
    world.addBlock(
      hexWritten(hexAt(0, 0), '0x2'),
      hexWritten(hexAt(1, 0), '0x3'),
      hexWritten(hexAt(0, 1), '0x4'),
    )
    const seen = [await nextOf(stream)]
    await server.close()
    world.addBlock(hexWritten(hexAt(1, 0), '0x5'))
    const reading = pull(stream, seen, 5)
    await expect.poll(() => statuses).toContain('resuming')
    const restarted = await serve(world, server.port)
    await expect.poll(() => statuses.at(-1), { timeout: 20_000 }).toBe('live')
    world.addBlock(hexWritten(hexAt(1, 0), '0x6'))
    await reading
    const expected = [
      [5, '0x4'],
      [5, '0x2'],
      [5, '0x3'],
      [7, '0x5'],
      [9, '0x6'],
    ]
    expect(seen.map(({ position, node }) => [position, node?.discoverer])).toEqual(expected)
    expect(statuses.filter((status) => status !== 'offline')).toEqual(['live', 'resuming', 'live'])
    // Another client takes over in the middle of the first block.
    const since = seen[0]?.cursor ?? ''
    const later = follow(clientOf({ url: restarted.graphqlUrl, subscriptions }), asker.signal, {
      since,
    })
    const taken: HexMessage[] = []
    await pull(later, taken, 4)
    expect(taken).toEqual(seen.slice(1))
    asker.abort()
  })

  it('starts over when the server says so', async () => {
    const world = worldWithOneHex()
    const server = await serve(world)
    const asker = new AbortController()
    const stream = follow(clientOf({ url: server.graphqlUrl, subscriptions }), asker.signal)
    await nextOf(stream)
    await server.close()
    world.setVersion('world', 99)
    await serve(world, server.port)
    expect(await nextOf(stream)).toMatchObject({ __typename: 'Resync' })
    expect(await nextOf(stream)).toMatchObject({ __typename: 'HexSnapshot' })
    asker.abort()
  })

  it('throws what the server refuses, and ends when the server completes it', async () => {
    const side = createWriteSide()
    const runner = startRunner(side)
    closing.push(runner.stop)
    const server = await serve(worldWithOneHex(), 0, { gate: side.gate })
    const client = clientOf({ url: server.graphqlUrl, subscriptions })
    const badCursor = client
      .follow(FOLLOW_HEXES, () => ({ since: 'nonsense' }))
      [Symbol.asyncIterator]()
    await expect(badCursor.next()).rejects.toMatchObject({ codes: ['BAD_USER_INPUT'] })
    const unknownField = client.subscribe('subscription { nothing }')[Symbol.asyncIterator]()
    await expect(unknownField.next()).rejects.toMatchObject({
      codes: ['GRAPHQL_VALIDATION_FAILED'],
    })
    const { id } = await accepted(side.gate, commandOf('move_adventurer', 1))
    const states: string[] = []
    const document =
      `subscription { commandChanged(id: "${id}") { command { state } } }` as TypedDocument<
        Readonly<{ commandChanged: { command: { state: string } } }>,
        Variables
      >
    for await (const { commandChanged } of client.subscribe(document, {})) {
      const { state } = commandChanged.command
      states.push(state)
      if (state === 'SUBMITTED') await side.chain.produceBlock()
    }
    expect(states.slice(-2)).toEqual(['SUBMITTED', 'CONFIRMED'])
  })
})

describe('a client in the same process', () => {
  it('uses the server’s handler, for subscriptions, too', async () => {
    const world = worldWithOneHex()
    const { api } = createTestApi({}, world)
    closing.push(api.close)
    const client = clientOf({ url: GRAPHQL_URL, fetch: api.fetch })
    expect(await client.query('{ _meta { position } }')).toEqual({ _meta: { position: 1 } })
    const asker = new AbortController()
    const stream = follow(client, asker.signal)
    await nextOf(stream)
    world.addBlock(hexWritten(hexAt(0, 0), '0x2'))
    expect(await nextOf(stream)).toMatchObject({ node: { discoverer: '0x2' } })
    asker.abort()
    expect((await stream.next()).done).toBe(true)
    const metrics = async () => (await api.fetch(new Request('http://127.0.0.1/metrics'))).text()
    await expect.poll(metrics).toMatch(/world_subscriptions 0\n/)
  })
})
