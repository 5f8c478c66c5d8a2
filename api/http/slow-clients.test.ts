import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createSmallWorld, createTestApi, type TestApi } from '../api.testing.ts'
import { type ApiServer, serveApi } from './server.ts'

const MEGABYTE = 1024 * 1024
const LARGE = 'x'.repeat(24 * MEGABYTE)

const bounds = {
  connectionBytesMax: 64 * MEGABYTE,
  allBytesMax: 40 * MEGABYTE,
  stalledMsMax: 3_600_000,
  stalledInNeedMsMax: 100,
}

let test: TestApi
let server: ApiServer

const serveLarge = async (stalledMsMax = bounds.stalledMsMax): Promise<void> => {
  const dashboard = async (): Promise<Response> => new Response(LARGE)
  test = createTestApi({ dashboard, outletBounds: { ...bounds, stalledMsMax } }, createSmallWorld())
  server = await serveApi(test.api, { port: 0 })
}

afterEach(() => server.close())

const numberOf = async (name: string): Promise<number> => {
  const text = await (await fetch(`${server.url}/metrics`)).text()
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1])
}

/** Sends the bytes and reads nothing. */
const silentClient = async (bytes: string): Promise<Socket> => {
  const socket = connect(server.port, '127.0.0.1')
  await once(socket, 'connect')
  socket.on('error', () => {}) // what it is cut by
  socket.write(bytes)
  return socket
}

const GET = 'GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n'

describe('a client that does not read', () => {
  it('is cut, and what waited for it is gone', async () => {
    await serveLarge(500)
    const client = await silentClient(GET)
    await expect
      .poll(() => numberOf('world_slow_client_disconnects_total'), { timeout: 30_000 })
      .toBe(1)
    expect(await numberOf('world_waiting_bytes')).toBe(0)
    client.destroy()
    expect(test.reported).toEqual([])
  })

  it('takes no place for long from one that reads', async () => {
    await serveLarge()
    const silent = await silentClient(GET)
    await expect.poll(() => numberOf('world_waiting_bytes'), { timeout: 30_000 }).toBeGreaterThan(0)
    // There is room for one large answer alone: it is refused until the silent one may be cut.
    const statuses: number[] = []
    await expect
      .poll(
        async () => {
          const response = await fetch(`${server.url}/large`)
          statuses.push(response.status)
          if (response.status === 503) expect(response.headers.get('retry-after')).toBe('5')
          return (await response.text()).length
        },
        { timeout: 30_000 },
      )
      .toBe(LARGE.length)
    expect(statuses.filter((status) => status !== 200 && status !== 503)).toEqual([])
    silent.destroy()
  })

  it('whose request does not come is told so soon', async () => {
    const { api } = createTestApi({}, createSmallWorld())
    server = await serveApi(api, { port: 0, headersWaitMsMax: 200 })
    const client = await silentClient('GET / HTTP/1.1\r\nHost: local')
    const [answer] = await once(client, 'data')
    expect(String(answer)).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n[\s\S]*"BAD_REQUEST"/)
    await once(client, 'close')
  })

  it('and is gone before its event stream is there leaves no subscription behind', async () => {
    const world = createSmallWorld()
    const held = Promise.withResolvers<void>()
    const resolve: typeof world.reads.resolve = async (at) => {
      await held.promise
      return world.reads.resolve(at)
    }
    test = createTestApi({ reads: { ...world.reads, resolve } }, world)
    server = await serveApi(test.api, { port: 0 })
    const query = encodeURIComponent('subscription { worldEvents { __typename } }')
    const client = await silentClient(
      `GET /graphql?query=${query} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n`,
    )
    client.destroy()
    held.resolve()
    await expect.poll(() => numberOf('world_subscriptions')).toBe(0)
    expect(test.reported).toEqual([])
  })
})
