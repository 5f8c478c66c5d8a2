/** Latest results of a computation by key, in bounded memory. */
export type GenerationCache<K, V> = (key: K, compute: () => V) => V

/**
 * Keeps two generations of at most `generationEntriesMax` entries: when the young one is full it
 * becomes the old one, so that an entry in use survives and one that is not goes after at most two
 * generations.
 */
export const createGenerationCache = <K, V>(
  generationEntriesMax: number,
): GenerationCache<K, V> => {
  let young = new Map<K, V>()
  let old = new Map<K, V>()
  return (key, compute) => {
    const known = young.get(key)
    if (known !== undefined) return known
    const value = old.get(key) ?? compute()
    if (young.size >= generationEntriesMax) {
      old = young
      young = new Map()
    }
    young.set(key, value)
    return value
  }
}
