/**
 * The event tail in pages, backwards and forwards. Events of a retracted block are passed over from
 * its retraction on; who had been shown them is told that they are gone.
 */
import { type RawBuilder, sql } from 'kysely'
import type { Felt } from '../../../../domain/felt.ts'
import type { Finality } from '../../../../domain/world-stream/facts.ts'
import type { Fields } from '../../../../domain/worlds/definition.ts'
import type { WorldEvent } from '../../../../schemas/graphql/worlds/infinite-hex-adventurers/types.ts'
import { hexPoint } from '../../../../schemas/h3.ts'
import { pointFinality, type ReadPoint } from '../../../reads/points.ts'
import type { ReadDatabase } from '../../../reads/read-database.ts'
import { events } from './tables.ts'

/** `types`: any of them. */
export type EventFilter = Readonly<{ types?: readonly string[]; hex?: Felt; adventurer?: Felt }>

/** An event with what subscriptions say of its block. */
export type EventView = WorldEvent &
  Readonly<{
    finality: Finality
    /** Of the end of its block: the block's identity. */
    blockPosition: number
  }>

/** An event that is gone since its block was retracted. */
export type GoneEvent = Readonly<{
  id: string
  /** Of the event itself. */
  position: number
  /** Of the retraction, and the block that remains. */
  retractedAt: number
  block: number
  finality: Finality
}>

export type EventReads = Readonly<{
  /** Newest first, at positions < `before` (null: from `point` on down). */
  events: (
    filter: EventFilter,
    page: Readonly<{ point: ReadPoint; before: number | null; limit: number }>,
  ) => Promise<readonly EventView[]>
  /** Oldest first, at positions > `after`: what an event subscription has not delivered yet. */
  eventsAfter: (filter: EventFilter, after: number, limit: number) => Promise<readonly EventView[]>
  /** Events at or before `after` that were retracted after it, by retraction, newest event first. */
  eventsGoneAfter: (
    filter: EventFilter,
    after: number,
    limit: number,
  ) => Promise<readonly GoneEvent[]>
}>

/** What is asked of the event tail. */
export type EventQueries = Pick<EventReads, 'eventsGoneAfter'> &
  Readonly<{ eventsIn: (filter: EventFilter, range: EventRange) => Promise<readonly EventView[]> }>

export const eventQueries = (database: ReadDatabase): EventQueries => ({
  eventsIn: (filter, range) => readEvents(database, filter, range),
  eventsGoneAfter: (filter, after, limit) => readGoneEvents(database, filter, after, limit),
})

export const eventReads = ({ eventsIn, eventsGoneAfter }: EventQueries): EventReads => ({
  events: (filter, { point, before, limit }) => {
    const upTo = before === null ? point.position : Math.min(point.position, before - 1)
    return eventsIn(filter, {
      after: -1,
      upTo,
      standingAt: point.position,
      order: 'newest first',
      limit,
    })
  },
  eventsAfter: (filter, after, limit) =>
    eventsIn(filter, { ...ALL_STANDING, after, order: 'oldest first', limit }),
  eventsGoneAfter,
})

export type EventRange = Readonly<{
  /** Positions to read: above this one … */
  after: number
  /** … and up to this one. */
  upTo: number
  /** Events whose block was retracted up to here are left out. */
  standingAt: number
  order: 'newest first' | 'oldest first'
  limit: number
}>

/** Every event that stands by now. */
export const ALL_STANDING = {
  after: -1,
  upTo: Number.MAX_SAFE_INTEGER,
  standingAt: Number.MAX_SAFE_INTEGER,
} as const

const isAbout = ({ hex, adventurer }: EventFilter): readonly RawBuilder<unknown>[] => [
  ...(hex === undefined ? [] : [sql`hex = ${hex}`]),
  ...(adventurer === undefined ? [] : [sql`adventurer = ${adventurer}`]),
]

const all = (conditions: readonly RawBuilder<unknown>[]): RawBuilder<unknown> =>
  sql.join([...conditions], sql` AND `)

/** An event with its block, as it is stored. */
export type EventRow = Readonly<{
  position: number
  block_position: number
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
 * Events that pass the filter. Each type, and each combination with hex or adventurer, is read
 * along an index.
 */
const readEvents = async (
  database: ReadDatabase,
  filter: EventFilter,
  { after, upTo, standingAt, order, limit }: EventRange,
): Promise<EventView[]> => {
  const { types, hex, adventurer } = filter
  if (limit <= 0 || upTo <= after || types?.length === 0) return []
  const { db, world, core, table } = database
  const direction = order === 'newest first' ? sql`DESC` : sql`ASC`
  const isWanted = all([
    sql`world = ${world} AND position > ${after} AND position <= ${upTo}`,
    sql`(retracted_at IS NULL OR retracted_at > ${standingAt})`,
    ...isAbout(filter),
  ])
  const page = sql`ORDER BY position ${direction} LIMIT ${limit}`
  const from = sql`SELECT * FROM ${table(events)} WHERE ${isWanted}`
  const found: RawBuilder<unknown> =
    types === undefined
      ? sql`${from} ${page}`
      : hex === undefined && adventurer === undefined
        ? sql`SELECT found.* FROM unnest(${[...types]}::text[]) AS wanted (type) CROSS JOIN LATERAL (
            ${from} AND type = wanted.type ${page}) AS found ${page}`
        : sql`${from} AND type = ANY (${[...types]}::text[]) ${page}`
  const { rows } = await sql<EventRow>`
    SELECT event.position, event.block_position, event.type, event.data, event.transaction,
      event.hex, event.adventurer, point.number, point.hash, point.time,
      ${pointFinality(database)} AS finality
    FROM (${found}) AS event
    JOIN ${core('points')} AS point ON point.world = ${world} AND point.position = event.block_position
    ORDER BY event.position ${direction}`.execute(db)
  return rows.map(eventView)
}

/** The event as the API shows it. */
export const eventView = (row: EventRow): EventView => ({
  id: String(row.position),
  position: row.position,
  blockPosition: row.block_position,
  type: row.type,
  data: row.data,
  block: { number: row.number, hash: row.hash, time: row.time },
  finality: row.finality,
  transaction: row.transaction,
  hex: row.hex === null ? null : hexPoint(row.hex),
  adventurerId: row.adventurer,
})

const readGoneEvents = async (
  database: ReadDatabase,
  filter: EventFilter,
  after: number,
  limit: number,
): Promise<GoneEvent[]> => {
  const { types } = filter
  if (limit <= 0 || types?.length === 0) return []
  const { db, world, core, table } = database
  const isWanted = all([
    sql`world = ${world} AND retracted_at > ${after} AND position <= ${after}`,
    ...(types === undefined ? [] : [sql`type = ANY (${[...types]}::text[])`]),
    ...isAbout(filter),
  ])
  const { rows } = await sql<Omit<GoneEvent, 'id'>>`
    SELECT event.position, event.retracted_at AS "retractedAt", coalesce(point.number, 0) AS block,
      ${pointFinality(database)} AS finality
    FROM (
      SELECT position, retracted_at FROM ${table(events)} WHERE ${isWanted}
      ORDER BY retracted_at, position DESC LIMIT ${limit}
    ) AS event
    JOIN ${core('points')} AS point ON point.world = ${world} AND point.position = event.retracted_at
    ORDER BY event.retracted_at, event.position DESC`.execute(db)
  return rows.map((row) => ({ ...row, id: String(row.position) }))
}
