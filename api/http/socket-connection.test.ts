import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import type { WebSocket } from 'ws'
import { createSocketConnection } from './socket-connection.ts'

type Sent = Readonly<{ bytes: Buffer; isLast: boolean; leave: () => void }>

/** A socket whose client reads when it is told to. */
class SlowSocket extends EventEmitter {
  readonly OPEN = 1
  readyState = 1
  protocol = 'graphql-transport-ws'
  bufferedAmount = 0
  readonly sent: Sent[] = []
  readonly pongs: unknown[] = []
  closedWith: number | null = null
  send = (bytes: Buffer, { fin }: { fin: boolean }, leave: () => void): void => {
    this.sent.push({ bytes, isLast: fin, leave })
  }
  pong = (data: unknown): void => void this.pongs.push(data)
  close = (code: number): void => {
    this.closedWith = code
    this.readyState = 2
  }
}

const open = (roomBytes: number) => {
  const socket = new SlowSocket()
  const counted = { taken: 0 }
  const connection = createSocketConnection(socket as unknown as WebSocket, {
    take: (bytes) => {
      if (counted.taken + bytes > roomBytes) return false
      counted.taken += bytes
      return true
    },
    release: (bytes) => {
      counted.taken -= bytes
    },
  })
  return { socket, counted, connection }
}

/** Lets the client read one piece after another, and tells what it got. */
const readAll = async (socket: SlowSocket): Promise<string[]> => {
  const messages: Buffer[][] = [[]]
  for (let at = 0; at < socket.sent.length; at++) {
    const { bytes, isLast, leave } = socket.sent[at] as Sent // of an index that is there
    messages.at(-1)?.push(bytes)
    if (isLast) messages.push([])
    leave()
    await new Promise(setImmediate)
  }
  return messages.slice(0, -1).map((pieces) => String(Buffer.concat(pieces)))
}

describe('a WebSocket', () => {
  it('sends messages whole and in order, a piece at a time, and counts what waits', async () => {
    const { socket, counted, connection } = open(1_000_000)
    const [long, short] = ['ä€😀'.repeat(20_000), 'short']
    const sending = Promise.all([connection.send(long), connection.send(short)])
    await new Promise(setImmediate)
    expect(socket.sent).toHaveLength(1)
    expect(counted.taken).toBe(Buffer.byteLength(long + short))
    expect(await readAll(socket)).toEqual([long, short])
    await sending
    expect([counted.taken, socket.sent.length]).toEqual([0, 4])
  })

  it('is closed until later when there is no room for a message, and counts no more', async () => {
    const { socket, counted, connection } = open(100_000)
    const sending = connection.send('x'.repeat(90_000))
    await new Promise(setImmediate)
    await connection.send('x'.repeat(20_000))
    expect(socket.closedWith).toBe(1013)
    socket.sent[0]?.leave()
    await sending
    expect(counted.taken).toBe(0)
  })

  it('is not answered a ping while it does not read', () => {
    const { socket } = open(1)
    socket.emit('ping', 'a')
    socket.bufferedAmount = 100_000
    socket.emit('ping', 'b')
    expect(socket.pongs).toEqual(['a'])
  })
})
