import {
  buildClientSchema,
  type GraphQLNamedType,
  getIntrospectionQuery,
  type IntrospectionQuery,
  printType,
} from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FatalError } from '../../../../domain/errors.ts'
import { startTestTorii, type TestTorii } from '../torii.testing.ts'

let torii: TestTorii
let types: Readonly<Record<string, GraphQLNamedType>>
beforeAll(async () => {
  torii = await startTestTorii()
  types = buildClientSchema(
    await torii.data<IntrospectionQuery>(getIntrospectionQuery()),
  ).getTypeMap()
})
afterAll(() => torii.close())

/** What stands between a type's braces, or behind a union's equals sign, on one line. */
const bodyOf = (name: string): string => {
  const type = types[name]
  if (type === undefined) throw new FatalError(`There is no type ${name}`)
  const [, body = ''] = /(?:\{|=)\s*(.*?)\s*\}?$/s.exec(printType(type)) ?? []
  return body.replace(/\s+/g, ' ')
}

const PAGE = 'first: Int, last: Int, before: Cursor, after: Cursor, offset: Int, limit: Int'
const COLLECTIBLE =
  'name: String! symbol: String! contractAddress: String! tokenId: String! metadata: String!'
const METADATA =
  'metadataName: String metadataDescription: String metadataAttributes: String imagePath: String!'
const TIMES = 'executedAt: DateTime createdAt: DateTime'

/** Torii's own types as torii-and-starknet.md §1.2 and §1.3 name them. */
const TYPES: readonly (readonly [string, string])[] = [
  [
    'World__Entity',
    `id: ID keys: [String] eventId: String ${TIMES} updatedAt: DateTime models: [ModelUnion]`,
  ],
  [
    'World__EventMessage',
    `id: ID keys: [String] eventId: String ${TIMES} updatedAt: DateTime models: [ModelUnion]`,
  ],
  ['World__Event', `id: ID keys: [String] data: [String] ${TIMES} transactionHash: String`],
  [
    'World__Model',
    `id: ID name: String namespace: String classHash: felt252 contractAddress: felt252 transactionHash: felt252 ${TIMES}`,
  ],
  [
    'World__Transaction',
    `id: ID transactionHash: felt252 senderAddress: felt252 calldata: [felt252] maxFee: felt252 signature: [felt252] nonce: felt252 ${TIMES} blockNumber: Int calls: [World__Call] tokenTransfers: [Token__Transfer]`,
  ],
  [
    'World__Call',
    'transactionHash: String contractAddress: String entrypoint: String calldata: [String] callType: String callerAddress: String',
  ],
  [
    'World__Metadata',
    `id: ID uri: String worldAddress: String! iconImg: String coverImg: String content: World__Content ${TIMES} updatedAt: DateTime`,
  ],
  [
    'World__Content',
    'name: String description: String website: String iconUri: String coverUri: String socials: [World__Social]',
  ],
  ['World__Social', 'name: String url: String'],
  ['World__Controller', 'id: ID username: String! address: String! deployedAt: DateTime!'],
  [
    'World__PageInfo',
    'hasPreviousPage: Boolean! hasNextPage: Boolean! startCursor: Cursor endCursor: Cursor',
  ],
  ['ERC__Token', 'ERC20__Token | ERC721__Token | ERC1155__Token'],
  [
    'ERC20__Token',
    'name: String! symbol: String! contractAddress: String! decimals: Int! amount: String!',
  ],
  ['ERC721__Token', `${COLLECTIBLE} ${METADATA}`],
  ['ERC1155__Token', `${COLLECTIBLE} ${METADATA} amount: String!`],
  ['Token__Balance', 'tokenMetadata: ERC__Token!'],
  [
    'Token__Transfer',
    'from: String! to: String! executedAt: String! tokenMetadata: ERC__Token! transactionHash: String!',
  ],
  [
    'World__EntityConnection',
    'totalCount: Int! edges: [World__EntityEdge] pageInfo: World__PageInfo!',
  ],
  ['World__EntityEdge', 'node: World__Entity cursor: Cursor'],
  ['World__ModelOrder', 'direction: OrderDirection! field: World__ModelOrderField!'],
  ['World__ModelOrderField', 'NAME CLASS_HASH'],
  ['OrderDirection', 'ASC DESC'],
  [
    'World__Mutation',
    'publishMessage(worldAddress: String, signature: [String]!, message: String): World__PublishMessageResponse',
  ],
  ['World__PublishMessageResponse', 'id: String'],
  [
    'World__Subscription',
    'eventEmitted(keys: [String]): World__Event! entityUpdated(id: ID): World__Entity! eventMessageUpdated(id: ID): World__EventMessage! modelRegistered(id: ID): World__Model! transaction(hash: ID, hasCaller: String): World__Transaction! tokenUpdated: ERC__Token! tokenBalanceUpdated(accountAddress: String): Token__Balance!',
  ],
  // What every model and event of the world gets, by the example of one.
  [
    'dojo_starter_HexDiscovered',
    'hex: felt252 biome: Enum discoverer: ContractAddress entity: World__Entity eventMessage: World__EventMessage',
  ],
  [
    'dojo_starter_HexDiscoveredOrder',
    'direction: OrderDirection! field: dojo_starter_HexDiscoveredOrderField!',
  ],
  ['dojo_starter_HexDiscoveredOrderField', 'HEX BIOME DISCOVERER'],
  [
    'dojo_starter_HexDiscoveredWhereInput',
    `${['hex: felt252', 'discoverer: ContractAddress']
      .map((member) => {
        const [name, type] = member.split(': ')
        const one = ['', 'EQ', 'NEQ', 'GT', 'GTE', 'LT', 'LTE', 'LIKE', 'NOTLIKE'].map(
          (test) => `${name}${test}: ${type}`,
        )
        return [...one, ...['IN', 'NOTIN'].map((test) => `${name}${test}: [${type}]`)].join(' ')
      })
      .join(' biome: Enum ')}`,
  ],
]

/** Fields of the root query with their arguments. */
const QUERIES: readonly (readonly [string, string, string])[] = [
  ['entity', 'id: ID!', 'World__Entity!'],
  ['entities', `keys: [String], ${PAGE}`, 'World__EntityConnection'],
  ['eventMessage', 'id: ID!', 'World__EventMessage!'],
  ['eventMessages', `keys: [String], ${PAGE}`, 'World__EventMessageConnection'],
  ['events', `keys: [String], ${PAGE}`, 'World__EventConnection'],
  ['model', 'id: ID!', 'World__Model!'],
  ['models', `order: World__ModelOrder, ${PAGE}`, 'World__ModelConnection'],
  ['transaction', 'transactionHash: ID!', 'World__Transaction!'],
  ['transactions', PAGE, 'World__TransactionConnection'],
  ['metadatas', PAGE, 'World__MetadataConnection'],
  ['controller', 'id: ID!', 'World__Controller!'],
  ['controllers', PAGE, 'World__ControllerConnection'],
  ['token', 'id: String!', 'ERC__Token!'],
  ['tokens', `contractAddress: String, ${PAGE}`, 'ERC__TokenConnection'],
  ['tokenBalances', `accountAddress: String!, ${PAGE}`, 'Token__BalanceConnection'],
  ['tokenTransfers', `accountAddress: String!, ${PAGE}`, 'Token__TransferConnection'],
  [
    'dojoStarterHexDiscoveredModels',
    `where: dojo_starter_HexDiscoveredWhereInput, order: dojo_starter_HexDiscoveredOrder, ${PAGE}`,
    'dojo_starter_HexDiscoveredConnection',
  ],
]

describe('the schema as clients see it', () => {
  it.each(TYPES)('has the type %s', (name, body) => {
    expect(bodyOf(name)).toBe(body)
  })

  it.each(QUERIES)('has the query %s', (name, args, type) => {
    expect(` ${bodyOf('World__Query')} `).toContain(` ${name}(${args}): ${type} `)
  })

  it('has the scalars of Cairo and of Torii, and no query for a single event', () => {
    const scalars = Object.keys(types).filter((name) =>
      printType(types[name] as GraphQLNamedType).startsWith('scalar'),
    )
    expect(scalars).toEqual(
      expect.arrayContaining(
        'i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 u256 bool felt252 ClassHash ContractAddress EthAddress ByteArray Enum Cursor DateTime'.split(
          ' ',
        ),
      ),
    )
    expect(bodyOf('World__Query')).not.toMatch(/ event\(/)
  })
})
