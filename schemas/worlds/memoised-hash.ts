/** A hash of three felts whose results are remembered. */

type Hash3 = (a: bigint, b: bigint, c: bigint) => bigint

/**
 * Remembers the latest results of a pure hash in two generations of at most `generationEntriesMax`: when the young one
 * is full it becomes the old one. A hit costs about a hundredth of a Hades permutation.
 */
export const memoisedHash = (hash: Hash3, generationEntriesMax: number): Hash3 => {
  let young = new Map<string, bigint>()
  let old = new Map<string, bigint>()
  return (a, b, c) => {
    const key = `${a.toString(16)},${b.toString(16)},${c.toString(16)}`
    const known = young.get(key)
    if (known !== undefined) return known
    const result = old.get(key) ?? hash(a, b, c)
    if (young.size >= generationEntriesMax) {
      old = young
      young = new Map()
    }
    young.set(key, result)
    return result
  }
}
