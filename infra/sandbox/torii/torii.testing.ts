/**
 * Support for tests of the sandbox's Torii: a node whose blocks hold any events that a test wants,
 * and a Torii that indexes it.
 */
import { FatalError } from '../../../domain/errors.ts'
import type { Felt } from '../../../domain/felt.ts'
import {
  type Fields,
  type Members,
  type WorldDefinition,
  wireTypeOf,
} from '../../../domain/worlds/definition.ts'
import {
  type EventName,
  infiniteHexAdventurers,
  type ModelName,
} from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { entityIdOf } from '../../../schemas/crypto/starknet.ts'
import { encodeMembers, memberCodecsOf } from '../../../schemas/worlds/member-codec.ts'
import {
  memberSelector,
  selectorsOf,
  WORLD_EVENT_SELECTORS,
} from '../../../schemas/worlds/selectors.ts'
import type { ChainEvent } from '../chain/block.ts'
import { tallySandbox } from '../sandbox.testing.ts'
import type { SandboxNode } from '../sandbox-node.ts'
import { type BlockFeed, blockFeedOf } from './block-feed.ts'
import type { ToriiOptions } from './options.ts'
import { type RunningTorii, startTorii, type ToriiParts } from './torii.ts'

const DEFINITION = infiniteHexAdventurers
const SELECTORS = selectorsOf(DEFINITION)
export const WORLD = DEFINITION.worldAddress
export const SYSTEM: Felt = '0x515'

const span = (felts: readonly Felt[]): Felt[] => [`0x${felts.length.toString(16)}`, ...felts]
const felts = (members: Members, place: 'serialised' | 'stored', fields: Fields): Felt[] =>
  encodeMembers(memberCodecsOf(DEFINITION, members, place), fields, 'a test')

/** Any event of the World. */
export const chainEvent = (keys: readonly Felt[], data: readonly Felt[]): ChainEvent => ({
  from_address: WORLD,
  keys,
  data,
})

const ENUMS: WorldDefinition['enums'] = DEFINITION.enums

const modelSelector = (model: ModelName): Felt => SELECTORS.models[model] as Felt // derived from the same models

/** Values of every member, so that tests name only those that matter. */
const zeros = (members: Members): Fields =>
  Object.fromEntries(
    Object.entries(members).map(([name, member]) => {
      const type = wireTypeOf(member)
      if (type === 'felt' || type === 'address') return [name, '0x0']
      if (type === 'u64' || type === 'u128') return [name, '0']
      if (type === 'bool') return [name, false]
      return [name, ENUMS[type]?.[0] ?? 0]
    }),
  )

/** The entity id of keys. */
export const entityOf = (model: ModelName, keys: Fields): Felt =>
  entityIdOf(felts(DEFINITION.models[model].keys, 'serialised', keys).map(BigInt))

/** StoreSetRecord. */
export const modelWritten = (model: ModelName, keys: Fields, values: Fields = {}): ChainEvent => {
  const definition = DEFINITION.models[model]
  const row = felts(definition.values, 'stored', { ...zeros(definition.values), ...values })
  return chainEvent(
    [WORLD_EVENT_SELECTORS.StoreSetRecord, modelSelector(model), entityOf(model, keys)],
    [...span(felts(definition.keys, 'serialised', keys)), ...span(row)],
  )
}

/** StoreUpdateMember. */
export const memberWritten = (
  model: ModelName,
  keys: Fields,
  member: string,
  felt: Felt,
): ChainEvent =>
  chainEvent(
    [
      WORLD_EVENT_SELECTORS.StoreUpdateMember,
      modelSelector(model),
      entityOf(model, keys),
      memberSelector(member),
    ],
    span([felt]),
  )

/** StoreDelRecord. */
export const modelErased = (model: ModelName, keys: Fields): ChainEvent =>
  chainEvent(
    [WORLD_EVENT_SELECTORS.StoreDelRecord, modelSelector(model), entityOf(model, keys)],
    [],
  )

/** EventEmitted. */
export const gameEvent = (name: EventName, keys: Fields, values: Fields = {}): ChainEvent => {
  const definition = DEFINITION.events[name]
  const selector = SELECTORS.events[name] as Felt // derived from the same events
  return chainEvent(
    [WORLD_EVENT_SELECTORS.EventEmitted, selector, SYSTEM],
    [
      ...span(felts(definition.keys, 'serialised', keys)),
      ...span(felts(definition.values, 'serialised', { ...zeros(definition.values), ...values })),
    ],
  )
}

/** What GraphQL answered. */
export type Answer = Readonly<{ data?: unknown; errors?: readonly Readonly<{ message: string }>[] }>

export type TestTorii = Readonly<{
  node: SandboxNode
  torii: RunningTorii
  /**
   * Seals one block per list of events, each with one transaction, and waits until Torii has
   * indexed them.
   */
  blocks: (...blocks: readonly (readonly ChainEvent[])[]) => Promise<void>
  graphql: (query: string, variables?: Readonly<Record<string, unknown>>) => Promise<Answer>
  /** The data of a query; throws when there were errors. The caller says what shape it expects. */
  data: <T>(query: string, variables?: Readonly<Record<string, unknown>>) => Promise<T>
  sql: (statement: string) => Promise<Readonly<{ status: number; body: string }>>
  rows: <T = Record<string, unknown>>(statement: string) => Promise<T[]>
  close: () => Promise<void>
}>

/** A Torii on an existing node; a failure of its indexer fails the test. */
export const startOn = (
  node: SandboxNode,
  options: Omit<ToriiOptions, 'port'> = {},
  parts: Partial<ToriiParts> = {},
): Promise<RunningTorii> =>
  startTorii(
    { port: 0, ...options },
    {
      definition: DEFINITION,
      feed: blockFeedOf(node),
      clock: { nowMs: Date.now },
      onFailure: (error) => {
        throw error
      },
      ...parts,
    },
  )

/**
 * A node on the tally game, whose own events mean nothing to Torii, and a Torii that has indexed
 * its genesis. `schemaOf` stands for the contracts of models, which that game does not have.
 */
export const startTestTorii = async (
  options: Omit<ToriiOptions, 'port'> = {},
  parts: Partial<ToriiParts & Pick<BlockFeed, 'schemaOf'>> = {},
): Promise<TestTorii> => {
  const node = tallySandbox()
  const { schemaOf, ...others } = parts
  const feed = blockFeedOf(node)
  const torii = await startOn(node, options, {
    feed: schemaOf === undefined ? feed : { ...feed, schemaOf },
    ...others,
  })
  await torii.indexed(0)
  const graphql: TestTorii['graphql'] = async (query, variables = {}) => {
    const response = await fetch(`${torii.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    })
    const answer: Answer = await response.json()
    return answer
  }
  const sql: TestTorii['sql'] = async (statement) => {
    const response = await fetch(`${torii.url}/sql`, { method: 'POST', body: statement })
    return { status: response.status, body: await response.text() }
  }
  return {
    node,
    torii,
    graphql,
    sql,
    data: async <T>(query: string, variables = {}) => {
      const { data, errors } = await graphql(query, variables)
      if (errors !== undefined) throw new FatalError(JSON.stringify(errors))
      return data as T // as the caller says
    },
    rows: async <T>(statement: string) => {
      const { status, body } = await sql(statement)
      if (status !== 200) throw new FatalError(`${status} ${body}`)
      const rows: T[] = JSON.parse(body)
      return rows
    },
    blocks: async (...blocks) => {
      for (const events of blocks) {
        node.chain.inject(events)
        node.mine()
      }
      await torii.indexed(node.chain.head().number)
    },
    close: async () => {
      await torii.close()
      node.close()
    },
  }
}
