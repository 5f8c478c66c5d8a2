/**
 * The growth that all retries share; each loop chooses its bounds, and how it spreads the delay at
 * random.
 */

/** So that no number of tries leaves the range of numbers. */
const DOUBLINGS_MAX = 30

/**
 * Milliseconds before another try after `failures` in a row: `firstMs` after the first, twice as
 * long each time.
 */
export const doubledDelayMs = (failures: number, firstMs: number, maxMs: number): number =>
  Math.min(maxMs, firstMs * 2 ** Math.min(failures - 1, DOUBLINGS_MAX))
