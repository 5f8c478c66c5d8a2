/**
 * The shape of resolvers at the root of the schema. Below it, views have the fields of their types
 * already.
 */
import type { GraphQLResolveInfo } from 'graphql'
import type { HistoryReads } from '../../projections/reads/history-reads.ts'
import type { ApiContext } from './context.ts'

/**
 * Arguments arrive checked and parsed by the schema's types and scalars; those left out are
 * undefined, or null.
 */
export type Resolver<Arguments, Result, Reads extends HistoryReads = HistoryReads> = (
  root: unknown,
  args: Arguments,
  context: ApiContext<Reads>,
  info: GraphQLResolveInfo,
) => Result | Promise<Result>

/** A field of Subscription: opens a stream, each of whose values is the field's value. */
export type StreamField<Arguments, Value, Reads extends HistoryReads = HistoryReads> = Readonly<{
  subscribe: Resolver<Arguments, AsyncIterable<Value>, Reads>
  resolve: (value: Value) => Value
}>

/** A field of Subscription from what opens its stream. */
export const streamField = <Arguments, Value, Reads extends HistoryReads = HistoryReads>(
  subscribe: Resolver<Arguments, AsyncIterable<Value>, Reads>,
): StreamField<Arguments, Value, Reads> => ({ subscribe, resolve: (value) => value })
