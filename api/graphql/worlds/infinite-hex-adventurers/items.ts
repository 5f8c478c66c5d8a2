/** Items that have no name of their own. */
import type { Felt } from '../../../../domain/felt.ts'
import type { PlantItem } from '../../../../schemas/graphql/worlds/infinite-hex-adventurers/types.ts'
import { type AtArgument, followedKeys, type GameResolver } from './game-resolver.ts'

export const plantItems: GameResolver<
  AtArgument & Readonly<{ ids: readonly Felt[] }>,
  readonly PlantItem[]
> = async (_root, { ids, at }, context, info) => {
  const items = followedKeys('ids', ids)
  context.spend({ rows: items.length, lookUps: items.length }, info)
  return context.reads.plantItems(items, await context.pointAt(at))
}
