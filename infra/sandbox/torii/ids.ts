/**
 * Torii's spellings of ids (torii-and-starknet.md §1.6): felts padded to 64 hex digits, entities
 * and models scoped by their world, and event ids that sort as text by block, then by transaction
 * *hash*: not in chain order within a block.
 */
import type { Felt } from '../../../domain/felt.ts'

const FELT_DIGITS = 64
/** A u64 printed with a width of 64 that counts its prefix. */
const BLOCK_DIGITS = 62
const INDEX_DIGITS_MIN = 2

/** `0x` and 64 hex digits. */
export const paddedFelt = (felt: Felt): string => paddedHex(felt, FELT_DIGITS)

/** `0x` and at least `digits` hex digits. */
export const paddedHex = (hex: string, digits: number): string =>
  `0x${hex.slice(2).padStart(digits, '0')}`

/** `<world>:<felt>`, as entities, event messages and models are named since Torii 1.8. */
export const scopedId = (world: Felt, felt: Felt): string =>
  `${paddedFelt(world)}:${paddedFelt(felt)}`

/**
 * The part of an event id that names the block; it is also the smallest id of the block's events.
 */
export const blockIdPrefix = (block: number): string =>
  `0x${block.toString(16).padStart(BLOCK_DIGITS, '0')}`

/**
 * `index` counts the world's events within the transaction, from 0; it is not the receipt's event
 * index.
 */
export const eventIdOf = (
  block: number,
  transactionHash: Felt,
  address: Felt,
  index: number,
): string => {
  const ordinal = `0x${index.toString(16).padStart(INDEX_DIGITS_MIN, '0')}`
  return `${blockIdPrefix(block)}:${paddedFelt(transactionHash)}:${paddedFelt(address)}:${ordinal}`
}

const SEPARATOR = '/'

/** Felts as the columns `keys`, `data`, … hold them: each one padded and followed by `/`. */
export const joinedFelts = (felts: readonly Felt[]): string =>
  felts.map((felt) => `${paddedFelt(felt)}${SEPARATOR}`).join('')

/**
 * The inverse of `joinedFelts`; the felts stay padded. Null, as in a row whose keys are unknown,
 * gives no felts.
 */
export const splitFelts = (text: unknown): readonly string[] =>
  typeof text === 'string' ? text.split(SEPARATOR).filter((part) => part !== '') : []

/** Seconds since 1970 as Torii stores the time of a block. */
export const executedAtText = (seconds: number): string => `${isoSeconds(seconds * 1000)}+00:00`

/** Milliseconds since 1970 as SQLite's CURRENT_TIMESTAMP spells them. */
export const wallClockText = (ms: number): string => isoSeconds(ms).replace('T', ' ')

const isoSeconds = (ms: number): string =>
  new Date(ms).toISOString().slice(0, 'yyyy-mm-ddThh:mm:ss'.length)

/** A stored time as queries (`+00:00`) or subscriptions (`Z`) answer it. */
export const renderedTime = (stored: unknown, zone: '+00:00' | 'Z'): string =>
  typeof stored === 'string' ? `${stored.slice(0, 19).replace(' ', 'T')}${zone}` : ''
