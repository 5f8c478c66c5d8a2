/**
 * The messages of subscriptions, the same for every read model: a snapshot of nodes, then nodes that
 * are another now, or gone, point by point. In GraphQL they are unions of the types
 * `<Name>Snapshot`, `<Name>Upsert`, `<Name>Removal` and `Resync` (schemas/graphql).
 */
import type { Finality } from '../../domain/world-stream/facts.ts'
import type { HistoryReads } from '../../projections/reads/history-reads.ts'
import type { ReadPoint } from '../../projections/reads/points.ts'
import type { Place } from './place.ts'

/** What every message says about where it stands. */
export type ChangeHead = Readonly<{
  cursor: string
  position: number
  block: number
  finality: Finality
  /** The last message of its point for this subscription. */
  last: boolean
}>

export type Change<Node = unknown> = ChangeHead &
  (
    | Readonly<{ __typename: `${string}Snapshot`; nodes: readonly Node[] }>
    | Readonly<{ __typename: `${string}Upsert`; node: Node }>
    | Readonly<{ __typename: `${string}Removal`; id: string }>
    | Readonly<{ __typename: 'Resync'; reason: string }>
  )

/** A change before it has a cursor. */
export type Delivery<Node = unknown> = Readonly<{
  place: Place
  block: number
  finality: Finality
  last: boolean
  /** Of the end of the block that it came with; absent where that is the place's own. */
  blockPosition?: number
  /** `removed`: the node's id. */
  change: Readonly<{ node: Node }> | Readonly<{ removed: string }>
}>

export type DeliveryPage<Node = unknown> = Readonly<{
  /** In order, with no gap between the asked place and the last one. */
  deliveries: readonly Delivery<Node>[]
  /** Whether this is everything that the read models hold by now. */
  isAll: boolean
}>

/** A change as subscribers get it, with the place that they are at once they have it. */
export type PlacedChange<Node = unknown> = Readonly<{ place: Place; change: Change<Node> }>

/** One kind of subscription with its arguments: how its snapshot and its changes are read. */
export type ChangeSource<Reads extends HistoryReads, Node = unknown> = Readonly<{
  /** Begins the names of the GraphQL types of its messages. */
  name: string
  /** Sources with equal keys deliver the same. */
  key: string
  /** What its cursors are bound to, besides the history and the versions of the projections. */
  subscription: string
  /** Names of the projections that it reads. */
  projections: readonly string[]
  /**
   * Positions that a subscriber may lie behind before starting over is cheaper than catching up.
   */
  behindPositionsMax: number
  snapshot: (reads: Reads, point: ReadPoint) => Promise<readonly Node[]>
  /** Some of the changes after `place`, oldest first: at least one if there is any. */
  changesAfter: (reads: Reads, place: Place) => Promise<DeliveryPage<Node>>
}>
