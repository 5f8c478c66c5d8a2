/** Hexes of an area as they are, and as they change. */
import type { Felt } from '../../../domain/felt.ts'
import type { Change } from '../../subscriptions/change.ts'
import { discIds, hexChangeSource } from '../../subscriptions/hex-changes.ts'
import { selectedHexParts } from '../selection.ts'
import { checkedRadius } from './hexes.ts'
import type { StreamField } from './resolver.ts'

type HexChangedArguments = Readonly<{ center: Felt; radius: number; since?: string | null }>

export const hexChanged: StreamField<HexChangedArguments, Change> = {
  subscribe: (_root, { center, radius, since }, context, info) => {
    context.spend(discIds(center, checkedRadius(radius)).length, info)
    const parts = new Set([...selectedHexParts(info, 'nodes'), ...selectedHexParts(info, 'node')])
    return context.streams.changes(
      hexChangeSource(center, radius, parts),
      since ?? null,
      context.signal,
    )
  },
  resolve: (change) => change,
}
