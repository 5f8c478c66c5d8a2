/** What items are worth, now and over time. */
import { sql } from 'kysely'
import { compareFelts, type Felt } from '../../../../domain/felt.ts'
import type { ConversionRate, RateBucket } from '../../../../schemas/graphql/types.ts'
import type { ReadPoint } from '../../../reads/points.ts'
import type { ReadContext } from '../../../reads/read-context.ts'
import { type ReadDatabase, rowsOf } from '../../../reads/read-database.ts'
import {
  BUCKET_BLOCKS,
  type ConversionRateRow,
  conversionRates,
  type RateBucketRow,
  rateBuckets,
} from './tables.ts'
import { conversionRateView } from './view.ts'

/** Buckets of an item, newest first, those that begin before a block (null: all). */
export type SeriesQuery = Readonly<{ item: Felt; beforeBlock: number | null; limit: number }>

export type MarketReads = Readonly<{
  /** Of now, most recently used first, then by item. */
  conversionRates: (limit: number) => Promise<readonly ConversionRate[]>
  /** Those of the given items, which are distinct, or of all (null), by item. */
  ratesOf: (items: readonly Felt[] | null, point: ReadPoint) => Promise<readonly ConversionRate[]>
  rateSeries: (query: SeriesQuery, point: ReadPoint) => Promise<readonly RateBucket[]>
}>

/** Rates that are read at once when all are asked for. */
const RATES_MAX = 1_000

/** What is asked of the market's rows beyond look-ups by key. */
export type MarketQueries = Readonly<{
  /** Rates of now, most recently used first, then by item. */
  newestRates: (limit: number) => Promise<ConversionRateRow[]>
}>

export const marketQueries = (database: ReadDatabase): MarketQueries => ({
  newestRates: (limit) => readNewest(database, limit),
})

export const marketReads = (context: ReadContext, { newestRates }: MarketQueries): MarketReads => ({
  conversionRates: async (limit) => {
    const rows = await newestRates(limit)
    const block = await context.headBlock()
    return rows.map((row) => conversionRateView(row, block))
  },
  ratesOf: (items, point) =>
    context.atPoint(point, async (at) => {
      const rows =
        items === null
          ? await context.rows.all(conversionRates, at, RATES_MAX)
          : await context.rows.byLookup(conversionRates, items, at)
      return rows
        .map((row) => conversionRateView(row, point.block))
        .sort((a, b) => compareFelts(a.itemId, b.itemId))
    }),
  rateSeries: ({ item, beforeBlock, limit }, point) =>
    context.atPoint(point, async (at) => {
      const rows = await context.rows.byLookup(rateBuckets, [item], at)
      return rows
        .filter(({ first_block }) => beforeBlock === null || first_block < beforeBlock)
        .sort((a, b) => b.first_block - a.first_block)
        .slice(0, limit)
        .map(bucketView)
    }),
})

const bucketView = ({
  first_block,
  open,
  high,
  low,
  close,
  writes,
}: RateBucketRow): RateBucket => ({
  firstBlock: first_block,
  lastBlock: first_block + BUCKET_BLOCKS - 1,
  open,
  high,
  low,
  close,
  writes,
})

const readNewest = (database: ReadDatabase, limit: number): Promise<ConversionRateRow[]> =>
  rowsOf(
    database,
    conversionRates,
    sql`SELECT * FROM ${database.table(conversionRates)}
      WHERE world = ${database.world} AND item_type IS NOT NULL
      ORDER BY last_update_block DESC, length(item_type), item_type LIMIT ${limit}`,
  )
