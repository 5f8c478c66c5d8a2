/** Connections: Torii gives every list of nodes the same three types and the same six arguments. */
import {
  GraphQLBoolean,
  type GraphQLFieldConfig,
  type GraphQLFieldConfigArgumentMap,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
} from 'graphql'
import type { Row } from '../index-reader.ts'
import type { ToriiContext } from './context.ts'
import { type Page, type PageArguments, type PageQuery, readPage } from './paging.ts'
import { scalarNamed } from './scalars.ts'

type NodeType = GraphQLOutputType & Readonly<{ name: string }>

/** What the resolvers of a connection's fields see. */
type Connection = Page & Readonly<{ nodeOf: (row: Row) => unknown }>

const PAGE_INFO = new GraphQLObjectType({
  name: 'World__PageInfo',
  fields: {
    hasPreviousPage: { type: new GraphQLNonNull(GraphQLBoolean) },
    hasNextPage: { type: new GraphQLNonNull(GraphQLBoolean) },
    startCursor: { type: scalarNamed('Cursor') },
    endCursor: { type: scalarNamed('Cursor') },
  },
})

export const PAGE_ARGUMENTS: GraphQLFieldConfigArgumentMap = {
  first: { type: GraphQLInt },
  last: { type: GraphQLInt },
  before: { type: scalarNamed('Cursor') },
  after: { type: scalarNamed('Cursor') },
  offset: { type: GraphQLInt },
  limit: { type: GraphQLInt },
}

function* edgesOf({ rows, nodeOf, cursorOf }: Connection, { budget }: ToriiContext) {
  for (const row of budget.each(rows)) yield { node: nodeOf(row), cursor: cursorOf(row) }
}

/** `<Node>Connection` and `<Node>Edge`. To be called once per node type. */
export const connectionType = (node: NodeType): GraphQLObjectType<Connection, ToriiContext> => {
  const edge = new GraphQLObjectType({
    name: `${node.name}Edge`,
    fields: { node: { type: node }, cursor: { type: scalarNamed('Cursor') } },
  })
  return new GraphQLObjectType<Connection, ToriiContext>({
    name: `${node.name}Connection`,
    fields: {
      totalCount: { type: new GraphQLNonNull(GraphQLInt) },
      edges: {
        type: new GraphQLList(edge),
        resolve: (connection, _, context) => edgesOf(connection, context),
      },
      pageInfo: { type: new GraphQLNonNull(PAGE_INFO) },
    },
  })
}

export type ConnectionOptions = Readonly<{
  node: NodeType
  args?: GraphQLFieldConfigArgumentMap
  /** The rows that the arguments ask for. */
  query: (args: Readonly<Record<string, unknown>>) => PageQuery
  nodeOf: (row: Row) => unknown
}>

/** A field that answers pages of nodes. */
export const connectionField = ({
  node,
  args = {},
  query,
  nodeOf,
}: ConnectionOptions): GraphQLFieldConfig<unknown, ToriiContext> => ({
  type: connectionType(node),
  args: { ...args, ...PAGE_ARGUMENTS },
  resolve: (_, given: PageArguments, { reader, budget, defects }) => ({
    ...readPage(
      { reader, budget, lossyCursorRow: defects.lossyCursorRow },
      query({ ...given }),
      given,
    ),
    nodeOf,
  }),
})
