/** The executable schema: the SDL of schemas/graphql with its scalars and resolvers. */
import type { GraphQLSchema } from 'graphql'
import { createSchema } from 'graphql-yoga'
import type { HistoryReads } from '../../projections/reads/history-reads.ts'
import { schemaText } from '../../schemas/graphql/sdl.ts'
import { command, commandChanged, submitCommand, submitResultType } from './commands.ts'
import type { ApiContext } from './context.ts'
import { fitFields } from './fitting.ts'
import { meta } from './meta.ts'
import type { Resolver } from './resolver.ts'
import { SCALARS } from './scalars.ts'
import { unhurriedLists } from './unhurried.ts'

/** What a world adds to the API: resolvers of its fields at the roots of the schema. */
export type WorldApi<Reads extends HistoryReads> = Readonly<{
  /** Name of the world: its part of the schema stands in the folder of that name. */
  name: string
  // Each resolver knows its own arguments, which the schema has checked.
  query: Readonly<Record<string, Resolver<never, unknown, Reads>>>
  subscription: Readonly<
    Record<
      string,
      Readonly<{
        subscribe: Resolver<never, AsyncIterable<unknown>, Reads>
        resolve: (value: never) => unknown
      }>
    >
  >
  /** Names of fields that are lists within a row. */
  innerLists: ReadonlySet<string>
  /** Operations with which somebody who looks at the API for the first time can begin. */
  exampleOperations: string
}>

/** The schema with its behaviour. */
export const buildApiSchema = <Reads extends HistoryReads>({
  name,
  query,
  subscription,
}: WorldApi<Reads>): GraphQLSchema =>
  unhurriedLists(
    fitFields(
      createSchema<ApiContext<Reads>>({
        typeDefs: schemaText(name),
        resolvers: {
          ...SCALARS,
          SubmitCommandResult: { __resolveType: submitResultType },
          Query: { _meta: meta, command, ...query },
          Mutation: { submitCommand },
          Subscription: { commandChanged, ...subscription },
        },
      }),
    ),
  )
