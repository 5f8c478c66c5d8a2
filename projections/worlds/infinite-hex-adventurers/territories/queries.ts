/** Territories of now: connected hexes of one controller, with outline, area and border. */
import { sql } from 'kysely'
import { compareFelts, type Felt } from '../../../../domain/felt.ts'
import { axialOfCube, unpackHex } from '../../../../domain/hex.ts'
import {
  type Territory as Area,
  type Holding,
  territoriesOf,
} from '../../../../domain/worlds/infinite-hex-adventurers/territory.ts'
import type { HexPoint } from '../../../../schemas/graphql/types.ts'
import type { Territory } from '../../../../schemas/graphql/worlds/infinite-hex-adventurers/types.ts'
import { hexPoint } from '../../../../schemas/h3.ts'
import type { ReadContext } from '../../../reads/read-context.ts'
import type { ReadDatabase, RowsAt } from '../../../reads/read-database.ts'
import { overPages, rowsAt } from '../../../reads/row-pages.ts'
import { adventurers } from '../adventurers/tables.ts'
import { hexDecay } from '../hexes/tables.ts'

export type TerritoryReads = Readonly<{
  /**
   * Largest first, then by id of their owner. `owner`: an adventurer's id or an account's address;
   * null: all.
   */
  territories: (owner: Felt | null, limit: number) => Promise<readonly Territory[]>
}>

/** All territories by the position at which they were computed; the same for all of a process. */
export type KnownTerritories = {
  territories: Readonly<{ position: number; all: readonly Area[] }> | null
}

/** A hex that somebody controls. */
export type HoldingRow = Readonly<{ hex: Felt; owner: Felt }>

/** What territories are made of. */
export type TerritoryQueries = Readonly<{
  /** Hexes with a controller. */
  holdings: (at: RowsAt) => Promise<readonly HoldingRow[]>
  /** Ids of the adventurers of an account. */
  adventurersOf: (owner: Felt, at: RowsAt) => Promise<readonly Felt[]>
}>

export const territoryQueries = (database: ReadDatabase): TerritoryQueries => ({
  holdings: (at) => readHoldings(database, at),
  adventurersOf: (owner, at) => readAdventurersOf(database, owner, at),
})

/** Those at the point, which is at this position. */
export const allTerritories = async (
  { holdings }: TerritoryQueries,
  { territories }: KnownTerritories,
  at: RowsAt,
  position: number,
): Promise<readonly Area[]> =>
  territories?.position === position ? territories.all : territoriesIn(await holdings(at))

export const territoryReads = (
  { atHead }: ReadContext,
  queries: TerritoryQueries,
  shared: KnownTerritories,
): TerritoryReads => ({
  territories: async (owner, limit) => {
    const { position, all, owners } = await atHead(async (at, head) => ({
      position: head.position,
      all: await allTerritories(queries, shared, at, head.position),
      owners: owner === null ? null : new Set([owner, ...(await queries.adventurersOf(owner, at))]),
    }))
    shared.territories = { position, all }
    const found = owners === null ? all : all.filter((area) => owners.has(area.owner))
    return found.slice(0, limit).map(territoryView)
  },
})

const readHoldings = async (database: ReadDatabase, at: RowsAt): Promise<readonly HoldingRow[]> => {
  const isHeld = sql`page.owner_adventurer_id <> '0x0' AND page.hex_coordinate IS NOT NULL`
  const figures = {
    hexes: sql`array_agg(CASE WHEN ${isHeld} THEN page.hex_coordinate END)`,
    owners: sql`array_agg(CASE WHEN ${isHeld} THEN page.owner_adventurer_id END)`,
  }
  const held: HoldingRow[] = []
  await overPages<Held>(database, { table: hexDecay, at, figures }, ({ hexes, owners }) => {
    for (const [index, hex] of hexes?.entries() ?? []) {
      const owner = owners?.[index]
      if (hex !== null && owner !== null && owner !== undefined) held.push({ hex, owner })
    }
  })
  return held
}

/** Hexes of a page and their controllers, in the same order; null where there is none. */
type Held = Readonly<{
  hexes: readonly (Felt | null)[] | null
  owners: readonly (Felt | null)[] | null
}>

const readAdventurersOf = async (
  database: ReadDatabase,
  owner: Felt,
  at: RowsAt,
): Promise<readonly Felt[]> => {
  const { rows } = await sql<{ id: Felt }>`
    SELECT adventurer_id AS id FROM (${rowsAt(database, adventurers, at)}) AS adventurer
    WHERE owner = ${owner} AND adventurer_id IS NOT NULL`.execute(database.db)
  return rows.map(({ id }) => id)
}

/** The territories that these hexes form, as they are listed. */
const territoriesIn = (rows: readonly HoldingRow[]): Area[] =>
  territoriesOf(rows.flatMap(holdingOf).sort((a, b) => compareFelts(a.hex, b.hex))).sort(
    (a, b) => b.holdings.length - a.holdings.length || compareFelts(a.owner, b.owner),
  )

/**
 * The game lets any felt be controlled (game.md §8, quirk 5); only hexes of the map have a place in
 * a territory.
 */
const holdingOf = ({ hex, owner }: HoldingRow): Holding | readonly [] => {
  const cube = unpackHex(hex)
  return cube === null ? [] : { hex, axial: axialOfCube(cube), owner }
}

/** The outline is a GeoJSON MultiPolygon of one polygon, in planar coordinates. */
const territoryView = ({ owner, holdings, borderLength, rings }: Area): Territory => {
  const ids = holdings.map(({ hex }) => hex).sort(compareFelts)
  return {
    id: `${owner}-${ids[0]}`,
    ownerId: owner,
    hexes: ids.map((hex) => hexPoint(hex) as HexPoint), // holdings are hexes of the map
    area: ids.length,
    borderLength,
    outline: { type: 'MultiPolygon', coordinates: [rings] },
  }
}
