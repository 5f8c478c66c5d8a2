/**
 * Everything that the map knows at one time: the hexes of all sectors, and where each adventurer
 * stands. It is changed in place by steps, and says what a step meant for the eye: hexes to draw
 * again, and adventurers that walked.
 */
import type { Axial } from '../../../domain/hex.ts'
import { holderOf } from './hex-facts.ts'
import type { HexStep } from './replica.ts'
import type { HexPlace, MapAdventurer, MapHex } from './world-types.ts'

/** An adventurer, and the hex where it stands. */
export type Standing = Readonly<{ adventurer: MapAdventurer; place: HexPlace }>

/** Changed in place by `applySteps`. */
export type Atlas = Readonly<{
  /** By packed felt. */
  hexes: Map<string, MapHex>
  /** By id. */
  adventurers: Map<string, Standing>
}>

/** One adventurer's way from a hex to another, which need not touch it. */
export type Walk = Readonly<{ adventurerId: string; from: Axial; to: Axial }>

/** What steps meant for the eye. */
export type AtlasChange = Readonly<{
  /** Hexes whose picture may have changed. */
  touched: readonly HexPlace[]
  walks: readonly Walk[]
  /** Whether a controller changed, so that territories have to be found again. */
  ownershipChanged: boolean
}>

/** An atlas of nothing. */
export const emptyAtlas = (): Atlas => ({ hexes: new Map(), adventurers: new Map() })

const arrive = (atlas: Atlas, hex: MapHex, walks: Walk[]): void => {
  for (const adventurer of hex.adventurers) {
    const before = atlas.adventurers.get(adventurer.id)
    if (before !== undefined && before.place.packed !== hex.coordinate.packed) {
      walks.push({ adventurerId: adventurer.id, from: before.place, to: hex.coordinate })
    }
    atlas.adventurers.set(adventurer.id, { adventurer, place: hex.coordinate })
  }
}

/** Forgets adventurers that left a hex and arrived nowhere that is followed. */
const depart = (atlas: Atlas, { before, after }: HexStep): void => {
  const staying = new Set(after?.adventurers.map(({ id }) => id))
  for (const { id } of before?.adventurers ?? []) {
    if (!staying.has(id) && atlas.adventurers.get(id)?.place.packed === before?.coordinate.packed) {
      atlas.adventurers.delete(id)
    }
  }
}

/**
 * Applies the steps of one block or snapshot. An adventurer that left one hex and stands in another
 * has walked.
 */
export const applySteps = (atlas: Atlas, steps: readonly HexStep[]): AtlasChange => {
  const walks: Walk[] = []
  const touched: HexPlace[] = []
  let ownershipChanged = false
  for (const { before, after } of steps) {
    const place = (after ?? before)?.coordinate
    if (place === undefined) continue
    touched.push(place)
    if (holderOf(before) !== holderOf(after)) ownershipChanged = true
    if (after === null) {
      atlas.hexes.delete(place.packed)
    } else {
      atlas.hexes.set(place.packed, after)
      arrive(atlas, after, walks)
    }
  }
  for (const step of steps) depart(atlas, step)
  return { touched, walks, ownershipChanged }
}

/** Takes a sector's hexes out of the atlas, when it is followed no more. */
export const forgetHexes = (atlas: Atlas, hexes: Iterable<MapHex>): AtlasChange =>
  applySteps(
    atlas,
    [...hexes].map((before) => ({ before, after: null })),
  )
