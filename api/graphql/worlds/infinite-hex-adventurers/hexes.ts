/** Hexes: one, a disc of them, and the territories that they form. */
import { FatalError } from '../../../../domain/errors.ts'
import type { Felt } from '../../../../domain/felt.ts'
import { discAround, packHex, unpackHex } from '../../../../domain/hex.ts'
import type { HexPart } from '../../../../projections/worlds/infinite-hex-adventurers/hexes/queries.ts'
import type { HexPoint } from '../../../../schemas/graphql/types.ts'
import {
  blankHex,
  type Hex,
  type Territory,
} from '../../../../schemas/graphql/worlds/infinite-hex-adventurers/types.ts'
import { hexPoint } from '../../../../schemas/h3.ts'
import { userInputError } from '../../../errors.ts'
import type { Price } from '../../context.ts'
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
  const parts = hexParts(selectedBelow(info))
  context.spend(hexesPrice(1, parts), info)
  const point = await context.pointAt(at)
  const [known] = await context.reads.hexes([coordinate], point, parts)
  return known ?? blankHex(pointOf(coordinate))
}

export const hexesInRadius: GameResolver<
  AtArgument & Readonly<{ center: Felt; radius: number }>,
  readonly Hex[]
> = async (_root, { center, radius, at }, context, info) => {
  const ids = discIds(center, checkedRadius(radius))
  const parts = hexParts(selectedBelow(info))
  context.spend(hexesPrice(ids.length, parts), info)
  return context.reads.hexes(ids, await context.pointAt(at), parts)
}

export const territories: GameResolver<Readonly<{ owner?: Felt | null }>, readonly Territory[]> = (
  _root,
  { owner },
  context,
  info,
) => {
  context.spend({ rows: TERRITORIES_MAX, lookUps: TERRITORIES_MAX }, info)
  return context.reads.territories(owner ?? null, TERRITORIES_MAX)
}

/** A hex is looked up in three tables, and in one more for each part. */
export const hexesPrice = (hexes: number, parts: ReadonlySet<HexPart>): Price => ({
  rows: hexes,
  lookUps: hexes * (3 + parts.size),
})

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
