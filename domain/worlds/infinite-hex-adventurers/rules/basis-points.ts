/**
 * Ratios in basis points, as every formula of the game has them: 10 000 is the whole, division
 * rounds down.
 */

export const WHOLE_BP = 10_000

/** Largest values of Cairo's unsigned types that number arithmetic holds exactly. */
export const U16_MAX = 2 ** 16 - 1
export const U32_MAX = 2 ** 32 - 1

/** The largest u64, which only a bigint holds. */
export const U64_MAX = 2n ** 64n - 1n

/** Share of an amount, rounded down. Exact while amount × bp stays below 2^53. */
export const shareOf = (amount: number, bp: number): number => Math.floor((amount * bp) / WHOLE_BP)

export const clamp = (value: number, min: number, max: number): number =>
  Math.min(max, Math.max(min, value))
