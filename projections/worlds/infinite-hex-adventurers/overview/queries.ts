/** Figures about the whole world as it is now. */
import { type RawBuilder, sql } from 'kysely'
import type { Felt } from '../../../../domain/felt.ts'
import { CLAIMABLE_DECAY_LEVEL } from '../../../../domain/worlds/infinite-hex-adventurers/rules/decay.ts'
import type { WorldOverview } from '../../../../schemas/graphql/worlds/infinite-hex-adventurers/types.ts'
import { createEntityIds } from '../../../../schemas/worlds/entity-ids.ts'
import type { VersionedTable } from '../../../engine/table.ts'
import { numberOf, type ReadContext } from '../../../reads/read-context.ts'
import type { ReadDatabase, RowsAt } from '../../../reads/read-database.ts'
import { sumsOverPages } from '../../../reads/row-pages.ts'
import type { RowReader } from '../../../reads/row-reader.ts'
import { type AdventurerRow, adventurers } from '../adventurers/tables.ts'
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
const ACTIVE_WITHIN_BLOCKS = 100

export type OverviewReads = Readonly<{ overview: () => Promise<WorldOverview> }>

/** The overview by the head that it is of; the same for all of a process, and made once. */
export type KnownOverview = {
  overview: Readonly<{ head: string; of: Promise<WorldOverview> }> | null
}

/** What the overview counts and sums over rows. */
export type Figures = Omit<WorldOverview, 'territories' | 'recentDiscoveries' | 'activeAdventurers'>

export type OverviewQueries = Readonly<{
  figures: (at: RowsAt) => Promise<Figures>
  /** Ids of those that events name as actors, each once: in standing blocks above this number. */
  actorsSince: (block: number, upToPosition: number) => Promise<readonly Felt[]>
}>

export const overviewQueries = (database: ReadDatabase): OverviewQueries => ({
  figures: (at) => readFigures(database, at),
  actorsSince: (block, upToPosition) => readActors(database, block, upToPosition),
})

export const overviewReads = (
  context: ReadContext,
  queries: OverviewQueries & TerritoryQueries & EventQueries,
  shared: KnownTerritories & KnownOverview,
): OverviewReads => ({
  overview: async () => {
    const { position, block } = await context.head()
    const head = `${position}/${block?.hash}`
    if (shared.overview?.head === head) return shared.overview.of
    const of = readOverview(context, queries, shared)
    shared.overview = { head, of }
    of.catch(() => {
      // Those who asked are told by the promise itself; the next one asks anew.
      if (shared.overview?.of === of) shared.overview = null
    })
    return of
  },
})

const readOverview = (
  context: ReadContext,
  queries: OverviewQueries & TerritoryQueries & EventQueries,
  shared: KnownTerritories,
): Promise<WorldOverview> =>
  context.atHead(async (at, head) => {
    const { position } = head
    const figures = await queries.figures(at)
    const territories = await allTerritories(queries, shared, at, position)
    const recentDiscoveries = await queries.eventsIn(
      { types: ['HexDiscovered'] },
      {
        ...ALL_STANDING,
        upTo: position,
        standingAt: position,
        order: 'newest first',
        limit: RECENT_DISCOVERIES_MAX,
      },
    )
    const actors = await queries.actorsSince(numberOf(head) - ACTIVE_WITHIN_BLOCKS, position)
    const activeAdventurers = await livingAmong(context.rows, actors, at)
    return { ...figures, territories: territories.length, recentDiscoveries, activeAdventurers }
  })

const livingAmong = async (rows: RowReader, ids: readonly Felt[], at: RowsAt): Promise<number> => {
  const entityIds = ids.map((id) => entityIdOf([id]))
  const found: readonly AdventurerRow[] = await rows.byEntity(adventurers, entityIds, at)
  return found.filter((row) => row.is_alive === true).length
}

const entityIdOf = createEntityIds()

const readFigures = async (database: ReadDatabase, at: RowsAt): Promise<Figures> => {
  const sumsOf = <Name extends string>(
    table: VersionedTable,
    figures: Readonly<Record<Name, RawBuilder<unknown>>>,
  ) => sumsOverPages(database, { table, at, figures })
  const isDiscovered = { discovered: sql`count(CASE WHEN page.is_discovered THEN 1 END)` }
  const hex = await sumsOf(hexes, isDiscovered)
  const area = await sumsOf(areas, isDiscovered)
  const decay = await sumsOf(hexDecay, {
    controlled: sql`count(CASE WHEN page.owner_adventurer_id <> '0x0' THEN 1 END)`,
    claimable: sql`count(CASE WHEN page.decay_level >= ${CLAIMABLE_DECAY_LEVEL}
      AND page.claimable_since_block > 0 THEN 1 END)`,
    reserves: sql`sum(page.current_energy_reserve)`,
  })
  const adventurer = await sumsOf(adventurers, {
    total: sql`count(page.is_alive)`,
    living: sql`count(CASE WHEN page.is_alive THEN 1 END)`,
    energy: sql`sum(CASE WHEN page.is_alive THEN page.energy END)`,
  })
  return {
    hexesDiscovered: Number(hex.discovered),
    areasDiscovered: Number(area.discovered),
    controlledHexes: Number(decay.controlled),
    claimableHexes: Number(decay.claimable),
    energyInReserves: String(decay.reserves),
    adventurers: Number(adventurer.total),
    livingAdventurers: Number(adventurer.living),
    energyHeld: String(adventurer.energy),
  }
}

/** Events are read so many at a time, in their order. */
const PAGE_EVENTS_MAX = 2_000

const readActors = async (
  { db, world, core, table }: ReadDatabase,
  block: number,
  upTo: number,
): Promise<readonly Felt[]> => {
  const stands = sql`(retracted_at IS NULL OR retracted_at > ${upTo})`
  const { rows: starts } = await sql<{ position: number | null }>`
    SELECT max(position) AS position FROM ${core('points')}
    WHERE world = ${world} AND kind = 'block' AND position <= ${upTo} AND ${stands}
      AND number <= ${block}`.execute(db)
  const actors = new Set<Felt>()
  let after: number | null = starts[0]?.position ?? -1
  while (after !== null) {
    const { rows } = await sql<{ last: number | null; actors: readonly Felt[] | null }>`
      SELECT max(position) AS last,
        array_agg(DISTINCT adventurer) FILTER (WHERE adventurer IS NOT NULL AND ${stands}) AS actors
      FROM (
        SELECT position, adventurer, retracted_at FROM ${table(events)}
        WHERE world = ${world} AND position > ${after} AND position <= ${upTo}
        ORDER BY position LIMIT ${PAGE_EVENTS_MAX}
      ) AS page`.execute(db)
    after = rows[0]?.last ?? null
    for (const actor of rows[0]?.actors ?? []) actors.add(actor)
  }
  return [...actors]
}
