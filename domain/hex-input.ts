/**
 * Hexes as people, agents and scripts write them, read into the packed felt that identifies a hex
 * everywhere else.
 */
import { type Felt, feltOfNumber, parseFelt } from './felt.ts'
import { type Axial, type Cube, cubeOfAxial, packHex, unpackHex } from './hex.ts'

/** The forms that are read: {x, y, z} with sum 0, {q, r}, or the packed felt as text. */
export type HexInput = Cube | Axial | string

const isNumber = (value: unknown): value is number => typeof value === 'number'

/**
 * The packed felt of a hex in any of its forms (a packed felt may also be a safe integer); null for
 * anything else and for what is no hex of the map. An object has the axes of one form, and nothing
 * beside them.
 */
export const parseHexInput = (value: unknown): Felt | null => {
  if (typeof value !== 'object' || value === null) {
    const felt = isNumber(value) ? feltOfCount(value) : parseFelt(value)
    return felt !== null && unpackHex(felt) !== null ? felt : null
  }
  // Any object can be read by name.
  const { x, y, z, q, r, ...others } = value as Readonly<Record<string, unknown>>
  if (Object.keys(others).length > 0) return null
  if (isNumber(x) && isNumber(y) && isNumber(z) && q === undefined && r === undefined)
    return packHex({ x, y, z })
  if (isNumber(q) && isNumber(r) && x === undefined && y === undefined && z === undefined)
    return packHex(cubeOfAxial({ q, r }))
  return null
}

const feltOfCount = (value: number): Felt | null =>
  Number.isSafeInteger(value) && value >= 0 ? feltOfNumber(value) : null

/** Two or three integers, in brackets or not, with commas, semicolons or blanks between them. */
const AXES_TEXT = /^[\s(]*-?\d+(?:[\s,;]+-?\d+){1,2}[\s)]*$/

/**
 * The packed felt of a hex that a person typed: "3,-1", "(3, −1)", "3 -2 -1" or the felt itself;
 * null for anything else and for what is no hex of the map.
 */
export const parseHexText = (text: string): Felt | null => {
  const typed = text.replaceAll('−', '-').trim()
  if (!AXES_TEXT.test(typed)) return parseHexInput(typed)
  const [first, second, third] = (typed.match(/-?\d+/g) ?? []).map(Number)
  return parseHexInput(
    third === undefined ? { q: first, r: second } : { x: first, y: second, z: third },
  )
}
