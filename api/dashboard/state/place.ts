/** A hex of the map as the atlas keys it. */
import { type Axial, cubeOfAxial, packHex } from '../../../domain/hex.ts'
import type { HexPlace } from './world-types.ts'

/** The place of a hex; the packed felt 0x0, which is no hex, beyond the edge of the map. */
export const placeOf = ({ q, r }: Axial): HexPlace => ({
  packed: packHex(cubeOfAxial({ q, r })) ?? '0x0',
  q,
  r,
})
