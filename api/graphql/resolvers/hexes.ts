/** Hexes: one, a disc of them, and the territories that they form. */
import { FatalError } from '../../../domain/errors.ts'
import type { Felt } from '../../../domain/felt.ts'
import type { AtInput, HexView, TerritoryView } from '../../../projections/world-reads.ts'
import { blankHex, type HexPoint } from '../../../schemas/graphql/types.ts'
import { hexPoint } from '../../../schemas/h3.ts'
import { userInputError } from '../../errors.ts'
import { discIds } from '../../subscriptions/hex-changes.ts'
import { RADIUS_HEXES_MAX } from '../limits.ts'
import { selectedHexParts } from '../selection.ts'
import type { Resolver } from './resolver.ts'

const TERRITORIES_MAX = 1_000

type AtArgument = Readonly<{ at?: AtInput | null }>

/** A hex that nothing is known of is still a hex of the map. */
export const hex: Resolver<AtArgument & Readonly<{ coordinate: Felt }>, HexView> = async (
  _root,
  { coordinate, at },
  context,
  info,
) => {
  context.spend(1, info)
  const point = await context.pointAt(at)
  const [known] = await context.reads.hexes([coordinate], point, selectedHexParts(info))
  return known ?? blankHex(pointOf(coordinate))
}

export const hexesInRadius: Resolver<
  AtArgument & Readonly<{ center: Felt; radius: number }>,
  readonly HexView[]
> = async (_root, { center, radius, at }, context, info) => {
  const ids = discIds(center, checkedRadius(radius))
  context.spend(ids.length, info)
  return context.reads.hexes(ids, await context.pointAt(at), selectedHexParts(info))
}

export const territories: Resolver<Readonly<{ owner?: Felt | null }>, readonly TerritoryView[]> = (
  _root,
  { owner },
  context,
  info,
) => {
  context.spend(TERRITORIES_MAX, info)
  return context.reads.territories(owner ?? null, TERRITORIES_MAX)
}

/** The radius if it is one. Throws BAD_USER_INPUT otherwise. */
export const checkedRadius = (radius: number): number => {
  if (radius >= 0 && radius <= RADIUS_HEXES_MAX) return radius
  throw userInputError(`radius must be from 0 to ${RADIUS_HEXES_MAX}, but is ${radius}`)
}

const pointOf = (packed: Felt): HexPoint => {
  const point = hexPoint(packed)
  if (point === null) throw new FatalError(`${packed} is no hex, though it was read as one`)
  return point
}
