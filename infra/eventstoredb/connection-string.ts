/**
 * EventStoreDB's connection strings, read strictly: the client library only warns of an option that it does not know, and
 * goes on without it. Messages never carry the password.
 */
import { readFileSync } from 'node:fs'
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
  /** Only what was given, in the library's own units (`gossipTimeout` in seconds, the rest in milliseconds). */
  numbers: Partial<Record<NumberOption, number>>
  nodePreference: NodePreference | null
}>

export type NumberOption = (typeof NUMBER_OPTIONS)[number]
export type NodePreference = (typeof NODE_PREFERENCES)[number]

const NUMBER_OPTIONS = [
  'maxDiscoverAttempts',
  'discoveryInterval',
  'gossipTimeout',
  'keepAliveInterval',
  'keepAliveTimeout',
] as const
const NODE_PREFERENCES = ['leader', 'follower', 'random', 'read_only_replica'] as const
const TEXT_OPTIONS = ['tls', 'tlsCAFile', 'userCertFile', 'userKeyFile', 'connectionName', 'nodePreference'] as const

const PORT = 2113
const FORM = 'esdb://user:password@host:2113?tls=true, or esdb+discover://… for a cluster'

/** Throws FatalError, saying what is wrong, for a string that the adapter could not follow to the letter. */
export const parseConnectionString = (text: string): EventStoreConnection => {
  const parts = /^(esdb|esdb\+discover):\/\/(?:([^:@/?]+):([^@/?]+)@)?([^@/?]+)\/?(?:\?(.*))?$/.exec(text.trim())
  if (parts === null) throw new FatalError(`An EventStoreDB URL looks like ${FORM}`)
  const [, scheme, username, password, places = '', query = ''] = parts
  const options = optionsOf(query)
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
    connectionName: options.get('connectionName') ?? 'chronohex',
    numbers: Object.fromEntries(
      NUMBER_OPTIONS.flatMap((name) => {
        const value = options.get(name)
        return value === undefined ? [] : [[name, wholeNumber(name, value)]]
      }),
    ),
    nodePreference: preferenceOf(options.get('nodePreference')),
  }
}

/** Where it leads, without credentials: for messages. */
export const describeConnection = ({ hosts, isDiscovered, tls }: EventStoreConnection): string => {
  const places = hosts.map(({ address, port }) => `${address}:${port}`).join()
  return `esdb${isDiscovered ? '+discover' : ''}://${places}${tls === null ? ' (without TLS)' : ''}`
}

const optionsOf = (query: string): ReadonlyMap<string, string> => {
  const known: readonly string[] = [...NUMBER_OPTIONS, ...TEXT_OPTIONS]
  const options = new Map<string, string>()
  for (const [key, value] of new URLSearchParams(query)) {
    const name = known.find((option) => option.toLowerCase() === key.toLowerCase())
    if (name === undefined) {
      throw new FatalError(`The EventStoreDB URL has the option "${key}", which is none of ${known.join(', ')}`)
    }
    options.set(name, value)
  }
  return options
}

const endPoint = (place: string): EndPoint => {
  const [, address, port] = /^([A-Za-z0-9._-]+)(?::(\d{1,5}))?$/.exec(place) ?? []
  if (address === undefined) throw new FatalError(`"${place}" in the EventStoreDB URL is no host:port`)
  return { address, port: port === undefined ? PORT : Number(port) }
}

const tlsOf = (options: ReadonlyMap<string, string>): EventStoreConnection['tls'] => {
  const tls = options.get('tls') ?? 'true'
  if (tls !== 'true' && tls !== 'false')
    throw new FatalError(`tls in the EventStoreDB URL is true or false, not "${tls}"`)
  if (tls === 'false') return null
  const [authority, certificate, key] = ['tlsCAFile', 'userCertFile', 'userKeyFile'].map((name) => options.get(name))
  if ((certificate === undefined) !== (key === undefined)) {
    throw new FatalError('userCertFile and userKeyFile of the EventStoreDB URL go together')
  }
  return {
    ...(authority === undefined ? {} : { rootCertificate: fileOf('tlsCAFile', authority) }),
    ...(certificate === undefined ? {} : { userCertFile: fileOf('userCertFile', certificate) }),
    ...(key === undefined ? {} : { userKeyFile: fileOf('userKeyFile', key) }),
  }
}

const fileOf = (option: string, path: string): Buffer => {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new FatalError(`${option} of the EventStoreDB URL: ${messageOf(error)}`, { cause: error })
  }
}

const preferenceOf = (given: string | undefined): NodePreference | null => {
  if (given === undefined) return null
  const flat = given.toLowerCase().replaceAll(/[_-]/g, '')
  const preference = NODE_PREFERENCES.find((name) => name.replaceAll('_', '') === flat)
  if (preference === undefined)
    throw new FatalError(`nodePreference "${given}" is none of ${NODE_PREFERENCES.join(', ')}`)
  return preference
}

const wholeNumber = (name: string, value: string): number => {
  if (/^-?\d{1,9}$/.test(value)) return Number(value)
  throw new FatalError(`${name} of the EventStoreDB URL is not a whole number: "${value}"`)
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch (error) {
    throw new FatalError('The credentials of the EventStoreDB URL are not percent-encoded', { cause: error })
  }
}
