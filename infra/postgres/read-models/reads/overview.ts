/** Figures about the whole world as it is now, and the market's rates. */
import { sql } from 'kysely'
import { CLAIMABLE_DECAY_LEVEL } from '../../../../domain/worlds/infinite-hex-adventurers/rules/decay.ts'
import type { ConversionRateView, WorldOverviewView } from '../../../../projections/world-reads.ts'
import { readEvents } from './events.ts'
import type { ReadDatabase } from './read-database.ts'
import { conversionRateView } from './views.ts'

const RECENT_DISCOVERIES_MAX = 10
/** An adventurer is active when an event names it as the actor within this many blocks. */
const ACTIVE_WITHIN_BLOCKS = 100

type Figures = Omit<WorldOverviewView, 'territories' | 'recentDiscoveries'>

/** The overview at the head `block`; `territories`: how many there are. */
export const readOverview = async (
  database: ReadDatabase,
  block: number,
  territories: number,
): Promise<WorldOverviewView> => {
  const figures = await readFigures(database, block)
  const recentDiscoveries = await readEvents(
    database,
    { types: ['HexDiscovered'] },
    {
      after: -1,
      upTo: Number.MAX_SAFE_INTEGER,
      order: 'newest first',
      limit: RECENT_DISCOVERIES_MAX,
    },
  )
  return { ...figures, territories, recentDiscoveries }
}

const readFigures = async (
  { db, place: { schema, world } }: ReadDatabase,
  block: number,
): Promise<Figures> => {
  const from = (table: string) =>
    sql`FROM ${sql.table(`${schema}.${table}`)} WHERE world = ${world}`
  const { rows } = await sql<Figures>`
    SELECT
      (SELECT count(*) ${from('hexes')} AND is_discovered) AS "hexesDiscovered",
      (SELECT count(*) ${from('areas')} AND is_discovered) AS "areasDiscovered",
      decay.controlled AS "controlledHexes", decay.claimable AS "claimableHexes", decay.reserves AS "energyInReserves",
      adventurer.total AS "adventurers", adventurer.living AS "livingAdventurers", adventurer.energy AS "energyHeld",
      (SELECT count(DISTINCT event.adventurer)
        FROM ${sql.table(`${schema}.events`)} AS event
        JOIN ${sql.table(`${schema}.adventurers`)} AS actor
          ON actor.world = event.world AND actor.adventurer_id = event.adventurer AND actor.is_alive
        WHERE event.world = ${world} AND event.position > coalesce(
          (SELECT max(position) ${from('blocks')} AND number <= ${block - ACTIVE_WITHIN_BLOCKS}), -1)
      ) AS "activeAdventurers"
    FROM (
      SELECT count(*) FILTER (WHERE owner_adventurer_id <> '0x0') AS controlled,
        count(*) FILTER (WHERE decay_level >= ${CLAIMABLE_DECAY_LEVEL} AND claimable_since_block > 0) AS claimable,
        coalesce(sum(current_energy_reserve), 0)::text AS reserves
      ${from('hex_decay')}
    ) AS decay CROSS JOIN (
      SELECT count(is_alive) AS total, count(*) FILTER (WHERE is_alive) AS living,
        (coalesce(sum(energy) FILTER (WHERE is_alive), 0))::text AS energy
      ${from('adventurers')}
    ) AS adventurer`.execute(db)
  return rows[0] as Figures // aggregates without GROUP BY give one row
}

/**
 * Rates as the next conversion at `block` would find them, most recently used first, then by item.
 */
export const readConversionRates = async (
  { db, place }: ReadDatabase,
  block: number,
  limit: number,
): Promise<ConversionRateView[]> => {
  const rows = await db
    .selectFrom('conversion_rates')
    .selectAll()
    .where('world', '=', place.world)
    .where('item_type', 'is not', null)
    .orderBy('last_update_block', 'desc')
    .orderBy(sql`length(item_type)`)
    .orderBy('item_type')
    .limit(limit)
    .execute()
  return rows.map((row) => conversionRateView(row, block))
}
