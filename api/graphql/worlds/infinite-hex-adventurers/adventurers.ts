/** Adventurers: one by id, and all of them page by page. */
import { z } from 'zod'
import { type Felt, parseFelt } from '../../../../domain/felt.ts'
import type { Adventurer } from '../../../../schemas/graphql/worlds/infinite-hex-adventurers/types.ts'
import { userInputError } from '../../../errors.ts'
import { type Connection, connectionOf, pageSize } from '../../connection.ts'
import { decodeCursor, encodeCursor } from '../../opaque-cursor.ts'
import { selectedBelow } from '../../selection.ts'
import type { AtArgument, GameResolver } from './game-resolver.ts'
import { adventurerParts } from './selection.ts'

export const adventurer: GameResolver<
  AtArgument & Readonly<{ id: Felt }>,
  Adventurer | null
> = async (_root, { id, at }, context, info) => {
  const parts = adventurerParts(selectedBelow(info))
  context.spend({ rows: 1, lookUps: 1 + parts.size }, info)
  const [found] = await context.reads.adventurersById([id], await context.pointAt(at), parts)
  return found ?? null
}

export const adventurers: GameResolver<
  Readonly<{ first?: number | null; after?: string | null; owner?: Felt | null }>,
  Connection<Adventurer>
> = async (_root, { first, after, owner }, context, info) => {
  const size = pageSize(first)
  const parts = adventurerParts(selectedBelow(info).at('edges', 'node'))
  context.spend({ rows: size, lookUps: size * (1 + parts.size) }, info)
  const afterId = after === null || after === undefined ? null : idOfCursor(after)
  const rows = await context.reads.adventurers(
    {
      limit: size + 1,
      ...(owner ? { owner } : {}),
      ...(afterId === null ? {} : { after: afterId }),
    },
    parts,
  )
  return connectionOf(rows, size, afterId !== null, ({ id }) => encodeCursor({ adventurer: id }))
}

const CURSOR = z.strictObject({ adventurer: z.string() })

const idOfCursor = (cursor: string): Felt => {
  const id = parseFelt(decodeCursor(cursor, CURSOR).adventurer)
  if (id === null) throw userInputError('The cursor names no adventurer')
  return id
}
