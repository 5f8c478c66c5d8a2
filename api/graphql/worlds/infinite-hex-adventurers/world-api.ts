/** The game's part of the API: its fields of the schema's roots. */
import { infiniteHexAdventurers } from '../../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import type { WorldReads } from '../../../../projections/worlds/infinite-hex-adventurers/world-reads.ts'
import type { WorldApi } from '../../schema.ts'
import { adventurerChanged } from './adventurer-changed.ts'
import { adventurer, adventurers } from './adventurers.ts'
import { events } from './events.ts'
import { exampleOperations } from './example-operations.ts'
import { hexChanged } from './hex-changed.ts'
import { hex, hexesInRadius, territories } from './hexes.ts'
import { plantItems } from './items.ts'
import { energyMarket, rateSeries } from './market.ts'
import { marketChanged } from './market-changed.ts'
import { worldOverview } from './overview.ts'
import { INNER_LISTS } from './selection.ts'
import { worldEvents } from './world-events.ts'

export const infiniteHexApi: WorldApi<WorldReads> = {
  name: infiniteHexAdventurers.name,
  query: {
    worldOverview,
    hex,
    hexesInRadius,
    territories,
    adventurer,
    adventurers,
    energyMarket,
    rateSeries,
    events,
    plantItems,
  },
  subscription: { worldEvents, hexChanged, adventurerChanged, marketChanged },
  innerLists: INNER_LISTS,
  exampleOperations,
}
