/** The event tail in pages, backwards and forwards, and the hexes that blocks changed. */
import { type RawBuilder, sql } from 'kysely'
import type { Felt } from '../../../../domain/felt.ts'
import type { Finality } from '../../../../domain/world-stream/facts.ts'
import type { Fields } from '../../../../domain/worlds/definition.ts'
import type {
  EventFilter,
  HexChangeNotice,
  WorldEventView,
} from '../../../../projections/world-reads.ts'
import { hexPoint } from '../../../../schemas/h3.ts'
import type { ReadDatabase } from './read-database.ts'

type EventRow = Readonly<{
  position: number
  type: string
  data: Fields
  transaction: Felt
  hex: Felt | null
  adventurer: Felt | null
  number: number
  hash: Felt
  time: Date
  finality: Finality
}>

/**
 * Positions to read: above `after` and up to `upTo`, both ends of blocks or positions of events.
 */
export type EventRange = Readonly<{
  after: number
  upTo: number
  order: 'newest first' | 'oldest first'
  limit: number
}>

/**
 * Events that pass the filter. Each type, and each combination with hex or adventurer, is read
 * along an index.
 */
export const readEvents = async (
  { db, place: { schema, world } }: ReadDatabase,
  { types, hex, adventurer }: EventFilter,
  { after, upTo, order, limit }: EventRange,
): Promise<WorldEventView[]> => {
  if (limit <= 0 || upTo <= after || types?.length === 0) return []
  const events = sql.table(`${schema}.events`)
  const direction = order === 'newest first' ? sql`DESC` : sql`ASC`
  const isInRange = sql`world = ${world} AND position > ${after} AND position <= ${upTo}`
  const isAbout = sql.join(
    [
      isInRange,
      ...(hex === undefined ? [] : [sql`hex = ${hex}`]),
      ...(adventurer === undefined ? [] : [sql`adventurer = ${adventurer}`]),
    ],
    sql` AND `,
  )
  const page = sql`ORDER BY position ${direction} LIMIT ${limit}`
  const found: RawBuilder<unknown> =
    types === undefined
      ? sql`SELECT * FROM ${events} WHERE ${isAbout} ${page}`
      : hex === undefined && adventurer === undefined
        ? sql`SELECT found.* FROM unnest(${[...types]}::text[]) AS wanted (type) CROSS JOIN LATERAL (
            SELECT * FROM ${events} WHERE ${isAbout} AND type = wanted.type ${page}) AS found ${page}`
        : sql`SELECT * FROM ${events} WHERE ${isAbout} AND type = ANY (${[...types]}::text[]) ${page}`
  const { rows } = await sql<EventRow>`
    SELECT event.position, event.type, event.data, event.transaction, event.hex, event.adventurer,
      block.number, block.hash, block.time, block.finality
    FROM (${found}) AS event
    JOIN ${sql.table(`${schema}.blocks`)} AS block ON block.world = ${world} AND block.position = event.block_position
    ORDER BY event.position ${direction}`.execute(db)
  return rows.map(eventView)
}

const eventView = (row: EventRow): WorldEventView => ({
  id: String(row.position),
  position: row.position,
  type: row.type,
  data: row.data,
  block: { number: row.number, hash: row.hash, time: row.time },
  finality: row.finality,
  transaction: row.transaction,
  hex: row.hex === null ? null : hexPoint(row.hex),
  adventurerId: row.adventurer,
})

/**
 * Which of the hexes changed in blocks that end above `after`, by position, then by hex as a
 * number.
 */
export const readHexChanges = async (
  { db, place: { world } }: ReadDatabase,
  ids: readonly Felt[],
  after: number,
  limit: number,
): Promise<HexChangeNotice[]> => {
  if (ids.length === 0 || limit <= 0) return []
  const rows = await db
    .selectFrom('hex_changes as change')
    .innerJoin('blocks as block', (join) =>
      join
        .onRef('block.world', '=', 'change.world')
        .onRef('block.position', '=', 'change.position'),
    )
    .select(['change.position', 'change.hex', 'block.number', 'block.finality'])
    .where('change.world', '=', world)
    .where('change.position', '>', after)
    .where(sql<boolean>`change.hex = ANY (${[...ids]}::text[])`)
    .orderBy('change.position')
    .orderBy(sql`length(change.hex)`)
    .orderBy('change.hex')
    .limit(limit)
    .execute()
  return rows.map(({ position, hex, number, finality }) => ({
    position,
    hex,
    block: number,
    finality,
  }))
}
