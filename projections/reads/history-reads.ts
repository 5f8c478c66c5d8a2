/**
 * What may be asked of any world's read models: where they stand, what a point of history is, and
 * what changed after one. What a particular world shows stands beside its read models.
 */
import type { Felt } from '../../domain/felt.ts'
import { chainName, type WorldId } from '../../domain/world-stream/facts.ts'
import type { Meta } from '../../schemas/graphql/types.ts'
import type { Projection } from '../engine/projection.ts'
import { type ChangeNotice, type ChangesQuery, readChanges } from './changes.ts'
import {
  type AtInput,
  type AtRejection,
  type HeadRow,
  type Landmark,
  type ReadPoint,
  readHistory,
  readLandmark,
  resolveAt,
} from './points.ts'
import type { ReadContext } from './read-context.ts'
import type { ReadDatabase } from './read-database.ts'

/**
 * Where the read models stand, and what cursors are bound to. How the source stands is not theirs to
 * say.
 */
export type MetaView = Omit<Meta, 'source'> &
  Readonly<{
    /**
     * Hash of the first block of the log, which tells one history of a world from another; null
     * before it.
     */
    history: Felt | null
    /** Versions of the projections by name. */
    versions: Readonly<Record<string, number>>
  }>

export type HistoryReads = Readonly<{
  meta: () => Promise<MetaView>
  /**
   * The point that `at` names; the head when it is absent. A world without any block is at position
   * -1, block 0.
   */
  resolve: (at?: AtInput | null) => Promise<ReadPoint | AtRejection>
  /**
   * The last block that ends at the position or before it, whether it stands or not; null before
   * the first. Up to the head it never becomes another one, so it tells histories apart that began
   * alike.
   */
  landmark: (position: number) => Promise<Landmark | null>
  /** Oldest first: what a subscriber to keys of a subject has not been told yet. */
  changesAfter: (query: ChangesQuery) => Promise<readonly ChangeNotice[]>
}>

export type HistoryReadsOptions = Readonly<{
  world: WorldId
  projections: readonly Projection[]
  /** Revision of the last event in the world's stream, for the lag; null while there is none. */
  logHead: () => Promise<number | null>
}>

/** What never changes once it is known; shared by all contexts of a process. */
export type KnownHistory = { first: Felt | null }

/** What is asked of the points of history, and of what changed at them. */
export type HistoryQueries = Pick<HistoryReads, 'changesAfter' | 'landmark'> &
  Readonly<{
    /** Hash of the first block that the read models ever held; null before it. */
    firstBlock: () => Promise<Felt | null>
    /** The point that `at` names under this head; the head itself when it is absent. */
    pointUnder: (head: HeadRow, at: AtInput | null | undefined) => Promise<ReadPoint | AtRejection>
  }>

export const historyQueries = (database: ReadDatabase): HistoryQueries => ({
  firstBlock: () => readHistory(database),
  pointUnder: (head, at) => resolveAt(database, head, at),
  landmark: (position) => readLandmark(database, position),
  changesAfter: (query) => readChanges(database, query),
})

export const historyReads = (
  context: ReadContext,
  { firstBlock, pointUnder, landmark, changesAfter }: HistoryQueries,
  { world, projections, logHead }: HistoryReadsOptions,
  known: KnownHistory,
): HistoryReads => {
  const versions = Object.fromEntries(projections.map(({ name, version }) => [name, version]))
  const projectionVersion = projections.map(({ name, version }) => `${name} ${version}`).join(', ')
  return {
    meta: async () => {
      const lastRevision = await logHead()
      const { position, block } = await context.head()
      known.first ??= position < 0 ? null : await firstBlock()
      return {
        chainId: chainName(world.chainId),
        worldAddress: world.address,
        block,
        position: position < 0 ? null : position,
        lag: Math.max(0, (lastRevision ?? -1) - position),
        projectionVersion,
        history: known.first,
        versions,
      }
    },
    resolve: async (at) => pointUnder(await context.head(), at),
    landmark,
    changesAfter,
  }
}
