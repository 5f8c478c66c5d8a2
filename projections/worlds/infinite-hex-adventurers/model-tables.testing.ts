/** The game's tables that copy models, over all its projections. */
import type { ModelTable } from '../../engine/model-table.ts'
import { infiniteHexProjections } from './registry.ts'

export const modelTables: readonly ModelTable[] = infiniteHexProjections
  .flatMap(({ tables }) => tables)
  .filter((table): table is ModelTable => 'parts' in table)
