import { createClient } from 'graphql-ws'
import { type Account, shortString } from 'starknet'
import { afterEach, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import { FatalError } from '../../../domain/errors.ts'
import { infiniteHexAdventurers } from '../../../domain/worlds/infinite-hex-adventurers.ts'
import { starknetAccount } from '../sandbox.testing.ts'
import { type RunningSandbox, type SandboxServerOptions, startSandbox } from '../sandbox.ts'

const { contracts } = infiniteHexAdventurers
const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const start = async (
  torii: SandboxServerOptions['torii'],
): Promise<RunningSandbox & Readonly<{ toriiUrl: string }>> => {
  const options = { dataFile: null, rpcPort: 0, blockTimeMs: 0, seed: null, botAccounts: 1 }
  const sandbox = await startSandbox({ ...options, ...(torii === undefined ? {} : { torii }) })
  closing.push(sandbox.close)
  return { ...sandbox, toriiUrl: sandbox.toriiUrl ?? '' }
}

const botOf = (sandbox: RunningSandbox): Account => {
  const bot = sandbox.accounts.find(({ role }) => role === 'bot')
  if (bot === undefined) throw new FatalError('The sandbox has no bot')
  return starknetAccount(sandbox.rpcUrl, bot)
}

const createAdventurer = (name: string) => ({
  contractAddress: contracts.adventurer_manager.address,
  entrypoint: 'create_adventurer',
  calldata: [shortString.encodeShortString(name)],
})

describe('Torii beside the sandbox', () => {
  it('tells of what starknet.js did: over the socket, in GraphQL and in SQL', async () => {
    const sandbox = await start({ port: 0, rawEvents: true })
    const client = createClient({
      url: `${sandbox.toriiUrl.replace('http', 'ws')}/graphql/ws`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
    })
    closing.push(() => client.dispose())
    const results = client.iterate<Record<string, { models: { name?: string }[] }>>({
      query: 'subscription { entityUpdated { models { ... on dojo_starter_Adventurer { name energy } } } }',
    })
    const next = results.next()
    await client.iterate({ query: '{ __typename }' }).next()
    await botOf(sandbox).execute([createAdventurer('Ada')], { tip: 0n })
    const { value } = await next
    expect(value?.data?.entityUpdated?.models).toContainEqual({ name: '0x416461', energy: 100 })

    const response = await fetch(`${sandbox.toriiUrl}/graphql`, {
      method: 'POST',
      body: JSON.stringify({ query: '{ dojoStarterAdventurerModels { edges { node { name owner is_alive } } } }' }),
    })
    const { address: owner } = sandbox.accounts.find(({ role }) => role === 'bot') ?? {}
    expect(await response.json()).toEqual({
      data: { dojoStarterAdventurerModels: { edges: [{ node: { name: '0x416461', owner, is_alive: true } }] } },
    })
    const head = await fetch(`${sandbox.toriiUrl}/sql?q=${encodeURIComponent('SELECT head FROM contracts')}`)
    expect(await head.json()).toEqual([{ head: 1 }])
  })

  it('is not there unless it was asked for, and says when its port is taken', async () => {
    const without = await startSandbox({ dataFile: null, rpcPort: 0, blockTimeMs: 0, seed: null, botAccounts: 1 })
    closing.push(without.close)
    expect(without.toriiUrl).toBeNull()
    await expect(start({ port: without.port })).rejects.toThrow(/cannot serve Torii on port \d+: it is in use/)
  })
})
