import { once } from 'node:events'
import { type ClientRequest, request } from 'node:http'
import { afterEach, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { WorldReads } from '../../projections/worlds/infinite-hex-adventurers/world-reads.ts'
import { createSmallWorld, createTestApi } from '../api.testing.ts'
import { type ApiServer, serveApi } from './server.ts'

let server: ApiServer
afterEach(() => server.close())

/** A server whose reads of hexes wait until their asker is gone, and the signals of those askers. */
const servedWithEndlessReads = async () => {
  const world = createSmallWorld()
  const reading: AbortSignal[] = []
  const until = (signal: AbortSignal): WorldReads => ({
    ...world.reads,
    until,
    hexes: async () => {
      reading.push(signal)
      const { promise, reject } = Promise.withResolvers<never>()
      signal.addEventListener('abort', () => reject(signal.reason))
      return promise
    },
  })
  const test = createTestApi({}, { ...world, reads: { ...world.reads, until } })
  server = await serveApi(test.api, { port: 0, host: '127.0.0.1' })
  return { ...test, reading }
}

const post = (query: string): ClientRequest => {
  const asked = request(server.graphqlUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
  })
  asked.on('error', () => {}) // it is dropped on purpose
  asked.end(JSON.stringify({ query }))
  return asked
}

const DISC = 'hexesInRadius(center: { q: 0, r: 0 }, radius: 2) { biome }'

it('a request that its client drops ends, and makes room for the next one', async () => {
  const { reading, reported } = await servedWithEndlessReads()
  const dropped = Array.from({ length: 20 }, () => post(`{ ${DISC} }`))
  await expect.poll(() => reading.length).toBe(2)
  for (const each of dropped) each.destroy()
  await expect.poll(() => reading.every(({ aborted }) => aborted)).toBe(true)
  const [response] = await once(post('{ _meta { lag } }'), 'response')
  expect(response.statusCode).toBe(200)
  response.resume()
  expect(reported).toEqual([])
})

it('and so do operations of a socket that closes, and snapshots of subscribers that leave', async () => {
  const { reading, reported } = await servedWithEndlessReads()
  const socket = new WebSocket(server.graphqlWsUrl, 'graphql-transport-ws')
  await once(socket, 'open')
  socket.send('{"type":"connection_init"}')
  await once(socket, 'message')
  for (const [id, query] of [
    ['1', `{ ${DISC} }`],
    ['2', 'subscription { hexChanged(center: { q: 0, r: 0 }, radius: 2) { __typename } }'],
  ])
    socket.send(JSON.stringify({ id, type: 'subscribe', payload: { query } }))
  await expect.poll(() => reading.length).toBe(2)
  socket.terminate()
  await expect.poll(() => reading.every(({ aborted }) => aborted)).toBe(true)
  const [response] = await once(post('{ _meta { lag } }'), 'response')
  expect(response.statusCode).toBe(200)
  response.resume()
  expect(reported).toEqual([])
})

it('what waits in too long a line is refused, and told when to come again', async () => {
  const { reading } = await servedWithEndlessReads()
  const waiting = Array.from({ length: 202 }, () => post(`{ ${DISC} }`))
  await expect.poll(() => reading.length).toBe(2)
  const refused = Array.from({ length: 20 }, () => post(`{ ${DISC} }`))
  const [response] = await Promise.race(
    [...waiting, ...refused].map((each) => once(each, 'response')),
  )
  expect([response.statusCode, response.headers['retry-after']]).toEqual([503, '1'])
  for (const each of [...waiting, ...refused]) each.destroy()
})

it('one of a socket too, which goes on', async () => {
  const { reading } = await servedWithEndlessReads()
  const socket = new WebSocket(server.graphqlWsUrl, 'graphql-transport-ws')
  await once(socket, 'open')
  socket.send('{"type":"connection_init"}')
  await once(socket, 'message')
  const heard: { id: string; type: string; payload?: { errors: { extensions: object }[] } }[] = []
  socket.on('message', (data) => heard.push(JSON.parse(String(data))))
  const ask = (id: number): void =>
    socket.send(
      JSON.stringify({ id: String(id), type: 'subscribe', payload: { query: `{ ${DISC} }` } }),
    )
  for (let id = 0; id < 202; id += 1) ask(id)
  await expect.poll(() => reading.length).toBe(2)
  ask(202)
  await expect
    .poll(() => heard.map(({ id, type }) => [id, type]))
    .toEqual([
      ['202', 'next'],
      ['202', 'complete'],
    ])
  expect(heard[0]?.payload?.errors[0]?.extensions).toEqual({ code: 'UNAVAILABLE' })
  socket.terminate()
})
