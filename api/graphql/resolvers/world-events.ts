/** The world's events: its history page by page, and new ones as they come. */
import { z } from 'zod'
import type { Felt } from '../../../domain/felt.ts'
import type { AtInput, EventFilter, WorldEventView } from '../../../projections/world-reads.ts'
import { userInputError } from '../../errors.ts'
import type { Change } from '../../subscriptions/change.ts'
import { worldEventSource } from '../../subscriptions/world-events.ts'
import { decodeCursor, encodeCursor } from '../opaque-cursor.ts'
import { type Connection, connectionOf, pageSize } from './connection.ts'
import type { Resolver, StreamField } from './resolver.ts'

const CURSOR = z.strictObject({ event: z.int().min(0) })
const EVENT_TYPES_MAX = 100

export const events: Resolver<
  Readonly<{
    first?: number | null
    after?: string | null
    type?: string | null
    hex?: Felt | null
    adventurer?: Felt | null
    at?: AtInput | null
  }>,
  Connection<WorldEventView>
> = async (_root, { first, after, type, hex, adventurer, at }, context, info) => {
  const size = pageSize(first)
  context.spend(size, info)
  const before = after === null || after === undefined ? null : decodeCursor(after, CURSOR).event
  const filter: EventFilter = {
    ...(type ? { types: [knownType(type, context.eventNames)] } : {}),
    ...(hex ? { hex } : {}),
    ...(adventurer ? { adventurer } : {}),
  }
  const rows = await context.reads.events(filter, {
    point: await context.pointAt(at),
    before,
    limit: size + 1,
  })
  return connectionOf(rows, size, before !== null, ({ position }) =>
    encodeCursor({ event: position }),
  )
}

export const worldEvents: StreamField<
  Readonly<{ types?: readonly string[] | null; since?: string | null }>,
  Change
> = {
  subscribe: (_root, { types, since }, context) => {
    if (types && types.length > EVENT_TYPES_MAX)
      throw userInputError(`At most ${EVENT_TYPES_MAX} types`)
    const known = types?.map((type) => knownType(type, context.eventNames)) ?? null
    return context.streams.changes(worldEventSource(known), since ?? null, context.signal)
  },
  resolve: (change) => change,
}

const knownType = (type: string, names: ReadonlySet<string>): string => {
  if (names.has(type)) return type
  const shown = type.length > 60 ? `${type.slice(0, 60)}…` : type
  throw userInputError(
    `The world has no event named ${JSON.stringify(shown)}; names are like HexDiscovered`,
  )
}
