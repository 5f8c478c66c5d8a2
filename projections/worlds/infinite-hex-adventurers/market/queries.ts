/** What items are worth, now and over time. */
import { sql } from 'kysely'
import { compareFelts, type Felt } from '../../../../domain/felt.ts'
import type {
  ConversionRate,
  RateBucket,
} from '../../../../schemas/graphql/worlds/infinite-hex-adventurers/types.ts'
import type { ReadPoint } from '../../../reads/points.ts'
import { numberOf, type ReadContext } from '../../../reads/read-context.ts'
import { type ReadDatabase, type RowsAt, rowsOf } from '../../../reads/read-database.ts'
import { rowsAt } from '../../../reads/row-pages.ts'
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
  /**
   * Those of the given items, which are distinct, or of all (null), by item. Of all, one more than
   * RATES_MAX are read at most: so many tell that there are too many.
   */
  ratesOf: (items: readonly Felt[] | null, point: ReadPoint) => Promise<readonly ConversionRate[]>
  rateSeries: (query: SeriesQuery, point: ReadPoint) => Promise<readonly RateBucket[]>
}>

/** Rates that may be asked for at once without naming them. */
export const RATES_MAX = 10_000

/** What is asked of the market's rows beyond look-ups by key. */
export type MarketQueries = Readonly<{
  /** Most recently used first, then by item. */
  newestRates: (limit: number, at: RowsAt) => Promise<ConversionRateRow[]>
  /** In the order of the query. */
  buckets: (query: SeriesQuery, at: RowsAt) => Promise<RateBucketRow[]>
}>

export const marketQueries = (database: ReadDatabase): MarketQueries => ({
  newestRates: (limit, at) => readNewest(database, limit, at),
  buckets: (query, at) => readBuckets(database, query, at),
})

export const marketReads = (
  context: ReadContext,
  { newestRates, buckets }: MarketQueries,
): MarketReads => ({
  conversionRates: (limit) =>
    context.atHead(async (at, head) => {
      const rows = await newestRates(limit, at)
      return rows.map((row) => conversionRateView(row, numberOf(head)))
    }),
  ratesOf: (items, point) =>
    context.atPoint(point, async (at) => {
      const rows =
        items === null
          ? await context.rows.all(conversionRates, at, RATES_MAX + 1)
          : await context.rows.byLookup(conversionRates, items, at)
      return rows
        .map((row) => conversionRateView(row, point.block))
        .sort((a, b) => compareFelts(a.itemId, b.itemId))
    }),
  rateSeries: (query, point) =>
    context.atPoint(point, async (at) => (await buckets(query, at)).map(bucketView)),
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

const readNewest = (
  database: ReadDatabase,
  limit: number,
  at: RowsAt,
): Promise<ConversionRateRow[]> =>
  rowsOf(
    database,
    conversionRates,
    sql`SELECT * FROM (${rowsAt(database, conversionRates, at)}) AS rate
      WHERE item_type IS NOT NULL
      ORDER BY last_update_block DESC, length(item_type), item_type LIMIT ${limit}`,
  )

/**
 * Along an index, newest bucket first, whatever the length of the series. In the past, a bucket is
 * found by the version with which it came, and read as it was then; after a reorg it may come more
 * than once.
 */
const readBuckets = (
  database: ReadDatabase,
  { item, beforeBlock, limit }: SeriesQuery,
  at: RowsAt,
): Promise<RateBucketRow[]> => {
  const { world, table } = database
  const isWanted = sql`world = ${world} AND item_type = ${item}
    AND first_block < ${beforeBlock ?? Number.MAX_SAFE_INTEGER}`
  if (at === 'now') {
    return rowsOf(
      database,
      rateBuckets,
      sql`SELECT * FROM ${table(rateBuckets)} WHERE ${isWanted}
        ORDER BY first_block DESC LIMIT ${limit}`,
    )
  }
  return rowsOf(
    database,
    rateBuckets,
    sql`SELECT version.* FROM (
        SELECT DISTINCT first_block, entity_id FROM ${table(rateBuckets, 'history')}
        WHERE ${isWanted} AND arrived AND position <= ${at.position} ORDER BY first_block DESC
      ) AS bucket CROSS JOIN LATERAL (
        SELECT * FROM ${table(rateBuckets, 'history')}
        WHERE world = ${world} AND entity_id = bucket.entity_id AND position <= ${at.position}
        ORDER BY position DESC LIMIT 1
      ) AS version WHERE NOT version.erased ORDER BY bucket.first_block DESC LIMIT ${limit}`,
  )
}
