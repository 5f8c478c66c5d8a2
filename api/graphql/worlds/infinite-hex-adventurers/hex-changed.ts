/** Hexes of an area as they are, and as they change. */
import type { Felt } from '../../../../domain/felt.ts'
import type { HexPart } from '../../../../projections/worlds/infinite-hex-adventurers/hexes/queries.ts'
import { HEX } from '../../../../projections/worlds/infinite-hex-adventurers/hexes/tables.ts'
import type { WorldReads } from '../../../../projections/worlds/infinite-hex-adventurers/world-reads.ts'
import type { Hex } from '../../../../schemas/graphql/worlds/infinite-hex-adventurers/types.ts'
import type { Change } from '../../../subscriptions/change.ts'
import { keyedSource } from '../../../subscriptions/keyed-source.ts'
import { streamField } from '../../resolver.ts'
import { selectedBelow } from '../../selection.ts'
import type { GameSource, SinceArgument } from './game-resolver.ts'
import { checkedRadius, discIds, hexesPrice } from './hexes.ts'
import { hexParts } from './selection.ts'

/** Everything that is seen on the hexes of a disc. */
export const hexSource = (
  center: Felt,
  radius: number,
  parts: ReadonlySet<HexPart>,
): GameSource<Hex> => {
  const ids = discIds(center, radius)
  return keyedSource<WorldReads, Hex, Felt>({
    name: 'Hex',
    subject: HEX,
    keys: ids,
    projections: ['world'],
    subscription: `hexChanged/${center}/${radius}`,
    selection: [...parts].sort().join(','),
    read: (reads, keys, point) => reads.hexes(keys ?? ids, point, parts),
    keyOf: ({ coordinate }) => coordinate.packed,
  })
}

type Arguments = SinceArgument & Readonly<{ center: Felt; radius: number }>

export const hexChanged = streamField<Arguments, Change<Hex>, WorldReads>(
  (_root, { center, radius, since }, context, info) => {
    const selected = selectedBelow(info)
    const parts = new Set([...hexParts(selected.at('nodes')), ...hexParts(selected.at('node'))])
    const hexes = discIds(center, checkedRadius(radius)).length
    context.spend(hexesPrice(hexes, parts), info)
    return context.streams.changes(hexSource(center, radius, parts), since ?? null, context.signal)
  },
)
