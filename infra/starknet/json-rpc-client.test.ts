import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { FatalError, RetryableError } from '../../domain/errors.ts'
import { createJsonRpcClient, type JsonRpcClientOptions } from './json-rpc-client.ts'

let server: Server | null = null

afterEach(() => {
  server?.closeAllConnections()
  server?.close()
  server = null
})

const clientOf = async (listener: RequestListener, options: Partial<JsonRpcClientOptions> = {}) => {
  const listening = createServer(listener)
  server = listening
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
  const { port } = listening.address() as AddressInfo // a TCP server
  return createJsonRpcClient({ url: `http://127.0.0.1:${port}`, ...options })
}

/** A node that answers every request with `answer`, its id filled in. */
const answering =
  (answer: object): RequestListener =>
  async (request, response) => {
    const chunks = await request.toArray()
    const { id } = JSON.parse(Buffer.concat(chunks).toString())
    response.end(JSON.stringify({ jsonrpc: '2.0', id, ...answer }))
  }

const plain =
  (body: string, status = 200): RequestListener =>
  (_, response) => {
    response.writeHead(status).end(body)
  }

const thrownBy = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => null,
    (error: unknown) => error,
  )

test('a request carries method and params, and the result comes back', async () => {
  const seen: unknown[] = []
  const client = await clientOf(async (request, response) => {
    const { id, ...rest } = JSON.parse(Buffer.concat(await request.toArray()).toString())
    seen.push(rest)
    response.end(JSON.stringify({ jsonrpc: '2.0', id, result: '0x5' }))
  })
  expect(await client.call('starknet_chainId', [])).toBe('0x5')
  expect(await client.ask('starknet_call', { block_id: 'latest' })).toEqual({ result: '0x5' })
  expect(seen).toEqual([
    { jsonrpc: '2.0', method: 'starknet_chainId', params: [] },
    { jsonrpc: '2.0', method: 'starknet_call', params: { block_id: 'latest' } },
  ])
})

test('a refusal is a value to `ask`, with code, message and data', async () => {
  const error = { code: 40, message: 'Contract error', data: { revert_error: 'x' } }
  const client = await clientOf(answering({ error }))
  expect(await client.ask('starknet_call', [])).toEqual({ refused: error })
})

describe('a refusal is thrown by `call`', () => {
  test.each([
    [63, RetryableError],
    [-32_603, RetryableError],
    [-32_005, RetryableError],
    [24, FatalError],
    [31, FatalError],
    [-32_601, FatalError],
    [-32_602, FatalError],
  ])('code %i', async (code, kind) => {
    const client = await clientOf(answering({ error: { code, message: 'No.', data: 'because' } }))
    const error = await thrownBy(client.call('starknet_getEvents', []))
    expect(error).toBeInstanceOf(kind)
    expect(error).toHaveProperty(
      'message',
      `starknet_getEvents was refused by the node with code ${code}, No.: because`,
    )
  })
})

describe('no proper answer', () => {
  test.each<[string, RequestListener, typeof RetryableError | typeof FatalError, string]>([
    ['HTTP 503', plain('busy', 503), RetryableError, 'HTTP status 503'],
    ['HTTP 429', plain('slow down', 429), RetryableError, 'HTTP status 429'],
    ['HTTP 401', plain('who?', 401), FatalError, 'HTTP status 401'],
    ['HTTP 404', plain('where?', 404), FatalError, 'HTTP status 404'],
    ['HTML', plain('<html>'), RetryableError, 'not JSON'],
    ['a number', plain('7'), RetryableError, 'not a JSON-RPC answer'],
    ['an empty object', plain('{}'), RetryableError, 'not to request 1'],
    ['neither result nor error', answering({}), RetryableError, 'neither result nor error'],
    [
      "another request's answer",
      answering({ id: 99, result: 1 }),
      RetryableError,
      'not to request 1',
    ],
    [
      'a cut connection',
      (request) => request.socket.destroy(),
      RetryableError,
      'starknet_chainId: ',
    ],
  ])('%s', async (_, listener, kind, message) => {
    const client = await clientOf(listener)
    const error = await thrownBy(client.call('starknet_chainId', []))
    expect(error).toBeInstanceOf(kind)
    expect(error).toHaveProperty('message', expect.stringContaining(message))
  })

  test('a node that is not there', async () => {
    const client = await clientOf(plain('{}'))
    await new Promise((resolve) => server?.close(resolve))
    const error = await thrownBy(client.call('starknet_chainId', []))
    expect(error).toBeInstanceOf(RetryableError)
    expect(error).toHaveProperty('message', expect.stringContaining('ECONNREFUSED'))
  })

  test('a node that says nothing within the time limit', async () => {
    const client = await clientOf(() => {}, { requestTimeoutMs: 20 })
    const error = await thrownBy(client.call('starknet_chainId', []))
    expect(error).toBeInstanceOf(RetryableError)
    expect(error).toHaveProperty('message', 'starknet_chainId: no answer within 20 ms')
  })

  test('a node that begins its answer and stalls', async () => {
    const client = await clientOf((_, response) => void response.write('{"jsonrpc":'), {
      requestTimeoutMs: 50,
    })
    expect(await thrownBy(client.call('starknet_chainId', []))).toHaveProperty(
      'message',
      'starknet_chainId: no answer within 50 ms',
    )
  })

  test('an answer that is too large', async () => {
    const client = await clientOf(answering({ result: 'x'.repeat(1_000) }), { answerBytesMax: 100 })
    expect(await thrownBy(client.call('starknet_chainId', []))).toHaveProperty(
      'message',
      'starknet_chainId: the answer is larger than 100 bytes',
    )
  })

  test('an aborted request throws the reason of the abort', async () => {
    const client = await clientOf(() => {})
    const reason = new Error('stopping')
    const controller = new AbortController()
    const asked = thrownBy(client.call('starknet_chainId', [], controller.signal))
    controller.abort(reason)
    expect(await asked).toBe(reason)
  })
})
