/**
 * What may be asked of the world's read models. The API answers from this port; infra/postgres
 * implements it. Views are the GraphQL types of the same name (schemas/graphql/world.graphql),
 * where each field is described.
 */
import type { Rejection } from '../domain/decider.ts'
import type { Felt } from '../domain/felt.ts'
import type { Finality } from '../domain/world-stream/facts.ts'
import type * as Schema from '../schemas/graphql/types.ts'

export type BlockView = Schema.Block
export type MetaView = Schema.Meta

/**
 * A point of history that was resolved: rows are read at `position`, derived values are computed
 * for `block`.
 */
export type ReadPoint = Readonly<{ position: number; block: number }>

export type AtInput = Readonly<{ block?: number; time?: Date; position?: number }>
export type AtRejection = Rejection<'AT_ABOVE_HEAD' | 'AT_BEFORE_START' | 'AT_AMBIGUOUS'>

export type HexPointView = Schema.HexPoint
export type PlantView = Schema.Plant
export type AreaView = Schema.Area
export type DecayView = Schema.Decay
export type ClaimView = Schema.Claim
export type ReservationView = Schema.Reservation
export type ItemView = Schema.Item
export type AdventurerView = Schema.Adventurer
export type HexView = Schema.Hex

/**
 * Parts of a hex or an adventurer that cost a further query; what was not asked for comes back
 * empty or null.
 */
export type HexPart = 'areas' | 'plants' | 'decay' | 'claim' | 'adventurers' | AdventurerPart
export type AdventurerPart = 'economics' | 'inventory' | 'reservations'

export type TerritoryView = Schema.Territory
/** With the finality of its block, which subscriptions tell in their own place. */
export type WorldEventView = Schema.WorldEvent & Readonly<{ finality: Finality }>
export type WorldOverviewView = Schema.WorldOverview
export type ConversionRateView = Schema.ConversionRate

export type EventFilter = Readonly<{ types?: readonly string[]; hex?: Felt; adventurer?: Felt }>

/** One hex changed at the end of the block that ends at `position`. */
export type HexChangeNotice = Readonly<{
  position: number
  block: number
  finality: Finality
  hex: Felt
}>

export type WorldReads = Readonly<{
  meta: () => Promise<MetaView>
  /**
   * The point that `at` names; the head when it is absent. A world without any block is at position
   * -1, block 0.
   */
  resolve: (at?: AtInput | null) => Promise<ReadPoint | AtRejection>
  /**
   * The hexes of which anything is known, by packed felt ascending (numerically). Ids must be
   * distinct.
   */
  hexes: (
    ids: readonly Felt[],
    point: ReadPoint,
    parts: ReadonlySet<HexPart>,
  ) => Promise<readonly HexView[]>
  adventurer: (
    id: Felt,
    point: ReadPoint,
    parts: ReadonlySet<AdventurerPart>,
  ) => Promise<AdventurerView | null>
  /** By id ascending (numerically), after `after`. */
  adventurers: (
    query: Readonly<{ owner?: Felt; after?: Felt; limit: number }>,
    parts: ReadonlySet<AdventurerPart>,
  ) => Promise<readonly AdventurerView[]>
  /** `owner`: an adventurer's id or an account's address. */
  territories: (owner: Felt | null, limit: number) => Promise<readonly TerritoryView[]>
  overview: () => Promise<WorldOverviewView>
  conversionRates: (limit: number) => Promise<readonly ConversionRateView[]>
  /** Newest first, at positions < `before` (null: from `point` on down). */
  events: (
    filter: EventFilter,
    page: Readonly<{ point: ReadPoint; before: number | null; limit: number }>,
  ) => Promise<readonly WorldEventView[]>
  /** Oldest first, at positions > `after`: what an event subscription has not delivered yet. */
  eventsAfter: (
    filter: EventFilter,
    after: number,
    limit: number,
  ) => Promise<readonly WorldEventView[]>
  /**
   * Changes of the given hexes at positions > `after`, by (position, hex); at most one per hex and
   * block.
   */
  hexChangesAfter: (
    ids: readonly Felt[],
    after: number,
    limit: number,
  ) => Promise<readonly HexChangeNotice[]>
  /**
   * Runs reads that must see one state of the read models (one repeatable-read transaction). Keep
   * it short.
   */
  snapshot: <T>(read: (reads: WorldReads) => Promise<T>) => Promise<T>
}>
