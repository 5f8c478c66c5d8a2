/**
 * Hex geometry in cube coordinates (x + y + z = 0), and the packed form: one felt per hex, 21 bits
 * an axis. Rules: game.md §3.2. H3 cells, which are only an index, live in schemas/h3.ts.
 */
import { type Felt, feltOf, parseFelt } from './felt.ts'

/** Cube coordinates; x + y + z = 0. */
export type Cube = Readonly<{ x: number; y: number; z: number }>

/** Axial coordinates: q = x, r = z. */
export type Axial = Readonly<{ q: number; r: number }>

/** Each axis lies in −1 048 576 … 1 048 575. */
export const AXIS_MIN = -(2 ** 20)
export const AXIS_MAX = 2 ** 20 - 1

const OFFSET = 1n << 20n
const AXIS_MASK = (1n << 21n) - 1n
const PACKED_MAX = (1n << 63n) - 1n

const axisInRange = (axis: number): boolean =>
  Number.isInteger(axis) && axis >= AXIS_MIN && axis <= AXIS_MAX

/** Whether the three axes are integers in range that sum to zero. */
export const isCube = ({ x, y, z }: Cube): boolean =>
  axisInRange(x) && axisInRange(y) && axisInRange(z) && x + y + z === 0

/** The hex felt of a cube; null when the cube is invalid. */
export const packHex = (cube: Cube): Felt | null => {
  if (!isCube(cube)) return null
  const packed =
    ((BigInt(cube.x) + OFFSET) << 42n) |
    ((BigInt(cube.y) + OFFSET) << 21n) |
    (BigInt(cube.z) + OFFSET)
  return feltOf(packed)
}

/**
 * The cube of a hex felt; null when it does not decode (too large, or the axes do not sum to zero).
 */
export const unpackHex = (hex: Felt): Cube | null => {
  const felt = parseFelt(hex)
  return felt === null ? null : unpackHexNumber(BigInt(felt))
}

/** The same of a felt as a number. */
export const unpackHexNumber = (packed: bigint): Cube | null => {
  if (packed > PACKED_MAX) return null
  const x = Number((packed >> 42n) - OFFSET)
  const y = Number(((packed >> 21n) & AXIS_MASK) - OFFSET)
  const z = Number((packed & AXIS_MASK) - OFFSET)
  return x + y + z === 0 ? { x, y, z } : null
}

export const cubeOfAxial = ({ q, r }: Axial): Cube => ({ x: q, y: -q - r || 0, z: r })
export const axialOfCube = ({ x, z }: Cube): Axial => ({ q: x, r: z })

/** The six directions, in the order of game.md §3.2. */
export const HEX_DIRECTIONS: readonly Cube[] = [
  { x: 1, y: -1, z: 0 },
  { x: 1, y: 0, z: -1 },
  { x: -1, y: 1, z: 0 },
  { x: 0, y: 1, z: -1 },
  { x: -1, y: 0, z: 1 },
  { x: 0, y: -1, z: 1 },
]

/** The middle of the map. */
export const ORIGIN: Cube = { x: 0, y: 0, z: 0 }

export const addCube = (a: Cube, b: Cube): Cube => ({ x: a.x + b.x, y: a.y + b.y, z: a.z + b.z })

/** Steps between two hexes. */
export const hexDistance = (a: Cube, b: Cube): number =>
  (Math.abs(a.x - b.x) + Math.abs(a.y - b.y) + Math.abs(a.z - b.z)) / 2

export const areAdjacent = (a: Cube, b: Cube): boolean => hexDistance(a, b) === 1

/** Neighbours in direction order; those outside the axis range are left out. */
export const neighboursOf = (cube: Cube): Cube[] =>
  HEX_DIRECTIONS.map((direction) => addCube(cube, direction)).filter(isCube)

/**
 * Every valid hex within `radius` steps, the centre included: 3r(r+1)+1 hexes away from the edge of
 * the world.
 */
export const discAround = (center: Cube, radius: number): Cube[] => {
  const disc: Cube[] = []
  for (let x = -radius; x <= radius; x++) {
    for (let y = Math.max(-radius, -x - radius); y <= Math.min(radius, -x + radius); y++) {
      const cube = addCube(center, { x, y, z: -x - y || 0 })
      if (isCube(cube)) disc.push(cube)
    }
  }
  return disc
}
