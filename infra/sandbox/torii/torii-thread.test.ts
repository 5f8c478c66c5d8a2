import { type Client, createClient } from 'graphql-ws'
import { type Account, shortString } from 'starknet'
import { afterEach, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import { FatalError } from '../../../domain/errors.ts'
import { infiniteHexAdventurers } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
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

const clientOf = (
  sandbox: Readonly<{ toriiUrl: string }>,
  onClosed: () => void = () => undefined,
): Client => {
  const url = `${sandbox.toriiUrl.replace('http', 'ws')}/graphql/ws`
  const client = createClient({
    url,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    on: { closed: onClosed },
  })
  closing.push(() => client.dispose())
  return client
}

/** A subscription that is under way. */
const subscribed = async <T extends Record<string, unknown>>(client: Client, query: string) => {
  const results = client.iterate<T>({ query })
  const first = results.next()
  await client.iterate({ query: '{ __typename }' }).next()
  return { first: async () => (await first).value?.data }
}

describe('Torii beside the sandbox', () => {
  it('tells of what starknet.js did: over the socket, in GraphQL and in SQL', async () => {
    const sandbox = await start({ port: 0, rawEvents: true })
    const updates = await subscribed<Record<string, { models: object[] }>>(
      clientOf(sandbox),
      'subscription { entityUpdated { models { ... on dojo_starter_Adventurer { name energy } } } }',
    )
    await botOf(sandbox).execute([createAdventurer('Ada')], { tip: 0n })
    expect((await updates.first())?.entityUpdated?.models).toContainEqual({
      name: '0x416461',
      energy: 100,
    })

    const response = await fetch(`${sandbox.toriiUrl}/graphql`, {
      method: 'POST',
      body: JSON.stringify({
        query: '{ dojoStarterAdventurerModels { edges { node { name owner is_alive } } } }',
      }),
    })
    const { address: owner } = sandbox.accounts.find(({ role }) => role === 'bot') ?? {}
    expect(await response.json()).toEqual({
      data: {
        dojoStarterAdventurerModels: {
          edges: [{ node: { name: '0x416461', owner, is_alive: true } }],
        },
      },
    })
    const head = await fetch(
      `${sandbox.toriiUrl}/sql?q=${encodeURIComponent('SELECT head FROM contracts')}`,
    )
    expect(await head.json()).toEqual([{ head: 1 }])
  })

  it('follows the upgrade of a model: tells it, cuts its clients, and knows the new member when they come again', async () => {
    const sandbox = await start({ port: 0 })
    const { promise: closed, resolve: onClosed } = Promise.withResolvers<void>()
    const registrations = await subscribed(
      clientOf(sandbox, onClosed),
      'subscription { modelRegistered { name } }',
    )
    const params = { model: 'Adventurer' }
    await fetch(sandbox.rpcUrl, {
      method: 'POST',
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'sandbox_upgradeModel', params }),
    })
    expect(await registrations.first()).toEqual({ modelRegistered: { name: 'Adventurer' } })
    await closed
    const updates = await subscribed<Record<string, { models: object[] }>>(
      clientOf(sandbox),
      'subscription { entityUpdated { models { ... on dojo_starter_Adventurer { name upgrade_1 } } } }',
    )
    await botOf(sandbox).execute([createAdventurer('Ada')], { tip: 0n })
    expect((await updates.first())?.entityUpdated?.models).toContainEqual({
      name: '0x416461',
      upgrade_1: '0x0',
    })
  })

  it('is not there unless it was asked for, and says when its port is taken', async () => {
    const without = await startSandbox({
      dataFile: null,
      rpcPort: 0,
      blockTimeMs: 0,
      seed: null,
      botAccounts: 1,
    })
    closing.push(without.close)
    expect(without.toriiUrl).toBeNull()
    await expect(start({ port: without.port })).rejects.toThrow(
      /cannot serve Torii on port \d+: it is in use/,
    )
  })
})
