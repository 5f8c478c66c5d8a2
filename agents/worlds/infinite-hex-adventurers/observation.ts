/**
 * What an agent of this game sees when it decides: one point of history. The port is implemented in
 * infra/agents on the GraphQL client; observation.contract.ts says what is promised of the answer.
 */
import type { Felt } from '../../../domain/felt.ts'
import type { Cube } from '../../../domain/hex.ts'
import type { AreaType, Biome } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import type { Observe as ObservePort } from '../../observe.ts'

export type SeenPlant = Readonly<{
  slot: number
  /** Units that may still be reserved. */
  availableYield: number
  itemId: Felt
}>

/** A discovered area. */
export type SeenArea = Readonly<{
  id: Felt
  index: number
  type: AreaType
  /** Adventurer that owns it; null for none. */
  ownerId: Felt | null
  /** Adventurers besides the owner that a policy lets harvest. */
  harvesterIds: readonly Felt[]
  plantSlots: number
  /** Plants that were initialised. */
  plants: readonly SeenPlant[]
}>

export type SeenDecay = Readonly<{
  ownerId: Felt | null
  energyReserve: number
  /** 0 … 100 as last processed, and as it would be if it were processed now. */
  level: number
  projectedLevel: number
  lastProcessedBlock: number
  upkeepPer100Blocks: number
  /** These three are null while the hex cannot be claimed. */
  claimableSinceBlock: number | null
  minimumClaimEnergy: number | null
  immediateClaimBlock: number | null
}>

/** An escrow that was not settled yet, expired or not. */
export type SeenClaim = Readonly<{
  claimantId: Felt
  energyLocked: number
  expiryBlock: number
  /** Least energy of a defence that beats it. */
  minimumDefenceEnergy: number
}>

/** A hex of which something is known. */
export type SeenHex = Readonly<{
  packed: Felt
  cube: Cube
  isDiscovered: boolean
  biome: Biome | null
  areaCount: number | null
  decay: SeenDecay | null
  claim: SeenClaim | null
}>

/** The hex on which the agent stands. */
export type SeenHere = SeenHex & Readonly<{ areas: readonly SeenArea[] }>

export type SeenReservation = Readonly<{
  hex: Felt | null
  areaId: Felt | null
  plantSlot: number | null
  /** Block from which it can be completed. */
  readyBlock: number
}>

export type SeenSelf = Readonly<{
  id: Felt
  isAlive: boolean
  cube: Cube
  /** Energy as stored, which is what most calls look at. */
  energy: number
  /** Energy after the regeneration that some calls apply first. */
  effectiveEnergy: number
  maxEnergy: number
  lastRegenBlock: number
  /** Block until which no harvest can be started; decimal text of a u64. */
  lockedUntilBlock: string
  weight: number
  maxWeight: number
  /** Stacks with at least one unit. */
  items: readonly Readonly<{ id: Felt; quantity: number }>[]
  reservations: readonly SeenReservation[]
}>

export type Observation = Readonly<{
  /** The block at whose end all of this was so. */
  block: number
  /** Null until the account has an adventurer. */
  self: SeenSelf | null
  here: SeenHere
  /**
   * Hexes of which something is known, each once: those that it asked to watch, in that order, then
   * those near it, its own included, ascending as numbers.
   */
  hexes: readonly SeenHex[]
}>

export type ObservationQuery = Readonly<{
  account: Felt
  /**
   * Null: the account's first adventurer. The hexes that the account controls are then watched, too.
   */
  adventurerId: Felt | null
  /** Where the agent believes to stand; `here` is looked up anew when it stands elsewhere. */
  position: Cube
  /** Steps around it: 0 … 8. */
  radius: number
  /** Hexes further away, by packed felt; at most WATCHED_HEXES_MAX. */
  watched: readonly Felt[]
}>

export const WATCHED_HEXES_MAX = 4

/** The port, for this game. */
export type Observe = ObservePort<ObservationQuery, Observation>
