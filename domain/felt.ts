/**
 * Field elements of Starknet as text. One felt has exactly one spelling here, lower-case `0x` hex
 * without leading zeros ("0x0" for zero), so that felts can be compared and used as keys as plain
 * strings.
 */

/** A felt252 in canonical spelling. */
export type Felt = `0x${string}`

/** The field's prime, 2^251 + 17·2^192 + 1: felts are 0 ≤ felt < prime. */
export const FELT_PRIME = (1n << 251n) + 17n * (1n << 192n) + 1n

const HEX_TEXT = /^0[xX][0-9a-fA-F]{1,64}$/
const DECIMAL_TEXT = /^[0-9]{1,77}$/
/**
 * Canonical text that is below 2^251 by its length and first digit, and so in the field: no
 * arithmetic is needed.
 */
const CANONICAL_TEXT = /^0x(?:0|[1-9a-f][0-9a-f]{0,61}|[1-7][0-9a-f]{62})$/

const SMALL_FELTS_END = 1_024n
/** Most felts of the game are small numbers; these are spelt once. */
const SMALL_FELTS: readonly Felt[] = Array.from(
  { length: Number(SMALL_FELTS_END) },
  (_, value): Felt => `0x${value.toString(16)}`,
)

/** Canonical spelling of a bigint that is known to be in the field. */
export const spellFelt = (felt: bigint): Felt =>
  (felt < SMALL_FELTS_END ? SMALL_FELTS[Number(felt)] : undefined) ?? `0x${felt.toString(16)}`

/** Canonical felt of a bigint, or null when it is outside the field. */
export const feltOf = (value: bigint): Felt | null =>
  value >= 0n && value < FELT_PRIME ? spellFelt(value) : null

/** Canonical felt of a non-negative safe integer. */
export const feltOfNumber = (value: number): Felt => `0x${value.toString(16)}`

/** Order of felts as numbers. */
export const compareFelts = (a: Felt, b: Felt): number =>
  a.length - b.length || (a < b ? -1 : a > b ? 1 : 0)

/** Reads hex (any case, padded or not) or decimal text as a felt; null when it is not one. */
export const parseFelt = (text: unknown): Felt | null => {
  if (typeof text !== 'string') return null
  if (CANONICAL_TEXT.test(text)) return text as Felt // just what the pattern says
  if (!HEX_TEXT.test(text) && !DECIMAL_TEXT.test(text)) return null
  return feltOf(BigInt(text))
}

const SHORT_STRING_BYTES_MAX = 31

/**
 * Felt of an ASCII short string of at most 31 characters (`'MOVE'` is 0x4d4f5645); null when the
 * text is not one.
 */
export const feltOfShortString = (text: string): Felt | null => {
  if (text.length > SHORT_STRING_BYTES_MAX) return null
  let value = 0n
  for (const character of text) {
    // A character yielded by the iterator is never empty.
    const code = character.codePointAt(0) as number
    if (code < 0x20 || code > 0x7e) return null
    value = (value << 8n) | BigInt(code)
  }
  return feltOf(value)
}

/**
 * Printable ASCII text of a short-string felt; null when any byte is not printable ASCII or it is
 * longer than 31 bytes.
 */
export const shortStringOf = (felt: Felt): string | null => {
  let hex = felt.slice(2)
  if (hex === '0') return ''
  if (hex.length % 2 === 1) hex = `0${hex}`
  if (hex.length > SHORT_STRING_BYTES_MAX * 2) return null
  let text = ''
  for (let at = 0; at < hex.length; at += 2) {
    const code = Number.parseInt(hex.slice(at, at + 2), 16)
    if (code < 0x20 || code > 0x7e) return null
    text += String.fromCharCode(code)
  }
  return text
}
