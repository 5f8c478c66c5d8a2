/** What items are that have no name of their own. */
import { compareFelts, type Felt } from '../../../../domain/felt.ts'
import type { PlantItem } from '../../../../schemas/graphql/worlds/infinite-hex-adventurers/types.ts'
import type { ReadPoint } from '../../../reads/points.ts'
import type { ReadContext } from '../../../reads/read-context.ts'
import { textOf } from '../row-values.ts'
import { plantItems } from './tables.ts'

export type ItemReads = Readonly<{
  /** Those of the items that known plants yield, by id. Ids must be distinct. */
  plantItems: (ids: readonly Felt[], point: ReadPoint) => Promise<readonly PlantItem[]>
}>

export const itemReads = (context: ReadContext): ItemReads => ({
  plantItems: (ids, point) =>
    context.atPoint(point, async (at) => {
      const rows = await context.rows.byLookup(plantItems, ids, at)
      return rows
        .map((row) => ({ id: row.item_id, plantKey: row.plant_key, species: textOf(row.species) }))
        .sort((a, b) => compareFelts(a.id, b.id))
    }),
})
