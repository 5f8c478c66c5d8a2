/** Rates of items as they are, and as they change. */
import type { Felt } from '../../../../domain/felt.ts'
import { RATES_MAX } from '../../../../projections/worlds/infinite-hex-adventurers/market/queries.ts'
import { RATE } from '../../../../projections/worlds/infinite-hex-adventurers/market/tables.ts'
import type { WorldReads } from '../../../../projections/worlds/infinite-hex-adventurers/world-reads.ts'
import type { ConversionRate } from '../../../../schemas/graphql/worlds/infinite-hex-adventurers/types.ts'
import { userInputError } from '../../../errors.ts'
import type { Change } from '../../../subscriptions/change.ts'
import { keyedSource } from '../../../subscriptions/keyed-source.ts'
import { PAGE_ROWS_MAX } from '../../limits.ts'
import { streamField } from '../../resolver.ts'
import { followedKeys, type GameSource, type SinceArgument } from './game-resolver.ts'

/** Everything that is seen of the prices of some items, or of all (null). */
export const rateSource = (keys: readonly Felt[] | null): GameSource<ConversionRate> =>
  keyedSource<WorldReads, ConversionRate, Felt>({
    name: 'ConversionRate',
    subject: RATE,
    keys,
    projections: ['market'],
    subscription: `marketChanged/${keys?.join(',') ?? '*'}`,
    selection: '',
    read: async (reads, items, point) => {
      const rates = await reads.ratesOf(items, point)
      if (rates.length <= RATES_MAX) return rates
      throw userInputError(`There are more than ${RATES_MAX} items: name those to follow`)
    },
    keyOf: ({ itemId }) => itemId,
  })

type Arguments = SinceArgument & Readonly<{ items?: readonly Felt[] | null }>

export const marketChanged = streamField<Arguments, Change<ConversionRate>, WorldReads>(
  (_root, { items, since }, context, info) => {
    const keys = items ? followedKeys('items', items) : null
    const rows = keys?.length ?? PAGE_ROWS_MAX
    context.spend({ rows, lookUps: rows }, info)
    return context.streams.changes(rateSource(keys), since ?? null, context.signal)
  },
)
