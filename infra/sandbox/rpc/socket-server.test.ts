import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { LocalServer } from '../http/local-server.ts'
import { tallySandbox } from '../sandbox.testing.ts'
import type { SandboxNode } from '../sandbox-node.ts'
import { startRpcServer } from './server.ts'
import { openSocket } from './socket-client.testing.ts'

let node: SandboxNode
let server: LocalServer
const errors: unknown[] = []

beforeEach(async () => {
  node = tallySandbox()
  server = await startRpcServer(0, node, (error) => errors.push(error))
})
afterEach(async () => {
  await server.close()
  node.close()
  expect(errors.splice(0)).toEqual([])
})

describe('a WebSocket', () => {
  it('answers every method that HTTP answers', async () => {
    const client = await openSocket(server.url)
    expect(await client.ask('starknet_chainId')).toMatchObject({ result: node.chain.chainId })
    expect((await client.ask('starknet_nothing')).error?.code).toBe(-32601)
  })

  it('speaks the version that its path names', async () => {
    const [older, newer] = [
      await openSocket(server.url, '/rpc/v0_9'),
      await openSocket(server.url, '/ws/rpc/v0_10'),
    ]
    expect(await older.ask('starknet_specVersion')).toMatchObject({ result: '0.9.0' })
    expect(await newer.ask('starknet_specVersion')).toMatchObject({ result: '0.10.0' })
  })

  it.each([
    [{ origin: 'https://evil.example' }, '/', 403],
    [{ host: 'evil.example' }, '/', 403],
    [{}, '/rpc/v0_8', 404],
  ])('is not opened for %j at %s: %i', async (headers, path, expected) => {
    const refused = new WebSocket(`${server.url.replace('http', 'ws')}${path}`, { headers })
    const status = await new Promise((resolve) => {
      refused.on('unexpected-response', (_, response) => resolve(response.statusCode))
    })
    expect(status).toBe(expected)
  })

  it('outlives an answer that cannot be written, nested a hundred thousand deep', async () => {
    const client = await openSocket(server.url)
    const data = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
    const params = `{"fault":{"kind":"error","error":{"code":1,"message":"x","data":${data}}}}`
    const answered = new Promise<unknown>((resolve) => {
      client.socket.once('message', (text: Buffer) => resolve(JSON.parse(text.toString('utf8'))))
    })
    client.socket.send(
      `{"jsonrpc":"2.0","id":0,"method":"sandbox_failRequests","params":${params}}`,
    )
    expect(await answered).toMatchObject({ id: 0, error: { code: -32603 } })
    node.faults.clear()
    expect(await client.ask('starknet_chainId')).toMatchObject({ result: node.chain.chainId })
  })

  it('outlives a message that is too long only by being closed, and the node goes on', async () => {
    const client = await openSocket(server.url)
    client.socket.send('x'.repeat(2 << 20))
    expect(await client.closed).toBe(1009)
    expect(await (await openSocket(server.url)).ask('starknet_blockNumber')).toMatchObject({
      result: 0,
    })
  })
})
