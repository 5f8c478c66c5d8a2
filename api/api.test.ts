import { readFileSync } from 'node:fs'
import { brotliDecompressSync } from 'node:zlib'
import { getIntrospectionQuery, isEnumType, parse, validate, validateSchema } from 'graphql'
import { describe, expect, it } from 'vitest'
import { FatalError, RetryableError } from '../domain/errors.ts'
import { feltOfNumber } from '../domain/felt.ts'
import { infiniteHexAdventurers } from '../domain/worlds/infinite-hex-adventurers/definition.ts'
import {
  adventurerWritten,
  written,
} from '../projections/worlds/infinite-hex-adventurers/world-facts.testing.ts'
import { answerOf, ask, createSmallApi, createSmallWorld, createTestApi } from './api.testing.ts'
import { buildApiSchema } from './graphql/schema.ts'
import { hexAt } from './graphql/worlds/infinite-hex-adventurers/watched-world.testing.ts'
import { infiniteHexApi } from './graphql/worlds/infinite-hex-adventurers/world-api.ts'

describe('the schema', () => {
  it('is valid, and every field at its root has behaviour', () => {
    const schema = buildApiSchema(infiniteHexApi)
    expect(validateSchema(schema)).toEqual([])
    for (const type of [schema.getQueryType(), schema.getMutationType()]) {
      for (const field of Object.values(type?.getFields() ?? {}))
        expect([field.name, typeof field.resolve]).toEqual([field.name, 'function'])
    }
    for (const field of Object.values(schema.getSubscriptionType()?.getFields() ?? {})) {
      expect([field.name, typeof field.subscribe]).toEqual([field.name, 'function'])
    }
  })

  it('names the variants of the world as the definition does', () => {
    const schema = buildApiSchema(infiniteHexApi)
    for (const name of ['Biome', 'AreaType', 'SizeCategory'] as const) {
      const type = schema.getType(name)
      const names = isEnumType(type) ? type.getValues().map((value) => value.name) : []
      expect(names).toEqual([...infiniteHexAdventurers.enums[name]])
    }
  })

  it('answers the operations that GraphiQL shows to begin with', () => {
    const examples = parse(infiniteHexApi.exampleOperations)
    expect(validate(buildApiSchema(infiniteHexApi), examples)).toEqual([])
  })

  it('is served as text, and answers the introspection of GraphiQL', async () => {
    const { api } = createSmallApi()
    const sdl = await (await api.fetch(new Request('http://127.0.0.1/schema.graphql'))).text()
    const folder = new URL('../schemas/graphql/', import.meta.url)
    for (const file of ['commands.graphql', 'worlds/infinite-hex-adventurers/overview.graphql'])
      expect(sdl).toContain(readFileSync(new URL(file, folder), 'utf8'))
    expect((await ask(api, getIntrospectionQuery({ inputValueDeprecation: true }))).codes).toEqual(
      [],
    )
    await api.close()
  })
})

describe('queries', () => {
  it('answer from one point of history', async () => {
    const { api, world } = createSmallApi()
    const { data, codes } = await ask(
      api,
      `{ _meta { chainId worldAddress position lag block { number hash time } }
         now: hex(coordinate: { q: 0, r: 0 }) { discoverer }
         before: hex(coordinate: { x: 0, y: 0, z: 0 }, at: { block: 1 }) { discoverer }
         unknown: hex(coordinate: { q: 5, r: 5 }) { isDiscovered biome areas { id } coordinate { q r x y z h3 } }
         near: hexesInRadius(center: "${hexAt(0, 0)}", radius: 1) { coordinate { q r } }
         energyMarket { rates { itemId } } territories { id } worldOverview { energyHeld } }`,
    )
    expect(codes).toEqual([])
    expect(data).toMatchObject({
      _meta: {
        chainId: 'CHRONOHEX_SANDBOX',
        position: 11,
        block: { number: 2, time: '2026-02-02T02:40:04.000Z' },
      },
      now: { discoverer: '0x3' },
      before: { discoverer: '0x1' },
      unknown: {
        isDiscovered: false,
        biome: null,
        areas: [],
        coordinate: { q: 5, r: 5, x: 5, y: -10, z: 5 },
      },
      near: [{ coordinate: { q: 0, r: 0 } }, { coordinate: { q: 1, r: 0 } }],
      energyMarket: { rates: [] },
      territories: [],
      worldOverview: { energyHeld: '50' },
    })
    // Three of the fields read the head and one a block: two points.
    expect(world.calls.resolve).toBe(2)
    await api.close()
  })

  it('give amounts that are u32 on chain up to the largest', async () => {
    const u32Max = 2 ** 32 - 1
    const [u64Max, u128Max] = [String(2n ** 64n - 1n), String(2n ** 128n - 1n)]
    const world = createSmallWorld()
    world.addBlock(
      adventurerWritten('0x7', hexAt(0, 0), { activity_locked_until: u64Max }),
      written(
        'Inventory',
        { adventurer_id: '0x7' },
        { current_weight: u32Max, max_weight: u32Max },
      ),
      written('BackpackItem', { adventurer_id: '0x7', item_id: '0x1' }, { quantity: u32Max }),
      written('HexDecayState', { hex_coordinate: hexAt(0, 0) }, { current_energy_reserve: u32Max }),
      written(
        'ConversionRate',
        { item_type: '0x1' },
        {
          current_rate: 10,
          base_rate: 10,
          last_update_block: '3',
          units_converted_in_window: u32Max,
        },
      ),
    )
    // Sums grow beyond what one row can hold.
    const overview = async () => ({ ...(await world.reads.overview()), energyHeld: u128Max })
    const { api } = createTestApi({ reads: { ...world.reads, overview } }, world)
    const { data, codes } = await ask(
      api,
      `{ adventurer(id: "0x7") { lockedUntilBlock inventory { weight maxWeight items { quantity } } }
         hex(coordinate: { q: 0, r: 0 }) { decay { energyReserve } }
         energyMarket { rates { unitsInWindow } } worldOverview { energyHeld } }`,
    )
    expect(codes).toEqual([])
    expect(data).toEqual({
      adventurer: {
        lockedUntilBlock: u64Max,
        inventory: { weight: u32Max, maxWeight: u32Max, items: [{ quantity: u32Max }] },
      },
      hex: { decay: { energyReserve: u32Max } },
      energyMarket: { rates: [{ unitsInWindow: u32Max }] },
      worldOverview: { energyHeld: u128Max },
    })
    await api.close()
  })

  it('read only the parts that are selected, through fragments and aliases', async () => {
    const world = createSmallWorld()
    const asked: string[][] = []
    const reads = {
      ...world.reads,
      hexes: async (...args: Parameters<typeof world.reads.hexes>) => {
        asked.push([...args[2]].sort())
        return world.reads.hexes(...args)
      },
    }
    const { api } = createTestApi({ reads }, world)
    const partsOf = async (selection: string): Promise<string[] | undefined> => {
      await ask(
        api,
        `{ hex(coordinate: { q: 0, r: 0 }) { ${selection} } } fragment F on Hex { areas { id ...P } } fragment P on Area { plants { key } }`,
      )
      return asked.at(-1)
    }
    expect(await partsOf('biome ...F')).toEqual(['areas', 'plants'])
    expect(await partsOf('... on Hex { a: claim { id } } x: decay { level } ...F')).toEqual([
      'areas',
      'claim',
      'decay',
      'plants',
    ])
    expect(await partsOf('...F adventurers { inventory { weight } }')).toEqual([
      'adventurers',
      'areas',
      'inventory',
      'plants',
    ])
    await api.close()
  })

  it('page through adventurers and events', async () => {
    const { api, world } = createSmallApi()
    const ids = [1, 2, 3, 4, 5].map(feltOfNumber)
    world.addBlock(...ids.map((id) => adventurerWritten(id, hexAt(0, 0))))
    const pages: string[][] = []
    let after: string | null = null
    do {
      const { data }: { data: unknown } = await ask(
        api,
        'query ($after: Cursor) { adventurers(first: 2, after: $after) { edges { node { id lockedUntilBlock } } pageInfo { hasNextPage hasPreviousPage endCursor } } }',
        { after },
      )
      const { edges, pageInfo } = (
        data as {
          adventurers: {
            edges: { node: { id: string } }[]
            pageInfo: { hasNextPage: boolean; endCursor: string }
          }
        }
      ).adventurers
      pages.push(edges.map(({ node }) => node.id))
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null
    } while (after !== null)
    expect(pages).toEqual([
      ['0x1', '0x2'],
      ['0x3', '0x4'],
      ['0x5', '0xb'],
    ])

    const first = await ask(
      api,
      '{ events(first: 1, type: "HexDiscovered", at: { block: 2 }) { edges { cursor node { position } } pageInfo { hasNextPage } } }',
    )
    expect(first.data).toMatchObject({
      events: { edges: [{ node: { position: 10 } }], pageInfo: { hasNextPage: true } },
    })
    const cursor = /"cursor":"([^"]+)"/.exec(first.text)?.[1]
    const second = await ask(
      api,
      `{ events(type: "HexDiscovered", after: "${cursor}") { edges { node { position } } pageInfo { hasNextPage hasPreviousPage } } }`,
    )
    expect(second.data).toMatchObject({
      events: {
        edges: [{ node: { position: 4 } }],
        pageInfo: { hasNextPage: false, hasPreviousPage: true },
      },
    })
    await api.close()
  })

  it('refuse what is out of bounds or of another kind, naming it', async () => {
    const { api, reported } = createSmallApi()
    const cases: readonly [string, string, string][] = [
      [
        '{ hex(coordinate: { q: 0, r: 0 }, at: { block: 99 }) { biome } }',
        'AT_ABOVE_HEAD',
        'above the head',
      ],
      [
        '{ hexesInRadius(center: { q: 0, r: 0 }, radius: 65) { biome } }',
        'BAD_USER_INPUT',
        'radius',
      ],
      [
        '{ hexesInRadius(center: { q: 0, r: 0 }, radius: -1) { biome } }',
        'BAD_USER_INPUT',
        'radius',
      ],
      ['{ adventurers(first: 0) { pageInfo { hasNextPage } } }', 'BAD_USER_INPUT', 'first'],
      ['{ adventurers(first: 101) { pageInfo { hasNextPage } } }', 'BAD_USER_INPUT', 'first'],
      ['{ adventurers(after: "e30") { pageInfo { hasNextPage } } }', 'BAD_USER_INPUT', 'cursor'],
      ['{ events(after: "!!!") { pageInfo { hasNextPage } } }', 'BAD_USER_INPUT', 'cursor'],
      [
        '{ events(type: "HexVanished") { pageInfo { hasNextPage } } }',
        'BAD_USER_INPUT',
        'HexVanished',
      ],
      ['{ adventurer(id: "zzz") { id } }', 'BAD_USER_INPUT', 'felt'],
      [
        '{ hex(coordinate: { q: 0, r: 0 }, at: { block: 1, position: 1 }) { biome } }',
        'GRAPHQL_VALIDATION_FAILED',
        'OneOf',
      ],
      [
        '{ hexesInRadius(center: { q: 0, r: 0 }, radius: 99999999999) { biome } }',
        'GRAPHQL_VALIDATION_FAILED',
        '32-bit',
      ],
    ]
    for (const [query, code, word] of cases) {
      const { codes, messages } = await ask(api, query)
      expect([query, codes]).toEqual([query, [code]])
      expect(messages[0]).toContain(word)
    }
    expect(reported).toEqual([])
    await api.close()
  })

  it('hide what went wrong inside, and report it', async () => {
    const { api, world, reported } = createSmallApi()
    const secret = new FatalError('relation "hexes" has no column "secret"')
    world.failNext('hexes', secret)
    const broken = await ask(api, '{ hex(coordinate: { q: 0, r: 0 }) { biome } }')
    expect(broken.codes).toEqual(['INTERNAL_SERVER_ERROR'])
    expect(broken.text).not.toMatch(/secret|stack|\.ts/)
    const passing = new RetryableError('connect ECONNREFUSED 127.0.0.1:5432')
    world.failNext('hexes', passing)
    const busy = await ask(api, '{ hex(coordinate: { q: 0, r: 0 }) { biome } }')
    expect(busy).toMatchObject({ status: 503, codes: ['UNAVAILABLE'] })
    expect(busy.text).not.toContain('5432')
    expect(reported).toEqual([secret, passing])
    await api.close()
  })
})

describe('beside GraphQL', () => {
  it('says at once that it lives, and names what is missing until it is ready', async () => {
    const missing: string[] = ['The bots have not started']
    const { api, world } = createTestApi({ missing: () => missing })
    const get = async (path: string) => {
      const response = await api.fetch(new Request(`http://127.0.0.1${path}`))
      return { status: response.status, body: await response.json() }
    }
    expect(await get('/health')).toEqual({ status: 200, body: { status: 'ok' } })
    expect(await get('/ready')).toEqual({
      status: 503,
      body: { ready: false, missing: ['The world has no block yet', ...missing] },
    })
    world.addBlock()
    missing.length = 0
    expect(await get('/ready')).toEqual({ status: 200, body: { ready: true, missing: [] } })
    world.failNext('meta', new FatalError('secret'))
    expect(await get('/ready')).toEqual({
      status: 503,
      body: { ready: false, missing: ['The read models cannot be read'] },
    })
    await api.close()
  })

  it('gives metrics under their public names', async () => {
    const { api } = createSmallApi()
    await ask(api, '{ _meta { lag } }')
    const text = await (await api.fetch(new Request('http://127.0.0.1/metrics'))).text()
    for (const line of [
      /^world_projection_position 11$/m,
      /^world_projection_lag_events 0$/m,
      /^world_head_block 2$/m,
      /^world_http_request_duration_seconds_count\{route="\/graphql",status="200"\} 1$/m,
    ]) {
      expect(text).toMatch(line)
    }
    await api.close()
  })

  it('shows GraphiQL to browsers, as a small page of files that asks nobody else', async () => {
    const { api } = createSmallApi()
    const headers = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8', 'accept-encoding': 'br' }
    const get = (path: string) => api.fetch(new Request(`http://127.0.0.1${path}`, { headers }))
    const response = await get('/graphql')
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    const policy = response.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("connect-src 'self';")
    expect(policy).not.toMatch(/https?:|\*|script-src[^;]*unsafe/)
    const html = String(brotliDecompressSync(await response.arrayBuffer()))
    expect(html).toContain('Chronohex GraphiQL')
    expect(html).not.toMatch(/<(script|link|img)[^>]+(src|href)="?https?:|<script>/)
    expect(html.length).toBeLessThan(5_000)
    const paths = [...html.matchAll(/"(\/graphql\/files\/[^"]+)"/g)].map(([, path = '']) => path)
    expect(paths).toHaveLength(2)
    for (const path of paths) {
      const file = await get(path)
      expect(file.headers.get('cache-control')).toContain('immutable')
      expect((await file.arrayBuffer()).byteLength).toBeLessThan(3_000_000)
    }
    await api.close()
  })

  it('asks proxies to hand on event streams as they come', async () => {
    const { api } = createSmallApi()
    const query = encodeURIComponent('subscription { worldEvents { __typename } }')
    const headers = { accept: 'text/event-stream' }
    const response = await api.fetch(
      new Request(`http://127.0.0.1/graphql?query=${query}`, { headers }),
    )
    expect(response.headers.get('x-accel-buffering')).toBe('no')
    expect(response.headers.get('cache-control')).toContain('no-transform')
    await api.close()
    await response.text()
  })

  it('keeps to itself what fails there', async () => {
    const broken = new FatalError('/secret/path is gone')
    const dashboard = async () => Promise.reject(broken)
    const { api, world, reported } = createTestApi({ dashboard })
    const answer = await answerOf(await api.fetch(new Request('http://127.0.0.1/')))
    expect(answer).toMatchObject({ status: 500, codes: ['INTERNAL_SERVER_ERROR'] })
    expect(answer.text).not.toContain('secret')
    world.failNext('meta', broken)
    expect((await api.fetch(new Request('http://127.0.0.1/metrics'))).status).toBe(200)
    expect(new Set(reported)).toEqual(new Set([broken]))
    await api.close()
  })

  it('leaves other paths to the dashboard, and answers the rest with 404', async () => {
    const dashboard = async (request: Request) =>
      new URL(request.url).pathname === '/' ? new Response('a map') : null
    const { api } = createTestApi({ dashboard })
    expect(await (await api.fetch(new Request('http://127.0.0.1/'))).text()).toBe('a map')
    expect(await answerOf(await api.fetch(new Request('http://127.0.0.1/nowhere')))).toMatchObject({
      status: 404,
      codes: ['NOT_FOUND'],
    })
    await api.close()
  })
})
