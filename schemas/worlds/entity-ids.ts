import type { Felt } from '../../domain/felt.ts'
import { entityIdOf } from '../starknet.ts'

/** About 100 bytes an entry and two generations: some 30 MB at most. */
const GENERATION_ENTRIES_MAX = 1 << 17

/**
 * Entity ids by keys, remembered: a world writes the same rows again and again, and one Poseidon hash costs more than
 * decoding a hundred events. Bounded by two generations; when the young one is full it becomes the old one.
 */
export const createEntityIds = (generationEntriesMax = GENERATION_ENTRIES_MAX): ((keys: readonly Felt[]) => Felt) => {
  let young = new Map<string, Felt>()
  let old = new Map<string, Felt>()
  return (keys) => {
    const text = keys.length === 1 ? (keys[0] as Felt) : keys.join() // the length was just checked
    const known = young.get(text)
    if (known !== undefined) return known
    const id = old.get(text) ?? entityIdOf(keys.map(BigInt))
    if (young.size >= generationEntriesMax) {
      old = young
      young = new Map()
    }
    young.set(text, id)
    return id
  }
}
