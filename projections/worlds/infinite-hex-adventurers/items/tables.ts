/**
 * Items that plants yield, by the plant: their ids are hashes (game.md §3.11), and only the plant's
 * species says what they are.
 */
import type { Felt } from '../../../../domain/felt.ts'
import { versionedTable } from '../../../engine/table.ts'

export type PlantItemRow = Readonly<{ plant_key: Felt; item_id: Felt; species: Felt }>

export const plantItems = versionedTable<PlantItemRow>('plant_items', {
  columns: [
    { name: 'plant_key', storage: 'text' },
    { name: 'item_id', storage: 'text' },
    { name: 'species', storage: 'text' },
  ],
  lookup: 'item_id',
})
