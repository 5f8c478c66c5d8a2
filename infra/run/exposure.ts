/**
 * Who reaches what this machine serves: under which names and addresses, and what the operator
 * should know about it.
 */
import { BlockList, isIP } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'
import type { Config } from './config.ts'

/** How long the machine's addresses are taken to be what they were. */
const KEPT_MS = 5_000

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4')
LOOPBACK.addAddress('::1', 'ipv6')

/** Addresses that the internet does not carry: private, shared, link-local. */
const PRIVATE = new BlockList()
PRIVATE.addSubnet('10.0.0.0', 8, 'ipv4')
PRIVATE.addSubnet('172.16.0.0', 12, 'ipv4')
PRIVATE.addSubnet('192.168.0.0', 16, 'ipv4')
PRIVATE.addSubnet('100.64.0.0', 10, 'ipv4')
PRIVATE.addSubnet('169.254.0.0', 16, 'ipv4')
PRIVATE.addSubnet('fc00::', 7, 'ipv6')
PRIVATE.addSubnet('fe80::', 10, 'ipv6')

const isIn = (list: BlockList, address: string): boolean =>
  list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')

/** Whether only this machine reaches what is bound to the host. */
const isLoopback = (host: string): boolean =>
  host === 'localhost' || (isIP(host) !== 0 && isIn(LOOPBACK, host))

const machineAddresses = (): readonly string[] =>
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .map(({ address }) => address)
    .filter((address) => !isIn(LOOPBACK, address))

/** Its name, and the one that the local network finds it by. */
const machineNames = (): readonly string[] => {
  const name = hostname().toLowerCase()
  const [label = name] = name.split('.')
  return [...new Set([name, label, `${label}.local`])]
}

/**
 * The names beyond loopback under which the API may be reached, asked for anew with every request:
 * those that are allowed, and the machine's own where it listens to others.
 */
export const hostNamesOf = ({
  host,
  allowHosts,
}: Pick<Config, 'host' | 'allowHosts'>): (() => readonly string[]) => {
  if (isLoopback(host)) return () => allowHosts
  let names: readonly string[] = []
  let readAt = Number.NEGATIVE_INFINITY
  return () => {
    if (performance.now() - readAt > KEPT_MS) {
      names = [...allowHosts, host, ...machineNames(), ...machineAddresses()]
      readAt = performance.now()
    }
    return names
  }
}

/** What to tell the operator about a host that the API is bound to, as lines; none for loopback. */
export const exposureOf = (
  host: string,
  port: number,
  machine: readonly string[] = machineAddresses(),
): readonly string[] => {
  if (isLoopback(host)) return []
  const isEverywhere = host === '::' || host === '0.0.0.0'
  const family = host === '0.0.0.0' ? 4 : 0
  const reached = isEverywhere
    ? machine.filter((address) => family === 0 || isIP(address) === family)
    : [host]
  const shown = reached.map((address) => (isIP(address) === 6 ? `[${address}]` : address))
  const open = reached.filter((address) => isIP(address) !== 0 && !isIn(PRIVATE, address))
  const readers = open.length === 0 ? 'everybody on its networks' : 'everybody on the internet'
  return [
    `The API is also at ${shown.map((address) => `http://${address}:${port}`).join(', ')}`,
    `Warning: ${readers} who reaches this machine can read and watch the world. Acting needs the operator token, and nothing is encrypted: give the token to nobody over this connection, or put a proxy with TLS before it (--allow-host NAME)`,
    ...(open.length === 0
      ? []
      : [
          `Warning: ${open.join(', ')} ${open.length === 1 ? 'is a public address' : 'are public addresses'}; bind localhost unless that is what you want`,
        ]),
  ]
}
