import type { Felt } from '../../domain/felt.ts'
import { entityIdOf } from '../crypto/starknet.ts'
import { createGenerationCache } from './generation-cache.ts'

/** About 100 bytes an entry and two generations: some 30 MB at most. */
const GENERATION_ENTRIES_MAX = 1 << 17

/**
 * Entity ids by keys, remembered within a bound: a world writes the same rows again and again, and
 * one Poseidon hash costs as much as decoding a hundred events.
 */
export const createEntityIds = (
  generationEntriesMax = GENERATION_ENTRIES_MAX,
): ((keys: readonly Felt[]) => Felt) => {
  const remembered = createGenerationCache<string, Felt>(generationEntriesMax)
  return (keys) => remembered(keys.join(), () => entityIdOf(keys.map(BigInt)))
}
