/** Numbers, blocks and places as people read them. Language: the page's, English. */
import { type Axial, cubeOfAxial } from '../../../domain/hex.ts'

const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const COMPACT = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })

const MINUS = '−'
const signed = (value: number): string => (value < 0 ? `${MINUS}${-value}` : `${value}`)

/** 1,234,567. */
export const grouped = (value: number | bigint): string => WHOLE.format(value)
/** 1.2K, 3.4M: for places where room is scarce. */
export const compact = (value: number | bigint): string => COMPACT.format(value)

/** A count with its noun, "1 hex" or "2 hexes". */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${grouped(count)} ${count === 1 ? one : many}`

/** The first and last digits of a felt. */
export const shortId = (felt: string): string =>
  felt.length <= 12 ? felt : `${felt.slice(0, 6)}…${felt.slice(-4)}`

/** Axial coordinates, "(3, −1)". */
export const placeText = ({ q, r }: Axial): string => `(${signed(q)}, ${signed(r)})`

/** Cube coordinates, "(3, −2, −1)". */
export const cubeText = (place: Axial): string => {
  const { x, y, z } = cubeOfAxial(place)
  return `(${signed(x)}, ${signed(y)}, ${signed(z)})`
}

/** A span of time in its largest two units, "4 s", "2 min 5 s", "3 h 4 min", "2 d 1 h". */
export const spanText = (milliseconds: number): string => {
  const seconds = Math.max(0, Math.round(milliseconds / 1000))
  const units: readonly [string, number][] = [
    ['d', 86_400],
    ['h', 3_600],
    ['min', 60],
    ['s', 1],
  ]
  const at = units.findIndex(([, size]) => seconds >= size)
  if (at === -1) return '0 s'
  return units
    .slice(at, at + 2)
    .map(([unit, size], place) => {
      const larger = place === 0 ? Infinity : (units[at]?.[1] ?? Infinity)
      return [Math.floor((seconds % larger) / size), unit] as const
    })
    .filter(([amount], place) => place === 0 || amount > 0)
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(' ')
}

/** When something happens at a block, seen from another: "in 34 blocks", "now", "12 blocks ago". */
export const blockDistance = (block: number, now: number): string => {
  if (block === now) return 'now'
  return block > now
    ? `in ${counted(block - now, 'block')}`
    : `${counted(now - block, 'block')} ago`
}
