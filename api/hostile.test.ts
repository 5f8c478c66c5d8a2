import { once } from 'node:events'
import { get, request } from 'node:http'
import { connect } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { answerOf, createSmallApi, OPERATOR_TOKEN, type TestApi } from './api.testing.ts'
import { type ApiServer, serveApi } from './http/server.ts'

let test: TestApi
let server: ApiServer

beforeEach(async () => {
  test = createSmallApi()
  server = await serveApi(test.api, { port: 0 })
})

afterEach(async () => {
  // Whatever came before: the process is up, answers, and saw nothing that it did not expect.
  expect((await fetch(`${server.url}/health`)).status).toBe(200)
  expect(test.reported).toEqual([])
  expect(test.submitted).toEqual([])
  await server.close()
})

const JSON_HEADERS = {
  'content-type': 'application/json',
  accept: 'application/graphql-response+json',
}

const post = (body: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
  fetch(server.graphqlUrl, { method: 'POST', headers: { ...JSON_HEADERS, ...headers }, body })

/** A request with headers that fetch would not send. */
const raw = async (
  headers: Readonly<Record<string, string>>,
  path = '/graphql?query={_meta{lag}}',
) => {
  const sent = request({ port: server.port, host: '127.0.0.1', path, headers })
  sent.end()
  const [response] = await once(sent, 'response')
  let text = ''
  for await (const chunk of response) text += chunk
  return {
    status: response.statusCode,
    codes: JSON.parse(text).errors?.map((e: { extensions: { code: string } }) => e.extensions.code),
  }
}

/** Bytes as they are, and everything that came back. */
const rawBytes = async (bytes: string | Buffer): Promise<string> => {
  const socket = connect(server.port, '127.0.0.1')
  await once(socket, 'connect')
  let text = ''
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk
  })
  socket.write(bytes)
  await once(socket, 'close')
  return text
}

describe('hostile requests', () => {
  it.each([
    ['malformed JSON', '{"query":', 400],
    ['nothing', '', 400],
    ['null', 'null', 400],
    ['a list, as for batching', '[{"query":"{_meta{lag}}"}]', 400],
    ['text', '"{_meta{lag}}"', 400],
    ['no query', '{}', 400],
    ['a query of another type', '{"query":1}', 400],
    ['variables of another type', '{"query":"{_meta{lag}}","variables":"x"}', 400],
    ['an unknown parameter', '{"query":"{_meta{lag}}","more":1}', 400],
    ['a syntax error', '{"query":"{_meta{"}', 400],
    ['an unknown field', '{"query":"{nothing}"}', 400],
    ['an unknown operation', '{"query":"query A{_meta{lag}}","operationName":"B"}', 400],
    ['a name of the prototype', '{"query":"{_meta{lag}}","operationName":"__proto__"}', 400],
    ['a giant number', '{"query":"{hexesInRadius(center:{q:1e999,r:0},radius:1){biome}}"}', 400],
    [
      'a giant variable',
      '{"query":"query($r:Int!){hexesInRadius(center:{q:0,r:0},radius:$r){biome}}","variables":{"r":1e300}}',
      400,
    ],
    ['a bad felt', `{"query":"{adventurer(id:\\"0x${'f'.repeat(64)}\\"){id}}"}`, 400],
    [
      'deep JSON',
      `{"query":"{_meta{lag}}","variables":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
      400,
    ],
    [
      'a deep document',
      JSON.stringify({ query: `{_meta${'{lag'.repeat(3_000)}${'}'.repeat(3_000)}}` }),
      400,
    ],
  ])('with %s get a well-formed error', async (_what, body, status) => {
    const answer = await answerOf(await post(body))
    expect(answer.status).toBe(status)
    expect(answer.codes[0]).toMatch(/^[A-Z_]+$/)
    expect(answer.text).not.toMatch(/\.ts\b|node_modules|at .*\(/)
  })

  it('of another content type, which pages could send without asking, are refused', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/graphql',
    ]) {
      expect(
        await answerOf(await post('query={_meta{lag}}', { 'content-type': type })),
      ).toMatchObject({
        status: 415,
        codes: ['BAD_REQUEST'],
      })
    }
  })

  it('with a body of 10 MB are refused, with and without their length', async () => {
    const large = JSON.stringify({ query: `{_meta{lag}} #${'x'.repeat(10_000_000)}` })
    expect(await answerOf(await post(large))).toMatchObject({
      status: 413,
      codes: ['REQUEST_ENTITY_TOO_LARGE'],
    })
    const streamed = new ReadableStream<Uint8Array>({
      start: (controller) => {
        for (let sent = 0; sent < 40; sent++) controller.enqueue(Buffer.alloc(262_144, 0x20))
        controller.close()
      },
    })
    const headers = { 'content-type': 'application/json' }
    const init = { method: 'POST', headers, body: streamed, duplex: 'half' }
    expect(await answerOf(await fetch(server.graphqlUrl, init))).toMatchObject({ status: 413 })
  })

  it('may be compressed, within the same bound, and say no bytes of theirs', async () => {
    const answer = async (body: Uint8Array<ArrayBuffer>, encoding: string) => {
      const headers = { ...JSON_HEADERS, 'content-encoding': encoding }
      return answerOf(await fetch(server.graphqlUrl, { method: 'POST', headers, body }))
    }
    const query = Buffer.from('{"query":"{_meta{lag}}"}')
    for (const [encoding, body] of [
      ['gzip', gzipSync(query)],
      ['deflate', deflateSync(query)],
      ['br', brotliCompressSync(query)],
      ['identity', query],
    ] as const) {
      expect([encoding, (await answer(body, encoding)).data]).toEqual([
        encoding,
        { _meta: { lag: 0 } },
      ])
    }
    const bomb = gzipSync(Buffer.alloc(50_000_000, 0x20))
    expect(bomb.length).toBeLessThan(100_000)
    expect(await answer(bomb, 'gzip')).toMatchObject({
      status: 413,
      codes: ['REQUEST_ENTITY_TOO_LARGE'],
    })
    expect(await answer(query, 'gzip')).toMatchObject({ status: 400, codes: ['BAD_REQUEST'] })
    expect(await answer(query, 'zstd')).toMatchObject({ status: 415, codes: ['BAD_REQUEST'] })
    const unsaid = await answerOf(
      await fetch(server.graphqlUrl, { method: 'POST', headers: JSON_HEADERS, body: bomb }),
    )
    expect(unsaid.text).toBe(
      '{"errors":[{"message":"The body is not JSON in UTF-8","extensions":{"code":"BAD_REQUEST"}}]}',
    )
  })

  it('are not repeated in what is said of them, however long they are', async () => {
    const long = 'x'.repeat(900_000)
    const name = 'x'.repeat(30_000)
    const asked = [
      {
        query: 'query ($n: Int!) { adventurers(first: $n) { edges { cursor } } }',
        variables: { n: long },
      },
      {
        query: 'query ($a: At!) { adventurers(first: $a) { edges { cursor } } }',
        variables: { a: { [long]: 1 } },
      },
      { query: `{ ${name} }` },
      { query: `{ "${name}" }` },
      { query: `{ adventurers(first: "${name}") { edges { cursor } } }` },
    ]
    for (const body of asked) {
      const response = await post(JSON.stringify(body))
      const text = await response.text()
      expect([response.status, text.includes('"errors"')]).toEqual([400, true])
      expect(text.length).toBeLessThan(5_000)
    }
  })

  it('that a page of another site has its visitor send are refused, but for links to the dashboard', async () => {
    const status = async (path: string, headers: Record<string, string>): Promise<number> =>
      statusOf(server, path, { 'sec-fetch-site': 'cross-site', ...headers })
    const visit = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
    const query = '/graphql?query=%7B_meta%7Blag%7D%7D'
    expect(await status(query, { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' })).toBe(
      403,
    )
    expect(await status(query, { accept: 'text/event-stream' })).toBe(403)
    expect(await status(query, visit)).toBe(403)
    expect(await status('/', { ...visit, 'sec-fetch-dest': 'iframe' })).toBe(403)
    expect(await status('/metrics', {})).toBe(403)
    expect(await status('/', visit)).not.toBe(403)
    expect(await status(query, { origin: 'http://localhost:3000' })).toBe(200)
    expect(await status(query, { 'sec-fetch-site': 'same-origin' })).toBe(200)
  })

  it('under a foreign Host or from a foreign Origin are refused, whatever they ask', async () => {
    expect(await raw({ host: '127.0.0.1:1' })).toEqual({ status: 200, codes: undefined })
    expect(await raw({ host: 'LOCALHOST' })).toEqual({ status: 200, codes: undefined })
    for (const host of [
      'evil.example',
      '127.0.0.1.evil.example',
      'localhost.evil.example:80',
      '[::2]',
    ]) {
      expect(await raw({ host })).toEqual({ status: 421, codes: ['FOREIGN_HOST'] })
    }
    for (const host of ['a b', 'localhost:99999', '[::x]']) {
      expect(await raw({ host })).toEqual({ status: 400, codes: ['BAD_REQUEST'] })
    }
    for (const origin of [
      'https://evil.example',
      'null',
      'http://localhost.evil.example',
      'file://',
      'http://127.0.0.1@evil.example',
    ]) {
      for (const path of ['/graphql?query={_meta{lag}}', '/health', '/', '/metrics']) {
        expect(await raw({ origin }, path)).toEqual({ status: 403, codes: ['FOREIGN_ORIGIN'] })
      }
    }
  })

  it('of a page on this machine may be read by it, and of no other', async () => {
    const local = await fetch(`${server.graphqlUrl}?query={_meta{lag}}`, {
      headers: { origin: 'http://localhost:5173' },
    })
    expect(local.headers.get('access-control-allow-origin')).toBe('http://localhost:5173')
    const preflight = {
      method: 'OPTIONS',
      headers: { origin: 'http://localhost:5173', 'access-control-request-method': 'POST' },
    }
    expect((await fetch(server.graphqlUrl, preflight)).status).toBe(204)
    const foreign = await fetch(server.graphqlUrl, {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example' },
    })
    expect([foreign.status, foreign.headers.get('access-control-allow-origin')]).toEqual([
      403,
      null,
    ])
  })

  it('of other methods and to other paths are refused', async () => {
    for (const method of ['PUT', 'DELETE', 'PATCH']) {
      expect(await answerOf(await fetch(server.graphqlUrl, { method }))).toMatchObject({
        status: 405,
      })
      expect(await answerOf(await fetch(`${server.url}/health`, { method }))).toMatchObject({
        status: 405,
      })
    }
    for (const path of [
      '/nowhere',
      '//graphql',
      '/graphql/../../etc/passwd',
      '/%00',
      '/%',
      '/graphql/x',
    ]) {
      expect((await raw({}, path)).status).toBe(404)
    }
    for (const query of ['variables={', 'variables=[1]', 'extensions=x']) {
      expect(
        await answerOf(await fetch(`${server.graphqlUrl}?query={_meta{lag}}&${query}`)),
      ).toMatchObject({
        status: 400,
      })
    }
  })

  it('that are no HTTP, or mean another server, are answered and cut off', async () => {
    expect(await rawBytes('GARBAGE\r\n\r\n')).toContain('"BAD_REQUEST"')
    expect(
      await rawBytes(
        'GET http://evil.example/graphql HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
      ),
    ).toContain('must be a path')
    expect(
      await rawBytes(`GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`),
    ).toContain('431')
    expect(
      await rawBytes('GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n'),
    ).toContain('400')
  })
})

const INIT = '{"type":"connection_init"}'
const SUBSCRIBE =
  '{"type":"subscribe","id":"1","payload":{"query":"subscription{worldEvents{__typename}}"}}'

const openSocket = async (): Promise<WebSocket> => {
  const socket = new WebSocket(server.graphqlWsUrl, 'graphql-transport-ws')
  await once(socket, 'open')
  return socket
}

/** A socket that has been acknowledged. */
const openSession = async (init = INIT): Promise<WebSocket> => {
  const socket = await openSocket()
  socket.send(init)
  await once(socket, 'message')
  return socket
}

/** Sends the frames and tells how the server closed the socket. */
const closeCodeAfter = async (
  opening: Promise<WebSocket>,
  ...frames: readonly (string | Buffer)[]
): Promise<number> => {
  const socket = await opening
  for (const frame of frames) socket.send(frame)
  const [code] = await once(socket, 'close')
  return code
}

describe('hostile WebSockets', () => {
  it('are closed with the code of what they did', async () => {
    expect(await closeCodeAfter(openSocket(), 'not json')).toBe(4400)
    expect(await closeCodeAfter(openSocket(), '{"type":"unheard of"}')).toBe(4400)
    expect(await closeCodeAfter(openSocket(), '{"type":"next","id":"1","payload":{}}')).toBe(4400)
    expect(await closeCodeAfter(openSocket(), Buffer.from([0xff, 0xfe]))).toBe(4400)
    expect(await closeCodeAfter(openSocket(), SUBSCRIBE)).toBe(4401)
    expect(await closeCodeAfter(openSocket(), INIT, INIT)).toBe(4429)
    expect(await closeCodeAfter(openSession(), 'x'.repeat(200_000))).toBe(1009)
    expect(await closeCodeAfter(openSession(), SUBSCRIBE, SUBSCRIBE)).toBe(4409)
  })

  it('are refused before they open: foreign pages, other paths, other protocols', async () => {
    const refused = async (
      url: string,
      headers: Readonly<Record<string, string>>,
    ): Promise<number> => {
      const socket = new WebSocket(url, 'graphql-transport-ws', { headers })
      const [, response] = await once(socket, 'unexpected-response')
      response.resume()
      return response.statusCode
    }
    expect(await refused(server.graphqlWsUrl, { origin: 'https://evil.example' })).toBe(403)
    expect(await refused(server.graphqlWsUrl, { host: 'evil.example' })).toBe(421)
    expect(await refused(`${server.graphqlWsUrl}/x`, {})).toBe(404)
    const other = new WebSocket(server.graphqlWsUrl, 'graphql-ws')
    const [error] = await once(other, 'error')
    expect(error.message).toContain('no subprotocol')
  })

  it('that send broken frames, or vanish, leave nothing behind', async () => {
    const upgrade = [
      'GET /graphql HTTP/1.1',
      'Host: localhost',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
      'Sec-WebSocket-Protocol: graphql-transport-ws',
      '\r\n',
    ].join('\r\n')
    expect(
      await rawBytes(
        Buffer.concat([Buffer.from(upgrade), Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff])]),
      ),
    ).toContain('101')
    const socket = await openSession()
    socket.send(SUBSCRIBE)
    const [message] = await once(socket, 'message')
    expect(String(message)).toContain('WorldEventSnapshot')
    const metrics = async () => (await fetch(`${server.url}/metrics`)).text()
    expect(await metrics()).toMatch(/world_subscriptions 1\n/)
    socket.terminate()
    await expect.poll(metrics).toMatch(/world_subscriptions 0\n/)
  })

  it('may have many operations at once, but not more', async () => {
    const socket = await openSession()
    const messages: string[] = []
    socket.on('message', (data) => messages.push(String(data)))
    for (let id = 1; id <= 251; id++) {
      socket.send(
        `{"type":"subscribe","id":"${id}","payload":{"query":"subscription{worldEvents{__typename}}"}}`,
      )
    }
    await expect
      .poll(() => messages.filter((text) => text.includes('TOO_MANY_SUBSCRIPTIONS')).length)
      .toBe(1)
    socket.terminate()
  })

  it('cannot act without the token, and act with it', async () => {
    const submit =
      'mutation { submitCommand(input: { entrypoint: "regenerate_energy", args: {adventurer_id: "0x1"} }) { __typename } }'
    const answerWith = async (payload: object): Promise<string> => {
      const socket = await openSession(JSON.stringify({ type: 'connection_init', payload }))
      socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query: submit } }))
      const [data] = await once(socket, 'message')
      socket.terminate()
      return String(data)
    }
    for (const payload of [
      {},
      { token: 'wrong' },
      { token: 1 },
      { Authorization: OPERATOR_TOKEN },
    ]) {
      expect(await answerWith(payload)).toMatch(/UNAUTHENTICATED/)
    }
    expect(await answerWith({ token: OPERATOR_TOKEN })).toContain('"Command"')
    expect(await answerWith({ Authorization: `Bearer ${OPERATOR_TOKEN}` })).toContain('"Command"')
    test.submitted.length = 0
  })
})

/** The status of a GET with headers that fetch lets nobody set. */
const statusOf = async (
  { port }: Pick<ApiServer, 'port'>,
  path: string,
  headers: Record<string, string>,
): Promise<number> => {
  const [response] = await once(get({ port, host: '127.0.0.1', path, headers }), 'response')
  response.resume()
  return response.statusCode
}
