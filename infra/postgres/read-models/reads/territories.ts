/** Territories of now: connected hexes of one controller, with outline, area and border. */
import { compareFelts, type Felt } from '../../../../domain/felt.ts'
import { axialOfCube, unpackHex } from '../../../../domain/hex.ts'
import { type Holding, type Territory, territoriesOf } from '../../../../domain/territory.ts'
import type { HexPointView, TerritoryView } from '../../../../projections/world-reads.ts'
import { hexPoint } from '../../../../schemas/h3.ts'
import type { ReadDatabase } from './read-database.ts'

/**
 * All territories, or those of an adventurer or of the adventurers of an account; largest first,
 * then by id.
 */
export const readTerritories = async (
  database: ReadDatabase,
  owner: Felt | null,
): Promise<Territory[]> => {
  const { db, place } = database
  let query = db
    .selectFrom('hex_decay')
    .select(['hex_coordinate', 'owner_adventurer_id'])
    .where('world', '=', place.world)
    .where('owner_adventurer_id', '<>', '0x0')
    .where('hex_coordinate', 'is not', null)
  if (owner !== null) {
    query = query.where('owner_adventurer_id', 'in', [
      owner,
      ...(await adventurersOf(database, owner)),
    ])
  }
  const rows = await query.execute()
  const territories = territoriesOf(
    rows.flatMap(holdingOf).sort((a, b) => compareFelts(a.hex, b.hex)),
  )
  return territories.sort(
    (a, b) => b.holdings.length - a.holdings.length || compareFelts(a.owner, b.owner),
  )
}

const adventurersOf = async ({ db, place }: ReadDatabase, account: Felt): Promise<Felt[]> => {
  const rows = await db
    .selectFrom('adventurers')
    .select('adventurer_id')
    .where('world', '=', place.world)
    .where('owner', '=', account)
    .where('adventurer_id', 'is not', null)
    .execute()
  return rows.map((row) => row.adventurer_id)
}

/**
 * The game lets any felt be controlled (game.md §8, quirk 5); only hexes of the map have a place in
 * a territory.
 */
const holdingOf = (
  row: Readonly<{ hex_coordinate: Felt; owner_adventurer_id: Felt | null }>,
): Holding | readonly [] => {
  const cube = unpackHex(row.hex_coordinate)
  if (cube === null || row.owner_adventurer_id === null) return []
  return { hex: row.hex_coordinate, axial: axialOfCube(cube), owner: row.owner_adventurer_id }
}

/** The outline is a GeoJSON MultiPolygon of one polygon, in planar coordinates. */
export const territoryView = ({
  owner,
  holdings,
  borderLength,
  rings,
}: Territory): TerritoryView => {
  const ids = holdings.map(({ hex }) => hex).sort(compareFelts)
  return {
    id: `${owner}-${ids[0]}`,
    ownerId: owner,
    hexes: ids.map((hex) => hexPoint(hex) as HexPointView), // holdings are hexes of the map
    area: ids.length,
    borderLength,
    outline: { type: 'MultiPolygon', coordinates: [rings] },
  }
}
