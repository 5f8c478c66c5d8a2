/** Adventurers as they are, and as they change. */
import type { Felt } from '../../../../domain/felt.ts'
import { ADVENTURER } from '../../../../projections/worlds/infinite-hex-adventurers/adventurers/tables.ts'
import type { AdventurerPart } from '../../../../projections/worlds/infinite-hex-adventurers/adventurers/view.ts'
import type { WorldReads } from '../../../../projections/worlds/infinite-hex-adventurers/world-reads.ts'
import type { Adventurer } from '../../../../schemas/graphql/worlds/infinite-hex-adventurers/types.ts'
import type { Change } from '../../../subscriptions/change.ts'
import { keyedSource } from '../../../subscriptions/keyed-source.ts'
import { streamField } from '../../resolver.ts'
import { selectedBelow } from '../../selection.ts'
import { followedKeys, type GameSource, type SinceArgument } from './game-resolver.ts'
import { adventurerParts } from './selection.ts'

/** Everything that is seen of some adventurers. */
const adventurerSource = (
  ids: readonly Felt[],
  parts: ReadonlySet<AdventurerPart>,
): GameSource<Adventurer> =>
  keyedSource<WorldReads, Adventurer, Felt>({
    name: 'Adventurer',
    subject: ADVENTURER,
    keys: ids,
    projections: ['world'],
    subscription: `adventurerChanged/${ids.join(',')}`,
    selection: [...parts].sort().join(','),
    read: (reads, keys, point) => reads.adventurersById(keys ?? ids, point, parts),
    keyOf: ({ id }) => id,
  })

type Arguments = SinceArgument & Readonly<{ ids: readonly Felt[] }>

export const adventurerChanged = streamField<Arguments, Change<Adventurer>, WorldReads>(
  (_root, { ids, since }, context, info) => {
    const keys = followedKeys('ids', ids)
    const selected = selectedBelow(info)
    const parts = new Set([
      ...adventurerParts(selected.at('nodes')),
      ...adventurerParts(selected.at('node')),
    ])
    context.spend({ rows: keys.length, lookUps: keys.length * (1 + parts.size) }, info)
    return context.streams.changes(adventurerSource(keys, parts), since ?? null, context.signal)
  },
)
