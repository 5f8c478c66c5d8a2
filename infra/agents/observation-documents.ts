/**
 * GraphQL documents by which a bot sees the world, and the shapes of their answers. One request a
 * decision.
 */
import type {
  SeenClaim,
  SeenDecay,
} from '../../agents/worlds/infinite-hex-adventurers/observation.ts'
import type { Felt } from '../../domain/felt.ts'
import type { AreaType, Biome } from '../../domain/worlds/infinite-hex-adventurers/definition.ts'

export type PointData = Readonly<{ packed: Felt; x: number; y: number; z: number }>

export type HexData = Readonly<{
  coordinate: PointData
  isDiscovered: boolean
  biome: Biome | null
  areaCount: number | null
  decay: SeenDecay | null
  claim: SeenClaim | null
}>

export type HereData = HexData &
  Readonly<{
    areas: readonly Readonly<{
      id: Felt
      index: number | null
      type: AreaType | null
      isDiscovered: boolean
      ownerId: Felt | null
      plantSlots: number | null
      plants: readonly Readonly<{ slot: number; availableYield: number; itemId: Felt }>[]
    }>[]
  }>

export type AdventurerData = Readonly<{
  id: Felt
  isAlive: boolean
  coordinate: PointData
  energy: number
  effectiveEnergy: number
  maxEnergy: number
  lockedUntilBlock: string
  economics: Readonly<{ lastRegenBlock: number }> | null
  inventory: Readonly<{
    weight: number
    maxWeight: number
    items: readonly Readonly<{ id: Felt; quantity: number }>[]
  }> | null
  reservations: readonly Readonly<{
    hex: Readonly<{ packed: Felt }> | null
    areaId: Felt | null
    plantSlot: number | null
    readyBlock: number
  }>[]
}>

type MetaData = Readonly<{ block: Readonly<{ number: number }> | null }>

const POINT = 'packed x y z'

const HEX = `
  coordinate { ${POINT} } isDiscovered biome areaCount
  decay {
    ownerId energyReserve level projectedLevel lastProcessedBlock upkeepPer100Blocks
    claimableSinceBlock minimumClaimEnergy immediateClaimBlock
  }
  claim { claimantId energyLocked expiryBlock }`

const ADVENTURER = `
  id isAlive coordinate { ${POINT} } energy effectiveEnergy maxEnergy lockedUntilBlock
  economics { lastRegenBlock }
  inventory { weight maxWeight items { id quantity } }
  reservations { hex { packed } areaId plantSlot readyBlock }`

/**
 * Who the account's adventurer is, where it stands, and what it controls: asked once, when a bot
 * knows nothing yet.
 */
export const ARRIVAL_DOCUMENT = `query Arrival($account: Felt!) {
  adventurers(first: 1, owner: $account) { edges { node { id coordinate { ${POINT} } } } }
  territories(owner: $account) { hexes { packed } }
}`

export type ArrivalData = Readonly<{
  adventurers: Readonly<{
    edges: readonly Readonly<{ node: Readonly<{ id: Felt; coordinate: PointData }> }>[]
  }>
  territories: readonly Readonly<{ hexes: readonly Readonly<{ packed: Felt }>[] }>[]
}>

/**
 * The view from a place, with so many further hexes in the variables `w0`, `w1`, … and the answer's
 * fields alike.
 */
export const viewDocument = (watchedHexes: number): string => {
  const watched = Array.from({ length: watchedHexes }, (_, index) => `w${index}`)
  const variables = ['$id: Felt!', '$here: HexCoordinate!', '$radius: Int!']
    .concat(watched.map((name) => `$${name}: HexCoordinate!`))
    .join(', ')
  return `query View(${variables}) {
  _meta { block { number } }
  adventurer(id: $id) { ${ADVENTURER} }
  here: hex(coordinate: $here) {
    ${HEX}
    areas { id index type isDiscovered ownerId plantSlots plants { slot availableYield itemId } }
  }
  near: hexesInRadius(center: $here, radius: $radius) { ${HEX} }
  ${watched.map((name) => `${name}: hex(coordinate: $${name}) { ${HEX} }`).join('\n  ')}
}`
}

export type ViewData = Readonly<{
  _meta: MetaData
  adventurer: AdventurerData | null
  here: HereData
  near: readonly HexData[]
}> &
  Readonly<Record<`w${number}`, HexData>>

export const HEAD_DOCUMENT = 'query Head { _meta { block { number } } }'
export type HeadData = Readonly<{ _meta: MetaData }>
