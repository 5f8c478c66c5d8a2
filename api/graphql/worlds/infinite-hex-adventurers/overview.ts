/** The world in numbers. */
import type { WorldOverview } from '../../../../schemas/graphql/worlds/infinite-hex-adventurers/types.ts'
import type { GameResolver } from './game-resolver.ts'

export const worldOverview: GameResolver<object, WorldOverview> = (_root, _args, { reads }) =>
  reads.overview()
