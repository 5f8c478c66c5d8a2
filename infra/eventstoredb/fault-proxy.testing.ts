/** A TCP proxy on loopback that can cut, freeze and refuse: the network faults of tests. */
import { once } from 'node:events'
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net'

export type FaultProxy = Readonly<{
  port: number
  /** Ends every connection at once, as a killed server does. */
  cut: () => void
  /** Connections stay open and carry nothing more: the half-open case. New ones are accepted and carry nothing. */
  freeze: () => void
  thaw: () => void
  /** Cuts, and refuses further connections. */
  refuse: () => Promise<void>
  /** Accepts connections again, on the same port. */
  accept: () => Promise<void>
  close: () => Promise<void>
}>

export const startFaultProxy = async (targetPort: number): Promise<FaultProxy> => {
  const sockets = new Set<Socket>()
  let isFrozen = false
  const server = createServer((near) => {
    const far = createConnection({ port: targetPort, host: '127.0.0.1', noDelay: true })
    near.setNoDelay(true)
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
    close: refuse,
  }
}
