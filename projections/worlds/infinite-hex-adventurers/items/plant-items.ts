/** Keeps what each plant yields, when its row becomes known and whenever its species is another. */
import type { RecordedEvent } from '../../../../domain/event-log/event-log.ts'
import { type Felt, feltOf, parseFelt } from '../../../../domain/felt.ts'
import { harvestItemId } from '../../../../schemas/worlds/infinite-hex-adventurers/ids.ts'
import type { Handler } from '../../../engine/handler.ts'
import { entityOf, modelWritten } from '../../../engine/model-rows.ts'
import type { ReadModel } from '../../../engine/projection.ts'
import { columnAt } from '../../../engine/table.ts'
import { plantItems } from './tables.ts'

const SPECIES = columnAt(plantItems, 'species')

type Plant = Readonly<{ key: Felt; species: Felt }>

const plantIn = (fact: RecordedEvent): Plant | null => {
  const { keys, values } = modelWritten(fact)
  const key = parseFelt(keys?.plant_key)
  const species = parseFelt(values.species)
  return key === null || species === null ? null : { key, species }
}

const keepsItem: Handler = {
  touches: (fact) => [{ table: plantItems, entityId: entityOf(fact) }],
  apply: (fact, unit) => {
    const plant = plantIn(fact)
    if (plant === null) return
    const before = unit.read(plantItems, entityOf(fact))
    if (before?.[SPECIES] === plant.species) return
    const item = feltOf(harvestItemId(BigInt(plant.key)))
    if (item !== null) unit.write(plantItems, entityOf(fact), [plant.key, item, plant.species])
  },
}

export const plantsAsItems: ReadModel = {
  tables: [plantItems],
  handlers: [['PlantNodeWritten', keepsItem]],
}
