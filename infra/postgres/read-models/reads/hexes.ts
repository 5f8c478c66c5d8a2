/** Hexes with all that stands on them, at one point of history. */
import { compareFelts, type Felt } from '../../../../domain/felt.ts'
import type { HexPart, HexView, ReadPoint } from '../../../../projections/world-reads.ts'
import type { WorldRow } from '../../../../projections/world-tables.ts'
import { entityIdOf } from '../../../../schemas/crypto/starknet.ts'
import { hexPoint } from '../../../../schemas/h3.ts'
import { adventurerViews } from './adventurers.ts'
import { type ReadDatabase, type RowsAt, rowsByEntity, rowsByLookup } from './read-database.ts'
import { areaView, claimView, decayView, idOrNull, upkeepBpAt } from './views.ts'

/** The regulator has one policy, in slot 1. */
const POLICY_ENTITY = entityIdOf([1n])

/**
 * The known ones among the given hexes, ascending as numbers. A hex is known when it was
 * discovered, when it has decay or a controller (both possible before its discovery), or when an
 * adventurer stands on it. These three are always read, so that what is known does not depend on
 * what was asked for.
 */
export const readHexes = async (
  database: ReadDatabase,
  ids: readonly Felt[],
  at: RowsAt,
  { block }: ReadPoint,
  parts: ReadonlySet<HexPart>,
): Promise<HexView[]> => {
  const whenAsked = <T>(part: HexPart, read: () => Promise<T[]>): Promise<T[]> =>
    parts.has(part) ? read() : none()
  const [hexes, decays, adventurers, areas, plants, claims, policies] = await Promise.all([
    rowsByLookup(database, 'hexes', ids, at),
    rowsByLookup(database, 'hex_decay', ids, at),
    rowsByLookup(database, 'adventurers', ids, at),
    whenAsked('areas', () => rowsByLookup(database, 'areas', ids, at)),
    whenAsked('plants', () => rowsByLookup(database, 'plants', ids, at)),
    whenAsked('claim', () => rowsByLookup(database, 'claims', ids, at)),
    whenAsked('decay', () => rowsByEntity(database, 'regulator_policies', [POLICY_ENTITY], at)),
  ])
  const standing = parts.has('adventurers')
    ? await adventurerViews(database, adventurers, at, block, parts as ReadonlySet<never>)
    : []
  const rows: HexRows = {
    hex: new Map(hexes.map((row) => [row.coordinate, row])),
    decay: new Map(decays.map((row) => [row.hex_coordinate, row])),
    areas: Map.groupBy(areas, (row) => row.hex),
    plants: Map.groupBy(plants, (row) => row.area_id),
    claim: new Map(
      claims.filter(({ status }) => status === 'Active').map((row) => [row.hex_coordinate, row]),
    ),
  }
  const occupied = new Set(adventurers.map((row) => row.current_hex))
  const upkeepBp = upkeepBpAt(policies[0], block)
  const adventurersByHex = Map.groupBy(standing, ({ coordinate }) => coordinate.packed)
  return ids
    .filter((id) => rows.hex.has(id) || rows.decay.has(id) || occupied.has(id))
    .sort(compareFelts)
    .flatMap((id) => hexView(id, rows, { block, upkeepBp, showsDecay: parts.has('decay') }) ?? [])
    .map((view) => ({ ...view, adventurers: adventurersByHex.get(view.coordinate.packed) ?? [] }))
}

const none = async <T>(): Promise<T[]> => []

type HexRows = Readonly<{
  hex: ReadonlyMap<Felt, WorldRow<'hexes'>>
  decay: ReadonlyMap<Felt, WorldRow<'hex_decay'>>
  areas: ReadonlyMap<Felt | null, readonly WorldRow<'areas'>[]>
  plants: ReadonlyMap<Felt | null, readonly WorldRow<'plants'>[]>
  claim: ReadonlyMap<Felt | null, WorldRow<'claims'>>
}>

type Terms = Readonly<{ block: number; upkeepBp: number; showsDecay: boolean }>

const hexView = (
  id: Felt,
  rows: HexRows,
  { block, upkeepBp, showsDecay }: Terms,
): Omit<HexView, 'adventurers'> | null => {
  const coordinate = hexPoint(id)
  if (coordinate === null) return null
  const hex = rows.hex.get(id)
  const decay = showsDecay ? rows.decay.get(id) : undefined
  const claim = rows.claim.get(id)
  const isDiscovered = hex?.is_discovered ?? false
  const biome = isDiscovered ? (hex?.biome ?? null) : null
  const areas = (rows.areas.get(id) ?? []).map((area) =>
    areaView(area, rows.plants.get(area.area_id) ?? []),
  )
  return {
    coordinate,
    isDiscovered,
    biome,
    discoveryBlock: isDiscovered && hex ? Number(hex.discovery_block) : null,
    discoverer: isDiscovered && hex ? idOrNull(hex.discoverer) : null,
    areaCount: isDiscovered && hex ? hex.area_count : null,
    areas: areas.sort(
      (a, b) => (a.index ?? Infinity) - (b.index ?? Infinity) || compareFelts(a.id, b.id),
    ),
    decay: decay === undefined ? null : decayView(decay, biome, block, upkeepBp),
    claim: claim === undefined ? null : claimView(claim),
  }
}
