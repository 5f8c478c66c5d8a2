/**
 * Territories as the map names them: hexes of one controller that touch each other, with a place
 * for the name.
 */
import { type Axial, axialOfCube, cubeOfAxial, HEX_DIRECTIONS } from '../../../domain/hex.ts'
import { centreOf } from '../map/projection.ts'
import { holderOf } from './hex-facts.ts'
import type { MapHex } from './world-types.ts'

/** A connected territory with what its name needs. */
export type NamedTerritory = Readonly<{
  ownerId: string
  hexes: number
  /** The territory's own hex that lies nearest to its middle, where the name stands. */
  seat: Axial
  /** Width in plane units, so that a name can be fitted to it. */
  width: number
}>

const STEPS: readonly Axial[] = HEX_DIRECTIONS.map(axialOfCube)
const keyOf = ({ q, r }: Axial): string => `${q},${r}`

const seatOf = (members: readonly Axial[]): Axial => {
  const centres = members.map(centreOf)
  const x = centres.reduce((sum, centre) => sum + centre.x, 0) / centres.length
  const y = centres.reduce((sum, centre) => sum + centre.y, 0) / centres.length
  let best = members[0] as Axial // a component has at least the hex that it was found from
  let bestFar = Infinity
  members.forEach((member, at) => {
    const centre = centres[at] as { x: number; y: number } // one centre per member
    const far = (centre.x - x) ** 2 + (centre.y - y) ** 2
    if (far < bestFar) [best, bestFar] = [member, far]
  })
  return best
}

/** Takes one connected component out of `unseen`, beginning at a hex of it. */
const takeComponent = (
  unseen: Map<string, { hex: Axial; ownerId: string }>,
  start: Axial,
  ownerId: string,
): Axial[] => {
  const members: Axial[] = []
  const frontier = [start]
  unseen.delete(keyOf(start))
  for (let hex = frontier.pop(); hex !== undefined; hex = frontier.pop()) {
    members.push(hex)
    for (const step of STEPS) {
      const beside = { q: hex.q + step.q, r: hex.r + step.r }
      if (unseen.get(keyOf(beside))?.ownerId !== ownerId) continue
      unseen.delete(keyOf(beside))
      frontier.push(beside)
    }
  }
  return members
}

/** Connected territories among the given hexes, largest first. */
export const territoriesOf = (hexes: Iterable<MapHex>): NamedTerritory[] => {
  const unseen = new Map<string, { hex: Axial; ownerId: string }>()
  for (const hex of hexes) {
    const ownerId = holderOf(hex)
    if (ownerId !== null)
      unseen.set(keyOf(hex.coordinate), { hex: axialOfCube(cubeOfAxial(hex.coordinate)), ownerId })
  }
  const found: NamedTerritory[] = []
  for (const { hex, ownerId } of [...unseen.values()]) {
    if (!unseen.has(keyOf(hex))) continue
    const members = takeComponent(unseen, hex, ownerId)
    const xs = members.map((member) => centreOf(member).x)
    const width =
      xs.reduce((most, x) => Math.max(most, x), -Infinity) -
      xs.reduce((least, x) => Math.min(least, x), Infinity)
    found.push({ ownerId, hexes: members.length, seat: seatOf(members), width: width + 1.7 })
  }
  return found.sort((one, other) => other.hexes - one.hexes)
}
