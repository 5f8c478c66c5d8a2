/**
 * EventStoreDB's connection strings, read strictly: the client library only warns of an option that
 * it does not know, and goes on without it. Messages never carry the password.
 */
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { FatalError, messageOf } from '../../domain/errors.ts'

export type EndPoint = Readonly<{ address: string; port: number }>

export type EventStoreConnection = Readonly<{
  /** Several: any of them knows the cluster's members. */
  hosts: readonly [EndPoint, ...EndPoint[]]
  /** `esdb+discover`: the name stands for all members, which are asked for each other. */
  isDiscovered: boolean
  credentials: Readonly<{ username: string; password: string }> | null
  tls: Readonly<{ rootCertificate?: Buffer; userCertFile?: Buffer; userKeyFile?: Buffer }> | null
  connectionName: string
  /**
   * Only what was given, in the library's own units (`gossipTimeout` in seconds, the rest in
   * milliseconds).
   */
  numbers: Partial<Record<NumberOption, number>>
}>

export type NumberOption = keyof typeof NUMBER_OPTIONS

/** With the smallest value of each; -1 turns keep-alive off. */
const NUMBER_OPTIONS = {
  maxDiscoverAttempts: 1,
  discoveryInterval: 0,
  gossipTimeout: 1,
  keepAliveInterval: -1,
  keepAliveTimeout: -1,
} as const
const TEXT_OPTIONS = [
  'tls',
  'tlsCAFile',
  'userCertFile',
  'userKeyFile',
  'connectionName',
  'nodePreference',
] as const

const PORT = 2113
const PORT_MAX = 65_535
const FORM =
  'esdb://user:password@host:2113?tls=true, or esdb+discover://… for a cluster, percent-encoded wherever : / ? @ stand for themselves'

/**
 * Throws FatalError, saying what is wrong, for a string that the adapter could not follow to the
 * letter.
 */
export const parseConnectionString = (text: string): EventStoreConnection => {
  const parts =
    /^(esdb|esdb\+discover):\/\/(?:([^:@/?]+):([^@/?]+)@)?([^@/?]+)\/?(?:\?([^@]*))?$/.exec(
      text.trim(),
    )
  // Whatever stands before an @ may be a part of a password, so nothing of the text is repeated.
  if (parts === null) throw new FatalError(`An EventStoreDB URL looks like ${FORM}`)
  const [, scheme, username, password, places = '', query = ''] = parts
  const options = optionsOf(query)
  refuseOtherNodes(options.get('nodePreference'))
  const [first, ...others] = places.split(',').map(endPoint)
  if (first === undefined) throw new FatalError(`An EventStoreDB URL looks like ${FORM}`)
  return {
    hosts: [first, ...others],
    isDiscovered: scheme === 'esdb+discover',
    credentials:
      username === undefined || password === undefined
        ? null
        : { username: decoded(username), password: decoded(password) },
    tls: tlsOf(options),
    connectionName: connectionNameOf(options.get('connectionName')),
    numbers: Object.fromEntries(
      Object.entries(NUMBER_OPTIONS).flatMap(([name, min]) => {
        const value = options.get(name)
        return value === undefined ? [] : [[name, wholeNumber(name, value, min)]]
      }),
    ),
  }
}

/** Where it leads, without credentials: for messages. */
export const describeConnection = ({ hosts, isDiscovered, tls }: EventStoreConnection): string => {
  const places = hosts.map(({ address, port }) => `${address}:${port}`).join()
  return `esdb${isDiscovered ? '+discover' : ''}://${places}${tls === null ? ' (without TLS)' : ''}`
}

const optionsOf = (query: string): ReadonlyMap<string, string> => {
  const known: readonly string[] = [...Object.keys(NUMBER_OPTIONS), ...TEXT_OPTIONS]
  const options = new Map<string, string>()
  for (const [key, value] of new URLSearchParams(query)) {
    const name = known.find((option) => option.toLowerCase() === key.toLowerCase())
    if (name === undefined) {
      throw new FatalError(
        `The EventStoreDB URL has the option "${key}", which is none of ${known.join(', ')}`,
      )
    }
    options.set(name, value)
  }
  return options
}

const endPoint = (place: string): EndPoint => {
  const [, address, port = PORT] = /^([A-Za-z0-9._-]+)(?::(\d{1,5}))?$/.exec(place) ?? []
  if (address === undefined || Number(port) < 1 || Number(port) > PORT_MAX) {
    // Not repeated: where the host was forgotten, it is the user's name and password.
    throw new FatalError(
      'The EventStoreDB URL names a place that is no host:port (a name or IPv4 address; 1 to 65535)',
    )
  }
  return { address, port: Number(port) }
}

const tlsOf = (options: ReadonlyMap<string, string>): EventStoreConnection['tls'] => {
  const tls = options.get('tls') ?? 'true'
  if (tls !== 'true' && tls !== 'false')
    throw new FatalError(`tls in the EventStoreDB URL is true or false, not "${tls}"`)
  if (tls === 'false') return null
  const [authority, certificate, key] = ['tlsCAFile', 'userCertFile', 'userKeyFile'].map((name) =>
    options.get(name),
  )
  if ((certificate === undefined) !== (key === undefined)) {
    throw new FatalError('userCertFile and userKeyFile of the EventStoreDB URL go together')
  }
  const own = certificate === undefined || key === undefined ? {} : ownCertificate(certificate, key)
  return authority === undefined ? own : { ...own, rootCertificate: authorityOf(authority) }
}

/**
 * Looked into here, because the library would find out at the first call, and say so as if the
 * server were away.
 */
const authorityOf = (path: string): Buffer =>
  fromFiles('tlsCAFile', () => {
    const file = readFileSync(path)
    new X509Certificate(file)
    return file
  })

const ownCertificate = (
  certificate: string,
  key: string,
): Readonly<{ userCertFile: Buffer; userKeyFile: Buffer }> =>
  fromFiles('userCertFile and userKeyFile', () => {
    const files = { userCertFile: readFileSync(certificate), userKeyFile: readFileSync(key) }
    createSecureContext({ cert: files.userCertFile, key: files.userKeyFile })
    return files
  })

const fromFiles = <T>(options: string, read: () => T): T => {
  try {
    return read()
  } catch (error) {
    throw new FatalError(`${options} of the EventStoreDB URL: ${messageOf(error)}`, {
      cause: error,
    })
  }
}

/** Other nodes lag behind, and a log has to read what it has written. */
const refuseOtherNodes = (preference = 'leader'): void => {
  if (preference.toLowerCase() !== 'leader') {
    throw new FatalError(
      'nodePreference of the EventStoreDB URL can only be leader: the other nodes lag behind it',
    )
  }
}

const wholeNumber = (name: string, value: string, min: number): number => {
  if (/^-?\d{1,9}$/.test(value) && Number(value) >= min) return Number(value)
  throw new FatalError(
    `${name} of the EventStoreDB URL is not a whole number of at least ${min}: "${value}"`,
  )
}

/** It travels as a header with every call. */
const connectionNameOf = (given = 'chronohex'): string => {
  if (/^[!-~](?:[ -~]{0,98}[!-~])?$/.test(given)) return given
  throw new FatalError(
    'connectionName of the EventStoreDB URL is 1 to 100 printable ASCII characters',
  )
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch (error) {
    throw new FatalError('The credentials of the EventStoreDB URL are not percent-encoded', {
      cause: error,
    })
  }
}
