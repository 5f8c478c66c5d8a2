import { describe, expect, it } from 'vitest'
import type { NewEvent } from '../../../../domain/event-log/event-log.ts'
import { foldOnto, versionsOf } from '../../../engine/folds.testing.ts'
import { copiedModels } from '../../../engine/model-rows.ts'
import { projectionOf } from '../../../engine/projection.ts'
import { blockOf, completeBlocks } from '../world-blocks.testing.ts'
import { type TestFact, written } from '../world-facts.testing.ts'
import { rateSeries } from './series.ts'
import { conversionRates } from './tables.ts'

const market = projectionOf('market', 1, [copiedModels(conversionRates), rateSeries])

describe('the price series', () => {
  const rate = (values: Readonly<Record<string, number | string>>): TestFact =>
    written('ConversionRate', { item_type: '0x1' }, { base_rate: 20, ...values })
  const block = (number: number, ...facts: readonly TestFact[]): readonly NewEvent[] =>
    blockOf(number, facts)

  it('keeps what a conversion would get after each write, bucket by bucket of 100 blocks', () => {
    const batch = foldOnto(
      market,
      new Map(),
      completeBlocks([
        block(120, rate({ current_rate: 20, last_update_block: '120' })),
        block(
          130,
          rate({ current_rate: 18, last_update_block: '130' }),
          rate({ current_rate: 14, last_update_block: '130' }),
        ),
        block(199, rate({ current_rate: 16, last_update_block: '199' })),
        block(200, rate({ current_rate: 15, last_update_block: '200' })),
      ]),
    )
    const buckets = versionsOf(batch, 'rate_buckets').filter(({ latest }) => latest)
    expect(buckets).toEqual([
      expect.objectContaining({
        item_type: '0x1',
        first_block: 100,
        open: 20,
        high: 20,
        low: 14,
        close: 16,
        writes: 4,
      }),
      expect.objectContaining({
        first_block: 200,
        open: 15,
        high: 15,
        low: 15,
        close: 15,
        writes: 1,
      }),
    ])
    expect(batch.changes.map(({ position, subject, key }) => [position, subject, key])).toEqual(
      [1, 4, 6, 8].map((position) => [position, 'rate', '0x1']),
    )
  })

  it('has nothing for an item whose key was never told', () => {
    const { data } = rate({ current_rate: 20 })
    const keyless = { type: 'ConversionRateWritten', data: { ...data, keys: null } }
    expect(
      versionsOf(foldOnto(market, new Map(), completeBlocks([block(1, keyless)])), 'rate_buckets'),
    ).toEqual([])
  })
})
