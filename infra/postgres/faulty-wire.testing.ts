/**
 * A way to PostgreSQL or the embedded database that fails on demand, at any statement: the protocol
 * is followed just so far that a fault can be placed before a statement, or behind its commit and
 * before its answer.
 */
import { once } from 'node:events'
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net'
import type { PoolConfig } from 'pg'
import { createUnitReader } from '../pglite/wire-units.ts'

export type WireFault =
  /** The connection ends before the statement arrives. */
  | 'cut-before'
  /** The statement is done, then the connection ends without an answer. */
  | 'cut-after'
  /** The statement never arrives, and the connection stays open. */
  | 'never-answer'
  /** The statement is done, and its answer never arrives. */
  | 'lose-answer'

export const WIRE_FAULTS: readonly WireFault[] = [
  'cut-before',
  'cut-after',
  'never-answer',
  'lose-answer',
]

export type FaultyWire = Readonly<{
  /** For a pool. */
  connection: PoolConfig
  /** Statements that clients have sent. */
  statements: () => number
  /** Cuts every connection, and refuses further ones. */
  refuse: () => Promise<void>
  /** Accepts connections again. */
  accept: () => Promise<void>
  close: () => Promise<void>
}>

/** `faultAt` decides about each statement, counted from 1 over all connections. */
export const startFaultyWire = async (
  connection: PoolConfig,
  faultAt: (statement: number) => WireFault | null = () => null,
): Promise<FaultyWire> => {
  const sockets = new Set<Socket>()
  let statements = 0
  const server = createServer((near) => {
    const far = createConnection(placeOf(connection))
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one)
      one.on('error', () => other.destroy()) // a cut is the point
      one.on('close', () => {
        sockets.delete(one)
        other.destroy()
      })
    }
    const unitsOf = createUnitReader()
    let isStarted = false
    let fault: WireFault | null = null
    near.on('data', (chunk: Buffer) => {
      const startupBytes = isStarted ? 0 : chunk.readInt32BE(0) // the first message has no type
      if (!isStarted) far.write(chunk.subarray(0, startupBytes))
      isStarted = true
      for (const { bytes, end } of unitsOf(chunk.subarray(startupBytes))) {
        if (end === 'S' || end === 'Q') {
          statements += 1
          fault ??= faultAt(statements)
        }
        if (fault === 'cut-before') near.destroy()
        else if (fault !== 'never-answer') far.write(bytes)
      }
    })
    const isAnswered = createAnswerReader()
    far.on('data', (chunk: Buffer) => {
      if (fault === null) near.write(chunk)
      else if (fault === 'cut-after' && isAnswered(chunk)) near.destroy()
    })
  })
  const listen = async (port: number): Promise<void> => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  }
  const refuse = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy()
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    await closed
  }
  await listen(0)
  const { port } = server.address() as AddressInfo // a TCP server
  return {
    connection: connectionTo(connection, port),
    statements: () => statements,
    refuse,
    accept: () => listen(port),
    close: refuse,
  }
}

const placeOf = ({ connectionString, host = 'localhost', port = 5432 }: PoolConfig) => {
  if (connectionString !== undefined) {
    const url = new URL(connectionString)
    return { host: url.hostname, port: Number(url.port || 5432) }
  }
  return host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port }
}

const connectionTo = ({ connectionString, ...config }: PoolConfig, port: number): PoolConfig => {
  if (connectionString === undefined) return { ...config, host: '127.0.0.1', port }
  const url = new URL(connectionString)
  url.host = `127.0.0.1:${port}`
  return { ...config, connectionString: url.href }
}

const HEADER_BYTES = 5
const READY_FOR_QUERY = 'Z'

/** Says of each chunk of an answer whether the answer is complete with it. */
const createAnswerReader = (): ((chunk: Buffer) => boolean) => {
  let rest: Buffer = Buffer.alloc(0)
  return (chunk) => {
    rest = Buffer.concat([rest, chunk])
    while (rest.length >= HEADER_BYTES) {
      const messageBytes = 1 + rest.readInt32BE(1)
      if (rest.length < messageBytes) return false
      if (String.fromCharCode(rest[0] ?? 0) === READY_FOR_QUERY) return true
      rest = rest.subarray(messageBytes)
    }
    return false
  }
}
