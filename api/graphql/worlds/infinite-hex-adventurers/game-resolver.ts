/** Resolvers over the game's own reads. */
import type { AtInput } from '../../../../projections/reads/points.ts'
import type { WorldReads } from '../../../../projections/worlds/infinite-hex-adventurers/world-reads.ts'
import { userInputError } from '../../../errors.ts'
import type { ChangeSource } from '../../../subscriptions/change.ts'
import type { Resolver } from '../../resolver.ts'

export type GameResolver<Arguments, Result> = Resolver<Arguments, Result, WorldReads>
export type GameSource<Node> = ChangeSource<WorldReads, Node>

/** Argument of every field that can be asked about the past. */
export type AtArgument = Readonly<{ at?: AtInput | null }>

/** Argument of every subscription. */
export type SinceArgument = Readonly<{ since?: string | null }>

/** Keys that one subscription or question may name. */
const KEYS_MAX = 100

/** The distinct keys, in an order of their own. Throws BAD_USER_INPUT for none and for too many. */
export const followedKeys = <Key extends string>(
  name: string,
  keys: readonly Key[],
): readonly Key[] => {
  const distinct = [...new Set(keys)].sort()
  if (distinct.length > 0 && distinct.length <= KEYS_MAX) return distinct
  throw userInputError(`${name} must name 1 to ${KEYS_MAX}, but names ${distinct.length}`)
}
