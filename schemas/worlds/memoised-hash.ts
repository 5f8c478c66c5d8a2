import { createGenerationCache } from './generation-cache.ts'

/** A hash of three felts. */
export type Hash3 = (a: bigint, b: bigint, c: bigint) => bigint

/**
 * Remembers the latest results of a pure hash; a hit costs about a twentieth of a Hades
 * permutation.
 */
export const memoisedHash = (hash: Hash3, generationEntriesMax: number): Hash3 => {
  const remembered = createGenerationCache<string, bigint>(generationEntriesMax)
  return (a, b, c) =>
    remembered(`${a.toString(16)},${b.toString(16)},${c.toString(16)}`, () => hash(a, b, c))
}
