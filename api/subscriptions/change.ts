/**
 * The messages of the world's subscriptions, in the shape of the GraphQL unions
 * (schemas/graphql/world.graphql).
 */
import type { Felt } from '../../domain/felt.ts'
import type { Finality } from '../../domain/world-stream/facts.ts'
import type {
  HexView,
  ReadPoint,
  WorldEventView,
  WorldReads,
} from '../../projections/world-reads.ts'
import type { CursorScope, Place } from './place.ts'

/** What every message says about where it stands. */
export type ChangeHead = Readonly<{
  cursor: string
  position: number
  block: number
  finality: Finality
  last: boolean
}>

export type Change = ChangeHead &
  (
    | Readonly<{ __typename: 'HexSnapshot'; nodes: readonly HexView[] }>
    | Readonly<{ __typename: 'HexUpsert'; node: HexView }>
    | Readonly<{ __typename: 'HexRemoval'; id: Felt }>
    | Readonly<{ __typename: 'WorldEventSnapshot'; nodes: readonly WorldEventView[] }>
    | Readonly<{ __typename: 'WorldEventUpsert'; node: WorldEventView }>
    | Readonly<{ __typename: 'Resync'; reason: string }>
  )

/** A change with the place that a subscriber is at once it has it. */
export type Delivery = Readonly<{ place: Place; change: Change }>

export type DeliveryPage = Readonly<{
  /** In order, with no gap between the asked place and the last one. */
  deliveries: readonly Delivery[]
  /** Whether this is everything that the read models hold by now. */
  isAll: boolean
}>

/** One kind of subscription with its arguments: how its snapshot and its changes are read. */
export type ChangeSource = Readonly<{
  /** Sources with equal keys deliver the same. */
  key: string
  /** What its cursors are bound to, besides the world. */
  subscription: string
  /**
   * Positions that a subscriber may lie behind before starting over is cheaper than catching up.
   */
  behindPositionsMax: number
  snapshot: (reads: WorldReads, point: ReadPoint, head: ChangeHead) => Promise<Change>
  /** Some of the changes after `place`, oldest first: at least one if there is any. */
  changesAfter: (reads: WorldReads, place: Place, scope: CursorScope) => Promise<DeliveryPage>
}>
