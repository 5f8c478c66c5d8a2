/** An API over a world in memory, and ways to ask it, for tests. */
import type { CommandGate, CommandView, SubmitCommand } from '../commands/command-gate.ts'
import type { Rejection } from '../domain/decider.ts'
import { infiniteHexAdventurers } from '../domain/worlds/infinite-hex-adventurers/definition.ts'
import { type Api, type ApiOptions, createApi } from './api.ts'
import {
  createFakeWorld,
  type FakeWorld,
  hexAt,
} from './graphql/worlds/infinite-hex-adventurers/fake-world.testing.ts'

export const OPERATOR_TOKEN = 'a-token-for-tests'
export const GRAPHQL_URL = 'http://127.0.0.1/graphql'

export type TestApi = Readonly<{
  api: Api
  world: FakeWorld
  /** What was reported as unexpected. */
  reported: unknown[]
  submitted: SubmitCommand[]
}>

const fakeCommand = (id: string, overrides: Partial<CommandView> = {}): CommandView => ({
  id,
  entrypoint: 'move_adventurer',
  args: {},
  account: '0x1',
  state: 'REQUESTED',
  isFinal: false,
  requestedAt: new Date(Date.UTC(2026, 0, 1)),
  transaction: null,
  nonce: null,
  block: null,
  confirmation: null,
  reason: null,
  ...overrides,
})

/** A gate that knows the command `known`, which is confirmed at its second step. */
const fakeGate = (submitted: SubmitCommand[]): CommandGate => ({
  submit: async (command): Promise<CommandView | Rejection<'UNKNOWN_ENTRYPOINT'>> => {
    submitted.push(command)
    return command.entrypoint === 'move_adventurer'
      ? fakeCommand('new', { args: command.args })
      : { rejected: 'UNKNOWN_ENTRYPOINT', reason: `There is no call ${command.entrypoint}` }
  },
  find: async (id) => (id === 'known' ? fakeCommand(id) : null),
  follow: async function* (id) {
    yield { revision: 0, command: fakeCommand(id) }
    yield {
      revision: 1,
      command: fakeCommand(id, { state: 'CONFIRMED', isFinal: true, nonce: '7' }),
    }
  },
})

export const createTestApi = (
  overrides: Partial<ApiOptions> = {},
  world: FakeWorld = createFakeWorld(),
): TestApi => {
  const reported: unknown[] = []
  const submitted: SubmitCommand[] = []
  const api = createApi({
    reads: world.reads,
    feed: world.feed,
    gate: fakeGate(submitted),
    world: infiniteHexAdventurers,
    operatorToken: OPERATOR_TOKEN,
    report: (_message, error) => void reported.push(error),
    ...overrides,
  })
  return { api, world, reported, submitted }
}

/** A world of two blocks: three hexes and four events. */
export const createSmallWorld = (): FakeWorld => {
  const world = createFakeWorld()
  world.addBlock({
    hexes: { [hexAt(0, 0)]: '0x1', [hexAt(1, 0)]: '0x2' },
    events: ['HexDiscovered', 'AdventurerMoved'],
  })
  world.addBlock({
    hexes: { [hexAt(0, 0)]: '0x3', [hexAt(9, 0)]: '0x2' },
    events: ['HexDiscovered', 'HexEnergyPaid'],
  })
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
