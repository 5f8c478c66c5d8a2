/**
 * The observation port on the rows of the read models in memory, by the views that the API shows.
 * That it sees what agents see through the API is tested in infra/agents/observe-contract.test.ts.
 */
import { blockOrNever } from '../../../domain/block-number.ts'
import { compareFelts, type Felt } from '../../../domain/felt.ts'
import { axialOfCube, type Cube, discAround, packHex, unpackHex } from '../../../domain/hex.ts'
import { territoriesOf } from '../../../domain/worlds/infinite-hex-adventurers/territory.ts'
import {
  adventurers,
  backpackItems,
  reservations,
} from '../../../projections/worlds/infinite-hex-adventurers/adventurers/tables.ts'
import {
  adventurerView,
  itemView,
  reservationView,
} from '../../../projections/worlds/infinite-hex-adventurers/adventurers/view.ts'
import {
  type AreaRow,
  areas,
  buildings,
  type ClaimRow,
  claims,
  hexDecay,
  hexes,
  plants,
} from '../../../projections/worlds/infinite-hex-adventurers/hexes/tables.ts'
import {
  areaView,
  claimView,
  decayView,
  hasWatchtower,
} from '../../../projections/worlds/infinite-hex-adventurers/hexes/view.ts'
import {
  regulatorPolicies,
  upkeepBpAt,
} from '../../../projections/worlds/infinite-hex-adventurers/regulator/policy.ts'
import { harvestersUnder } from '../../../projections/worlds/infinite-hex-adventurers/sharing/harvesters.ts'
import {
  resourceGrants,
  resourcePolicies,
} from '../../../projections/worlds/infinite-hex-adventurers/sharing/tables.ts'
import type {
  Adventurer,
  Area,
  Decay,
} from '../../../schemas/graphql/worlds/infinite-hex-adventurers/types.ts'
import type { FoldedRows } from './folded-rows.testing.ts'
import {
  type ObservationQuery,
  type Observe,
  type SeenArea,
  type SeenClaim,
  type SeenDecay,
  type SeenHex,
  type SeenSelf,
  WATCHED_HEXES_MAX,
} from './observation.ts'

const ALL_PARTS = new Set(['economics', 'inventory', 'reservations'] as const)

// Hexes that are looked at are hexes of the map.
const packed = (cube: Cube): Felt => packHex(cube) as Felt
const unpacked = (hex: Felt): Cube => unpackHex(hex) as Cube

/** Sees the rows as they are at the end of the head block; null while there is none. */
export const createFoldedObserver =
  (rows: FoldedRows, head: () => number | null): Observe =>
  async (query, signal) => {
    signal.throwIfAborted()
    const block = head()
    if (block === null) return null
    const { adventurerId, watched } = query.adventurerId === null ? arrival(rows, query) : query
    const self = adventurerId === null ? null : selfOf(rows, adventurerId, block)
    const center = self?.cube ?? query.position
    const far = watched
      .slice(0, WATCHED_HEXES_MAX)
      .map((id) => hexOf(rows, id, block))
      .filter(({ isDiscovered, decay }) => isDiscovered || decay !== null)
    const near = discAround(center, query.radius)
      .map(packed)
      .filter((id) => isKnown(rows, id))
      .sort(compareFelts)
      .map((id) => hexOf(rows, id, block))
    const here = packed(center)
    return {
      block,
      self,
      here: { ...hexOf(rows, here, block), areas: areasOf(rows, here) },
      hexes: [...new Map([...far, ...near].map((hex) => [hex.packed, hex])).values()],
    }
  }

/** The account's first adventurer, and what the account controls, largest territory first. */
const arrival = (
  rows: FoldedRows,
  { account, watched }: ObservationQuery,
): Pick<ObservationQuery, 'adventurerId' | 'watched'> => {
  const own = rows
    .all(adventurers)
    .filter(({ owner }) => owner === account)
    .map(({ adventurer_id }) => adventurer_id)
    .sort(compareFelts)
  const holdings = rows
    .all(hexDecay)
    .map(({ hex_coordinate: hex, owner_adventurer_id: owner }) => ({ hex, owner: owner ?? '0x0' }))
    .filter(({ owner }) => own.includes(owner))
    .sort((a, b) => compareFelts(a.hex, b.hex))
    .map((holding) => ({ ...holding, axial: axialOfCube(unpacked(holding.hex)) }))
  const controlled = territoriesOf(holdings)
    .sort((a, b) => b.holdings.length - a.holdings.length || compareFelts(a.owner, b.owner))
    .flatMap((territory) => territory.holdings.map(({ hex }) => hex))
  return { adventurerId: own[0] ?? null, watched: [...new Set([...watched, ...controlled])] }
}

const isKnown = (rows: FoldedRows, id: Felt): boolean =>
  [hexes, hexDecay, adventurers].some((table) => rows.at<unknown>(table, id).length > 0)

const hexOf = (rows: FoldedRows, id: Felt, block: number): SeenHex => {
  const hex = rows.at(hexes, id).find(({ is_discovered }) => is_discovered === true)
  const biome = hex?.biome ?? null
  const [decay] = rows.at(hexDecay, id)
  const [policy] = rows.all(regulatorPolicies)
  const claim = rows.at(claims, id).find(({ status }) => status === 'Active')
  return {
    packed: id,
    cube: unpacked(id),
    isDiscovered: hex !== undefined,
    biome,
    areaCount: hex?.area_count ?? null,
    decay:
      decay === undefined
        ? null
        : seenDecay(decayView(decay, biome, block, upkeepBpAt(policy, block))),
    claim:
      claim === undefined
        ? null
        : seenClaim(claim, hasWatchtower(id, hex?.area_count ?? 0, rows.at(buildings, id))),
  }
}

const seenDecay = ({ lastPaymentBlock: _, ...seen }: Decay): SeenDecay => ({
  ...seen,
  lastProcessedBlock: blockOrNever(seen.lastProcessedBlock),
})

const seenClaim = (row: ClaimRow, isWatched: boolean): SeenClaim => {
  const { claimantId, energyLocked, expiryBlock, minimumDefenceEnergy } = claimView(row, isWatched)
  return {
    claimantId,
    energyLocked,
    expiryBlock: blockOrNever(expiryBlock),
    minimumDefenceEnergy,
  }
}

/** Who may harvest in an area besides its owner. */
const harvestersIn = (rows: FoldedRows, { area_type, resource_key }: AreaRow): readonly Felt[] => {
  if (area_type !== 'PlantField' || resource_key === null) return []
  const [policy] = rows.at(resourcePolicies, resource_key)
  return policy === undefined ? [] : harvestersUnder(policy, rows.at(resourceGrants, resource_key))
}

const areasOf = (rows: FoldedRows, hex: Felt): readonly SeenArea[] => {
  const plantsByArea = Map.groupBy(rows.at(plants, hex), ({ area_id }) => area_id)
  return rows
    .at(areas, hex)
    .map((area) => areaView(area, plantsByArea.get(area.area_id) ?? [], harvestersIn(rows, area)))
    .flatMap(seenArea)
    .sort((a, b) => a.index - b.index)
}

const seenArea = (area: Area): readonly SeenArea[] => {
  const { id, index, type, isDiscovered, ownerId, harvesterIds, plantSlots, plants } = area
  if (!isDiscovered || index === null || type === null) return []
  const seen = plants.map(({ slot, availableYield, itemId }) => ({ slot, availableYield, itemId }))
  return [{ id, index, type, ownerId, harvesterIds, plantSlots: plantSlots ?? 0, plants: seen }]
}

const selfOf = (rows: FoldedRows, id: Felt, block: number): SeenSelf | null => {
  const row = rows.all(adventurers).find(({ adventurer_id }) => adventurer_id === id)
  if (row === undefined) return null
  const plantByKey = new Map(rows.all(plants).map((plant) => [plant.plant_key, plant]))
  const items = rows
    .at(backpackItems, id)
    .map(itemView)
    .filter(({ quantity }) => quantity > 0)
    .sort((a, b) => compareFelts(a.id, b.id))
  const reserved = rows
    .at(reservations, id)
    .filter(({ status }) => status === 'Active')
    .map((reservation) =>
      reservationView(reservation, plantByKey.get(reservation.plant_key ?? '0x0')),
    )
    .sort((a, b) => compareFelts(a.plantKey, b.plantKey))
  const view = adventurerView(row, { items, reservations: reserved }, block, ALL_PARTS)
  return view === null ? null : seenSelf(view)
}

const seenSelf = (view: Adventurer): SeenSelf => {
  const { id, isAlive, energy, effectiveEnergy, maxEnergy, lockedUntilBlock } = view
  const { coordinate, economics, inventory, reservations } = view
  return {
    id,
    isAlive,
    cube: { x: coordinate.x, y: coordinate.y, z: coordinate.z },
    energy,
    effectiveEnergy,
    maxEnergy,
    lastRegenBlock: economics === null ? 0 : blockOrNever(economics.lastRegenBlock),
    lockedUntilBlock,
    weight: inventory?.weight ?? 0,
    maxWeight: inventory?.maxWeight ?? 0,
    items: (inventory?.items ?? []).map((item) => ({ id: item.id, quantity: item.quantity })),
    reservations: reservations.map(({ hex, areaId, plantSlot, readyBlock }) => ({
      hex: hex?.packed ?? null,
      areaId,
      plantSlot,
      readyBlock: blockOrNever(readyBlock),
    })),
  }
}
