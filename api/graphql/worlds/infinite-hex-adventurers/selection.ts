/** Which parts of hexes and adventurers an operation wants, so that no others are read. */

import {
  ADVENTURER_PARTS,
  type AdventurerPart,
} from '../../../../projections/worlds/infinite-hex-adventurers/adventurers/view.ts'
import type { HexPart } from '../../../../projections/worlds/infinite-hex-adventurers/hexes/queries.ts'
import type { Selected } from '../../selection.ts'

/** Names of fields that are lists within a row. */
export const INNER_LISTS: ReadonlySet<string> = new Set([
  'areas',
  'plants',
  'harvesterIds',
  'adventurers',
  'items',
  'reservations',
  'hexes',
])

/** Parts of adventurers, selected at them. */
export const adventurerParts = (selected: Selected): ReadonlySet<AdventurerPart> =>
  new Set(ADVENTURER_PARTS.filter((part) => selected.has(part)))

const OWN_PARTS = ['areas', 'decay', 'claim', 'adventurers'] as const

/** Parts of hexes, selected at them. */
export const hexParts = (selected: Selected): ReadonlySet<HexPart> =>
  new Set<HexPart>([
    ...OWN_PARTS.filter((part) => selected.has(part)),
    ...(selected.has('areas', 'plants') ? (['plants'] as const) : []),
    ...(selected.has('areas', 'harvesterIds') ? (['harvesters'] as const) : []),
    ...(selected.has('claim', 'minimumDefenceEnergy') ? (['buildings'] as const) : []),
    ...adventurerParts(selected.at('adventurers')),
  ])
