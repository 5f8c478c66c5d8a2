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
import type { ReadDatabase } from '../../../reads/read-database.ts'
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
  known: Readonly<{ position: number; all: readonly Area[] }> | null
}

/** A hex that somebody controls. */
export type HoldingRow = Readonly<{ hex: Felt; owner: Felt | null }>

/** What territories are made of. */
export type TerritoryQueries = Readonly<{
  /** Hexes of now with a controller. `owner`: an adventurer's id or an account's address; null: all. */
  holdings: (owner: Felt | null) => Promise<readonly HoldingRow[]>
}>

export const territoryQueries = (database: ReadDatabase): TerritoryQueries => ({
  holdings: (owner) => readHoldings(database, owner),
})

/** Of one state, so that position and rows belong together. */
export const allTerritories = async (
  { head }: ReadContext,
  { holdings }: TerritoryQueries,
  shared: KnownTerritories,
): Promise<readonly Area[]> => {
  const { position } = await head()
  if (shared.known?.position !== position)
    shared.known = { position, all: territoriesIn(await holdings(null)) }
  return shared.known.all
}

export const territoryReads = (
  context: ReadContext,
  queries: TerritoryQueries,
  shared: KnownTerritories,
): TerritoryReads => ({
  territories: async (owner, limit) => {
    const found =
      owner === null
        ? await allTerritories(context, queries, shared)
        : territoriesIn(await queries.holdings(owner))
    return found.slice(0, limit).map(territoryView)
  },
})

const readHoldings = async (
  { db, world, table }: ReadDatabase,
  owner: Felt | null,
): Promise<readonly HoldingRow[]> => {
  const isWanted =
    owner === null
      ? sql`true`
      : sql`(owner_adventurer_id = ${owner} OR owner_adventurer_id IN (
          SELECT adventurer_id FROM ${table(adventurers)}
          WHERE world = ${world} AND owner = ${owner} AND adventurer_id IS NOT NULL))`
  const { rows } = await sql<HoldingRow>`
    SELECT hex_coordinate AS hex, owner_adventurer_id AS owner FROM ${table(hexDecay)}
    WHERE world = ${world} AND owner_adventurer_id <> '0x0' AND hex_coordinate IS NOT NULL
      AND ${isWanted}`.execute(db)
  return rows
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
  return cube === null || owner === null ? [] : { hex, axial: axialOfCube(cube), owner }
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
