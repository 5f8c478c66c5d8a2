/**
 * Territories: the hexes that one adventurer controls, split into parts that hang together, each
 * with its border. Pure geometry on the hex grid. Corners are kept on an integer lattice, on which
 * the borders of neighbours coincide exactly.
 */
import { assert } from '../../errors.ts'
import type { Felt } from '../../felt.ts'
import { AXIS_MIN, type Axial } from '../../hex.ts'

/** A controlled hex. */
export type Holding = Readonly<{ hex: Felt; axial: Axial; owner: Felt }>

/** A ring of points [x, y], closed: the last point equals the first. */
export type Ring = readonly (readonly [number, number])[]

export type Territory = Readonly<{
  owner: Felt
  /** In the order in which they were given. */
  holdings: readonly Holding[]
  /** Hex edges that face something else. */
  borderLength: number
  /**
   * The outer border first (counter-clockwise in the numbers, as GeoJSON wants it), then the holes
   * (clockwise).
   */
  rings: readonly Ring[]
}>

/**
 * A corner on the lattice: x in halves of √3, y in halves, for pointy-top hexes of circumradius 1.
 */
type Corner = Readonly<{ i: number; j: number }>

const HALF_WIDTH = Math.sqrt(3) / 2

/** Planar coordinates of a corner; y grows with r, downwards on a screen. */
export const pointOfCorner = ({ i, j }: Corner): [number, number] => [i * HALF_WIDTH, j / 2]

/** Corners from the top one on, and the neighbour beyond the edge that begins there. */
const EDGES: readonly Readonly<{ corner: Corner; beyond: Axial }>[] = [
  { corner: { i: 0, j: -2 }, beyond: { q: 1, r: -1 } },
  { corner: { i: 1, j: -1 }, beyond: { q: 1, r: 0 } },
  { corner: { i: 1, j: 1 }, beyond: { q: 0, r: 1 } },
  { corner: { i: 0, j: 2 }, beyond: { q: -1, r: 1 } },
  { corner: { i: -1, j: 1 }, beyond: { q: -1, r: 0 } },
  { corner: { i: -1, j: -1 }, beyond: { q: 0, r: -1 } },
]

/** The six corners of a hex, from the top one on. */
export const cornersOf = ({ q, r }: Axial): Corner[] =>
  EDGES.map(({ corner: { i, j } }) => ({ i: 2 * q + r + i, j: 3 * r + j }))

const AXIS_SPAN = 2 ** 22

/** A key of axial coordinates of the map or one step beyond; far below 2^53. */
const keyOf = (q: number, r: number): number => (q - AXIS_MIN + 1) * AXIS_SPAN + (r - AXIS_MIN + 1)

/** All territories, in the order of their first holdings. */
export const territoriesOf = (holdings: Iterable<Holding>): Territory[] => {
  const byOwner = Map.groupBy(holdings, ({ owner }) => owner)
  return [...byOwner.values()].flatMap((held) => connectedParts(held).map(territoryOf))
}

/** Splits the holdings of one owner into parts whose hexes touch each other. */
const connectedParts = (held: readonly Holding[]): Holding[][] => {
  const unseen = new Map(held.map((holding) => [keyOf(holding.axial.q, holding.axial.r), holding]))
  const parts: Holding[][] = []
  for (const [key, first] of unseen) {
    unseen.delete(key)
    const part = [first]
    for (const { axial } of part) {
      // grows while it is walked
      for (const { beyond } of EDGES) {
        const beyondKey = keyOf(axial.q + beyond.q, axial.r + beyond.r)
        const neighbour = unseen.get(beyondKey)
        if (neighbour === undefined) continue
        unseen.delete(beyondKey)
        part.push(neighbour)
      }
    }
    parts.push(part)
  }
  return parts
}

const territoryOf = (part: readonly Holding[]): Territory => {
  const first = part[0]
  assert(first !== undefined, 'a territory has no hex')
  const border = borderOf(part)
  return { owner: first.owner, holdings: part, borderLength: border.size, rings: ringsOf(border) }
}

const textOfCorner = ({ i, j }: Corner): string => `${i},${j}`

/**
 * Border edges by the corner where they begin, interior always on the same side. Three hexes meet
 * at a corner, so at most one border edge begins at each.
 */
const borderOf = (
  part: readonly Holding[],
): Map<string, Readonly<{ from: Corner; to: Corner }>> => {
  const inside = new Set(part.map(({ axial }) => keyOf(axial.q, axial.r)))
  const border = new Map<string, Readonly<{ from: Corner; to: Corner }>>()
  for (const { axial } of part) {
    const corners = cornersOf(axial)
    for (const [at, { beyond }] of EDGES.entries()) {
      if (inside.has(keyOf(axial.q + beyond.q, axial.r + beyond.r))) continue
      const from = corners[at] as Corner // six corners, six edges
      border.set(textOfCorner(from), { from, to: corners[(at + 1) % EDGES.length] as Corner })
    }
  }
  return border
}

/** Follows the border edges into closed rings; a part that hangs together has one outer ring. */
const ringsOf = (border: ReadonlyMap<string, Readonly<{ from: Corner; to: Corner }>>): Ring[] => {
  const left = new Map(border)
  const rings: Corner[][] = []
  for (const [start, { from }] of border) {
    if (!left.has(start)) continue
    const ring = [from]
    for (let at = start; left.has(at); ) {
      const { to } = left.get(at) as { to: Corner } // just looked up
      left.delete(at)
      ring.push(to)
      at = textOfCorner(to)
    }
    rings.push(ring)
  }
  const outer = rings.findIndex((ring) => twiceSignedArea(ring) > 0)
  assert(outer >= 0, 'a territory has no outer border')
  return [...rings.splice(outer, 1), ...rings].map((ring) => ring.map(pointOfCorner))
}

/** Positive for counter-clockwise rings; in units of the lattice. */
const twiceSignedArea = (ring: readonly Corner[]): number =>
  ring.reduce((sum, { i, j }, at) => {
    const next = ring[(at + 1) % ring.length] as Corner // the index wraps
    return sum + i * next.j - next.i * j
  }, 0)
