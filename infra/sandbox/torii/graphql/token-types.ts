/**
 * Tokens and controllers: Torii's schema has them and the sandbox's world does not, so they are
 * always empty.
 */
import {
  type GraphQLFieldConfigArgumentMap,
  type GraphQLFieldConfigMap,
  GraphQLID,
  GraphQLInt,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLString,
  GraphQLUnionType,
} from 'graphql'
import { connectionType, PAGE_ARGUMENTS } from './connection-types.ts'
import type { ToriiContext } from './context.ts'
import { rowMissing } from './row-missing.ts'
import { scalarNamed } from './scalars.ts'

const TEXT = { type: GraphQLString }
const SOME_TEXT = { type: new GraphQLNonNull(GraphQLString) }

const objectOf = (name: string, fields: GraphQLFieldConfigMap<unknown, ToriiContext>) =>
  new GraphQLObjectType<unknown, ToriiContext>({ name, fields })

const CONTROLLER = objectOf('World__Controller', {
  id: { type: GraphQLID },
  username: SOME_TEXT,
  address: SOME_TEXT,
  deployedAt: { type: new GraphQLNonNull(scalarNamed('DateTime')) },
})

const NAMED = { name: SOME_TEXT, symbol: SOME_TEXT, contractAddress: SOME_TEXT }
const COLLECTIBLE = {
  ...NAMED,
  tokenId: SOME_TEXT,
  metadata: SOME_TEXT,
  metadataName: TEXT,
  metadataDescription: TEXT,
  metadataAttributes: TEXT,
  imagePath: SOME_TEXT,
}

export const TOKEN = new GraphQLUnionType({
  name: 'ERC__Token',
  types: [
    objectOf('ERC20__Token', {
      ...NAMED,
      decimals: { type: new GraphQLNonNull(GraphQLInt) },
      amount: SOME_TEXT,
    }),
    objectOf('ERC721__Token', COLLECTIBLE),
    objectOf('ERC1155__Token', { ...COLLECTIBLE, amount: SOME_TEXT }),
  ],
})

const SOME_TOKEN = { type: new GraphQLNonNull(TOKEN) }

export const TOKEN_BALANCE = objectOf('Token__Balance', { tokenMetadata: SOME_TOKEN })

export const TOKEN_TRANSFER = objectOf('Token__Transfer', {
  from: SOME_TEXT,
  to: SOME_TEXT,
  executedAt: SOME_TEXT,
  tokenMetadata: SOME_TOKEN,
  transactionHash: SOME_TEXT,
})

const NOTHING = {
  totalCount: 0,
  rows: [],
  pageInfo: { hasPreviousPage: false, hasNextPage: false, startCursor: null, endCursor: null },
}

const emptyConnection = (
  node: GraphQLObjectType | GraphQLUnionType,
  args: GraphQLFieldConfigArgumentMap = {},
) => ({
  type: connectionType(node),
  args: { ...args, ...PAGE_ARGUMENTS },
  resolve: () => NOTHING,
})

const ACCOUNT = { accountAddress: SOME_TEXT }

/** Fields of the root query. */
export const tokenFields = (): GraphQLFieldConfigMap<unknown, ToriiContext> => ({
  controller: {
    type: new GraphQLNonNull(CONTROLLER),
    args: { id: { type: new GraphQLNonNull(GraphQLID) } },
    resolve: rowMissing,
  },
  controllers: emptyConnection(CONTROLLER),
  token: { type: new GraphQLNonNull(TOKEN), args: { id: SOME_TEXT }, resolve: rowMissing },
  tokens: emptyConnection(TOKEN, { contractAddress: TEXT }),
  tokenBalances: emptyConnection(TOKEN_BALANCE, ACCOUNT),
  tokenTransfers: emptyConnection(TOKEN_TRANSFER, ACCOUNT),
})
