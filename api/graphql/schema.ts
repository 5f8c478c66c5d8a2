/** The executable schema: the SDL of schemas/graphql with its scalars and resolvers. */
import { readFileSync } from 'node:fs'
import type { GraphQLSchema } from 'graphql'
import { createSchema } from 'graphql-yoga'
import type { HistoryReads } from '../../projections/reads/history-reads.ts'
import { command, commandChanged, submitCommand, submitResultType } from './commands.ts'
import type { ApiContext } from './context.ts'
import { meta } from './meta.ts'
import type { Resolver } from './resolver.ts'
import { SCALARS } from './scalars.ts'

/** What a world adds to the API: resolvers of its fields at the roots of the schema. */
export type WorldApi<Reads extends HistoryReads> = Readonly<{
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
}>

const sdlFile = (name: string): string =>
  readFileSync(new URL(`../../schemas/graphql/${name}.graphql`, import.meta.url), 'utf8')

/** The schema's text, as it is served at /schema.graphql. */
export const schemaText = (): string => `${sdlFile('world').trimEnd()}\n\n${sdlFile('commands')}`

/** The schema with its behaviour. */
export const buildApiSchema = <Reads extends HistoryReads>({
  query,
  subscription,
}: WorldApi<Reads>): GraphQLSchema =>
  createSchema<ApiContext<Reads>>({
    typeDefs: schemaText(),
    resolvers: {
      ...SCALARS,
      SubmitCommandResult: { __resolveType: submitResultType },
      Query: { _meta: meta, command, ...query },
      Mutation: { submitCommand },
      Subscription: { commandChanged, ...subscription },
    },
  })
