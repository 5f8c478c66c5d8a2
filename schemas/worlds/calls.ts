import type { Felt } from '../../domain/felt.ts'
import type { EntrypointDefinition } from '../../domain/worlds/definition.ts'
import { derivedOnce } from './derived.ts'
import { type MemberCodec, memberCodecsOf } from './member-codec.ts'
import { entrypointSelector } from './selectors.ts'

/** A state-changing call, with all that is needed to make it. */
export type WorldCall = Readonly<{
  entrypoint: string
  contract: string
  /** Address of the contract in the game's development manifest. */
  address: Felt
  selector: Felt
  /** Codecs of the arguments in declaration order. */
  args: readonly MemberCodec[]
  definition: EntrypointDefinition
}>

/**
 * All state-changing calls of a world by entrypoint. Names are unique in a world; the first
 * contract wins if not.
 */
export const entrypointsOf = derivedOnce((definition): ReadonlyMap<string, WorldCall> => {
  const calls = new Map<string, WorldCall>()
  for (const [contract, { address, entrypoints }] of Object.entries(definition.contracts)) {
    for (const [entrypoint, call] of Object.entries(entrypoints)) {
      if (calls.has(entrypoint)) continue
      const args = memberCodecsOf(definition, call.calldata, 'serialised')
      const selector = entrypointSelector(entrypoint)
      calls.set(entrypoint, { entrypoint, contract, address, selector, args, definition: call })
    }
  }
  return calls
})
