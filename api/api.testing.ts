/** An API over a world in memory, and ways to ask it, for tests. */
import type { CommandGate, SubmitCommand } from '../commands/command-gate.ts'
import { createWriteSide } from '../commands/write-side.testing.ts'
import { adventurerWritten } from '../projections/worlds/infinite-hex-adventurers/world-facts.testing.ts'
import type { WorldReads } from '../projections/worlds/infinite-hex-adventurers/world-reads.ts'
import { type Api, type ApiOptions, createApi } from './api.ts'
import {
  createWatchedWorld,
  energyPaid,
  hexAt,
  hexDiscovered,
  hexWritten,
  moved,
  type WatchedWorld,
} from './graphql/worlds/infinite-hex-adventurers/watched-world.testing.ts'
import { infiniteHexApi } from './graphql/worlds/infinite-hex-adventurers/world-api.ts'

export const OPERATOR_TOKEN = 'a-token-for-tests'
export const GRAPHQL_URL = 'http://127.0.0.1/graphql'

export type TestApi = Readonly<{
  api: Api
  world: WatchedWorld
  /** What was reported as unexpected. */
  reported: unknown[]
  submitted: SubmitCommand[]
}>

/** The gate as it is, on a log in memory; nothing is carried out. */
const recordingGate = (submitted: SubmitCommand[]): CommandGate => {
  const { gate } = createWriteSide()
  return {
    ...gate,
    submit: (command) => {
      submitted.push(command)
      return gate.submit(command)
    },
  }
}

export const createTestApi = (
  overrides: Partial<ApiOptions<WorldReads>> = {},
  world: WatchedWorld = createWatchedWorld(),
): TestApi => {
  const reported: unknown[] = []
  const submitted: SubmitCommand[] = []
  const api = createApi({
    feed: world.feed,
    gate: recordingGate(submitted),
    world: infiniteHexApi,
    operatorToken: OPERATOR_TOKEN,
    report: (_message, error) => void reported.push(error),
    ...overrides,
    reads: overrides.reads === undefined ? world.reads : withoutEnd(overrides.reads),
  })
  return { api, world, reported, submitted }
}

/** The same reads for every asker, as a test has made them. */
const withoutEnd = (reads: WorldReads): WorldReads => {
  const own: WorldReads = { ...reads, until: () => own }
  return own
}

/**
 * A world of two blocks, which end at positions 5 and 11: three hexes, an adventurer that moves, and
 * four events, at 4, 5, 10 and 11.
 */
export const createSmallWorld = (): WatchedWorld => {
  const world = createWatchedWorld()
  const [center, east] = [hexAt(0, 0), hexAt(1, 0)]
  world.addBlock(
    hexWritten(center, '0x1'),
    hexWritten(east, '0x2'),
    adventurerWritten('0xb', east),
    hexDiscovered(center),
    moved('0xb', center, east),
  )
  world.addBlock(
    hexWritten(center, '0x3'),
    hexWritten(hexAt(9, 0), '0x2'),
    adventurerWritten('0xb', center),
    hexDiscovered(hexAt(9, 0)),
    energyPaid(east, '0xb'),
  )
  return world
}

/** The API over that world. */
export const createSmallApi = (): TestApi => createTestApi({}, createSmallWorld())

export type TestAnswer = Readonly<{
  status: number
  data: Record<string, never> | null
  codes: readonly unknown[]
  messages: readonly string[]
  text: string
}>

/** Posts one operation. */
export const ask = async (
  api: Api,
  query: string,
  variables: object = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<TestAnswer> => {
  const response = await api.fetch(
    new Request(GRAPHQL_URL, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query, variables }),
    }),
  )
  return answerOf(response)
}

/** Reads a response as a GraphQL answer. Throws when it is not JSON. */
export const answerOf = async (response: Response): Promise<TestAnswer> => {
  const text = await response.text()
  const { data = null, errors = [] } = JSON.parse(text)
  return {
    status: response.status,
    data,
    codes: errors.map((error: { extensions?: { code?: unknown } }) => error.extensions?.code),
    messages: errors.map(({ message }: { message: string }) => message),
    text,
  }
}
