/**
 * A thousand clients that ask and do not read, again and again, on a system that plays: its memory
 * stays what it was after the first thousand, and it goes on answering.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Endpoints } from '../../../app.ts'
import { assert } from '../../../domain/errors.ts'
import { NEVER, pause } from '../../../domain/waiting/pause.ts'
import { dataLayout } from '../../run/data-layout.ts'

const CLIENTS = 1_000
const READY_MS_MAX = 120_000
const LOOK_MS = 1_000
/** A client whose bytes wait is cut after 30 s; what kernels hold may wait for as long. */
const WAVE_MS = 40_000
/** Of a wave beyond the first: what the garbage collector leaves lying about at a time. */
const GROWTH_BYTES_MAX = 200 * 1024 * 1024
/** In all, beyond what the system has without them: what may wait at once, held twice, and that. */
const ABOVE_IDLE_BYTES_MAX = 2 * 256 * 1024 * 1024 + GROWTH_BYTES_MAX

const main = path.resolve(import.meta.dirname, '../../../main.ts')

const get = (target: string, ...headers: readonly string[]): string =>
  [`GET ${target} HTTP/1.1`, 'Host: localhost', ...headers, '', ''].join('\r\n')

const TYPES = '__schema { types { name fields { name args { name } type { name } } } }'
const LARGE_ANSWER = `{ a: ${TYPES} b: ${TYPES} c: ${TYPES} d: ${TYPES} }`
const SUBSCRIPTION = 'subscription { worldEvents { __typename } }'
const UPGRADE = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
  'Sec-WebSocket-Protocol: graphql-transport-ws',
]

/** A frame as clients send it, under a mask of zeros. */
const frame = (kind: number, text: string): Buffer => {
  const payload = Buffer.from(text)
  const length = Buffer.from([0x80 | 126, payload.length >> 8, payload.length & 0xff])
  return Buffer.concat([Buffer.from([0x80 | kind]), length, Buffer.alloc(4), payload])
}
const textFrame = (message: object): Buffer => frame(0x1, JSON.stringify(message))
const PING = frame(0x9, 'x'.repeat(125).slice(0, 125))
const PONG = frame(0xa, '')

/** What a client sends at first, and what it sends each second to look alive. */
type Client = Readonly<{ opening: Buffer; again: Buffer | null }>

const query = (text: string): string => `/graphql?query=${encodeURIComponent(text)}`

const webSocket = (text: string, operations: number, again: Buffer): Client => {
  const subscribe = (id: number) =>
    textFrame({ type: 'subscribe', id: String(id), payload: { query: text } })
  return {
    opening: Buffer.concat([
      Buffer.from(get('/graphql', ...UPGRADE)),
      textFrame({ type: 'connection_init' }),
      ...Array.from({ length: operations }, (_, id) => subscribe(id)),
    ]),
    again,
  }
}

const clientsOf = (script: string): readonly Client[] => [
  { opening: Buffer.from(get('/graphql', 'Accept: text/html')), again: null },
  { opening: Buffer.from(get(script).repeat(20)), again: null },
  { opening: Buffer.from(get(query(LARGE_ANSWER))), again: null },
  { opening: Buffer.from(get(query(LARGE_ANSWER)).repeat(5)), again: null },
  { opening: Buffer.from(get(query(SUBSCRIPTION), 'Accept: text/event-stream')), again: null },
  webSocket(SUBSCRIPTION, 20, PONG),
  webSocket(LARGE_ANSWER, 5, PONG),
  webSocket(SUBSCRIPTION, 1, Buffer.concat(Array.from({ length: 1_000 }, () => PING))),
]

type Measured = Readonly<{ residentBytes: number; waitingBytes: number; cut: number }>

const measure = async (url: string): Promise<Measured> => {
  const text = await (await fetch(`${url}/metrics`)).text()
  const numberOf = (name: string): number =>
    Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1])
  return {
    residentBytes: numberOf('process_resident_memory_bytes'),
    waitingBytes: numberOf('world_waiting_bytes'),
    cut: numberOf('world_slow_client_disconnects_total'),
  }
}

/** One thousand clients for a while; the most memory that the system had meanwhile. */
const wave = async (url: string, clients: readonly Client[]): Promise<Measured> => {
  const port = Number(new URL(url).port)
  const open = Array.from({ length: CLIENTS }, (_, index) => {
    const client = clients[index % clients.length]
    assert(client !== undefined, 'there is no client of that kind')
    const socket: Socket = connect(port, '127.0.0.1')
    socket.on('error', () => {}) // what it is cut by
    socket.write(client.opening)
    return { socket, again: client.again }
  })
  let most: Measured = { residentBytes: 0, waitingBytes: 0, cut: 0 }
  try {
    const end = performance.now() + WAVE_MS
    while (performance.now() < end) {
      await pause(LOOK_MS, NEVER)
      for (const { socket, again } of open) {
        const isBehind = socket.writableNeedDrain || socket.destroyed
        if (again !== null && !isBehind) socket.write(again)
      }
      const now = await measure(url)
      most = {
        residentBytes: Math.max(most.residentBytes, now.residentBytes),
        waitingBytes: Math.max(most.waitingBytes, now.waitingBytes),
        cut: now.cut,
      }
    }
  } finally {
    for (const { socket } of open) socket.destroy()
  }
  return most
}

const scriptOf = async (url: string): Promise<string> => {
  const page = await (await fetch(`${url}/graphql`, { headers: { accept: 'text/html' } })).text()
  const script = /"(\/graphql\/files\/[^"]+\.js)"/.exec(page)?.[1]
  assert(script !== undefined, 'GraphiQL names no script')
  await (await fetch(`${url}${script}`)).arrayBuffer()
  return script
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MB`

export type SlowClientsSoak = Readonly<{
  dataFolder: string
  waves: number
  print: (line: string) => void
}>

/** Throws when memory grows with the clients, or when nothing is answered any more. */
export const slowClientsSoak = async ({
  dataFolder,
  waves,
  print,
}: SlowClientsSoak): Promise<void> => {
  const flags = ['--port', '0', '--rpc-port', '0', '--bots', '4', '--data', dataFolder]
  // Elsewhere than in the checkout, whose .env may name the log of a real world.
  const child = spawn(process.execPath, [main, ...flags], { stdio: 'ignore', cwd: tmpdir() })
  const ended = once(child, 'exit')
  try {
    const { endpointsFile } = dataLayout(dataFolder)
    const readyBy = performance.now() + READY_MS_MAX
    while (!existsSync(endpointsFile)) {
      assert(child.exitCode === null, 'the system ended by itself')
      assert(performance.now() < readyBy, `the system was not ready within ${READY_MS_MAX} ms`)
      await pause(LOOK_MS, NEVER)
    }
    // Written by infra/run/endpoints.ts, whole or not at all.
    const { graphql } = JSON.parse(readFileSync(endpointsFile, 'utf8')) as Endpoints
    const url = new URL(graphql).origin
    const clients = clientsOf(await scriptOf(url))
    const idle = await measure(url)
    let first = 0
    for (let number = 1; number <= waves; number++) {
      const { residentBytes, waitingBytes, cut } = await wave(url, clients)
      print(
        `${CLIENTS} clients that do not read, ${number} of ${waves}: ${megabytes(residentBytes)} (${megabytes(idle.residentBytes)} without them), ${megabytes(waitingBytes)} waiting, ${cut} cut`,
      )
      if (number === 1) first = residentBytes
      assert(residentBytes < first + GROWTH_BYTES_MAX, 'memory grows with every thousand')
      assert(residentBytes < idle.residentBytes + ABOVE_IDLE_BYTES_MAX, 'memory has no bound')
    }
    assert((await fetch(`${url}/ready`)).status === 200, 'the system is not ready any more')
  } finally {
    child.kill('SIGKILL')
    await ended
  }
}
