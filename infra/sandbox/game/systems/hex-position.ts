/** Where adventurers stand and step (game.md §2.1, §3.2). */
import { areAdjacent, ORIGIN, packHex, unpackHexNumber } from '../../../../domain/hex.ts'

/**
 * Why a step from one hex to another is impossible: one of the felts is no hex, or the hexes are
 * not neighbours. Null if it is possible.
 */
export const stepRefusal = (from: bigint, to: bigint): 'BAD_COORD' | 'NOT_ADJ' | null => {
  const fromCube = unpackHexNumber(from)
  const toCube = unpackHexNumber(to)
  if (fromCube === null || toCube === null) return 'BAD_COORD'
  return areAdjacent(fromCube, toCube) ? null : 'NOT_ADJ'
}

/** Where every adventurer starts. */
export const ORIGIN_HEX = BigInt(packHex(ORIGIN) as string) // the origin is a cube
