/**
 * The life of a system as its users see it: started, used, attacked, stopped, killed, started
 * again.
 */
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import type { Client } from './api/client/client.ts'
import type { Variables } from './api/client/transport.ts'
import {
  flagsOf,
  runToEnd,
  START_MS_MAX,
  type System,
  sendRaw,
  startSystem,
} from './app.testing.ts'
import { RetryableError } from './domain/errors.ts'
import { dataLayout } from './infra/run/data-layout.ts'
import type { TypedDocument } from './schemas/graphql/typed-document.ts'

let folder: string
let dataFolder: string
let system: System
let client: Client

const start = async (...more: readonly string[]): Promise<void> => {
  system = await startSystem(dataFolder, ...more)
  client = system.connect()
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'chx-life-'))
  dataFolder = path.join(folder, 'data')
  await start()
  await system.printed('Making a new world')
})
afterAll(async () => {
  await client.close()
  await system.stop('SIGTERM')
  rmSync(folder, { recursive: true, force: true })
})

type Meta = Readonly<{
  _meta: Readonly<{ chainId: string; worldAddress: string; block: { number: number } }>
}>
const META = '{ _meta { chainId worldAddress block { number } } }' as TypedDocument<Meta, Variables>
const headBlock = async (): Promise<number> => (await client.query(META, {}))._meta.block.number

const getText = async (at: string, accept = '*/*') => {
  const response = await fetch(at, { headers: { accept } })
  return {
    status: response.status,
    type: response.headers.get('content-type') ?? '',
    text: await response.text(),
  }
}

describe('a running system', () => {
  it('says where everything is, to its owner alone', async () => {
    const { endpoints, token, child } = system
    const layout = dataLayout(dataFolder)
    const base = new URL(endpoints.dashboard).origin
    expect(endpoints).toEqual({
      dashboard: `${base}/#token=${token}`,
      graphql: `${base}/graphql`,
      graphqlWs: `${base.replace('http', 'ws')}/graphql`,
      graphiql: `${base}/graphql`,
      rpc: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      tokenFile: layout.tokenFile,
      dataFolder,
      pid: child.pid,
      chainId: 'CHRONOHEX_SANDBOX',
      worldAddress: expect.stringMatching(/^0x[0-9a-f]+$/),
    })
    expect(statSync(layout.endpointsFile).mode & 0o777).toBe(0o600)
    const { _meta } = await client.query(META, {})
    expect(_meta).toMatchObject({
      chainId: endpoints.chainId,
      worldAddress: endpoints.worldAddress,
    })
  })

  it('prints the same and how to stop it, but for the token, which no file of output is to hold', async () => {
    const { dashboard, graphiql, rpc, tokenFile } = system.endpoints
    const { origin } = new URL(dashboard)
    for (const line of [
      `Dashboard    ${origin}/\n`,
      graphiql,
      rpc,
      dataFolder,
      tokenFile,
      'Ctrl-C',
    ])
      await system.printed(line)
    expect(system.output()).not.toContain(system.token)
  })

  it('is healthy, ready and measured', async () => {
    const { origin } = new URL(system.endpoints.dashboard)
    expect(await getText(`${origin}/health`)).toMatchObject({ status: 200 })
    expect(await getText(`${origin}/ready`)).toMatchObject({ status: 200 })
    expect((await getText(`${origin}/metrics`)).text).toMatch(/^world_unread_facts 0$/m)
  })

  it('serves the dashboard with all of its files, and GraphiQL', async () => {
    const { dashboard, graphiql } = system.endpoints
    const page = await getText(dashboard, 'text/html')
    expect(page).toMatchObject({ status: 200, type: expect.stringContaining('text/html') })
    const files = [...page.text.matchAll(/(?:src|href)="(\/?[^":#]+)"/g)].map(
      ([, file]) => file ?? '',
    )
    expect(files.filter((file) => file.endsWith('.js'))).not.toEqual([])
    for (const file of files) {
      const { status, text } = await getText(new URL(file, dashboard).href)
      expect([file, status, text.length > 0]).toEqual([file, 200, true])
    }
    expect(await getText(graphiql, 'text/html')).toMatchObject({
      status: 200,
      text: expect.stringMatching(/graphiql/i),
    })
  })

  it('carries a command out and tells of it until the chain has confirmed it', async () => {
    const input = { entrypoint: 'create_adventurer', args: { name: 'Ada' } }
    const submission =
      'mutation ($input: SubmitCommandInput!) { submitCommand(input: $input) { ... on Command { id } } }' as TypedDocument<
        { submitCommand: { id: string } },
        Variables
      >
    const { submitCommand } = await client.query(submission, { input })
    type Step = Readonly<{
      commandChanged: { command: { state: string; isFinal: boolean; confirmation: unknown } }
    }>
    const course =
      'subscription ($id: ID!) { commandChanged(id: $id) { command { state isFinal confirmation } } }' as TypedDocument<
        Step,
        Variables
      >
    const steps = client.subscribe(course, { id: submitCommand.id })
    let last: Step['commandChanged']['command'] | null = null
    for await (const { commandChanged } of steps) last = commandChanged.command
    expect(last).toMatchObject({
      state: 'CONFIRMED',
      isFinal: true,
      confirmation: { type: 'AdventurerCreated' },
    })
  })

  it('keeps its data folder to itself', async () => {
    const second = await runToEnd(flagsOf(dataFolder))
    expect(second).toMatchObject({
      code: 1,
      stderr: `chronohex: The data folder ${dataFolder} is in use by process ${system.child.pid}\n`,
    })
    expect(existsSync(dataLayout(dataFolder).endpointsFile)).toBe(true)
  })
})

describe('a hostile request gets a well-formed error, and the process stays up:', () => {
  const JSON_TYPE = { 'content-type': 'application/json' }
  const large = JSON.stringify({ query: `{_meta{lag}} #${'x'.repeat(10_000_000)}` })
  const giant = '9'.repeat(400)
  const rpc = (method: string, params: unknown): string =>
    JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  const query = (text: string, variables = {}): string => JSON.stringify({ query: text, variables })

  it.each<[string, string, Record<string, string>]>([
    ['malformed JSON', '{"query":', {}],
    ['a query of another type', '{"query":1}', {}],
    ['a giant number', query(`{hexesInRadius(center:{q:${giant},r:0},radius:1){biome}}`), {}],
    ['a bad felt', query(`{adventurer(id:"0x${'f'.repeat(64)}"){id}}`), {}],
    ['an unknown block', query('{hex(coordinate:{q:0,r:0},at:{block:2000000000}){biome}}'), {}],
    ['10 MB', large, {}],
    ['a foreign Origin', query('{_meta{lag}}'), { origin: 'https://evil.example' }],
    ['a foreign Host', query('{_meta{lag}}'), { host: 'evil.example' }],
    [
      'a command without token',
      query(
        'mutation {submitCommand(input:{entrypoint:"create_adventurer",args:{name:"0x1"}}){__typename}}',
      ),
      {},
    ],
  ])('%s to the API', async (_what, body, headers) => {
    const reply = await sendRaw(system.endpoints.graphql, { ...JSON_TYPE, ...headers }, body)
    const { errors, data } = JSON.parse(reply.body)
    expect(errors[0]).toMatchObject({
      message: expect.stringMatching(/./),
      extensions: { code: expect.stringMatching(/^[A-Z_]+$/) },
    })
    expect(errors[0].extensions.code).not.toBe('INTERNAL_SERVER_ERROR')
    expect(data ?? null).toBe(null)
    expect(reply.body).not.toMatch(/node_modules|\.ts:\d/)
  })

  it.each<[string, string, number]>([
    ['malformed JSON', '{"method":', -32_700],
    ['a request of another type', '7', -32_600],
    ['an unknown method', rpc('starknet_nothing', []), -32_601],
    ['wrong types', rpc('starknet_getBlockWithTxs', { block_id: [{}] }), -32_602],
    ['a giant number', rpc('starknet_getBlockWithTxs', [{ block_number: 1e300 }]), -32_602],
    ['a bad felt', rpc('starknet_getNonce', ['latest', `0x${'f'.repeat(64)}`]), -32_602],
    ['an unknown block', rpc('starknet_getBlockWithTxs', [{ block_number: 2_000_000_000 }]), 24],
    ['10 MB', large, -32_600],
  ])('%s to the chain', async (_what, body, code) => {
    const reply = await sendRaw(system.endpoints.rpc, JSON_TYPE, body)
    expect(JSON.parse(reply.body)).toMatchObject({
      jsonrpc: '2.0',
      error: { code, message: expect.any(String) },
    })
  })

  it.each([{ origin: 'https://evil.example' }, { host: 'evil.example' }])(
    '%j to the chain',
    async (headers) => {
      const reply = await sendRaw(
        system.endpoints.rpc,
        { ...JSON_TYPE, ...headers },
        rpc('starknet_chainId', []),
      )
      expect([reply.status, JSON.parse(reply.body).error.code]).toEqual([403, -32_600])
    },
  )

  it.each([
    ['the API', 'graphqlWs', 'graphql-transport-ws'],
    ['the chain', 'rpc', undefined],
  ] as const)('garbage over a WebSocket to %s', async (_what, endpoint, protocol) => {
    const url = system.endpoints[endpoint].replace('http', 'ws')
    const foreign = new WebSocket(url, protocol, { headers: { origin: 'https://evil.example' } })
    const [, refusal] = await once(foreign, 'unexpected-response')
    expect(refusal.statusCode).toBe(403)
    refusal.resume()
    const socket = new WebSocket(url, protocol)
    await once(socket, 'open')
    socket.send('no JSON')
    const answer = await Promise.race([once(socket, 'close'), once(socket, 'message')])
    expect(String(answer[0])).toMatch(/4400|"code":-32700/)
    socket.terminate()
  })

  it('then the world goes on', async () => {
    const before = await headBlock()
    await expect.poll(headBlock, { timeout: START_MS_MAX }).toBeGreaterThan(before)
    expect(system.child.exitCode).toBe(null)
  })
})

type EventChange = Readonly<{
  __typename: string
  cursor: string
  node?: Readonly<{ id: string }>
}>

const EVENTS_SINCE = `subscription ($since: Cursor) { worldEvents(since: $since) {
  __typename ... on Change { cursor } ... on WorldEventUpsert { node { id } } } }` as TypedDocument<
  { worldEvents: EventChange },
  Variables
>

/**
 * Follows the world's events from a cursor until the connection is lost or enough have come; their
 * ids in order.
 */
const follow = async (
  since: string | null,
  countMax: number,
  onEvents: (count: number) => void,
) => {
  const ids: string[] = []
  let cursor = since
  try {
    const changes = client.subscribe(EVENTS_SINCE, { since })
    for await (const { worldEvents } of changes) {
      expect(worldEvents.__typename).not.toBe('Resync')
      cursor = worldEvents.cursor
      if (worldEvents.node !== undefined) ids.push(worldEvents.node.id)
      onEvents(ids.length)
      if (ids.length >= countMax) break
    }
  } catch (error) {
    if (!(error instanceof RetryableError)) throw error
  }
  return { ids, cursor }
}

type Page = Readonly<{ events: { edges: { cursor: string; node: { id: string } }[] } }>
const EVENTS_AFTER =
  'query ($after: Cursor) { events(first: 100, after: $after) { edges { cursor node { id } } } }' as TypedDocument<
    Page,
    Variables
  >

/** Ids of the world's events from one to another, both included, as the query tells them. */
const eventsBetween = async (first: string, last: string): Promise<readonly string[]> => {
  const ids: string[] = []
  let after: string | null = null
  while (!ids.includes(first)) {
    const { events }: Page = await client.query(EVENTS_AFTER, { after })
    ids.push(...events.edges.map(({ node }) => node.id))
    after = events.edges.at(-1)?.cursor ?? expect.fail(`event ${first} is not there`)
  }
  return ids.toReversed().slice(ids.length - 1 - ids.indexOf(first), ids.length - ids.indexOf(last))
}

type World = Readonly<{
  hexesInRadius: readonly Readonly<{ coordinate: { packed: string }; biome: string | null }>[]
  adventurers: Readonly<{ edges: readonly unknown[] }>
}>
const WORLD = `{
  hexesInRadius(center: {q: 0, r: 0}, radius: 64) { coordinate { packed } biome }
  adventurers(first: 100) { edges { node { id name } } }
}` as TypedDocument<World, Variables>
const discovered = ({ hexesInRadius }: World) => hexesInRadius.filter(({ biome }) => biome !== null)

describe('a system that is stopped', () => {
  it('goes on in the same world, for its subscribers too', async () => {
    let seen = 0
    const first = follow(null, Number.POSITIVE_INFINITY, (count) => {
      seen = count
    })
    await vi.waitUntil(() => seen >= 3, { timeout: START_MS_MAX })
    const [world, block] = [await client.query(WORLD, {}), await headBlock()]

    // A part that did not stop in its time would be named, and the code would not be 0.
    expect(await system.stop('SIGINT')).toMatchObject({ code: 0, stderr: '' })
    expect(existsSync(dataLayout(dataFolder).endpointsFile)).toBe(false)
    const before = await first
    await client.close()

    await start()
    await system.printed('Opening the world')
    expect(await headBlock()).toBeGreaterThanOrEqual(block)
    const worldAfter = await client.query(WORLD, {})
    expect(discovered(worldAfter)).toEqual(expect.arrayContaining([...discovered(world)]))
    expect(worldAfter.adventurers.edges).toEqual(
      expect.arrayContaining([...world.adventurers.edges]),
    )

    const after = await follow(before.cursor, 5, () => {})
    const received = [...before.ids, ...after.ids]
    expect(received).toEqual(await eventsBetween(received[0] ?? '', received.at(-1) ?? ''))
  })

  it('by kill -9 goes on as well, and what it left behind misleads nobody', async () => {
    const block = await headBlock()
    await client.close()
    expect(await system.stop('SIGKILL')).toMatchObject({ signal: 'SIGKILL' })
    const { endpointsFile } = dataLayout(dataFolder)
    expect(existsSync(endpointsFile)).toBe(true)
    await start()
    expect(await headBlock()).toBeGreaterThanOrEqual(block)
  })

  it('starts over with --fresh, and keeps its token', async () => {
    const { token } = system
    const block = await headBlock()
    await client.close()
    expect(await system.stop('SIGTERM')).toMatchObject({ code: 0, stderr: '' })
    await start('--fresh', '--bots', '0', '--block-time', '0', '--seed', 'another')
    expect(system.token).toBe(token)
    expect(await headBlock()).toBeLessThan(block)
    const { hexesInRadius, adventurers } = await client.query(WORLD, {})
    expect([hexesInRadius.filter(({ biome }) => biome !== null), adventurers.edges]).toEqual([
      [],
      [],
    ])
  })
})
