/**
 * Geometry of a hex as it is stored: axial coordinates, H3 cell and a polygon. Corners come from an
 * integer lattice, so that a corner shared by neighbours has exactly the same coordinates in both.
 */
import type { Felt } from '../../../domain/felt.ts'
import { axialOfCube, unpackHex } from '../../../domain/hex.ts'
import { cornersOf, pointOfCorner } from '../../../domain/territory.ts'
import { cellOfAxial } from '../../../schemas/h3.ts'

export type HexGeometry = Readonly<{ hex: Felt; q: number; r: number; h3: string; outline: string }>

/** Geometry of a packed hex, `outline` as WKT; null when the felt is no hex of the map. */
export const hexGeometry = (hex: Felt): HexGeometry | null => {
  const cube = unpackHex(hex)
  if (cube === null) return null
  const axial = axialOfCube(cube)
  const corners = cornersOf(axial).map((corner) => pointOfCorner(corner).join(' '))
  return {
    hex,
    ...axial,
    h3: cellOfAxial(axial),
    outline: `POLYGON((${[...corners, corners[0]].join(',')}))`,
  }
}
