/**
 * The types and queries that Torii derives from every model and event: `<ns>_<Name>` and
 * `<ns><Name>Models`.
 */
import { type GraphQLFieldConfig, GraphQLObjectType } from 'graphql'
import { type EntityTable, entityNode, type ModelNode, modelNode } from '../index-reader.ts'
import type { ToriiRecord } from '../records.ts'
import { connectionField } from './connection-types.ts'
import type { ToriiContext } from './context.ts'
import { scalarNamed } from './scalars.ts'
import { recordArguments } from './where-input.ts'
import type { EntityTypes } from './world-types.ts'

/**
 * The entity or event message that a row belongs to; null for the one that its kind does not have.
 */
const ownerOf = (
  node: ModelNode,
  kind: ToriiRecord['kind'],
  table: EntityTable,
  { reader, budget }: ToriiContext,
) => {
  if (node.$record.kind !== kind) return null
  budget.spend(1)
  const row = reader.entity(table, node.$owner)
  return row === null ? null : entityNode(table, row, '+00:00')
}

/**
 * `entities` is called only when the schema is complete, because entities and models refer to each
 * other.
 */
export const recordType = (
  record: ToriiRecord,
  entities: () => EntityTypes,
): GraphQLObjectType<ModelNode, ToriiContext> =>
  new GraphQLObjectType<ModelNode, ToriiContext>({
    name: record.typeName,
    fields: () => ({
      ...Object.fromEntries(
        record.members.map(({ name, scalar }) => [name, { type: scalarNamed(scalar) }]),
      ),
      entity: {
        type: entities().entity,
        resolve: (node, _, context) => ownerOf(node, 'model', 'entities', context),
      },
      eventMessage: {
        type: entities().eventMessage,
        resolve: (node, _, context) => ownerOf(node, 'event', 'event_messages', context),
      },
    }),
  })

/** The query of a record, with its filters and its order. */
export const recordField = (
  record: ToriiRecord,
  type: GraphQLObjectType<ModelNode, ToriiContext>,
): GraphQLFieldConfig<unknown, ToriiContext> => {
  const { where, order, conditionsOf, orderOf } = recordArguments(record)
  return connectionField({
    node: type,
    args: { where: { type: where }, order: { type: order } },
    query: (args) => ({
      table: record.tag,
      idColumn: 'internal_event_id',
      conditions: conditionsOf(args.where),
      order: orderOf(args.order),
    }),
    nodeOf: (row) => modelNode(record, row),
  })
}
