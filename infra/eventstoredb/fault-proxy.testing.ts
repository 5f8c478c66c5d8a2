/** A TCP proxy on loopback that can cut, freeze and refuse: the network faults of tests. */
import { once } from 'node:events'
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net'

export type FaultProxy = Readonly<{
  port: number
  /** Ends every connection at once, as a killed server does. */
  cut: () => void
  /**
   * Connections stay open and carry nothing more: the half-open case. New ones are accepted and
   * carry nothing.
   */
  freeze: () => void
  thaw: () => void
  /** Cuts, and refuses further connections. */
  refuse: () => Promise<void>
  /** Accepts connections again, on the same port. */
  accept: () => Promise<void>
  /** Calls that clients have cancelled. Servers take many of them for an attack, and hang up. */
  cancelledCalls: () => number
  close: () => Promise<void>
}>

export const startFaultProxy = async (targetPort: number): Promise<FaultProxy> => {
  const sockets = new Set<Socket>()
  let isFrozen = false
  let cancelledCalls = 0
  const server = createServer((near) => {
    const far = createConnection({ port: targetPort, host: '127.0.0.1', noDelay: true })
    near.setNoDelay(true)
    const resetsIn = createResetCounter()
    near.on('data', (chunk: Buffer) => {
      cancelledCalls += resetsIn(chunk)
    })
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on('error', () => to.destroy()) // a cut is the point
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
      from.on('data', (chunk: Buffer) => to.write(chunk))
      if (isFrozen) from.pause()
    }
  })
  const listen = async (port: number): Promise<void> => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  }
  await listen(0)
  const { port } = server.address() as AddressInfo // a TCP server
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  const refuse = async (): Promise<void> => {
    cut()
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    await closed
  }
  return {
    port,
    cut,
    freeze: () => {
      isFrozen = true
      for (const socket of sockets) socket.pause()
    },
    thaw: () => {
      isFrozen = false
      for (const socket of sockets) socket.resume()
    },
    refuse,
    accept: () => listen(port),
    cancelledCalls: () => cancelledCalls,
    close: refuse,
  }
}

const PREFACE_BYTES = 24
const FRAME_HEADER_BYTES = 9
const RST_STREAM = 3

/**
 * Counts the RST_STREAM frames of what an HTTP/2 client sends; of another protocol it counts
 * nothing that means anything.
 */
const createResetCounter = (): ((chunk: Buffer) => number) => {
  let rest: Buffer = Buffer.alloc(0)
  let skip = PREFACE_BYTES
  return (chunk) => {
    rest = Buffer.concat([rest, chunk])
    let resets = 0
    while (rest.length >= skip + FRAME_HEADER_BYTES) {
      const frame = rest.subarray(skip)
      if (frame[3] === RST_STREAM) resets += 1
      rest = frame
      skip = FRAME_HEADER_BYTES + frame.readUIntBE(0, 3)
    }
    return resets
  }
}
