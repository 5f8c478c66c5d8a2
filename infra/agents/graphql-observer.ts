/** The observation port of agents on the public GraphQL API, as any outside player would use it. */
import type {
  Observation,
  ObservationQuery,
  Observe,
  SeenArea,
  SeenHere,
  SeenHex,
  SeenSelf,
} from '../../agents/worlds/infinite-hex-adventurers/observation.ts'
import { WATCHED_HEXES_MAX } from '../../agents/worlds/infinite-hex-adventurers/observation.ts'
import type { Client } from '../../api/client/client.ts'
import { type Felt, parseFelt } from '../../domain/felt.ts'
import { type Cube, hexDistance, packHex } from '../../domain/hex.ts'
import {
  type AdventurerData,
  ARRIVAL_DOCUMENT,
  type ArrivalData,
  HEAD_DOCUMENT,
  type HeadData,
  type HereData,
  type HexData,
  type PointData,
  type ViewData,
  viewDocument,
} from './observation-documents.ts'

/**
 * Looks again when it finds itself elsewhere than it believed; between two looks it can have moved
 * only once.
 */
const LOOKS_MAX = 3

/** Observes through a client of the API. */
export const createGraphqlObserver = (client: Client): Observe => {
  const documents = Array.from({ length: WATCHED_HEXES_MAX + 1 }, (_, hexes) => viewDocument(hexes))
  return async (query, signal) => {
    const settled = query.adventurerId === null ? await arrive(client, query, signal) : query
    const watched = settled.watched.slice(0, WATCHED_HEXES_MAX)
    // One for every number of hexes up to the most.
    const document = documents[watched.length] as string
    let position = settled.position
    for (let look = 1; ; look += 1) {
      const variables = {
        id: settled.adventurerId ?? '0x0',
        here: packHex(position),
        radius: query.radius,
        ...Object.fromEntries(watched.map((packed, index) => [`w${index}`, packed])),
      }
      const view = await client.query<ViewData>(document, variables, { signal })
      if (view._meta.block === null) return null
      const standsAt = view.adventurer === null ? position : cubeOf(view.adventurer.coordinate)
      if (hexDistance(standsAt, position) === 0 || look === LOOKS_MAX) {
        return observationOf(view, view._meta.block.number, watched)
      }
      position = standsAt
    }
  }
}

/** Number of the block that the read models have reached; null before the first. */
export const readHead = async (client: Client, signal: AbortSignal): Promise<number | null> =>
  (await client.query<HeadData>(HEAD_DOCUMENT, {}, { signal }))._meta.block?.number ?? null

const arrive = async (
  client: Client,
  query: ObservationQuery,
  signal: AbortSignal,
): Promise<ObservationQuery> => {
  const { account } = query
  const { adventurers, territories } = await client.query<ArrivalData>(
    ARRIVAL_DOCUMENT,
    { account },
    { signal },
  )
  const found = adventurers.edges[0]?.node
  if (found === undefined) return query
  const controlled = territories.flatMap(({ hexes }) => hexes.map(({ packed }) => packed))
  return {
    ...query,
    adventurerId: found.id,
    position: cubeOf(found.coordinate),
    watched: [...new Set([...query.watched, ...controlled])],
  }
}

const cubeOf = ({ x, y, z }: PointData): Cube => ({ x, y, z })

const observationOf = (view: ViewData, block: number, watched: readonly Felt[]): Observation => {
  const far = watched.flatMap((_, index) => {
    const hex = view[`w${index}`]
    return hex === undefined || !isKnown(hex) ? [] : [hex]
  })
  const hexes = new Map([...far, ...view.near].map((hex) => [hex.coordinate.packed, hexOf(hex)]))
  return {
    block,
    self: view.adventurer === null ? null : selfOf(view.adventurer),
    here: hereOf(view.here),
    hexes: [...hexes.values()],
  }
}

const isKnown = ({ isDiscovered, decay }: HexData): boolean => isDiscovered || decay !== null

const hexOf = ({ coordinate, isDiscovered, biome, areaCount, decay, claim }: HexData): SeenHex => ({
  packed: coordinate.packed,
  cube: cubeOf(coordinate),
  isDiscovered,
  biome,
  areaCount,
  decay,
  claim,
})

const hereOf = (here: HereData): SeenHere => ({
  ...hexOf(here),
  areas: here.areas.flatMap((area): SeenArea[] => {
    const { id, index, type, isDiscovered, ownerId, plantSlots, plants } = area
    if (!isDiscovered || index === null || type === null) return []
    return [{ id, index, type, ownerId, plantSlots: plantSlots ?? 0, plants }]
  }),
})

const selfOf = (adventurer: AdventurerData): SeenSelf => {
  const { id, isAlive, coordinate, energy, effectiveEnergy, maxEnergy, lockedUntilBlock } =
    adventurer
  return {
    id: parseFelt(id) ?? id,
    isAlive,
    cube: cubeOf(coordinate),
    energy,
    effectiveEnergy,
    maxEnergy,
    lastRegenBlock: adventurer.economics?.lastRegenBlock ?? 0,
    lockedUntilBlock,
    weight: adventurer.inventory?.weight ?? 0,
    maxWeight: adventurer.inventory?.maxWeight ?? 0,
    items: adventurer.inventory?.items ?? [],
    reservations: adventurer.reservations.map(({ hex, ...reservation }) => ({
      ...reservation,
      hex: hex?.packed ?? null,
    })),
  }
}
