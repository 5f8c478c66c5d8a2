/** Adventurers with what belongs to them. */
import { sql } from 'kysely'
import { compareFelts, type Felt } from '../../../../domain/felt.ts'
import type { AdventurerPart, AdventurerView } from '../../../../projections/world-reads.ts'
import type { WorldRow } from '../../../../projections/world-tables.ts'
import { createEntityIds } from '../../../../schemas/worlds/entity-ids.ts'
import { type ReadDatabase, type RowsAt, rowsByEntity, rowsByLookup } from './read-database.ts'
import { adventurerView, type Belongings, itemView, reservationView } from './views.ts'

const entityIdOf = createEntityIds()

/** One adventurer; null when there is none with this id at that point. */
export const readAdventurer = async (
  database: ReadDatabase,
  id: Felt,
  at: RowsAt,
  block: number,
  parts: ReadonlySet<AdventurerPart>,
): Promise<AdventurerView | null> => {
  const rows = await rowsByEntity(database, 'adventurers', [entityIdOf([id])], at)
  return (await adventurerViews(database, rows, at, block, parts))[0] ?? null
}

/** Views of adventurers, in numerical order of their ids, with the parts that were asked for. */
export const adventurerViews = async (
  database: ReadDatabase,
  rows: readonly WorldRow<'adventurers'>[],
  at: RowsAt,
  block: number,
  parts: ReadonlySet<AdventurerPart>,
): Promise<AdventurerView[]> => {
  const ids = rows.map((row) => row.adventurer_id)
  const [items, reservations] = await Promise.all([
    parts.has('inventory') ? rowsByLookup(database, 'backpack_items', ids, at) : [],
    parts.has('reservations') ? readReservations(database, ids, at) : [],
  ])
  const itemsByAdventurer = Map.groupBy(items, (row) => row.adventurer_id)
  const reservationsByAdventurer = Map.groupBy(reservations, ({ row }) => row.adventurer_id)
  return rows
    .flatMap((row) => {
      const belongings: Belongings = {
        items: (itemsByAdventurer.get(row.adventurer_id) ?? [])
          .map(itemView)
          .filter(({ quantity }) => quantity > 0)
          .sort((a, b) => compareFelts(a.id, b.id)),
        reservations: (reservationsByAdventurer.get(row.adventurer_id) ?? [])
          .map(({ row: reservation, plant }) => reservationView(reservation, plant))
          .sort((a, b) => compareFelts(a.plantKey, b.plantKey)),
      }
      return adventurerView(row, belongings, block, parts) ?? []
    })
    .sort((a, b) => compareFelts(a.id, b.id))
}

type ReservationRow = Readonly<{
  row: WorldRow<'reservations'>
  plant: WorldRow<'plants'> | undefined
}>

/** Reservations that are neither completed nor cancelled, with their plants. */
const readReservations = async (
  database: ReadDatabase,
  adventurers: readonly Felt[],
  at: RowsAt,
): Promise<ReservationRow[]> => {
  const rows = await rowsByLookup(database, 'reservations', adventurers, at)
  const active = rows.filter(({ status }) => status === 'Active')
  const plantKeys = [...new Set(active.flatMap((row) => row.plant_key ?? []))]
  const plants = await rowsByEntity(
    database,
    'plants',
    plantKeys.map((key) => entityIdOf([key])),
    at,
  )
  const plantByKey = new Map(plants.map((plant) => [plant.plant_key, plant]))
  return active.map((row) => ({ row, plant: plantByKey.get(row.plant_key ?? '0x0') }))
}

export type AdventurersQuery = Readonly<{ owner?: Felt; after?: Felt; limit: number }>

/**
 * A page of the adventurers of now, in numerical order of their ids: by length of the felt, then by
 * its text.
 */
export const readAdventurersPage = async (
  database: ReadDatabase,
  { owner, after, limit }: AdventurersQuery,
  block: number,
  parts: ReadonlySet<AdventurerPart>,
): Promise<AdventurerView[]> => {
  const { db, place } = database
  let query = db
    .selectFrom('adventurers')
    .selectAll()
    .where('world', '=', place.world)
    .where('current_hex', 'is not', null)
    .where('adventurer_id', 'is not', null)
    .orderBy(sql`length(adventurer_id)`)
    .orderBy('adventurer_id')
    .limit(limit)
  if (owner !== undefined) query = query.where('owner', '=', owner)
  if (after !== undefined) {
    query = query.where(
      sql<boolean>`(length(adventurer_id), adventurer_id) > (${after.length}, ${after})`,
    )
  }
  return adventurerViews(database, await query.execute(), 'now', block, parts)
}
