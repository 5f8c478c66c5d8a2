/**
 * Torii's subscriptions (torii-and-starknet.md §1.8): what is committed from now on, without replay
 * or sequence.
 */
import {
  GraphQLError,
  type GraphQLFieldConfig,
  type GraphQLFieldConfigArgumentMap,
  type GraphQLFieldConfigMap,
  GraphQLID,
  GraphQLList,
  GraphQLNonNull,
  type GraphQLObjectType,
  GraphQLString,
  type GraphQLUnionType,
} from 'graphql'
import { parseFelt } from '../../../../domain/felt.ts'
import type { Change, Topic } from '../block-writer.ts'
import { type EntityTable, entityNode } from '../index-reader.ts'
import type { ToriiContext } from './context.ts'
import { keysMatch, parseKeys } from './keys-filter.ts'
import { TOKEN, TOKEN_BALANCE } from './token-types.ts'
import { type EntityTypes, EVENT, REGISTERED_MODEL, TRANSACTION } from './world-types.ts'

/** The node to deliver; null where the change does not concern the subscriber. */
type Pick = (change: Change) => unknown

/**
 * Changes as nodes. Not a generator function, because those cannot be stopped while they wait for
 * the next change.
 */
const picked = (
  changes: AsyncGenerator<Change, void, undefined>,
  pick: Pick,
): AsyncGenerator<unknown, void> => {
  const next = async (): Promise<IteratorResult<unknown, void>> => {
    for (;;) {
      const change = await changes.next()
      if (change.done) return change
      const node = pick(change.value)
      if (node !== null) return { done: false, value: node }
    }
  }
  const nodes: AsyncGenerator<unknown, void> = {
    next,
    return: () => changes.return(),
    throw: (error) => changes.throw(error),
    [Symbol.asyncIterator]: () => nodes,
    [Symbol.asyncDispose]: async () => void (await changes.return()),
  }
  return nodes
}

type Field = Readonly<{
  type: GraphQLObjectType | GraphQLUnionType
  topic: Topic
  args?: GraphQLFieldConfigArgumentMap
  pick: (args: Readonly<Record<string, unknown>>, context: ToriiContext) => Pick
}>

const field = ({
  type,
  topic,
  args = {},
  pick,
}: Field): GraphQLFieldConfig<unknown, ToriiContext> => ({
  type: new GraphQLNonNull(type),
  args,
  subscribe: (_, given: Record<string, unknown>, context) =>
    picked(context.broker.subscribe(topic), pick(given, context)),
  resolve: (node, _, { budget }) => {
    budget.renew()
    return node
  },
})

/**
 * Whether a subscription wants an id: it names none, or it names this one, with its world or as the
 * bare hash, padded and in lower case.
 */
const isWanted = (wanted: unknown, id: string): boolean =>
  wanted === undefined ||
  wanted === null ||
  wanted === id ||
  wanted === id.slice(id.indexOf(':') + 1)

const ID = { id: { type: GraphQLID } }

const entityField = (
  type: EntityTypes['entity'],
  table: EntityTable,
): GraphQLFieldConfig<unknown, ToriiContext> =>
  field({
    type,
    topic: table,
    args: ID,
    pick:
      ({ id }, { reader, defects }) =>
      (change) => {
        if (change.topic !== table || !isWanted(id, change.id)) return null
        if (table === 'event_messages' && defects.silentEventMessages) return null
        if (change.node !== null) return change.node
        const row = reader.entity(table, change.id)
        return row === null ? null : entityNode(table, row, 'Z')
      },
  })

const nothing = () => (): null => null

export const subscriptionFields = (
  entities: EntityTypes,
): GraphQLFieldConfigMap<unknown, ToriiContext> => ({
  eventEmitted: field({
    type: EVENT,
    topic: 'event',
    args: { keys: { type: new GraphQLList(GraphQLString) } },
    pick: ({ keys }) => {
      const filter = parseKeys(keys)
      return (change) =>
        change.topic === 'event' && keysMatch(filter, change.node.keys) ? change.node : null
    },
  }),
  entityUpdated: entityField(entities.entity, 'entities'),
  eventMessageUpdated: entityField(entities.eventMessage, 'event_messages'),
  modelRegistered: field({
    type: REGISTERED_MODEL,
    topic: 'model',
    args: ID,
    pick:
      ({ id }) =>
      (change) =>
        change.topic === 'model' && isWanted(id, change.id) ? change.node : null,
  }),
  transaction: field({
    type: TRANSACTION,
    topic: 'transaction',
    args: { hash: { type: GraphQLID }, hasCaller: { type: GraphQLString } },
    pick: ({ hash, hasCaller }) => {
      const caller = typeof hasCaller === 'string' ? parseFelt(hasCaller) : null
      if (caller === null && typeof hasCaller === 'string')
        throw new GraphQLError('hasCaller is no felt')
      return (change) => {
        if (change.topic !== 'transaction' || !isWanted(hash, change.node.$hash)) return null
        return caller === null || change.callers.includes(caller) ? change.node : null
      }
    },
  }),
  tokenUpdated: field({ type: TOKEN, topic: 'token', pick: nothing }),
  tokenBalanceUpdated: field({
    type: TOKEN_BALANCE,
    topic: 'token',
    args: { accountAddress: { type: GraphQLString } },
    pick: nothing,
  }),
})
