/**
 * The shape of resolvers at the root of the schema. Below it, views have the fields of their types
 * already.
 */
import type { GraphQLResolveInfo } from 'graphql'
import type { ApiContext } from '../context.ts'

/**
 * Arguments arrive checked and parsed by the schema's types and scalars; those left out are
 * undefined, or null.
 */
export type Resolver<Arguments, Result> = (
  root: unknown,
  args: Arguments,
  context: ApiContext,
  info: GraphQLResolveInfo,
) => Result | Promise<Result>

/** A field of Subscription: opens a stream, each of whose values is the field's value. */
export type StreamField<Arguments, Value> = Readonly<{
  subscribe: Resolver<Arguments, AsyncIterable<Value>>
  resolve: (value: Value) => Value
}>
