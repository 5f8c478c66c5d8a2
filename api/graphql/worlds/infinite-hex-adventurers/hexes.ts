/** Hexes: one, a disc of them, and the territories that they form. */
import { FatalError } from '../../../../domain/errors.ts'
import type { Felt } from '../../../../domain/felt.ts'
import { discAround, packHex, unpackHex } from '../../../../domain/hex.ts'
import type { HexPoint } from '../../../../schemas/graphql/types.ts'
import {
  blankHex,
  type Hex,
  type Territory,
} from '../../../../schemas/graphql/worlds/infinite-hex-adventurers/types.ts'
import { hexPoint } from '../../../../schemas/h3.ts'
import { userInputError } from '../../../errors.ts'
import { selectedBelow } from '../../selection.ts'
import type { AtArgument, GameResolver } from './game-resolver.ts'
import { hexParts } from './selection.ts'

const TERRITORIES_MAX = 1_000

/** A hex that nothing is known of is still a hex of the map. */
export const hex: GameResolver<AtArgument & Readonly<{ coordinate: Felt }>, Hex> = async (
  _root,
  { coordinate, at },
  context,
  info,
) => {
  context.spend(1, info)
  const point = await context.pointAt(at)
  const [known] = await context.reads.hexes([coordinate], point, hexParts(selectedBelow(info)))
  return known ?? blankHex(pointOf(coordinate))
}

export const hexesInRadius: GameResolver<
  AtArgument & Readonly<{ center: Felt; radius: number }>,
  readonly Hex[]
> = async (_root, { center, radius, at }, context, info) => {
  const ids = discIds(center, checkedRadius(radius))
  context.spend(ids.length, info)
  return context.reads.hexes(ids, await context.pointAt(at), hexParts(selectedBelow(info)))
}

export const territories: GameResolver<Readonly<{ owner?: Felt | null }>, readonly Territory[]> = (
  _root,
  { owner },
  context,
  info,
) => {
  context.spend(TERRITORIES_MAX, info)
  return context.reads.territories(owner ?? null, TERRITORIES_MAX)
}

const RADIUS_HEXES_MAX = 64

/** The radius if it is one. Throws BAD_USER_INPUT otherwise. */
export const checkedRadius = (radius: number): number => {
  if (radius >= 0 && radius <= RADIUS_HEXES_MAX) return radius
  throw userInputError(`radius must be from 0 to ${RADIUS_HEXES_MAX}, but is ${radius}`)
}

/** Packed felts of the hexes within `radius` steps of a hex that is on the map. */
export const discIds = (center: Felt, radius: number): readonly Felt[] => {
  const cube = unpackHex(center)
  if (cube === null) throw new FatalError(`${center} is no hex, though it was read as one`)
  return discAround(cube, radius).flatMap((each) => packHex(each) ?? [])
}

const pointOf = (packed: Felt): HexPoint => {
  const point = hexPoint(packed)
  if (point === null) throw new FatalError(`${packed} is no hex, though it was read as one`)
  return point
}
