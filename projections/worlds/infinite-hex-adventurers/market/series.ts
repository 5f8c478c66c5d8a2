/** How writes of rates become a price series. */
import type { RecordedEvent } from '../../../../domain/event-log/event-log.ts'
import { chainMetaOf } from '../../../../domain/world-stream/facts.ts'
import { effectiveConversionRate } from '../../../../domain/worlds/infinite-hex-adventurers/rules/conversion.ts'
import type { Handler } from '../../../engine/handler.ts'
import { entityOf } from '../../../engine/model-rows.ts'
import type { ReadModel } from '../../../engine/projection.ts'
import { columnAt, type RowValues } from '../../../engine/table.ts'
import { BUCKET_BLOCKS, conversionRates, rateBuckets } from './tables.ts'

const bucketOf = (fact: RecordedEvent): number => {
  const { block } = chainMetaOf(fact)
  return block - (block % BUCKET_BLOCKS)
}

/** One row for each entity of the rate and each bucket. */
const bucketId = (fact: RecordedEvent): string => `${entityOf(fact)}/${bucketOf(fact)}`

const numberIn = (row: RowValues, column: string): number =>
  Number(row[columnAt(conversionRates, column)] ?? 0)

/** Energy per unit that a conversion would get at this block; null while the item is not known. */
const priceOf = (row: RowValues | null, block: number): number | null =>
  row === null || row[columnAt(conversionRates, 'current_rate')] === null
    ? null
    : effectiveConversionRate(
        {
          currentRate: numberIn(row, 'current_rate'),
          baseRate: numberIn(row, 'base_rate'),
          lastUpdateBlock: numberIn(row, 'last_update_block'),
          unitsInWindow: numberIn(row, 'units_converted_in_window'),
        },
        block,
      )

type Bucket = Readonly<{ open: number; high: number; low: number; writes: number }>

const bucketIn = (row: RowValues): Bucket => {
  const at = (column: string): number => Number(row[columnAt(rateBuckets, column)])
  return { open: at('open'), high: at('high'), low: at('low'), writes: at('writes') }
}

const keepsSeries: Handler = {
  touches: (fact) => [
    { table: conversionRates, entityId: entityOf(fact) },
    { table: rateBuckets, entityId: bucketId(fact) },
  ],
  apply: (fact, unit) => {
    const rate = unit.read(conversionRates, entityOf(fact))
    const item = rate?.[conversionRates.lookup] ?? null
    const price = priceOf(rate, chainMetaOf(fact).block)
    if (item === null || price === null) return
    const before = unit.read(rateBuckets, bucketId(fact))
    const { open, high, low, writes } =
      before === null ? { open: price, high: price, low: price, writes: 0 } : bucketIn(before)
    unit.write(rateBuckets, bucketId(fact), [
      item,
      bucketOf(fact),
      open,
      Math.max(high, price),
      Math.min(low, price),
      price,
      writes + 1,
    ])
  },
}

/** The price series. It stands behind the copy of the rates: it looks at what was written. */
export const rateSeries: ReadModel = {
  tables: [rateBuckets],
  handlers: [
    ['ConversionRateWritten', keepsSeries],
    ['ConversionRateMemberWritten', keepsSeries],
  ],
}
