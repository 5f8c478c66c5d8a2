/** Rates of items as they are, and as they change. */
import type { Felt } from '../../../../domain/felt.ts'
import { RATE } from '../../../../projections/worlds/infinite-hex-adventurers/market/tables.ts'
import type { WorldReads } from '../../../../projections/worlds/infinite-hex-adventurers/world-reads.ts'
import type { ConversionRate } from '../../../../schemas/graphql/types.ts'
import type { Change } from '../../../subscriptions/change.ts'
import { keyedSource } from '../../../subscriptions/keyed-source.ts'
import { PAGE_ROWS_MAX } from '../../limits.ts'
import { streamField } from '../../resolver.ts'
import { followedKeys, type SinceArgument } from './game-resolver.ts'

type Arguments = SinceArgument & Readonly<{ items?: readonly Felt[] | null }>

export const marketChanged = streamField<Arguments, Change<ConversionRate>, WorldReads>(
  (_root, { items, since }, context, info) => {
    const keys = items ? followedKeys('items', items) : null
    context.spend(keys?.length ?? PAGE_ROWS_MAX, info)
    const source = keyedSource<WorldReads, ConversionRate>({
      name: 'ConversionRate',
      subject: RATE,
      keys,
      projections: ['market'],
      subscription: `marketChanged/${keys?.join(',') ?? '*'}`,
      selection: '',
      read: (reads, some, point) => reads.ratesOf(some as readonly Felt[] | null, point),
      keyOf: ({ itemId }) => itemId,
    })
    return context.streams.changes(source, since ?? null, context.signal)
  },
)
