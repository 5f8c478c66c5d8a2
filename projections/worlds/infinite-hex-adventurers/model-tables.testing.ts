/** The game's tables that copy models, over all its projections. */
import type { ModelTable } from '../../engine/model-table.ts'
import { infiniteHexProjections } from './registry.ts'

export const modelTables: readonly ModelTable[] = infiniteHexProjections
  .flatMap(({ tables }) => tables)
  .filter((table): table is ModelTable => 'parts' in table)

/** One of them by its name. */
export const modelTable = (name: string): ModelTable => {
  const found = modelTables.find((table) => table.name === name)
  if (found === undefined) throw new Error(`no table is named ${name}`)
  return found
}
