import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import { QUEUED_CHANGES_MAX } from './change-broker.ts'
import { openClient, subscribed, wsUrl } from './socket-client.testing.ts'
import { modelWritten, startTestTorii, type TestTorii } from './torii.testing.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})
const start = async (options: Parameters<typeof startTestTorii>[0] = {}): Promise<TestTorii> => {
  const torii = await startTestTorii(options)
  closing.push(torii.close)
  return torii
}

const adventurer = (energy: number) =>
  modelWritten('Adventurer', { adventurer_id: '0x2a' }, { energy })

const openSocket = async (torii: TestTorii, protocol: string): Promise<WebSocket> => {
  const socket = new WebSocket(wsUrl(torii), protocol)
  closing.push(() => socket.terminate())
  await once(socket, 'open')
  return socket
}

/** Code and reason with which the server closes. */
const closeOf = async (socket: WebSocket): Promise<readonly [number, string]> => {
  const [code, reason] = await once(socket, 'close')
  return [code, String(reason)]
}

/** Sends bytes after an upgrade, as a broken client does; returns the code of the closing frame. */
const closeCodeAfter = async (torii: TestTorii, frame: readonly number[]): Promise<number> => {
  const socket = connect(torii.torii.port, '127.0.0.1')
  closing.push(() => socket.destroy())
  const received: Buffer[] = []
  socket.on('data', (data: Buffer) => received.push(data))
  socket.write(
    [
      'GET /graphql/ws HTTP/1.1',
      'host: localhost',
      'upgrade: websocket',
      'connection: upgrade',
      'sec-websocket-version: 13',
      'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==',
      'sec-websocket-protocol: graphql-transport-ws',
      '',
      '',
    ].join('\r\n'),
  )
  await once(socket, 'data')
  socket.write(Buffer.from(frame))
  await once(socket, 'close')
  const bytes = Buffer.concat(received)
  return bytes.subarray(bytes.indexOf('\r\n\r\n') + 4).readUInt16BE(2)
}

describe('a hostile client of the socket', () => {
  it.each([
    ['is not masked', [0x81, 0x01, 0x78], 1002],
    ['has a reserved bit', [0xf1, 0x80, 0, 0, 0, 0], 1002],
    ['has an opcode that there is not', [0x83, 0x80, 0, 0, 0, 0], 1002],
    ['is text that is no UTF-8', [0x81, 0x81, 0, 0, 0, 0, 0xff], 1007],
    [
      'says that it is larger than memory',
      [0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0],
      1009,
    ],
  ] as const)('is closed on a frame that %s', async (_, frame, code) => {
    const torii = await start()
    expect(await closeCodeAfter(torii, frame)).toBe(code)
    expect(await torii.data('{ __typename }')).toEqual({ __typename: 'World__Query' })
  })

  it.each(['graphql-transport-ws', 'graphql-ws'])(
    'is closed when it does not greet, on %s',
    async (protocol) => {
      const socket = await openSocket(await start(), protocol)
      expect((await closeOf(socket))[0]).toBe(4408)
    },
  )

  it('that reads nothing is cut off when its queue is full, and others hear all', async () => {
    const torii = await start({ rawEvents: true })
    const others = openClient(torii)
    closing.push(() => others.dispose())
    const watching = await subscribed(others, 'subscription { entityUpdated { id } }')
    const slow = await openSocket(torii, 'graphql-ws')
    const greeted = once(slow, 'message')
    slow.send(JSON.stringify({ type: 'connection_init' }))
    await greeted
    const query = 'subscription { eventEmitted { id keys data } }'
    slow.send(JSON.stringify({ type: 'start', id: 's', payload: { query } }))
    const answered = once(slow, 'message')
    slow.send(JSON.stringify({ type: 'start', id: 'q', payload: { query: '{ __typename }' } }))
    await answered
    slow.pause()
    // The buffers of both sides fill before the queue does.
    for (let sent = 0; sent < 1.5 * QUEUED_CHANGES_MAX; sent += 4_096)
      await torii.blocks(Array.from({ length: 4_096 }, (_, at) => adventurer(at % 100)))
    expect(await watching.next()).toMatchObject({ entityUpdated: { id: expect.any(String) } })
    const closed = closeOf(slow)
    slow.resume()
    expect(await closed).toEqual([1011, 'The subscriber is too slow'])
  })

  it('is one of three hundred, each of which hears of a change', async () => {
    const torii = await start()
    const clients = Array.from({ length: 300 }, () => openClient(torii))
    closing.push(() => Promise.all(clients.map((client) => client.dispose())))
    const updates = await Promise.all(
      clients.map((client) => subscribed(client, 'subscription { entityUpdated { id } }')),
    )
    await torii.blocks([adventurer(1)])
    const heard = await Promise.all(updates.map(({ next }) => next()))
    expect(new Set(heard.map((update) => JSON.stringify(update))).size).toBe(1)
  })
})
