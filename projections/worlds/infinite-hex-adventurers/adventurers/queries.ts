/** Adventurers with what belongs to them. */
import { sql } from 'kysely'
import { compareFelts, type Felt } from '../../../../domain/felt.ts'
import type { Adventurer } from '../../../../schemas/graphql/worlds/infinite-hex-adventurers/types.ts'
import { createEntityIds } from '../../../../schemas/worlds/entity-ids.ts'
import type { ReadPoint } from '../../../reads/points.ts'
import { numberOf, type ReadContext } from '../../../reads/read-context.ts'
import { type ReadDatabase, type RowsAt, rowsOf } from '../../../reads/read-database.ts'
import { rowsAt } from '../../../reads/row-pages.ts'
import type { RowReader } from '../../../reads/row-reader.ts'
import { type PlantRow, plants } from '../hexes/tables.ts'
import {
  type AdventurerRow,
  adventurers,
  backpackItems,
  type ReservationRow,
  reservations,
} from './tables.ts'
import {
  type AdventurerPart,
  adventurerView,
  type Belongings,
  itemView,
  reservationView,
} from './view.ts'

export type AdventurersQuery = Readonly<{ owner?: Felt; after?: Felt; limit: number }>

export type AdventurerReads = Readonly<{
  /** Those of the given ids, which are distinct, by id ascending (numerically). */
  adventurersById: (
    ids: readonly Felt[],
    point: ReadPoint,
    parts: ReadonlySet<AdventurerPart>,
  ) => Promise<readonly Adventurer[]>
  /** A page of now by id ascending (numerically), after `after`. */
  adventurers: (
    query: AdventurersQuery,
    parts: ReadonlySet<AdventurerPart>,
  ) => Promise<readonly Adventurer[]>
}>

/** What is asked of adventurers' rows beyond look-ups by key. */
export type AdventurerQueries = Readonly<{
  /** By id ascending (numerically), after `after`. */
  adventurerPage: (query: AdventurersQuery, at: RowsAt) => Promise<AdventurerRow[]>
}>

export const adventurerQueries = (database: ReadDatabase): AdventurerQueries => ({
  adventurerPage: (query, at) => readPage(database, query, at),
})

export const adventurerReads = (
  context: ReadContext,
  { adventurerPage }: AdventurerQueries,
): AdventurerReads => ({
  adventurersById: (ids, point, parts) =>
    context.atPoint(point, async (at) => {
      const entityIds = ids.map((id) => entityIdOf([id]))
      const rows = await context.rows.byEntity(adventurers, entityIds, at)
      return adventurerViews(context.rows, rows, { at, block: point.block, parts })
    }),
  adventurers: (query, parts) =>
    context.atHead(async (at, head) => {
      const rows = await adventurerPage(query, at)
      return adventurerViews(context.rows, rows, { at, block: numberOf(head), parts })
    }),
})

const entityIdOf = createEntityIds()

export type AskedOfAdventurers = Readonly<{
  at: RowsAt
  /** Derived values are computed for it. */
  block: number
  parts: ReadonlySet<AdventurerPart>
}>

/** Views of adventurers, in numerical order of their ids, with the parts that were asked for. */
export const adventurerViews = async (
  reader: RowReader,
  rows: readonly AdventurerRow[],
  { at, block, parts }: AskedOfAdventurers,
): Promise<Adventurer[]> => {
  const ids = rows.map((row) => row.adventurer_id)
  const [items, reserved] = await Promise.all([
    parts.has('inventory') ? reader.byLookup(backpackItems, ids, at) : [],
    parts.has('reservations') ? readReservations(reader, ids, at) : [],
  ])
  const itemsByAdventurer = Map.groupBy(items, (row) => row.adventurer_id)
  const reservedByAdventurer = Map.groupBy(reserved, ({ row }) => row.adventurer_id)
  return rows
    .flatMap((row) => {
      const belongings: Belongings = {
        items: (itemsByAdventurer.get(row.adventurer_id) ?? [])
          .map(itemView)
          .filter(({ quantity }) => quantity > 0)
          .sort((a, b) => compareFelts(a.id, b.id)),
        reservations: (reservedByAdventurer.get(row.adventurer_id) ?? [])
          .map(({ row: reservation, plant }) => reservationView(reservation, plant))
          .sort((a, b) => compareFelts(a.plantKey, b.plantKey)),
      }
      return adventurerView(row, belongings, block, parts) ?? []
    })
    .sort((a, b) => compareFelts(a.id, b.id))
}

type Reserved = Readonly<{ row: ReservationRow; plant: PlantRow | undefined }>

/** Reservations that are neither completed nor cancelled, with their plants. */
const readReservations = async (
  reader: RowReader,
  ids: readonly Felt[],
  at: RowsAt,
): Promise<Reserved[]> => {
  const rows = await reader.byLookup(reservations, ids, at)
  const active = rows.filter(({ status }) => status === 'Active')
  const plantKeys = [...new Set(active.flatMap((row) => row.plant_key ?? []))]
  const entityIds = plantKeys.map((key) => entityIdOf([key]))
  const reservedPlants = await reader.byEntity(plants, entityIds, at)
  const plantByKey = new Map(reservedPlants.map((plant) => [plant.plant_key, plant]))
  return active.map((row) => ({ row, plant: plantByKey.get(row.plant_key ?? '0x0') }))
}

/** In numerical order of their ids: by length of the felt, then by its text. */
const readPage = (
  database: ReadDatabase,
  { owner, after, limit }: AdventurersQuery,
  at: RowsAt,
): Promise<AdventurerRow[]> => {
  const isOwned = owner === undefined ? sql`true` : sql`owner = ${owner}`
  const isAfter =
    after === undefined
      ? sql`true`
      : sql`(length(adventurer_id), adventurer_id) > (${after.length}, ${after})`
  return rowsOf(
    database,
    adventurers,
    sql`SELECT * FROM (${rowsAt(database, adventurers, at)}) AS adventurer
      WHERE current_hex IS NOT NULL AND adventurer_id IS NOT NULL
        AND ${isOwned} AND ${isAfter}
      ORDER BY length(adventurer_id), adventurer_id LIMIT ${limit}`,
  )
}
