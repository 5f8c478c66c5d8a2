/**
 * What bots of a generated world do: calls of the game, named and typed as the world's definition
 * has them.
 */
import { FatalError } from '../../../domain/errors.ts'
import type { Members } from '../../../domain/worlds/definition.ts'
import {
  type ContractName,
  type EntrypointName,
  infiniteHexAdventurers,
} from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { entrypointsOf } from '../../../schemas/worlds/calls.ts'
import { selectorsOf } from '../../../schemas/worlds/selectors.ts'
import type { Call, EmittedEvent } from '../chain/game.ts'
import { type CallRowOf, encodeSerialised } from '../game/row-codec.ts'

/**
 * An entrypoint with everything that is needed to call it, and to tell from its events whether the
 * game accepted the call.
 */
type CallTerms = Readonly<{
  to: bigint
  selector: bigint
  members: Members
  confirming: bigint
  /** Null for a contract that refuses silently. */
  rejecting: bigint | null
}>

const termsByName = (): ReadonlyMap<string, CallTerms> => {
  const { contracts } = infiniteHexAdventurers
  const { events, models } = selectorsOf(infiniteHexAdventurers)
  const selectorOf = (found: string | undefined): bigint => {
    if (found === undefined)
      throw new FatalError('The world has no record that confirms or rejects a call')
    return BigInt(found)
  }
  return new Map(
    [...entrypointsOf(infiniteHexAdventurers)].map(
      ([entrypoint, { address, contract, definition, selector }]) => {
        const { calldata: members, confirmedBy } = definition
        const { rejectedBy } = contracts[contract as ContractName] // of the same definition
        const confirming = selectorOf(
          'event' in confirmedBy ? events[confirmedBy.event] : models[confirmedBy.model],
        )
        const rejecting = rejectedBy === null ? null : selectorOf(events[rejectedBy])
        return [
          entrypoint,
          { to: BigInt(address), selector: BigInt(selector), members, confirming, rejecting },
        ]
      },
    ),
  )
}

const TERMS = termsByName()

// There is an entry for every name.
const termsOf = (entrypoint: EntrypointName): CallTerms => TERMS.get(entrypoint) as CallTerms

/** The call of an entrypoint with its arguments by name. */
export const callOf = <N extends EntrypointName>(entrypoint: N, args: CallRowOf<N>): Call => {
  const { to, selector, members } = termsOf(entrypoint)
  // The arguments are of the types of the entrypoint's members, which `members` are.
  const calldata = encodeSerialised(members, args as Parameters<typeof encodeSerialised>[1])
  return { to, selector, calldata }
}

/**
 * Whether the events of a call say that it took effect. A rejection counts more than a write,
 * because refused calls may write too.
 */
export const isAccepted = (
  entrypoint: EntrypointName,
  events: readonly EmittedEvent[],
): boolean => {
  const { confirming, rejecting } = termsOf(entrypoint)
  const hasEventOf = (selector: bigint): boolean => events.some(({ keys }) => keys[1] === selector)
  return (rejecting === null || !hasEventOf(rejecting)) && hasEventOf(confirming)
}
