/** Where adventurers stand and step (game.md §2.1, §3.2). */
import { areAdjacent, ORIGIN, packHex, unpackHexNumber } from '../../../../domain/hex.ts'

/**
 * Why one cannot step from one hex to another: a felt that is no hex, or hexes that are not
 * neighbours.
 */
export const stepRefusal = (from: bigint, to: bigint): 'BAD_COORD' | 'NOT_ADJ' | null => {
  const fromCube = unpackHexNumber(from)
  const toCube = unpackHexNumber(to)
  if (fromCube === null || toCube === null) return 'BAD_COORD'
  return areAdjacent(fromCube, toCube) ? null : 'NOT_ADJ'
}

/** Where every adventurer starts. */
export const ORIGIN_HEX = BigInt(packHex(ORIGIN) as string) // the origin is a cube
