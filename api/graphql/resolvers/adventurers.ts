/** Adventurers: one by id, and all of them page by page. */
import { z } from 'zod'
import { type Felt, parseFelt } from '../../../domain/felt.ts'
import type { AdventurerView, AtInput } from '../../../projections/world-reads.ts'
import { userInputError } from '../../errors.ts'
import { decodeCursor, encodeCursor } from '../opaque-cursor.ts'
import { selectedAdventurerParts } from '../selection.ts'
import { type Connection, connectionOf, pageSize } from './connection.ts'
import type { Resolver } from './resolver.ts'

export const adventurer: Resolver<
  Readonly<{ id: Felt; at?: AtInput | null }>,
  AdventurerView | null
> = async (_root, { id, at }, context, info) => {
  context.spend(1, info)
  return context.reads.adventurer(id, await context.pointAt(at), selectedAdventurerParts(info))
}

export const adventurers: Resolver<
  Readonly<{ first?: number | null; after?: string | null; owner?: Felt | null }>,
  Connection<AdventurerView>
> = async (_root, { first, after, owner }, context, info) => {
  const size = pageSize(first)
  context.spend(size, info)
  const afterId = after === null || after === undefined ? null : idOfCursor(after)
  const rows = await context.reads.adventurers(
    {
      limit: size + 1,
      ...(owner ? { owner } : {}),
      ...(afterId === null ? {} : { after: afterId }),
    },
    selectedAdventurerParts(info, 'edges', 'node'),
  )
  return connectionOf(rows, size, afterId !== null, ({ id }) => encodeCursor({ adventurer: id }))
}

const CURSOR = z.strictObject({ adventurer: z.string() })

const idOfCursor = (cursor: string): Felt => {
  const id = parseFelt(decodeCursor(cursor, CURSOR).adventurer)
  if (id === null) throw userInputError('The cursor names no adventurer')
  return id
}
