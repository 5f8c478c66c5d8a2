/** A hex of which nothing is known, as the API answers for it. */
import { type Axial, cubeOfAxial, packHex } from '../../../domain/hex.ts'
import type { MapHex } from './world-types.ts'

export const blankHex = ({ q, r }: Axial): MapHex => ({
  coordinate: { packed: packHex(cubeOfAxial({ q, r })) ?? '0x0', q, r },
  isDiscovered: false,
  biome: null,
  discoveryBlock: null,
  areaCount: null,
  areas: [],
  decay: null,
  claim: null,
  adventurers: [],
})
