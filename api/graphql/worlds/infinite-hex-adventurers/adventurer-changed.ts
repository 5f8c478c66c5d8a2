/** Adventurers as they are, and as they change. */
import type { Felt } from '../../../../domain/felt.ts'
import { ADVENTURER } from '../../../../projections/worlds/infinite-hex-adventurers/adventurers/tables.ts'
import type { WorldReads } from '../../../../projections/worlds/infinite-hex-adventurers/world-reads.ts'
import type { Adventurer } from '../../../../schemas/graphql/types.ts'
import type { Change } from '../../../subscriptions/change.ts'
import { keyedSource } from '../../../subscriptions/keyed-source.ts'
import { streamField } from '../../resolver.ts'
import { selectedBelow } from '../../selection.ts'
import { followedKeys, type SinceArgument } from './game-resolver.ts'
import { adventurerParts } from './selection.ts'

type Arguments = SinceArgument & Readonly<{ ids: readonly Felt[] }>

export const adventurerChanged = streamField<Arguments, Change<Adventurer>, WorldReads>(
  (_root, { ids, since }, context, info) => {
    const keys = followedKeys('ids', ids)
    context.spend(keys.length, info)
    const selected = selectedBelow(info)
    const parts = new Set([
      ...adventurerParts(selected.at('nodes')),
      ...adventurerParts(selected.at('node')),
    ])
    const source = keyedSource<WorldReads, Adventurer>({
      name: 'Adventurer',
      subject: ADVENTURER,
      keys,
      projections: ['world'],
      subscription: `adventurerChanged/${keys.join(',')}`,
      selection: [...parts].sort().join(','),
      read: (reads, some, point) =>
        reads.adventurersById((some as readonly Felt[] | null) ?? keys, point, parts),
      keyOf: ({ id }) => id,
    })
    return context.streams.changes(source, since ?? null, context.signal)
  },
)
