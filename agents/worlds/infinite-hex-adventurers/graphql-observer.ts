/** The observation port of agents on the public GraphQL API, as any outside player would use it. */

import { blockOrNever } from '../../../domain/block-number.ts'
import type { Felt } from '../../../domain/felt.ts'
import { type Cube, hexDistance, packHex } from '../../../domain/hex.ts'
import {
  arrivalDocument,
  type SeenHexFragment,
  type SpotFragment,
  type ViewQuery,
  type ViewQueryVariables,
  viewDocument,
} from '../../../schemas/graphql/worlds/infinite-hex-adventurers/documents.ts'
import type { Ask } from '../../ask.ts'
import type {
  Observation,
  ObservationQuery,
  Observe,
  SeenArea,
  SeenHere,
  SeenHex,
  SeenSelf,
} from './observation.ts'
import { WATCHED_HEXES_MAX } from './observation.ts'

/**
 * Looks again when it finds itself elsewhere than it believed; between two looks it can have moved
 * only once.
 */
const LOOKS_MAX = 3

/** Observes by asking the API. */
export const createGraphqlObserver =
  (ask: Ask): Observe =>
  async (query, signal) => {
    const settled = query.adventurerId === null ? await arrive(ask, query, signal) : query
    const watched = watchedVariables(settled.watched.slice(0, WATCHED_HEXES_MAX))
    let position = settled.position
    for (let look = 1; ; look += 1) {
      const variables = {
        id: settled.adventurerId ?? '0x0',
        here: packHex(position) ?? '0x0', // no hex of the map, and refused as such
        radius: query.radius,
        ...watched,
      }
      const view = await ask(viewDocument, variables, { signal })
      if (view._meta.block === null) return null
      const standsAt = view.adventurer === null ? position : cubeOf(view.adventurer.coordinate)
      if (hexDistance(standsAt, position) === 0 || look === LOOKS_MAX) {
        return observationOf(view, view._meta.block.number)
      }
      position = standsAt
    }
  }

const arrive = async (
  ask: Ask,
  query: ObservationQuery,
  signal: AbortSignal,
): Promise<ObservationQuery> => {
  const { account } = query
  const { adventurers, territories } = await ask(arrivalDocument, { account }, { signal })
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

/** The document has places for WATCHED_HEXES_MAX further hexes; those left empty are not read. */
const watchedVariables = ([far0, far1, far2, far3]: readonly Felt[]): Omit<
  ViewQueryVariables,
  'id' | 'here' | 'radius'
> => ({
  far0,
  far1,
  far2,
  far3,
  watch0: far0 !== undefined,
  watch1: far1 !== undefined,
  watch2: far2 !== undefined,
  watch3: far3 !== undefined,
})

const cubeOf = ({ x, y, z }: SpotFragment): Cube => ({ x, y, z })

const observationOf = (view: ViewQuery, block: number): Observation => {
  const { far0, far1, far2, far3, near } = view
  const far = [far0, far1, far2, far3].filter((hex) => hex !== undefined).filter(isKnown)
  const hexes = new Map([...far, ...near].map((hex) => [hex.coordinate.packed, hexOf(hex)]))
  return {
    block,
    self: view.adventurer === null ? null : selfOf(view.adventurer),
    here: hereOf(view.here),
    hexes: [...hexes.values()],
  }
}

const isKnown = ({ isDiscovered, decay }: SeenHexFragment): boolean =>
  isDiscovered || decay !== null

const hexOf = (hex: SeenHexFragment): SeenHex => {
  const { coordinate, isDiscovered, biome, areaCount, decay, claim } = hex
  const { packed } = coordinate
  return {
    packed,
    cube: cubeOf(coordinate),
    isDiscovered,
    biome,
    areaCount,
    decay: decay && { ...decay, lastProcessedBlock: blockOrNever(decay.lastProcessedBlock) },
    claim: claim && { ...claim, expiryBlock: blockOrNever(claim.expiryBlock) },
  }
}

const hereOf = (here: ViewQuery['here']): SeenHere => ({
  ...hexOf(here),
  areas: here.areas.flatMap((area): SeenArea[] => {
    const { id, index, type, isDiscovered, ownerId, harvesterIds, plantSlots, plants } = area
    if (!isDiscovered || index === null || type === null) return []
    return [{ id, index, type, ownerId, harvesterIds, plantSlots: plantSlots ?? 0, plants }]
  }),
})

const selfOf = (adventurer: NonNullable<ViewQuery['adventurer']>): SeenSelf => {
  const { id, isAlive, coordinate, energy, effectiveEnergy, maxEnergy, lockedUntilBlock } =
    adventurer
  const { economics } = adventurer
  return {
    id,
    isAlive,
    cube: cubeOf(coordinate),
    energy,
    effectiveEnergy,
    maxEnergy,
    lastRegenBlock: economics === null ? 0 : blockOrNever(economics.lastRegenBlock),
    lockedUntilBlock,
    weight: adventurer.inventory?.weight ?? 0,
    maxWeight: adventurer.inventory?.maxWeight ?? 0,
    items: adventurer.inventory?.items ?? [],
    reservations: adventurer.reservations.map(({ hex, ...reservation }) => ({
      ...reservation,
      readyBlock: blockOrNever(reservation.readyBlock),
      hex: hex?.packed ?? null,
    })),
  }
}
