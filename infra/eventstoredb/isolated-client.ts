/** The client library's own client, made fit to share a process with others. */
import { setImmediate } from 'node:timers/promises'
import { EventStoreDBClient, type SingleNodeOptions } from '@eventstore/db-client'
import { NEVER, until } from '../../domain/waiting/pause.ts'
import type { EndPoint, EventStoreConnection } from './connection-string.ts'

const END_MS_MAX = 2_000

/**
 * The library's client without the parts that can end the process. Each append is a call of its
 * own: the one call that the library shares among all appends of the process fails them together,
 * and throws where nothing can catch. It does not replace its connection by itself: the channel
 * that the library would close and the discovery that it would await throw in the same way.
 */
export class IsolatedClient extends EventStoreDBClient {
  #channel: Readonly<{ close: () => void }> | null = null

  constructor(connection: EventStoreConnection, leader: EndPoint | null) {
    const { tls, credentials } = connection
    super(
      settingsOf(connection, leader),
      tls === null ? { insecure: true } : tls,
      credentials ?? undefined,
    )
    const connect = this.getChannel
    this.getChannel = async () => {
      const channel = await connect()
      this.#channel = channel
      return channel
    }
  }

  protected override supports = async (): Promise<boolean> => false

  protected override handleError = async (): Promise<void> => {}

  /** Ends its calls and its connection. */
  async end(): Promise<void> {
    await setImmediate() // calls that were made in this turn have reached the channel by then
    await until(this.dispose(), NEVER, END_MS_MAX)
    this.#channel?.close()
  }
}

const settingsOf = (
  connection: EventStoreConnection,
  leader: EndPoint | null,
): SingleNodeOptions => {
  const { hosts, isDiscovered, connectionName, numbers } = connection
  const common = { connectionName, ...numbers }
  if (leader !== null) return { ...common, endpoint: leader }
  if (!isDiscovered && hosts.length === 1) return { ...common, endpoint: hosts[0] }
  const cluster = isDiscovered ? { discover: hosts[0] } : { endpoints: [...hosts] }
  // The library tells the three forms apart by their fields; its overloads take one each and no
  // union of them.
  return { ...common, ...cluster } as unknown as SingleNodeOptions
}
