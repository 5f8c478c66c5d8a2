/** From rows to rates as the API shows them. Pure; they are computed for the block of the answer. */
import { shortStringOf } from '../../../../domain/felt.ts'
import {
  conversionPenaltyBp,
  effectiveConversionRate,
  inConversionWindow,
  withRateDefaults,
} from '../../../../domain/worlds/infinite-hex-adventurers/rules/conversion.ts'
import type { ConversionRate } from '../../../../schemas/graphql/worlds/infinite-hex-adventurers/types.ts'
import { present } from '../row-values.ts'
import type { ConversionRateRow } from './tables.ts'

export const conversionRateView = (row: ConversionRateRow, block: number): ConversionRate => {
  const rate = withRateDefaults({
    currentRate: present(row.current_rate, 'current_rate'),
    baseRate: present(row.base_rate, 'base_rate'),
    lastUpdateBlock: Number(present(row.last_update_block, 'last_update_block')),
    unitsInWindow: present(row.units_converted_in_window, 'units_converted_in_window'),
  })
  const unitsInWindow = inConversionWindow(rate.lastUpdateBlock, block) ? rate.unitsInWindow : 0
  return {
    itemId: row.item_type,
    itemName: shortStringOf(row.item_type),
    baseRate: rate.baseRate,
    effectiveRate: effectiveConversionRate(rate, block),
    unitsInWindow,
    penaltyBp: conversionPenaltyBp(unitsInWindow),
    lastConversionBlock: rate.lastUpdateBlock,
  }
}
