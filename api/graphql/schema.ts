/** The executable schema: the SDL of schemas/graphql with its scalars and resolvers. */
import { readFileSync } from 'node:fs'
import type { GraphQLSchema } from 'graphql'
import { createSchema } from 'graphql-yoga'
import { adventurer, adventurers } from './resolvers/adventurers.ts'
import { command, commandChanged, submitCommand, submitResultType } from './resolvers/commands.ts'
import { hexChanged } from './resolvers/hex-changes.ts'
import { hex, hexesInRadius, territories } from './resolvers/hexes.ts'
import { energyMarket, meta, worldOverview } from './resolvers/world.ts'
import { events, worldEvents } from './resolvers/world-events.ts'
import { SCALARS } from './scalars.ts'

const sdlFile = (name: string): string =>
  readFileSync(new URL(`../../schemas/graphql/${name}.graphql`, import.meta.url), 'utf8')

/** The schema's text, as it is served at /schema.graphql. */
export const schemaText = (): string => `${sdlFile('world').trimEnd()}\n\n${sdlFile('commands')}`

/** The schema with its behaviour. */
export const buildApiSchema = (): GraphQLSchema =>
  createSchema({
    typeDefs: schemaText(),
    resolvers: {
      ...SCALARS,
      SubmitCommandResult: { __resolveType: submitResultType },
      Query: {
        _meta: meta,
        worldOverview,
        hex,
        hexesInRadius,
        territories,
        adventurer,
        adventurers,
        energyMarket,
        events,
        command,
      },
      Mutation: { submitCommand },
      Subscription: { worldEvents, hexChanged, commandChanged },
    },
  })
