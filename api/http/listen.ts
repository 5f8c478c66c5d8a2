/**
 * Listens where it is asked to: on an address, or on every address of a name, since clients choose
 * any of them (`localhost` is 127.0.0.1 to some and ::1 to others).
 */
import { lookup } from 'node:dns/promises'
import type { Server as HttpServer } from 'node:http'
import { type AddressInfo, createServer, isIP, type Server } from 'node:net'
import { FatalError, messageOf } from '../../domain/errors.ts'

/** Where a server listens. */
export type Listening = Readonly<{
  port: number
  /** One of the addresses, in brackets where a URL wants them; loopback for all of them. */
  host: string
  /** Stops listening, and resolves when no connection is left. */
  close: () => Promise<void>
}>

/** A port that is free on one address may be taken on the next. */
const PORT_TRIES_MAX = 10

/**
 * Listens on `host` and `port`; 0 picks a free one. Throws FatalError when the host has no address
 * here, or the port is taken or not allowed.
 */
export const listen = async (
  server: HttpServer,
  { host, port }: Readonly<{ host: string; port: number }>,
): Promise<Listening> => {
  const addresses = await addressesOf(host)
  for (let tries = 1; ; tries++) {
    try {
      return await listenOnAll(server, addresses, port)
    } catch (error) {
      const mayPickAnother = port === 0 && codeOf(error) === 'EADDRINUSE' && tries < PORT_TRIES_MAX
      if (!mayPickAnother) throw new FatalError(faultOf(error, port, host), { cause: error })
    }
  }
}

/** Browsers take `localhost` for both, whatever the machine says of it. */
const LOOPBACK_ADDRESSES = ['127.0.0.1', '::1']

const addressesOf = async (host: string): Promise<readonly string[]> => {
  if (host === 'localhost') return LOOPBACK_ADDRESSES
  if (isIP(host.split('%')[0] ?? '') !== 0) return [host] // a link-local one may name its interface
  try {
    const found = await lookup(host, { all: true, order: 'ipv4first' })
    return [...new Set(found.map(({ address }) => address))]
  } catch (error) {
    const message = `The API cannot listen on ${host}: no address has that name here`
    throw new FatalError(message, { cause: error })
  }
}

const listenOnAll = async (
  server: HttpServer,
  addresses: readonly string[],
  givenPort: number,
): Promise<Listening> => {
  const open: Server[] = []
  const used: string[] = []
  const close = async (): Promise<void> => {
    await Promise.all(open.map(closed))
  }
  let port = givenPort
  let missing: unknown = null
  for (const address of addresses) {
    const listener = open.length === 0 ? server : listenerFor(server)
    try {
      await opened(listener, port, address)
    } catch (error) {
      if (addresses.length > 1 && isMissingAddress(error)) {
        missing = error
        continue
      }
      await close()
      throw error
    }
    open.push(listener)
    used.push(address)
    port = (listener.address() as AddressInfo).port // a TCP server that listens has one
  }
  const [first] = used
  if (first === undefined) throw missing
  return { port, host: authorityOf(first), close }
}

/** Accepts connections for a server that listens elsewhere. */
const listenerFor = (server: HttpServer): Server => {
  const listener = createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
    server.emit('connection', socket),
  )
  listener.maxConnections = server.maxConnections
  return listener
}

const opened = async (listener: Server, port: number, address: string): Promise<void> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  listener.once('error', reject)
  listener.listen(port, address, resolve)
  try {
    await promise
  } finally {
    listener.off('error', reject)
  }
}

const closed = async (listener: Server): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>()
  listener.close(() => resolve())
  await promise
}

/** `localhost` may have an address of a kind that this machine does not speak. */
const isMissingAddress = (error: unknown): boolean =>
  ['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(codeOf(error))

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : ''

const ALL_ADDRESSES: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }

const authorityOf = (address: string): string =>
  ALL_ADDRESSES[address] ?? (address.includes(':') ? `[${address.replace('%', '%25')}]` : address)

const faultOf = (error: unknown, port: number, host: string): string => {
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is taken: choose another one with --port, or 0 for any`
    case 'EACCES':
      return `Port ${port} on ${host} needs more rights than this process has`
    case 'EADDRNOTAVAIL':
      return `The API cannot listen on ${host}: this machine has no such address`
    default:
      return `The API cannot listen on ${host}, port ${port}: ${messageOf(error)}`
  }
}
