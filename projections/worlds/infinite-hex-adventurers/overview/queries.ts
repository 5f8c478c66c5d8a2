/** Figures about the whole world as it is now. */
import { sql } from 'kysely'
import { CLAIMABLE_DECAY_LEVEL } from '../../../../domain/worlds/infinite-hex-adventurers/rules/decay.ts'
import type { WorldOverview } from '../../../../schemas/graphql/worlds/infinite-hex-adventurers/types.ts'
import type { ReadContext } from '../../../reads/read-context.ts'
import type { ReadDatabase } from '../../../reads/read-database.ts'
import { adventurers } from '../adventurers/tables.ts'
import { ALL_STANDING, type EventQueries } from '../events/queries.ts'
import { events } from '../events/tables.ts'
import { areas, hexDecay, hexes } from '../hexes/tables.ts'
import {
  allTerritories,
  type KnownTerritories,
  type TerritoryQueries,
} from '../territories/queries.ts'

const RECENT_DISCOVERIES_MAX = 10
/** An adventurer is active when an event names it as the actor within this many blocks. */
export const ACTIVE_WITHIN_BLOCKS = 100

export type OverviewReads = Readonly<{ overview: () => Promise<WorldOverview> }>

/** What the overview counts and sums. */
export type Figures = Omit<WorldOverview, 'territories' | 'recentDiscoveries'>

export type OverviewQueries = Readonly<{
  /** Of now; `block` is the head's. */
  figures: (block: number) => Promise<Figures>
}>

export const overviewQueries = (database: ReadDatabase): OverviewQueries => ({
  figures: (block) => readFigures(database, block),
})

export const overviewReads = (
  context: ReadContext,
  queries: OverviewQueries & TerritoryQueries & EventQueries,
  shared: KnownTerritories,
): OverviewReads => ({
  overview: async () => {
    const figures = await queries.figures(await context.headBlock())
    const territories = await allTerritories(context, queries, shared)
    const recentDiscoveries = await queries.eventsIn(
      { types: ['HexDiscovered'] },
      { ...ALL_STANDING, order: 'newest first', limit: RECENT_DISCOVERIES_MAX },
    )
    return { ...figures, territories: territories.length, recentDiscoveries }
  },
})

const readFigures = async (
  { db, world, core, table }: ReadDatabase,
  block: number,
): Promise<Figures> => {
  const { rows } = await sql<Figures>`
    SELECT
      (SELECT count(*) FROM ${table(hexes)} WHERE world = ${world} AND is_discovered) AS "hexesDiscovered",
      (SELECT count(*) FROM ${table(areas)} WHERE world = ${world} AND is_discovered) AS "areasDiscovered",
      decay.controlled AS "controlledHexes", decay.claimable AS "claimableHexes",
      decay.reserves AS "energyInReserves", adventurer.total AS "adventurers",
      adventurer.living AS "livingAdventurers", adventurer.energy AS "energyHeld",
      (SELECT count(DISTINCT event.adventurer)
        FROM ${table(events)} AS event
        JOIN ${table(adventurers)} AS actor
          ON actor.world = event.world AND actor.adventurer_id = event.adventurer AND actor.is_alive
        WHERE event.world = ${world} AND event.retracted_at IS NULL AND event.position > coalesce(
          (SELECT max(position) FROM ${core('points')}
            WHERE world = ${world} AND kind = 'block' AND retracted_at IS NULL
              AND number <= ${block - ACTIVE_WITHIN_BLOCKS}), -1)
      ) AS "activeAdventurers"
    FROM (
      SELECT count(*) FILTER (WHERE owner_adventurer_id <> '0x0') AS controlled,
        count(*) FILTER (WHERE decay_level >= ${CLAIMABLE_DECAY_LEVEL} AND claimable_since_block > 0) AS claimable,
        coalesce(sum(current_energy_reserve), 0)::text AS reserves
      FROM ${table(hexDecay)} WHERE world = ${world}
    ) AS decay CROSS JOIN (
      SELECT count(is_alive) AS total, count(*) FILTER (WHERE is_alive) AS living,
        (coalesce(sum(energy) FILTER (WHERE is_alive), 0))::text AS energy
      FROM ${table(adventurers)} WHERE world = ${world}
    ) AS adventurer`.execute(db)
  return rows[0] as Figures // aggregates without GROUP BY give one row
}
