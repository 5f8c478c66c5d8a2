/**
 * The map inside Uber's H3 grid. Every hex of the game has one cell of resolution 15, neighbours
 * are neighbours, and the cell's ancestors are *regions*. The cells are an index only: distances
 * and rules stay in cube coordinates. H3 here never means the game's hash, which is called hades3.
 */
import { cellToLocalIj, localIjToCell } from 'h3-js'
import { FatalError } from '../domain/errors.ts'
import type { Felt } from '../domain/felt.ts'
import {
  type Axial,
  axialOfCube,
  type Cube,
  cubeOfAxial,
  isCube,
  unpackHex,
} from '../domain/hex.ts'
import type { HexPoint } from './graphql/types.ts'

/** Resolution of the cells that stand for hexes. */
export const HEX_RESOLUTION = 15

/**
 * The cell of the hex (0, 0, 0): the centre child of base cell 8003fffffffffff. No neighbour of
 * that base cell is a pentagon, and the whole map, 2^21 hexes across, stays within it and its
 * neighbours, so that H3's local coordinates hold everywhere on it.
 */
export const ORIGIN_CELL = '8f0200000000000'

const ORIGIN_IJ = cellToLocalIj(ORIGIN_CELL, ORIGIN_CELL)

/** The H3 cell of axial coordinates on the map; costs about 3 µs. */
const cellOfAxial = ({ q, r }: Axial): string =>
  localIjToCell(ORIGIN_CELL, { i: ORIGIN_IJ.i + q, j: ORIGIN_IJ.j - r })

/** The H3 cell of a hex. Throws FatalError when the cube is not on the map. */
export const cellOfCube = (cube: Cube): string => {
  if (!isCube(cube))
    throw new FatalError(`(${cube.x}, ${cube.y}, ${cube.z}) is not a hex of the map`)
  return cellOfAxial(axialOfCube(cube))
}

/** A hex of the map in all its forms; null when the felt is none. */
export const hexPoint = (packed: Felt): HexPoint | null => {
  const cube = unpackHex(packed)
  if (cube === null) return null
  return { packed, ...cube, ...axialOfCube(cube), h3: cellOfCube(cube) }
}

/**
 * The hex of an H3 cell; null when the text is no cell of resolution 15 or the cell is not on the
 * map.
 */
export const cubeOfCell = (cell: string): Cube | null => {
  const axial = axialOfCell(cell)
  if (axial === null) return null
  const cube = cubeOfAxial(axial)
  return isCube(cube) && cellOfAxial(axial) === cell ? cube : null
}

/** Local coordinates fail for cells that are far away or malformed; h3-js says so by throwing. */
const axialOfCell = (cell: string): Axial | null => {
  try {
    const { i, j } = cellToLocalIj(ORIGIN_CELL, cell)
    return { q: i - ORIGIN_IJ.i, r: ORIGIN_IJ.j - j || 0 }
  } catch (error) {
    if (error instanceof Error && 'code' in error) return null
    throw error
  }
}
