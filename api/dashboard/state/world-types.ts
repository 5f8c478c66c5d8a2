/**
 * The world as the dashboard's documents ask for it: the parts of the API's types that are
 * selected, and no more.
 */
import type { AreaType, Biome } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'

/** A hex of the map by its axial coordinates, with the packed felt that identifies it. */
export type HexPlace = Readonly<{ packed: string; q: number; r: number }>

export type MapPlant = Readonly<{
  slot: number
  species: string
  currentYield: number
  reservedYield: number
  maxYield: number
}>

export type MapArea = Readonly<{
  id: string
  index: number | null
  type: AreaType | null
  isDiscovered: boolean
  quality: number | null
  size: string | null
  plantSlots: number | null
  ownerId: string | null
  plants: readonly MapPlant[]
}>

export type MapDecay = Readonly<{
  ownerId: string | null
  energyReserve: number
  level: number
  lastPaymentBlock: number
  lastProcessedBlock: number
  claimableSinceBlock: number | null
}>

export type MapClaim = Readonly<{
  claimantId: string
  energyLocked: number
  createdBlock: number
  expiryBlock: number
}>

export type MapAdventurer = Readonly<{
  id: string
  owner: string
  name: string
  energy: number
  effectiveEnergy: number
  maxEnergy: number
  lockedUntilBlock: string
  isAlive: boolean
}>

export type MapHex = Readonly<{
  coordinate: HexPlace
  isDiscovered: boolean
  biome: Biome | null
  discoveryBlock: number | null
  areaCount: number | null
  areas: readonly MapArea[]
  decay: MapDecay | null
  claim: MapClaim | null
  adventurers: readonly MapAdventurer[]
}>

/** A hex as it is sent: without areas when they were not asked for. */
export type SentHex = Omit<MapHex, 'areas'> & Readonly<{ areas?: readonly MapArea[] }>

export const hexOf = (sent: SentHex): MapHex => ({ ...sent, areas: sent.areas ?? [] })

export type BlockPlace = Readonly<{ number: number; time: string }>

export type FeedEvent = Readonly<{
  id: string
  position: number
  type: string
  data: Readonly<Record<string, unknown>>
  block: BlockPlace
  transaction: string
  hex: HexPlace | null
  adventurerId: string | null
}>

export type Meta = Readonly<{
  chainId: string
  worldAddress: string
  block: BlockPlace | null
  position: number | null
  lag: number
  projectionVersion: string
}>

export type Overview = Readonly<{
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
}>

export type Rate = Readonly<{
  itemId: string
  itemName: string | null
  baseRate: number
  effectiveRate: number
  unitsInWindow: number
  penaltyBp: number
  lastConversionBlock: number
}>

/** What every message of a subscription carries. */
export type Envelope = Readonly<{
  cursor: string
  position: number
  block: number
  finality: string
  last: boolean
}>

export type HexMessage = Envelope &
  (
    | Readonly<{ __typename: 'HexSnapshot'; nodes: readonly SentHex[] }>
    | Readonly<{ __typename: 'HexUpsert'; node: SentHex }>
    | Readonly<{ __typename: 'HexRemoval'; id: string }>
    | Readonly<{ __typename: 'Resync'; reason: string }>
  )

export type EventMessage = Envelope &
  (
    | Readonly<{ __typename: 'WorldEventSnapshot'; nodes: readonly FeedEvent[] }>
    | Readonly<{ __typename: 'WorldEventUpsert'; node: FeedEvent }>
    | Readonly<{ __typename: 'WorldEventRemoval'; id: string }>
    | Readonly<{ __typename: 'Resync'; reason: string }>
  )
