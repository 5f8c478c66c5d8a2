/**
 * The GraphQL schema of a world as the sandbox's Torii serves it (torii-and-starknet.md §1.2,
 * §1.3), built from the world's definition: names, types, arguments and nullability as Torii has
 * them.
 */
import {
  GraphQLEnumType,
  GraphQLError,
  type GraphQLFieldConfig,
  type GraphQLFieldConfigMap,
  GraphQLID,
  GraphQLInputObjectType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
} from 'graphql'
import { paddedFelt } from '../ids.ts'
import {
  type EntityTable,
  entityNode,
  eventNode,
  type Row,
  registeredModelNode,
  transactionNode,
} from '../index-reader.ts'
import { feltOfHexText } from '../member-column.ts'
import type { ToriiWorld } from '../records.ts'
import { connectionField } from './connection-types.ts'
import type { ToriiContext } from './context.ts'
import { keysCondition, parseKeys } from './keys-filter.ts'
import { recordField, recordType } from './record-types.ts'
import { rowMissing } from './row-missing.ts'
import { ORDER_DIRECTION, SCALARS } from './scalars.ts'
import { subscriptionFields } from './subscription-fields.ts'
import { tokenFields } from './token-types.ts'
import { readOrder } from './where-input.ts'
import {
  type EntityTypes,
  EVENT,
  entityTypes,
  METADATA,
  REGISTERED_MODEL,
  TRANSACTION,
} from './world-types.ts'

const KEYS = { keys: { type: new GraphQLList(GraphQLString) } }
const ID = { id: { type: new GraphQLNonNull(GraphQLID) } }

const matching = (keys: unknown) => {
  const condition = keysCondition(parseKeys(keys))
  return condition === null ? [] : [condition]
}

/**
 * A field that answers one row by its id. When there is none it answers an error, because the type
 * is not nullable.
 */
const oneField = (
  type: GraphQLObjectType,
  table: string,
  nodeOf: (row: Row) => unknown,
): GraphQLFieldConfig<unknown, ToriiContext> => ({
  type: new GraphQLNonNull(type),
  args: ID,
  resolve: (_, { id }: { id: string }, { reader }) => {
    const row = reader.one(`SELECT * FROM ${table} WHERE id = ?`, id)
    return row === null ? rowMissing() : nodeOf(row)
  },
})

const entityFields = (
  type: EntityTypes['entity'],
  table: EntityTable,
  names: Readonly<{ one: string; many: string }>,
): GraphQLFieldConfigMap<unknown, ToriiContext> => {
  const nodeOf = (row: Row) => entityNode(table, row, '+00:00')
  return {
    [names.one]: oneField(type, table, nodeOf),
    [names.many]: connectionField({
      node: type,
      args: KEYS,
      query: ({ keys }) => ({
        table,
        idColumn: 'event_id',
        conditions: matching(keys),
        order: null,
      }),
      nodeOf,
    }),
  }
}

const modelOrder = (): GraphQLInputObjectType => {
  const values = { NAME: { value: 'name' }, CLASS_HASH: { value: 'class_hash' } }
  const field = new GraphQLEnumType({ name: 'World__ModelOrderField', values })
  return new GraphQLInputObjectType({
    name: 'World__ModelOrder',
    fields: {
      direction: { type: new GraphQLNonNull(ORDER_DIRECTION) },
      field: { type: new GraphQLNonNull(field) },
    },
  })
}

const worldFields = (): GraphQLFieldConfigMap<unknown, ToriiContext> => ({
  events: connectionField({
    node: EVENT,
    args: KEYS,
    query: ({ keys }) => ({
      table: 'events',
      idColumn: 'id',
      conditions: matching(keys),
      order: null,
    }),
    nodeOf: (row) => eventNode(row, '+00:00'),
  }),
  model: oneField(REGISTERED_MODEL, 'models', (row) => registeredModelNode(row, '+00:00')),
  models: connectionField({
    node: REGISTERED_MODEL,
    args: { order: { type: modelOrder() } },
    query: ({ order }) => ({
      table: 'models',
      idColumn: 'id',
      conditions: [],
      order: readOrder(order),
    }),
    nodeOf: (row) => registeredModelNode(row, '+00:00'),
  }),
  transaction: {
    type: new GraphQLNonNull(TRANSACTION),
    args: { transactionHash: { type: new GraphQLNonNull(GraphQLID) } },
    resolve: (_, { transactionHash }: { transactionHash: string }, { reader }) => {
      const felt = feltOfHexText(transactionHash)
      const row =
        felt === null
          ? null
          : reader.one('SELECT * FROM transactions WHERE transaction_hash = ?', paddedFelt(felt))
      return row === null ? rowMissing() : transactionNode(row)
    },
  },
  transactions: connectionField({
    node: TRANSACTION,
    query: () => ({ table: 'transactions', idColumn: 'id', conditions: [], order: null }),
    nodeOf: transactionNode,
  }),
  metadatas: connectionField({
    node: METADATA,
    query: () => ({ table: 'metadata', idColumn: 'id', conditions: [], order: null }),
    nodeOf: (row) => row,
  }),
})

/**
 * Off-chain messages are not part of the chain; the field exists because clients see it in the
 * schema.
 */
const mutation = (): GraphQLObjectType<unknown, ToriiContext> =>
  new GraphQLObjectType({
    name: 'World__Mutation',
    fields: {
      publishMessage: {
        type: new GraphQLObjectType({
          name: 'World__PublishMessageResponse',
          fields: { id: { type: GraphQLString } },
        }),
        args: {
          worldAddress: { type: GraphQLString },
          signature: { type: new GraphQLNonNull(new GraphQLList(GraphQLString)) },
          message: { type: GraphQLString },
        },
        resolve: () => {
          throw new GraphQLError('The sandbox takes no off-chain messages')
        },
      },
    },
  })

/** The schema of the models and events that are registered now. */
export const createToriiSchema = (world: ToriiWorld): GraphQLSchema => {
  const types: EntityTypes = entityTypes(() => records.map(({ type }) => type))
  const records = world
    .records()
    .map((record) => ({ record, type: recordType(record, () => types) }))
  const query = new GraphQLObjectType<unknown, ToriiContext>({
    name: 'World__Query',
    fields: {
      ...entityFields(types.entity, 'entities', { one: 'entity', many: 'entities' }),
      ...entityFields(types.eventMessage, 'event_messages', {
        one: 'eventMessage',
        many: 'eventMessages',
      }),
      ...worldFields(),
      ...tokenFields(),
      ...Object.fromEntries(
        records.map(({ record, type }) => [record.fieldName, recordField(record, type)]),
      ),
    },
  })
  const subscription = new GraphQLObjectType<unknown, ToriiContext>({
    name: 'World__Subscription',
    fields: subscriptionFields(types),
  })
  return new GraphQLSchema({ query, mutation: mutation(), subscription, types: [...SCALARS] })
}
