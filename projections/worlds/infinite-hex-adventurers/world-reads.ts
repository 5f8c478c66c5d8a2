/**
 * Everything that may be asked of the game's read models, assembled from them. The API answers from
 * this; answers have the shape of the GraphQL types of the same name (schemas/graphql).
 */
import {
  type HistoryReads,
  type HistoryReadsOptions,
  historyReads,
  type KnownHistory,
  type Snapshot,
} from '../../reads/history-reads.ts'
import { type NewestPosition, readContext } from '../../reads/read-context.ts'
import type { ReadDatabase, ReadPool } from '../../reads/read-database.ts'
import { type AdventurerReads, adventurerReads } from './adventurers/queries.ts'
import { type EventReads, eventReads } from './events/queries.ts'
import { type HexReads, hexReads } from './hexes/queries.ts'
import { type MarketReads, marketReads } from './market/queries.ts'
import { type OverviewReads, overviewReads } from './overview/queries.ts'
import { infiniteHexProjections } from './registry.ts'
import {
  type KnownTerritories,
  type TerritoryReads,
  territoryReads,
} from './territories/queries.ts'

export type WorldReads = HistoryReads &
  HexReads &
  AdventurerReads &
  TerritoryReads &
  OverviewReads &
  MarketReads &
  EventReads &
  Readonly<{ snapshot: Snapshot<WorldReads> }>

/** What reads of the same process share. */
type Shared = NewestPosition & KnownHistory & KnownTerritories

export type WorldReadsOptions = Omit<HistoryReadsOptions, 'projections'> &
  Readonly<{ pool: ReadPool }>

/** Reads of one world. */
export const createWorldReads = ({ pool, ...options }: WorldReadsOptions): WorldReads => {
  const shared: Shared = { position: -1, first: null, known: null }

  const readsOn = (database: ReadDatabase, logHead: HistoryReadsOptions['logHead']): WorldReads => {
    const context = readContext(database, shared)
    const history = { ...options, projections: infiniteHexProjections, logHead }
    const reads: WorldReads = {
      ...historyReads(context, database, history, shared),
      ...hexReads(context),
      ...adventurerReads(context, database),
      ...territoryReads(context, database, shared),
      ...overviewReads(context, database, shared),
      ...marketReads(context, database),
      ...eventReads(database),
      snapshot: (read) => read(reads),
    }
    return reads
  }

  // The log's head is read first: on the embedded database, which is one session, it would wait for
  // the snapshot.
  const snapshot: Snapshot<WorldReads> = async (read) => {
    const lastRevision = await options.logHead()
    return pool.snapshot((database) => read(readsOn(database, async () => lastRevision)))
  }
  /** For what rests on several current rows and the head, which have to be of one state. */
  const inSnapshot = <T>(read: (reads: WorldReads) => Promise<T>): Promise<T> =>
    pool.snapshot((database) => read(readsOn(database, async () => null)))

  return {
    ...readsOn(pool.database, options.logHead),
    adventurers: (...query) => inSnapshot((reads) => reads.adventurers(...query)),
    territories: (...query) => inSnapshot((reads) => reads.territories(...query)),
    overview: () => inSnapshot((reads) => reads.overview()),
    conversionRates: (limit) => inSnapshot((reads) => reads.conversionRates(limit)),
    snapshot,
  }
}
