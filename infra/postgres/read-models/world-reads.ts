/**
 * Answers the API's questions from the read models in PostgreSQL. A point of history is read from
 * the versions, which never change; only the newest point is read from the current rows, and that
 * answer counts only if the checkpoint is still there afterwards. So no read needs a transaction to
 * be of one point.
 */
import type { Pool } from 'pg'
import type { Territory } from '../../../domain/territory.ts'
import { chainName, type WorldId } from '../../../domain/world-stream/facts.ts'
import { worldProjection } from '../../../projections/engine/projection.ts'
import type { ReadPoint, WorldReads } from '../../../projections/world-reads.ts'
import { readAdventurer, readAdventurersPage } from './reads/adventurers.ts'
import { readEvents, readHexChanges } from './reads/events.ts'
import { readHexes } from './reads/hexes.ts'
import { readConversionRates, readOverview } from './reads/overview.ts'
import { checkpointIsAt, type HeadRow, readHead, resolveAt } from './reads/points.ts'
import { openReadDatabase, type ReadDatabase, type RowsAt } from './reads/read-database.ts'
import { readTerritories, territoryView } from './reads/territories.ts'
import type { ReadModelPlace } from './schema.ts'

export type WorldReadsOptions = Readonly<{
  pool: Pool
  place: ReadModelPlace
  world: WorldId
  /** Revision of the last event in the world's stream, for the lag; null while there is none. */
  logHead: () => Promise<number | null>
}>

/** What reads of the same process share. */
type Shared = {
  readonly world: WorldId
  /**
   * Position that the checkpoint had when it was last read: where trying the current rows is worth
   * it.
   */
  newestPosition: number
  /** Territories by the position at which they were computed. */
  territories: Readonly<{ position: number; all: readonly Territory[] }> | null
}

/** Reads of one world. */
export const createWorldReads = ({
  pool,
  place,
  world,
  logHead,
}: WorldReadsOptions): WorldReads => {
  const database = openReadDatabase(pool, place)
  const shared: Shared = { world, newestPosition: -1, territories: null }

  const inSnapshot = <T>(
    read: (reads: WorldReads) => Promise<T>,
    lastRevision: number | null,
  ): Promise<T> =>
    database.db
      .transaction()
      .setIsolationLevel('repeatable read')
      .setAccessMode('read only')
      .execute((db) => read(readsOn({ db, place }, shared, async () => lastRevision)))

  return {
    ...readsOn(database, shared, logHead),
    // What these answer rests on several current rows and the head, so all of it is read from one
    // state.
    adventurers: (...query) => inSnapshot((reads) => reads.adventurers(...query), null),
    territories: (...query) => inSnapshot((reads) => reads.territories(...query), null),
    overview: () => inSnapshot((reads) => reads.overview(), null),
    conversionRates: (limit) => inSnapshot((reads) => reads.conversionRates(limit), null),
    // The log's head is read first: on the embedded database, which is one session, it would wait
    // for the snapshot.
    snapshot: async (read) => inSnapshot(read, await logHead()),
  }
}

/**
 * Reads on one connection or pool. Those that rest on the head take a database that shows one
 * state.
 */
const readsOn = (
  database: ReadDatabase,
  shared: Shared,
  logHead: () => Promise<number | null>,
): WorldReads => {
  const newestHead = async (): Promise<HeadRow> => {
    const head = await readHead(database)
    shared.newestPosition = Math.max(shared.newestPosition, head.position)
    return head
  }
  const headBlock = async (): Promise<number> => (await newestHead()).block?.number ?? 0

  const atPoint = async <T>(
    { position }: ReadPoint,
    read: (at: RowsAt) => Promise<T>,
  ): Promise<T> => {
    if (position === shared.newestPosition) {
      const result = await read('now')
      if (await checkpointIsAt(database, position)) return result
    }
    return read({ position })
  }

  const allTerritories = async (): Promise<readonly Territory[]> => {
    const { position } = await newestHead()
    if (shared.territories?.position !== position) {
      shared.territories = { position, all: await readTerritories(database, null) }
    }
    return shared.territories.all
  }

  const reads: WorldReads = {
    meta: async () => {
      const lastRevision = await logHead()
      const { position, block } = await newestHead()
      return {
        chainId: chainName(shared.world.chainId),
        worldAddress: shared.world.address,
        block,
        position: position < 0 ? null : position,
        lag: Math.max(0, (lastRevision ?? -1) - position),
        projectionVersion: String(worldProjection.version),
      }
    },
    resolve: async (at) => resolveAt(database, await newestHead(), at),
    hexes: (ids, point, parts) =>
      atPoint(point, (at) => readHexes(database, ids, at, point, parts)),
    adventurer: (id, point, parts) =>
      atPoint(point, (at) => readAdventurer(database, id, at, point.block, parts)),
    adventurers: async (query, parts) =>
      readAdventurersPage(database, query, await headBlock(), parts),
    territories: async (owner, limit) => {
      const found = owner === null ? await allTerritories() : await readTerritories(database, owner)
      return found.slice(0, limit).map(territoryView)
    },
    overview: async () =>
      readOverview(database, await headBlock(), (await allTerritories()).length),
    conversionRates: async (limit) => readConversionRates(database, await headBlock(), limit),
    events: (filter, { point, before, limit }) => {
      const upTo = before === null ? point.position : Math.min(point.position, before - 1)
      return readEvents(database, filter, { after: -1, upTo, order: 'newest first', limit })
    },
    eventsAfter: (filter, after, limit) =>
      readEvents(database, filter, {
        after,
        upTo: Number.MAX_SAFE_INTEGER,
        order: 'oldest first',
        limit,
      }),
    hexChangesAfter: (ids, after, limit) => readHexChanges(database, ids, after, limit),
    snapshot: (read) => read(reads),
  }
  return reads
}
