import type { WorldDefinition } from '../../domain/worlds/definition.ts'

/**
 * A derivation of a world's definition that is computed at its first use and kept as long as the
 * definition lives. Definitions are constant data, so what follows from one never changes.
 */
export const derivedOnce = <T>(
  derive: (definition: WorldDefinition) => T,
): ((definition: WorldDefinition) => T) => {
  const known = new WeakMap<WorldDefinition, T>()
  return (definition) => {
    const found = known.get(definition)
    if (found !== undefined) return found
    const derived = derive(definition)
    known.set(definition, derived)
    return derived
  }
}
