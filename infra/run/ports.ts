/**
 * Whether the ports of a start are free, asked before anything is opened or made: a taken port is
 * the commonest reason why a start fails. Another process may still take one in between; the servers
 * say so then.
 */
import { createServer } from 'node:net'
import { FatalError, messageOf } from '../../domain/errors.ts'
import type { Config } from './config.ts'

type PortSettings = Pick<Config, 'host' | 'port' | 'rpcPort' | 'toriiPort'>

/** A port that will be listened on. 0 picks a free one, and is free. */
type WantedPort = Readonly<{
  port: number
  host: string
  /** What is served there, for messages. */
  service: string
  /** The flag that chooses another one. */
  flag: string
}>

const LOOPBACK = '127.0.0.1'

const portsOf = ({ host, port, rpcPort, toriiPort }: PortSettings): readonly WantedPort[] => [
  { port, host, service: 'the API', flag: 'port' },
  { port: rpcPort, host: LOOPBACK, service: 'the sandbox chain', flag: 'rpc-port' },
  { port: toriiPort ?? 0, host: LOOPBACK, service: 'Torii', flag: 'torii-port' },
]

/** Throws FatalError naming the first port that cannot be had and the flag that chooses another. */
export const expectFreePorts = async (settings: PortSettings): Promise<void> => {
  const fixed = portsOf(settings).filter(({ port }) => port !== 0)
  for (const [index, each] of fixed.entries()) {
    const twin = fixed.slice(0, index).find(({ port }) => port === each.port)
    if (twin !== undefined)
      throw new FatalError(
        `Port ${each.port} was asked for twice, by --${twin.flag} and by --${each.flag}`,
      )
    await expectFree(each)
  }
}

const expectFree = async (wanted: WantedPort): Promise<void> => {
  const { port, host } = wanted
  const server = createServer()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(port, host, resolve)
  try {
    await promise
  } catch (error) {
    throw new FatalError(faultOf(error, wanted), { cause: error })
  }
  await new Promise((closed) => server.close(closed))
}

const faultOf = (error: unknown, { port, host, service, flag }: WantedPort): string => {
  const code = error instanceof Error && 'code' in error ? error.code : null
  const place = `Port ${port} on ${host}, for ${service},`
  if (code === 'EADDRINUSE')
    return `${place} is taken: choose another one with --${flag}, or 0 for any`
  if (code === 'EACCES')
    return `${place} needs more rights than this process has: choose another one with --${flag}`
  return `${place} cannot be listened on: ${messageOf(error)}`
}
