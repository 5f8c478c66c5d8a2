import { createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { describe, expect, it } from 'vitest'
import { createSmallWorld, createTestApi } from '../api.testing.ts'
import { serveApi } from './server.ts'

const addressesOf = (family: 'IPv4' | 'IPv6'): readonly string[] =>
  Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .filter((one) => one.family === family && !(family === 'IPv6' && one.scopeid))
    .map(({ address }) => (family === 'IPv6' ? `[${address}]` : address))

const serve = (host: string, hostNames: readonly string[] = []) => {
  const { api } = createTestApi({ hostNames: () => hostNames }, createSmallWorld())
  return serveApi(api, { port: 0, host })
}

const statusAt = async (host: string, port: number): Promise<number> =>
  (await fetch(`http://${host}:${port}/graphql?query={_meta{lag}}`)).status

describe('the server', () => {
  it('on localhost is there by both of its addresses, and gone from both', async () => {
    const server = await serve('localhost')
    expect(new URL(server.url).hostname).toBe('127.0.0.1')
    const hosts = ['127.0.0.1', ...addressesOf('IPv6').filter((address) => address === '[::1]')]
    for (const host of hosts) expect([host, await statusAt(host, server.port)]).toEqual([host, 200])
    await server.close()
    for (const host of hosts) await expect(statusAt(host, server.port)).rejects.toThrow()
  })

  it('on all addresses is there by each of them', async () => {
    for (const [host, family] of [['0.0.0.0', 'IPv4'] as const, ['::', 'IPv6'] as const]) {
      const addresses = addressesOf(family)
      if (addresses.length === 0) continue
      const server = await serve(host, addresses)
      for (const address of addresses)
        expect([address, await statusAt(address, server.port)]).toEqual([address, 200])
      expect(await (await fetch(`${server.url}/health`)).json()).toEqual({ status: 'ok' })
      await server.close()
    }
  })

  it('says what is wrong with a host or a port', async () => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    const address = taken.address()
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0
    const { api } = createTestApi()
    await expect(serveApi(api, { port, host: 'localhost' })).rejects.toThrow('is taken')
    await expect(serveApi(api, { port: 0, host: '198.51.100.1' })).rejects.toThrow(
      'this machine has no such address',
    )
    await expect(serveApi(api, { port: 0, host: 'no.such.name.invalid' })).rejects.toThrow(
      'no address has that name',
    )
    taken.close()
    await api.close()
  })
})
