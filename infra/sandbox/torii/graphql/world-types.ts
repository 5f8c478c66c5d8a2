/**
 * Torii's own object types: entities, event messages, events, registered models, transactions and
 * metadata.
 */
import {
  type GraphQLFieldConfigMap,
  GraphQLID,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLString,
  GraphQLUnionType,
} from 'graphql'
import { callNode, type EntityNode, type ModelNode, type transactionNode } from '../index-reader.ts'
import type { ToriiContext } from './context.ts'
import { scalarNamed } from './scalars.ts'
import { TOKEN_TRANSFER } from './token-types.ts'

const FELT = scalarNamed('felt252')
const TIME = scalarNamed('DateTime')
const STRINGS = new GraphQLList(GraphQLString)

const objectOf = (name: string, fields: GraphQLFieldConfigMap<unknown, ToriiContext>) =>
  new GraphQLObjectType<unknown, ToriiContext>({ name, fields })

export const EVENT = objectOf('World__Event', {
  id: { type: GraphQLID },
  keys: { type: STRINGS },
  data: { type: STRINGS },
  executedAt: { type: TIME },
  createdAt: { type: TIME },
  transactionHash: { type: GraphQLString },
})

export const REGISTERED_MODEL = objectOf('World__Model', {
  id: { type: GraphQLID },
  name: { type: GraphQLString },
  namespace: { type: GraphQLString },
  classHash: { type: FELT },
  contractAddress: { type: FELT },
  transactionHash: { type: FELT },
  executedAt: { type: TIME },
  createdAt: { type: TIME },
})

const CALL = objectOf('World__Call', {
  transactionHash: { type: GraphQLString },
  contractAddress: { type: GraphQLString },
  entrypoint: { type: GraphQLString },
  calldata: { type: STRINGS },
  callType: { type: GraphQLString },
  callerAddress: { type: GraphQLString },
})

type TransactionNode = ReturnType<typeof transactionNode>

export const TRANSACTION = new GraphQLObjectType<TransactionNode, ToriiContext>({
  name: 'World__Transaction',
  fields: {
    id: { type: GraphQLID },
    transactionHash: { type: FELT },
    senderAddress: { type: FELT },
    calldata: { type: new GraphQLList(FELT) },
    maxFee: { type: FELT },
    signature: { type: new GraphQLList(FELT) },
    nonce: { type: FELT },
    executedAt: { type: TIME },
    createdAt: { type: TIME },
    blockNumber: { type: GraphQLInt },
    calls: {
      type: new GraphQLList(CALL),
      resolve: ({ $hash }, _, { reader, budget }) => {
        const calls = reader.all(
          'SELECT * FROM transaction_calls WHERE transaction_hash = ? ORDER BY rowid',
          $hash,
        )
        budget.spend(calls.length)
        return calls.map(callNode)
      },
    },
    // The sandbox's world has no tokens.
    tokenTransfers: { type: new GraphQLList(TOKEN_TRANSFER), resolve: () => [] },
  },
})

const SOCIAL = objectOf('World__Social', {
  name: { type: GraphQLString },
  url: { type: GraphQLString },
})

const CONTENT = objectOf('World__Content', {
  name: { type: GraphQLString },
  description: { type: GraphQLString },
  website: { type: GraphQLString },
  iconUri: { type: GraphQLString },
  coverUri: { type: GraphQLString },
  socials: { type: new GraphQLList(SOCIAL) },
})

export const METADATA = objectOf('World__Metadata', {
  id: { type: GraphQLID },
  uri: { type: GraphQLString },
  worldAddress: { type: new GraphQLNonNull(GraphQLString) },
  iconImg: { type: GraphQLString },
  coverImg: { type: GraphQLString },
  content: { type: CONTENT },
  executedAt: { type: TIME },
  createdAt: { type: TIME },
  updatedAt: { type: TIME },
})

export type EntityTypes = Readonly<{
  entity: GraphQLObjectType<EntityNode, ToriiContext>
  eventMessage: GraphQLObjectType<EntityNode, ToriiContext>
}>

/**
 * The types of entities, with the models that belong to them: one query per model and node, as in
 * Torii.
 */
export const entityTypes = (
  modelTypes: () => GraphQLObjectType<ModelNode, ToriiContext>[],
): EntityTypes => {
  const modelUnion = new GraphQLUnionType({
    name: 'ModelUnion',
    types: modelTypes,
    resolveType: ({ $record }: ModelNode) => $record.typeName,
  })
  const typeNamed = (name: string) =>
    new GraphQLObjectType<EntityNode, ToriiContext>({
      name,
      fields: {
        id: { type: GraphQLID },
        keys: { type: STRINGS },
        eventId: { type: GraphQLString },
        executedAt: { type: TIME },
        createdAt: { type: TIME },
        updatedAt: { type: TIME },
        models: {
          type: new GraphQLList(modelUnion),
          resolve: ({ $models, $table, id }, _, { reader, budget }) => {
            const models = $models ?? reader.modelsOf($table, id)
            budget.spend(models.length + 1)
            return budget.each(models)
          },
        },
      },
    })
  return { entity: typeNamed('World__Entity'), eventMessage: typeNamed('World__EventMessage') }
}
