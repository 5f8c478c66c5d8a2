/**
 * A server for the dashboard's tests and screenshots: the real schema over a generated world, the
 * page itself, and ways to break the connection. The resolvers answer what the dashboard's
 * documents ask for.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { useServer } from 'graphql-ws/use/ws'
import { createSchema, createYoga } from 'graphql-yoga'
import { WebSocketServer } from 'ws'
import { type Felt, parseFelt } from '../../domain/felt.ts'
import { type Axial, axialOfCube, unpackHex } from '../../domain/hex.ts'
import { type HexInput, parseHexInput } from '../../domain/hex-input.ts'
import { infiniteHexAdventurers } from '../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { schemaText } from '../../schemas/graphql/sdl.ts'
import { blankHex } from '../../schemas/graphql/worlds/infinite-hex-adventurers/types.ts'
import { createStaticFiles } from '../http/static-files.ts'
import { createDashboard } from './bundle.ts'
import { type FixtureOptions, FixtureWorld, isWithin } from './fixture-world.testing.ts'
import { placeOf } from './state/place.ts'

export type Fixture = Readonly<{
  url: string
  world: FixtureWorld
  /** Cuts every subscription; `isBack` false refuses new ones too, until called with true. */
  setConnected: (isBack: boolean) => void
  /** Subscriptions that carried a cursor so far. */
  resumed: () => number
  /** Snapshots of hexes that were sent so far. */
  snapshots: () => number
  close: () => Promise<void>
}>

export const OPERATOR_TOKEN = 'fixture-token'
/** An item of every backpack, with an id that says nothing. */
const PLANT_ITEM: Felt = '0x5fa1e2aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
const COMMAND_STEPS = ['REQUESTED', 'SIGNED', 'SUBMITTED'] as const

const axialOf = (input: HexInput): Axial => {
  const felt = parseHexInput(input)
  const cube = felt === null ? null : unpackHex(felt)
  return cube === null ? { q: 0, r: 0 } : axialOfCube(cube)
}

const idIn = ({ adventurer_id }: Record<string, unknown>): Felt => parseFelt(adventurer_id) ?? '0x0'

type Command = {
  id: string
  entrypoint: string
  args: Record<string, unknown>
  account: string
  step: number
  outcome: string
  reason: string | null
}

const resolversOf = (world: FixtureWorld, counters: { resumed: number; snapshots: number }) => {
  const commands = new Map<string, Command>()
  const hexView = (hex: ReturnType<FixtureWorld['hexAt']>) => {
    if (hex === null) return null
    const { q, r } = hex.coordinate
    return {
      ...hex,
      coordinate: { ...hex.coordinate, x: q, y: -q - r, z: r, h3: '8f0000000000000' },
      adventurers: hex.adventurers.map((person) => ({ ...person, reservations: [] })),
      areas: hex.areas.map((area) => ({
        ...area,
        plants: area.plants.map((plant) => ({ ...plant, key: '0x1' })),
      })),
      discoverer: '0xacc',
    }
  }
  const within = (center: Axial, radius: number, block: number | null) =>
    [...world.hexes.values()]
      .filter(({ coordinate }) => isWithin(coordinate, center, radius))
      .map(({ coordinate }) => hexView(world.hexAt(coordinate.packed, block)))
      .filter((hex) => hex !== null)
  const envelope = (position: number, last = true) => ({
    cursor: `p${position}`,
    position,
    block: world.block,
    finality: 'ACCEPTED_ON_L2',
    last,
  })
  const positionIn = (since: string | null | undefined): number | null => {
    if (since === null || since === undefined) return null
    counters.resumed += 1
    return Number(since.slice(1))
  }
  async function* blocks() {
    let made = false
    let wake = (): void => {}
    const stop = world.listen(() => {
      made = true
      wake()
    })
    try {
      for (;;) {
        if (!made) {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
        made = false
        yield
      }
    } finally {
      stop()
    }
  }
  async function* hexChanged(
    _: unknown,
    { center, radius, since }: { center: HexInput; radius: number; since?: string },
  ) {
    const place = axialOf(center)
    let seen = positionIn(since)
    if (seen === null) {
      seen = world.position
      counters.snapshots += 1
      yield { __typename: 'HexSnapshot', ...envelope(seen), nodes: within(place, radius, null) }
    }
    for await (const _block of starting(blocks())) {
      const news = world.changes.filter(
        (change) => change.position > Number(seen) && isWithin(change.place, place, radius),
      )
      seen = Math.max(Number(seen), world.position)
      for (const [at, change] of news.entries()) {
        const last = at === news.length - 1
        yield {
          __typename: 'HexUpsert',
          ...envelope(last ? seen : change.position, last),
          node: hexView(world.hexAt(change.place.packed, null)),
        }
      }
    }
  }
  async function* worldEvents(_: unknown, { since }: { since?: string }) {
    let seen = positionIn(since)
    if (seen === null) {
      seen = world.position
      yield { __typename: 'WorldEventSnapshot', ...envelope(seen), nodes: [] }
    }
    for await (const _block of starting(blocks())) {
      for (const node of world.events.filter(({ position }) => position > Number(seen))) {
        seen = node.position
        yield { __typename: 'WorldEventUpsert', ...envelope(node.position), node: eventView(node) }
      }
    }
  }
  /** One turn at once, so that what was missed is told, and then one per block. */
  async function* starting(turns: AsyncIterable<void>) {
    yield
    yield* turns
  }
  const eventView = (event: (typeof world.events)[number]) => ({
    ...event,
    block: { ...event.block, hash: '0x1' },
  })
  const overview = () => {
    const hexes = [...world.hexes.values()]
    const people = [...world.people.values()]
    const reserves = hexes.reduce((sum, { decay }) => sum + (decay?.energyReserve ?? 0), 0)
    return {
      hexesDiscovered: hexes.length,
      areasDiscovered: hexes.reduce((sum, { areas }) => sum + areas.length, 0),
      territories: new Set(hexes.map(({ decay }) => decay?.ownerId ?? null)).size,
      controlledHexes: hexes.filter(({ decay }) => decay !== null).length,
      claimableHexes: hexes.filter(({ decay }) => (decay?.level ?? 0) >= 80).length,
      adventurers: people.length,
      livingAdventurers: people.filter(({ isAlive }) => isAlive).length,
      activeAdventurers: people.filter((_, at) => at % 2 === 0).length,
      energyHeld: String(people.reduce((sum, { energy }) => sum + energy, 0)),
      energyInReserves: String(reserves),
      recentDiscoveries: [],
    }
  }
  const personView = (person: NonNullable<ReturnType<(typeof world.people)['get']>>) => ({
    ...person,
    death: person.isAlive ? null : { block: world.block - 40, cause: 'MINE_COLLAPSE' },
    coordinate: { ...person.place, x: person.place.q, y: 0, z: person.place.r, h3: '8f' },
    economics: {
      totalEnergySpent: '1240',
      totalEnergyEarned: '980',
      lastRegenBlock: world.block - 12,
    },
    inventory: {
      weight: 212,
      maxWeight: 750,
      items: [
        { id: '0x4f52455f49524f4e', name: 'ORE_IRON', quantity: 180, quality: 0, weightPerUnit: 1 },
        { id: PLANT_ITEM, name: null, quantity: 32, quality: 88, weightPerUnit: 1 },
      ],
    },
    reservations: [],
  })
  const commandView = ({ outcome, reason, step, ...command }: Command) => {
    const isFinal = step >= COMMAND_STEPS.length
    return {
      ...command,
      state: isFinal ? outcome : COMMAND_STEPS[step],
      isFinal,
      requestedAt: new Date().toISOString(),
      transaction: isFinal ? '0xabc' : null,
      block: isFinal ? world.block : null,
      reason: isFinal ? reason : null,
    }
  }
  const submitCommand = (
    _: unknown,
    { input }: { input: { entrypoint: string; args: Record<string, unknown>; account?: string } },
    context: { request?: Request },
  ) => {
    if (context.request?.headers.get('authorization') !== `Bearer ${OPERATOR_TOKEN}`) {
      return {
        __typename: 'CommandRejection',
        code: 'UNAUTHENTICATED',
        message: 'a token is needed',
      }
    }
    const id = `c${commands.size + 1}`
    const person = world.people.get(idIn(input.args))
    const isRefused = person !== undefined && person.energy < 15
    const command = {
      id,
      entrypoint: input.entrypoint,
      args: input.args,
      account: input.account ?? '0x0901',
      step: 0,
      outcome: isRefused ? 'REFUSED' : 'CONFIRMED',
      reason: isRefused ? 'LOW_ENERGY' : null,
    }
    commands.set(id, command)
    return { __typename: 'Command', ...commandView(command) }
  }
  async function* commandChanged(_: unknown, { id }: { id: string }) {
    const command = commands.get(id)
    if (command === undefined) return
    for (command.step = 0; command.step <= COMMAND_STEPS.length; command.step++) {
      if (command.step === COMMAND_STEPS.length && command.outcome === 'CONFIRMED') perform(command)
      yield { commandChanged: { revision: command.step, command: commandView(command) } }
    }
  }
  const perform = ({ entrypoint, args }: Command) => {
    const actor = idIn(args)
    if (entrypoint === 'move_adventurer')
      world.move(actor, axialOf(args.to_hex_coordinate as HexInput))
    if (entrypoint === 'discover_hex')
      world.discover(actor, axialOf(args.hex_coordinate as HexInput))
    world.flush()
  }
  return {
    Query: {
      _meta: () => ({
        chainId: '0x4348524f4e4f4845585f53414e44424f58',
        worldAddress: '0x1',
        block: { number: world.block, hash: '0x1', time: world.timeOf(world.block) },
        position: world.position,
        lag: 0,
        projectionVersion: '1',
      }),
      worldOverview: overview,
      energyMarket: () => ({
        rates: ['ORE_IRON', 'ORE_COAL', 'PLANT_FIBER', 'ORE_AETHER'].map((itemName, at) => ({
          itemId: `0x${Buffer.from(itemName).toString('hex')}`,
          itemName,
          baseRate: [8, 12, 7, 300][at],
          effectiveRate: [8, 11, 5, 300][at],
          unitsInWindow: [4, 90, 310, 0][at],
          penaltyBp: [0, 900, 3100, 0][at],
          lastConversionBlock: world.block - at * 30,
        })),
      }),
      plantItems: (_: unknown, { ids }: { ids: readonly Felt[] }) =>
        ids
          .filter((id) => id === PLANT_ITEM)
          .map((id) => ({ id, plantKey: '0x1', species: 'GRAIN' })),
      hex: (_: unknown, { coordinate, at }: { coordinate: HexInput; at?: { block?: number } }) => {
        const place = placeOf(axialOf(coordinate))
        const blank = blankHex({ ...place, x: place.q, y: 0, z: place.r, h3: '8f' })
        return hexView(world.hexAt(place.packed, at?.block ?? null)) ?? blank
      },
      hexesInRadius: (
        _: unknown,
        { center, radius, at }: { center: HexInput; radius: number; at?: { block?: number } },
      ) => within(axialOf(center), radius, at?.block ?? null),
      adventurer: (_: unknown, { id }: { id: Felt }) => {
        const person = world.people.get(id)
        return person === undefined ? null : personView(person)
      },
      adventurers: () => ({
        edges: [...world.people.values()]
          .slice(0, 100)
          .map((person) => ({ cursor: person.id, node: personView(person) })),
        pageInfo: { hasNextPage: false, hasPreviousPage: false },
      }),
      events: (
        _: unknown,
        {
          first,
          after,
          hex,
          adventurer,
          at,
        }: {
          first: number
          after?: string | null
          hex?: HexInput
          adventurer?: string
          at?: { block?: number }
        },
      ) => {
        const place = hex === undefined ? null : placeOf(axialOf(hex)).packed
        const found = world.events
          .filter((event) => place === null || event.hex?.packed === place)
          .filter((event) => adventurer === undefined || event.adventurerId === adventurer)
          .filter((event) => at?.block === undefined || event.block.number <= at.block)
          .filter(
            (event) => after === undefined || after === null || event.position < Number(after),
          )
          .reverse()
        const page = found.slice(0, first)
        return {
          edges: page.map((event) => ({ cursor: event.id, node: eventView(event) })),
          pageInfo: {
            hasNextPage: found.length > first,
            hasPreviousPage: false,
            endCursor: page.at(-1)?.id ?? null,
          },
        }
      },
    },
    Mutation: { submitCommand },
    Subscription: {
      hexChanged: { subscribe: hexChanged, resolve: (change: unknown) => change },
      worldEvents: { subscribe: worldEvents, resolve: (change: unknown) => change },
      commandChanged: { subscribe: commandChanged },
    },
  }
}

/** Starts a server on a free port of this machine. */
export const startFixture = async (
  options: FixtureOptions & { cacheFolder: string },
): Promise<Fixture> => {
  const world = new FixtureWorld(options)
  const counters = { resumed: 0, snapshots: 0 }
  const schema = createSchema({
    typeDefs: schemaText(infiniteHexAdventurers.name),
    resolvers: resolversOf(world, counters),
  })
  const yoga = createYoga({ schema, graphqlEndpoint: '/graphql', logging: false })
  const dashboard = createStaticFiles(await createDashboard({ cacheFolder: options.cacheFolder }))
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    if (url.pathname === '/graphql') return void yoga(request, response)
    dashboard(new Request(url, { method: request.method ?? 'GET' }))
      .then(async (answer) => {
        response.writeHead(answer?.status ?? 404, Object.fromEntries(answer?.headers ?? []))
        response.end(await answer?.text())
      })
      .catch((error: unknown) => response.writeHead(500).end(String(error)))
  })
  let isBack = true
  const sockets = new WebSocketServer({ server, path: '/graphql', verifyClient: () => isBack })
  const served = useServer({ schema }, sockets)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // a TCP server has one
  return {
    url: `http://127.0.0.1:${port}`,
    world,
    setConnected: (connected) => {
      isBack = connected
      if (!connected) for (const socket of sockets.clients) socket.terminate()
    },
    resumed: () => counters.resumed,
    snapshots: () => counters.snapshots,
    close: async () => {
      await served.dispose()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
