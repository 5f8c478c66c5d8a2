import { areAdjacent, type Cube, ORIGIN, packHex, unpackHex } from '../../../../domain/hex.ts'

/** The cube of a hex felt; null when it does not decode. */
export const cubeOf = (hex: bigint): Cube | null => unpackHex(`0x${hex.toString(16)}`)

/** Why one cannot step from one hex to another: a felt that is no hex, or hexes that are not neighbours. */
export const stepRefusal = (from: bigint, to: bigint): 'BAD_COORD' | 'NOT_ADJ' | null => {
  const fromCube = cubeOf(from)
  const toCube = cubeOf(to)
  if (fromCube === null || toCube === null) return 'BAD_COORD'
  return areAdjacent(fromCube, toCube) ? null : 'NOT_ADJ'
}

/** Where every adventurer starts. */
export const ORIGIN_HEX = BigInt(packHex(ORIGIN) as string) // the origin is a cube
