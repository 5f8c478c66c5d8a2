/** Hexes with all that stands on them, at one point of history. */

import { compareFelts, type Felt } from '../../../../domain/felt.ts'
import { piecesOf } from '../../../../domain/pieces.ts'
import type { Hex } from '../../../../schemas/graphql/worlds/infinite-hex-adventurers/types.ts'
import type { ReadPoint } from '../../../reads/points.ts'
import type { ReadContext } from '../../../reads/read-context.ts'
import type { RowsAt } from '../../../reads/read-database.ts'
import { adventurerViews } from '../adventurers/queries.ts'
import { adventurers } from '../adventurers/tables.ts'
import { ADVENTURER_PARTS, type AdventurerPart } from '../adventurers/view.ts'
import { POLICY_ENTITY, regulatorPolicies, upkeepBpAt } from '../regulator/policy.ts'
import { readHarvesters } from '../sharing/harvesters.ts'
import { type AreaRow, areas, buildings, claims, hexDecay, hexes, plants } from './tables.ts'
import { type HexRows, hexView } from './view.ts'

/** Parts that cost a further query; what was not asked for comes back empty or null. */
export type HexPart =
  | 'areas'
  | 'plants'
  | 'harvesters'
  | 'decay'
  | 'claim'
  | 'buildings'
  | 'adventurers'
  | AdventurerPart

export type HexReads = Readonly<{
  /**
   * The hexes of which anything is known, by packed felt ascending (numerically). Ids must be
   * distinct.
   */
  hexes: (
    ids: readonly Felt[],
    point: ReadPoint,
    parts: ReadonlySet<HexPart>,
  ) => Promise<readonly Hex[]>
}>

export const hexReads = (context: ReadContext): HexReads => ({
  hexes: async (ids, point, parts) => {
    const views: Hex[] = []
    for (const some of piecesOf([...ids].sort(compareFelts), HEXES_PER_PIECE)) {
      const read = (at: RowsAt): Promise<Hex[]> =>
        readHexes(context, some, { at, block: point.block, parts })
      views.push(...(await context.atPoint(point, read)))
    }
    return views
  },
})

/** Hexes that are looked up at once: each statement takes the embedded database a few milliseconds. */
const HEXES_PER_PIECE = 100

type Asked = Readonly<{ at: RowsAt; block: number; parts: ReadonlySet<HexPart> }>

const none = async <T>(): Promise<T[]> => []

/**
 * A hex is known when it was discovered, when it has decay or a controller (both possible before
 * its discovery), or when an adventurer stands on it. These three are always read, so that what is
 * known does not depend on what was asked for.
 */
const readRows = async ({ rows }: ReadContext, ids: readonly Felt[], { at, parts }: Asked) => {
  const whenAsked = <T>(part: HexPart, read: () => Promise<T[]>): Promise<T[]> =>
    parts.has(part) ? read() : none()
  const [hex, decay, standing, area, plant, claim, building, policy] = await Promise.all([
    rows.byLookup(hexes, ids, at),
    rows.byLookup(hexDecay, ids, at),
    rows.byLookup(adventurers, ids, at),
    whenAsked('areas', () => rows.byLookup(areas, ids, at)),
    whenAsked('plants', () => rows.byLookup(plants, ids, at)),
    whenAsked('claim', () => rows.byLookup(claims, ids, at)),
    whenAsked('buildings', () => rows.byLookup(buildings, ids, at)),
    whenAsked('decay', () => rows.byEntity(regulatorPolicies, [POLICY_ENTITY], at)),
  ])
  const harvesters = parts.has('harvesters')
    ? await readHarvesters(rows, plantFieldKeys(area), at)
    : new Map<Felt, readonly Felt[]>()
  return { hex, decay, standing, area, plant, claim, building, policy, harvesters }
}

/** The keys of those areas in which something may grow. */
const plantFieldKeys = (areas: readonly AreaRow[]): Felt[] => [
  ...new Set(
    areas.flatMap(({ area_type, resource_key }) =>
      area_type === 'PlantField' && resource_key !== null ? [resource_key] : [],
    ),
  ),
]

type FoundRows = Awaited<ReturnType<typeof readRows>>

const grouped = ({ hex, decay, area, plant, claim, building, harvesters }: FoundRows): HexRows => ({
  hex: new Map(hex.map((row) => [row.coordinate, row])),
  decay: new Map(decay.map((row) => [row.hex_coordinate, row])),
  areas: Map.groupBy(area, (row) => row.hex),
  plants: Map.groupBy(plant, (row) => row.area_id),
  buildings: Map.groupBy(building, (row) => row.hex_coordinate),
  harvesters,
  claim: new Map(
    claim.filter(({ status }) => status === 'Active').map((row) => [row.hex_coordinate, row]),
  ),
})

const adventurerPartsOf = (parts: ReadonlySet<HexPart>): ReadonlySet<AdventurerPart> =>
  new Set(ADVENTURER_PARTS.filter((part) => parts.has(part)))

const readHexes = async (
  context: ReadContext,
  ids: readonly Felt[],
  asked: Asked,
): Promise<Hex[]> => {
  const { at, block, parts } = asked
  const found = await readRows(context, ids, asked)
  const rows = grouped(found)
  const standing = parts.has('adventurers')
    ? await adventurerViews(context.rows, found.standing, {
        at,
        block,
        parts: adventurerPartsOf(parts),
      })
    : []
  const occupied = new Set(found.standing.map((row) => row.current_hex))
  const byHex = Map.groupBy(standing, ({ coordinate }) => coordinate.packed)
  const upkeepBp = upkeepBpAt(found.policy[0], block)
  return ids
    .filter((id) => rows.hex.has(id) || rows.decay.has(id) || occupied.has(id))
    .flatMap((id) => hexView(id, rows, { block, upkeepBp, showsDecay: parts.has('decay') }) ?? [])
    .map((view) => ({ ...view, adventurers: byHex.get(view.coordinate.packed) ?? [] }))
}
