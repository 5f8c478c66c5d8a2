/** What items are worth: the chain's rates, and how the price of each moved. */

import type { Felt } from '../../../../domain/felt.ts'
import { versionedTable } from '../../../engine/table.ts'
import { gameTable, type Row } from '../game-table.ts'

/** The subject of everything that is seen of an item's price. */
export const RATE = 'rate'

export const conversionRates = gameTable('conversion_rates', {
  models: { ConversionRate: {} },
  lookup: 'item_type',
  subjects: { [RATE]: 'item_type' },
})

export type ConversionRateRow = Row<typeof conversionRates>

/** Blocks of one bucket of a price series: the game's economic epoch. */
export const BUCKET_BLOCKS = 100

/**
 * The price of an item over the blocks of one bucket. A price is the energy per unit that a
 * conversion would get right after a write of the item's rate; buckets in which nothing was written
 * have no row.
 */
export type RateBucketRow = Readonly<{
  item_type: Felt
  first_block: number
  open: number
  high: number
  low: number
  close: number
  /** Writes of the rate, of which each conversion makes one. */
  writes: number
}>

export const rateBuckets = versionedTable<RateBucketRow>('rate_buckets', {
  columns: [
    { name: 'item_type', storage: 'text' },
    { name: 'first_block', storage: 'bigint' },
    { name: 'open', storage: 'integer' },
    { name: 'high', storage: 'integer' },
    { name: 'low', storage: 'integer' },
    { name: 'close', storage: 'integer' },
    { name: 'writes', storage: 'integer' },
  ],
  lookup: 'item_type',
  subjects: { [RATE]: 'item_type' },
  indexes: [{ name: 'rate_buckets_by_time', on: 'item_type, first_block' }],
})
