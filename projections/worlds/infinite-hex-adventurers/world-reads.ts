/**
 * Everything that may be asked of the game's read models, assembled from them. The API answers from
 * this; answers have the shape of the GraphQL types of the same name (schemas/graphql).
 */
import {
  type HistoryQueries,
  type HistoryReads,
  type HistoryReadsOptions,
  historyQueries,
  historyReads,
  type KnownHistory,
} from '../../reads/history-reads.ts'
import { type NewestPosition, type ReadContext, readContext } from '../../reads/read-context.ts'
import type { ReadDatabase, ReadPool } from '../../reads/read-database.ts'
import {
  type AdventurerQueries,
  type AdventurerReads,
  adventurerQueries,
  adventurerReads,
} from './adventurers/queries.ts'
import { type EventQueries, type EventReads, eventQueries, eventReads } from './events/queries.ts'
import { type HexReads, hexReads } from './hexes/queries.ts'
import { type ItemReads, itemReads } from './items/queries.ts'
import {
  type MarketQueries,
  type MarketReads,
  marketQueries,
  marketReads,
} from './market/queries.ts'
import {
  type KnownOverview,
  type OverviewQueries,
  type OverviewReads,
  overviewQueries,
  overviewReads,
} from './overview/queries.ts'
import { infiniteHexProjections } from './registry.ts'
import {
  type KnownTerritories,
  type TerritoryQueries,
  type TerritoryReads,
  territoryQueries,
  territoryReads,
} from './territories/queries.ts'

/** What may be asked of one state of the read models, and of their history. */
export type PointReads = HistoryReads &
  HexReads &
  ItemReads &
  AdventurerReads &
  TerritoryReads &
  OverviewReads &
  MarketReads &
  EventReads

export type WorldReads = PointReads &
  Readonly<{
    /**
     * The same for one asker: once the signal aborts, what is being read for it ends, and throws the
     * signal's reason.
     */
    until: (signal: AbortSignal) => WorldReads
  }>

/** What the reads need beyond look-ups of rows by key. */
export type WorldQueries = HistoryQueries &
  AdventurerQueries &
  TerritoryQueries &
  OverviewQueries &
  MarketQueries &
  EventQueries

/** The queries in SQL. */
const worldQueries = (database: ReadDatabase): WorldQueries => ({
  ...historyQueries(database),
  ...adventurerQueries(database),
  ...territoryQueries(database),
  ...overviewQueries(database),
  ...marketQueries(database),
  ...eventQueries(database),
})

/** What reads of the same process share. */
export type Shared = KnownHistory & KnownTerritories & KnownOverview

export const nothingKnown = (): Shared => ({ first: null, territories: null, overview: null })

/** The reads over rows and queries, wherever these come from. */
export const pointReads = (
  context: ReadContext,
  queries: WorldQueries,
  options: Omit<HistoryReadsOptions, 'projections'>,
  shared: Shared,
): PointReads => ({
  ...historyReads(context, queries, { ...options, projections: infiniteHexProjections }, shared),
  ...hexReads(context),
  ...itemReads(context),
  ...adventurerReads(context, queries),
  ...territoryReads(context, queries, shared),
  ...overviewReads(context, queries, shared),
  ...marketReads(context, queries),
  ...eventReads(queries),
})

export type WorldReadsOptions = Omit<HistoryReadsOptions, 'projections'> &
  Readonly<{ pool: ReadPool }>

/** Reads of one world. */
export const createWorldReads = ({ pool, ...options }: WorldReadsOptions): WorldReads => {
  const newest: NewestPosition = { position: -1 }
  const shared = nothingKnown()
  const readsOn = (signal: AbortSignal | null): PointReads => {
    const database = pool.database(signal)
    return pointReads(readContext(database, newest), worldQueries(database), options, shared)
  }
  const endless = readsOn(null)
  // What askers share is not read with the signal of one of them.
  const until = (signal: AbortSignal): WorldReads => ({
    ...readsOn(signal),
    overview: endless.overview,
    until,
  })
  return { ...endless, until }
}
