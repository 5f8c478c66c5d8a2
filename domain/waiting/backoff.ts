/** How long to wait before another try: twice as long each time, up to a bound, less some chance. */

export type Backoff = Readonly<{ firstMs: number; maxMs: number }>

/** Between processes of this system and their servers. */
export const BACKOFF: Backoff = { firstMs: 100, maxMs: 5_000 }

/** So that no number of failures leaves the range of numbers. */
const DOUBLINGS_MAX = 30

/**
 * Whole milliseconds before the next try after `failures` in a row (1 is the first): doubled each
 * time, minus up to half at random, so that callers that failed together do not all return at once.
 */
export const backoffMs = (
  failures: number,
  random: () => number,
  { firstMs, maxMs }: Backoff = BACKOFF,
): number => {
  const doubled = Math.min(maxMs, firstMs * 2 ** Math.min(failures - 1, DOUBLINGS_MAX))
  return Math.round(doubled * (1 - random() / 2))
}
