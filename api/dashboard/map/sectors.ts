/**
 * Sectors: discs of one radius that tile the hex plane without gap or overlap, and so divide the
 * world into areas that can each be followed by one subscription. Discs of radius R tile along
 * (2R+1, −R−1) and (R+1, R) in axial steps.
 */
import { type Axial, cubeOfAxial, hexDistance, isCube } from '../../../domain/hex.ts'
import { type Bounds, centreOf, hexAt } from './projection.ts'

/** Steps from a sector's centre to its rim: 7 057 hexes a sector. The API allows 64. */
export const SECTOR_RADIUS = 48
/**
 * A centre, the ring around it and the ring around that: 134 083 hexes at most are followed at
 * once.
 */
export const SECTORS_MAX = 19

/** A sector by its place in the tiling. */
export type Sector = Readonly<{ key: string; center: Axial }>

const R = SECTOR_RADIUS
const DETERMINANT = 3 * R * R + 3 * R + 1

const sectorOfPlace = (a: number, b: number): Sector => ({
  key: `${a},${b}`,
  center: { q: a * (2 * R + 1) + b * (R + 1), r: -a * (R + 1) + b * R },
})

const distance = (one: Axial, other: Axial): number =>
  hexDistance(cubeOfAxial(one), cubeOfAxial(other))

/** The one sector that contains a hex. */
export const sectorOf = (hex: Axial): Sector => {
  const a = Math.round((hex.q * R - hex.r * (R + 1)) / DETERMINANT)
  const b = Math.round((hex.q * (R + 1) + hex.r * (2 * R + 1)) / DETERMINANT)
  for (const da of [0, 1, -1]) {
    for (const db of [0, 1, -1]) {
      const sector = sectorOfPlace(a + da, b + db)
      if (distance(sector.center, hex) <= R) return sector
    }
  }
  throw new RangeError(`no sector contains (${hex.q}, ${hex.r}): axes must be finite integers`)
}

const overlaps = ({ center }: Sector, bounds: Bounds): boolean => {
  const { x, y } = centreOf(center)
  const reach = SECTOR_RADIUS * 1.75 + 1
  return (
    x + reach >= bounds.left &&
    x - reach <= bounds.right &&
    y + reach >= bounds.top &&
    y - reach <= bounds.bottom
  )
}

/**
 * Sectors that a view touches, nearest to its middle first, at most `SECTORS_MAX`. Sectors whose
 * centre lies outside the game's axis range are left out.
 */
export const sectorsWithin = (bounds: Bounds): Sector[] => {
  const middle = { x: (bounds.left + bounds.right) / 2, y: (bounds.top + bounds.bottom) / 2 }
  const home = sectorOf(hexAt(middle))
  // A key is two integers joined by a comma.
  const [a, b] = home.key.split(',').map(Number) as [number, number]
  const found: { sector: Sector; far: number }[] = []
  const ring = 4
  for (let da = -ring; da <= ring; da++) {
    for (let db = -ring; db <= ring; db++) {
      const sector = sectorOfPlace(a + da, b + db)
      if (!isCube(cubeOfAxial(sector.center)) || !overlaps(sector, bounds)) continue
      const { x, y } = centreOf(sector.center)
      found.push({ sector, far: Math.hypot(x - middle.x, y - middle.y) })
    }
  }
  return found
    .sort((one, other) => one.far - other.far)
    .slice(0, SECTORS_MAX)
    .map(({ sector }) => sector)
}
