/** The world's events, page by page. */
import { z } from 'zod'
import type { Felt } from '../../../../domain/felt.ts'
import { infiniteHexAdventurers } from '../../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import type { EventFilter } from '../../../../projections/worlds/infinite-hex-adventurers/events/queries.ts'
import type { WorldEvent } from '../../../../schemas/graphql/worlds/infinite-hex-adventurers/types.ts'
import { userInputError } from '../../../errors.ts'
import { type Connection, connectionOf, pageSize } from '../../connection.ts'
import { decodeCursor, encodeCursor } from '../../opaque-cursor.ts'
import type { AtArgument, GameResolver } from './game-resolver.ts'

const CURSOR = z.strictObject({ event: z.int().min(0) })

type EventsArguments = AtArgument &
  Readonly<{
    first?: number | null
    after?: string | null
    type?: string | null
    hex?: Felt | null
    adventurer?: Felt | null
  }>

export const events: GameResolver<EventsArguments, Connection<WorldEvent>> = async (
  _root,
  { first, after, type, hex, adventurer, at },
  context,
  info,
) => {
  const size = pageSize(first)
  context.spend({ rows: size, lookUps: size }, info)
  const before = after === null || after === undefined ? null : decodeCursor(after, CURSOR).event
  const filter: EventFilter = {
    ...(type ? { types: [knownType(type)] } : {}),
    ...(hex ? { hex } : {}),
    ...(adventurer ? { adventurer } : {}),
  }
  const point = await context.pointAt(at)
  const rows = await context.reads.events(filter, { point, before, limit: size + 1 })
  return connectionOf(rows, size, before !== null, ({ position }) =>
    encodeCursor({ event: position }),
  )
}

const SHOWN_CHARACTERS_MAX = 60

/** The name of an event of the game. Throws BAD_USER_INPUT for any other. */
export const knownType = (type: string): string => {
  if (Object.hasOwn(infiniteHexAdventurers.events, type)) return type
  const shown =
    type.length > SHOWN_CHARACTERS_MAX ? `${type.slice(0, SHOWN_CHARACTERS_MAX)}…` : type
  throw userInputError(
    `The world has no event named ${JSON.stringify(shown)}; names are like HexDiscovered`,
  )
}
