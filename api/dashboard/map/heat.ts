/**
 * Activity of the map: each event warms its hex and those around, and the warmth halves every
 * `HALF_LIFE_BLOCKS`.
 */
import {
  type Axial,
  axialOfCube,
  cubeOfAxial,
  discAround,
  hexDistance,
} from '../../../domain/hex.ts'

const REACH = 2
const HALF_LIFE_BLOCKS = 150
/** Warmth at which a hex is two thirds of the way to the brightest. */
const WARMTH_SCALE = 2.2
const WARMTH_MIN = 0.02
const HEXES_MAX = 120_000

/** A hex as warm as it was at the block at which it was warmed last. */
type Spot = { q: number; r: number; warmth: number; block: number }

/** How warm a hex shows, 0 … 255. */
export type Warmth = Readonly<{ q: number; r: number; level: number }>

const warmthAt = (spot: Spot, block: number): number =>
  spot.warmth * 2 ** (-Math.max(0, block - spot.block) / HALF_LIFE_BLOCKS)

/** 0 … 255. */
const levelOf = (warmth: number): number => Math.round(255 * (1 - Math.exp(-warmth / WARMTH_SCALE)))

/** The warm hexes of a map. */
export type HeatField = Readonly<{
  /** Warms a place at a block; returns the hexes whose level changed. */
  warm: (place: Axial, block: number) => Warmth[]
  /**
   * Levels of all warm hexes at a block; those that have cooled down come once more with level 0.
   */
  cool: (block: number) => Warmth[]
  /** Forgets everything; returns the hexes that were warm, with level 0. */
  clear: () => Warmth[]
}>

/** A field on which nothing has happened yet. */
export const createHeatField = (): HeatField => {
  const spots = new Map<string, Spot>()
  const warm = (place: Axial, block: number): Warmth[] => {
    const middle = cubeOfAxial(place)
    return discAround(middle, REACH).map((cube) => {
      const { q, r } = axialOfCube(cube)
      const key = `${q},${r}`
      const before = spots.get(key)
      const added = 1 / (1 + hexDistance(middle, cube)) ** 1.6
      const warmth = (before === undefined ? 0 : warmthAt(before, block)) + added
      if (before !== undefined || spots.size < HEXES_MAX) spots.set(key, { q, r, warmth, block })
      return { q, r, level: levelOf(warmth) }
    })
  }
  const cool = (block: number): Warmth[] =>
    [...spots].map(([key, spot]) => {
      const warmth = warmthAt(spot, block)
      if (warmth < WARMTH_MIN) spots.delete(key)
      return { q: spot.q, r: spot.r, level: warmth < WARMTH_MIN ? 0 : levelOf(warmth) }
    })
  const clear = (): Warmth[] => {
    const cleared = [...spots.values()].map(({ q, r }) => ({ q, r, level: 0 }))
    spots.clear()
    return cleared
  }
  return { warm, cool, clear }
}
