/** The world in numbers. */
import type { WorldOverview } from '../../../../schemas/graphql/worlds/infinite-hex-adventurers/types.ts'
import type { GameResolver } from './game-resolver.ts'

/** It passes over all rows, but once for everybody at the same head. */
const OVERVIEW_LOOK_UPS = 5_000

export const worldOverview: GameResolver<object, WorldOverview> = (
  _root,
  _args,
  { reads, spend },
  info,
) => {
  spend({ rows: 1, lookUps: OVERVIEW_LOOK_UPS }, info)
  return reads.overview()
}
