/**
 * What may be asked of the world's read models. The API answers from this port; infra/postgres
 * implements it. Views have the shape of the GraphQL types of the same name
 * (schemas/graphql/world.graphql), where each field is described.
 */
import type { Rejection } from '../domain/decider.ts'
import type { Felt } from '../domain/felt.ts'
import type { Finality } from '../domain/world-stream/facts.ts'
import type { MemberValue } from '../domain/worlds/definition.ts'
import type { AreaType, Biome } from '../domain/worlds/infinite-hex-adventurers/definition.ts'

export type BlockView = Readonly<{ number: number; hash: Felt; time: Date }>

export type MetaView = Readonly<{
  chainId: string
  worldAddress: Felt
  block: BlockView | null
  position: number | null
  lag: number
  projectionVersion: string
}>

/**
 * A point of history that was resolved: rows are read at `position`, derived values are computed
 * for `block`.
 */
export type ReadPoint = Readonly<{ position: number; block: number }>

export type AtInput = Readonly<{ block?: number; time?: Date; position?: number }>
export type AtRejection = Rejection<'AT_ABOVE_HEAD' | 'AT_BEFORE_START' | 'AT_AMBIGUOUS'>

export type HexPointView = Readonly<{
  packed: Felt
  x: number
  y: number
  z: number
  q: number
  r: number
  h3: string
}>

export type PlantView = Readonly<{
  key: Felt
  slot: number
  species: string
  currentYield: number
  reservedYield: number
  maxYield: number
  availableYield: number
  regrowthRate: number
  health: number
  stress: number
  lastHarvestBlock: number
  itemId: Felt
}>

export type AreaView = Readonly<{
  id: Felt
  index: number | null
  type: AreaType | null
  isDiscovered: boolean
  discoverer: Felt | null
  quality: number | null
  size: 'Small' | 'Medium' | 'Large' | null
  plantSlots: number | null
  ownerId: Felt | null
  discovererAdventurerId: Felt | null
  claimBlock: number | null
  plants: readonly PlantView[]
}>

export type DecayView = Readonly<{
  ownerId: Felt | null
  energyReserve: number
  level: number
  projectedLevel: number
  lastPaymentBlock: number
  lastProcessedBlock: number
  claimableSinceBlock: number | null
  upkeepPer100Blocks: number
  minimumClaimEnergy: number | null
  immediateClaimBlock: number | null
}>

export type ClaimView = Readonly<{
  id: Felt
  claimantId: Felt
  energyLocked: number
  createdBlock: number
  expiryBlock: number
  status: 'Inactive' | 'Active' | 'Expired' | 'Resolved'
}>

export type ReservationView = Readonly<{
  id: Felt
  plantKey: Felt
  hex: HexPointView | null
  areaId: Felt | null
  plantSlot: number | null
  amount: number
  createdBlock: number
  readyBlock: number
}>

export type ItemView = Readonly<{
  id: Felt
  name: string | null
  quantity: number
  quality: number
  weightPerUnit: number
}>

export type AdventurerView = Readonly<{
  id: Felt
  owner: Felt
  name: string
  energy: number
  effectiveEnergy: number
  maxEnergy: number
  coordinate: HexPointView
  lockedUntilBlock: string
  isAlive: boolean
  economics: Readonly<{
    totalEnergySpent: string
    totalEnergyEarned: string
    lastRegenBlock: number
  }> | null
  inventory: Readonly<{ weight: number; maxWeight: number; items: readonly ItemView[] }> | null
  reservations: readonly ReservationView[]
}>

export type HexView = Readonly<{
  coordinate: HexPointView
  isDiscovered: boolean
  biome: Biome | null
  discoveryBlock: number | null
  discoverer: Felt | null
  areaCount: number | null
  areas: readonly AreaView[]
  decay: DecayView | null
  claim: ClaimView | null
  adventurers: readonly AdventurerView[]
}>

/**
 * Parts of a hex or an adventurer that cost a further query; what was not asked for comes back
 * empty or null.
 */
export type HexPart = 'areas' | 'plants' | 'decay' | 'claim' | 'adventurers' | AdventurerPart
export type AdventurerPart = 'economics' | 'inventory' | 'reservations'

export type TerritoryView = Readonly<{
  id: string
  ownerId: Felt
  hexes: readonly HexPointView[]
  area: number
  borderLength: number
  outline: object
}>

export type WorldEventView = Readonly<{
  id: string
  position: number
  type: string
  data: Readonly<Record<string, MemberValue>>
  block: BlockView
  finality: Finality
  transaction: Felt
  hex: HexPointView | null
  adventurerId: Felt | null
}>

export type WorldOverviewView = Readonly<{
  hexesDiscovered: number
  areasDiscovered: number
  territories: number
  controlledHexes: number
  claimableHexes: number
  adventurers: number
  livingAdventurers: number
  activeAdventurers: number
  energyHeld: string
  energyInReserves: string
  recentDiscoveries: readonly WorldEventView[]
}>

export type ConversionRateView = Readonly<{
  itemId: Felt
  itemName: string | null
  baseRate: number
  effectiveRate: number
  unitsInWindow: number
  penaltyBp: number
  lastConversionBlock: number
}>

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
