import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FatalError } from '../../../domain/errors.ts'
import { infiniteHexAdventurers } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { blockFeedOf } from './block-feed.ts'
import { graphqlResult } from './http-body.ts'
import { modelWritten, startTestTorii, type TestTorii } from './torii.testing.ts'
import { startTorii } from './torii.ts'

let torii: TestTorii
beforeAll(async () => {
  torii = await startTestTorii({}, { requestMsMax: 300 })
  await torii.blocks([modelWritten('Adventurer', { adventurer_id: '0x1' })])
})
afterAll(() => torii.close())

const post = (body: string): Promise<Response> =>
  fetch(`${torii.torii.url}/graphql`, { method: 'POST', body })

/** Sends bytes as they are and returns all that comes back. */
const exchange = (bytes: string): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect(torii.torii.port, '127.0.0.1', () => socket.write(bytes))
    let answer = ''
    socket.on('data', (data) => {
      answer += String(data)
    })
    socket.on('error', () => resolve(answer))
    socket.on('close', () => resolve(answer))
  })

describe('Torii over HTTP', () => {
  it('shows people a page that loads nothing from elsewhere, and that no other page can frame', async () => {
    const response = await fetch(`${torii.torii.url}/graphql`)
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(response.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(await response.text()).not.toMatch(/https?:\/\/|src=/)
  })

  it.each([
    ['GET', '/sql?q=SELECT+1', { host: 'torii.example' }],
    ['GET', '/sql?q=SELECT+1', { origin: 'https://game.example' }],
    ['POST', '/graphql', { origin: 'https://game.example' }],
    ['OPTIONS', '/graphql', { origin: 'null' }],
    ['GET', '/sql?q=SELECT+1', { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'image' }],
    ['GET', '/sql?q=SELECT+1', { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'document' }],
    ['GET', '/sql', { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'iframe' }],
  ])('refuses %s %s with %j, and lets no page read why', async (method, path, headers) => {
    const lines = Object.entries({ host: 'localhost', ...headers }).map(
      ([name, value]) => `${name}: ${value}\r\n`,
    )
    const answer = await exchange(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`)
    expect(answer).toMatch(/^HTTP\/1.1 403/)
    expect(answer).not.toContain('access-control')
  })

  it('is read by pages of this machine, and visited by a link from anywhere', async () => {
    const { url } = torii.torii
    const origin = 'http://localhost:3000'
    const response = await fetch(`${url}/graphql`, { method: 'OPTIONS', headers: { origin } })
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([
      200,
      origin,
    ])
    const headers =
      'sec-fetch-site: cross-site\r\nsec-fetch-dest: document\r\nconnection: close\r\n'
    expect(await exchange(`GET /sql HTTP/1.1\r\nhost: localhost\r\n${headers}\r\n`)).toMatch(
      /^HTTP\/1.1 200/,
    )
  })

  it('serves every path below /graphql and /sql, and says who it is on all others', async () => {
    const { url } = torii.torii
    const request = { method: 'POST', body: '{"query":"{ __typename }"}' }
    expect(await (await fetch(`${url}/graphql/anything`, request)).json()).toEqual({
      data: { __typename: 'World__Query' },
    })
    expect(
      await (await fetch(`${url}/sql/?q=${encodeURIComponent('SELECT 1 AS one')}`)).json(),
    ).toEqual([{ one: 1 }])
    for (const path of ['', '/', '/health'])
      expect(await (await fetch(`${url}${path}`)).json()).toEqual({
        service: 'torii',
        version: '1.8.16',
        success: true,
      })
  })

  it('does not repeat what it was asked in what it says of it, however long that is', async () => {
    const { url } = torii.torii
    const long = 'x'.repeat(900_000)
    const queries = [`{ ${long} }`, `{ "${long}" }`, `{ events(first: "${long}") { totalCount } }`]
    const answers = await Promise.all([
      ...queries.map((query) => post(JSON.stringify({ query }))),
      ...[long, `SELECT ${long}`].map((body) => fetch(`${url}/sql`, { method: 'POST', body })),
    ])
    for (const answer of answers) expect((await answer.text()).length).toBeLessThan(2_000)
  })

  it('takes queries by GET too', async () => {
    const ask = async (parameters: Record<string, string>) => {
      const response = await fetch(`${torii.torii.url}/graphql?${new URLSearchParams(parameters)}`)
      return { status: response.status, body: (await response.json()) as unknown }
    }
    const query =
      'query A($n: Int) { entities(first: $n) { edges { node { keys } } } } query B { __typename }'
    expect(await ask({ query, operationName: 'A', variables: '{"n":0}' })).toEqual({
      status: 200,
      body: { data: { entities: { edges: [] } } },
    })
    expect(await ask({ query, operationName: 'B' })).toMatchObject({
      body: { data: { __typename: 'World__Query' } },
    })
    expect(await ask({ query, variables: '{' })).toMatchObject({ status: 400 })
  })

  it.each([
    ['no JSON', '{'],
    ['no object', '7'],
    ['no query', '{"variables":{}}'],
    ['variables that are none', '{"query":"{ __typename }","variables":[1]}'],
    ['an operation name that is none', '{"query":"{ __typename }","operationName":7}'],
    ['a batch', '[{"query":"{ __typename }"}]'],
  ])('answers %s with 400', async (_, body) => {
    expect((await post(body)).status).toBe(400)
  })

  it.each([
    ['a syntax error', 'query {'],
    ['a field that there is not', '{ nothing }'],
    ['a subscription', 'subscription { entityUpdated { id } }'],
    ['an unknown operation', 'query A { __typename } query B { __typename }'],
    ['too many tokens', `{ ${'a: __typename '.repeat(2_000)} }`],
    ['too deep a document', `${'{ a '.repeat(2_400)}${'}'.repeat(2_400)}`],
    [
      'introspection of itself',
      `{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }`,
    ],
    ['a number that is no integer', '{ entities(first: 99999999999) { totalCount } }'],
    ['too many keys', `{ entities(keys: [${'"0x1",'.repeat(101)}]) { totalCount } }`],
  ])('answers %s with errors in the usual shape', async (_, query) => {
    const response = await post(JSON.stringify({ query }))
    expect(response.status).toBe(200)
    const { errors } = (await response.json()) as { errors: { message: string }[] }
    expect(errors.length).toBeGreaterThan(0)
    expect(errors.length).toBeLessThan(25)
  })

  it('binds what a client sends: no text becomes SQL', async () => {
    const query = `query ($text: felt252) {
      adventurers: dojoStarterAdventurerModels(where: { name: $text, nameLIKE: $text }) { totalCount }
      after: entities(first: 1, after: "${Buffer.from(`cursor/' OR 1=1 --/x`).toString('base64')}") { totalCount edges { cursor } }
    }`
    const { data, errors } = await torii.graphql(query, { text: `' OR '1'='1` })
    expect(errors).toBeUndefined()
    expect(data).toEqual({ adventurers: { totalCount: 0 }, after: { totalCount: 1, edges: [] } })
    expect((await torii.graphql(`{ entity(id: "' OR 1=1 --") { id } }`)).errors).toHaveLength(1)
  })

  it('ends a short document that would read without end', async () => {
    const depth = 10
    const aliases = (inner: string): string =>
      [...'abcdefgh'].map((alias) => `${alias}: entity { ${inner} }`).join(' ')
    const nest = (level: number): string =>
      `fragment F${level} on World__Entity { models { ... on dojo_starter_Adventurer { ${aliases(`...F${level - 1}`)} } } }`
    const fragments = Array.from({ length: depth }, (_, at) => nest(at + 1)).join(' ')
    const { errors = [] } = await torii.graphql(
      `{ entities { edges { node { ...F${depth} } } } } ${fragments} fragment F0 on World__Entity { id }`,
    )
    expect(errors[0]?.message).toMatch(/more than 1000000 rows|longer than 300 ms/)
    expect(errors.length).toBeLessThan(200)
  })

  it('answers a body that is too large with 413, and survives clients that go away or talk nonsense', async () => {
    expect((await post(`{"query":"${'x'.repeat(1 << 20)}"}`)).status).toBe(413)
    expect(await exchange('nonsense\r\n\r\n')).toMatch(/^HTTP\/1.1 400/)
    expect(
      await exchange(
        'GET /other HTTP/1.1\r\nhost: localhost\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n',
      ),
    ).toMatch(/^HTTP\/1.1 404/)
    expect(
      await exchange(
        'GET /graphql HTTP/1.1\r\nhost: localhost\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n',
      ),
    ).toMatch(/^HTTP\/1.1 400/)
    const gone = connect(torii.torii.port, '127.0.0.1', () => {
      gone.write('POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\n{')
      gone.destroy()
    })
    await new Promise((resolve) => gone.once('close', resolve))
    expect(
      await exchange(
        'GET http://x:99999/sql HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n',
      ),
    ).toMatch(/ 400 /)
    expect(
      await exchange('GET //x:y/sql HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n'),
    ).toMatch(/^HTTP\/1.1 \d/)
    expect((await post('{"query":"{ __typename }"}')).status).toBe(200)
  })

  it('answers a result that no string can hold by an error', () => {
    const endless = {
      toJSON: () => {
        throw new RangeError('Invalid string length')
      },
    }
    expect(graphqlResult({ data: endless })).toMatchObject({
      status: 200,
      body: expect.stringMatching(/"data":null.*too large/),
    })
    expect(() => graphqlResult({ data: 1n })).toThrow(TypeError)
  })

  it('says in one error that its port is taken', async () => {
    const options = { port: torii.torii.port }
    const parts = {
      definition: infiniteHexAdventurers,
      feed: blockFeedOf(torii.node),
      clock: { nowMs: Date.now },
      onFailure: (): void => undefined,
    }
    await expect(startTorii(options, parts)).rejects.toThrow(FatalError)
  })
})
