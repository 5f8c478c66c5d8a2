/** The read models of Infinite Hex Adventurers: a line each. */
import { copiedModels } from '../../engine/model-rows.ts'
import { type Projection, projectionOf } from '../../engine/projection.ts'
import { adventurers, backpackItems, reservations } from './adventurers/tables.ts'
import { eventTail } from './events/tail.ts'
import { hexGeometries } from './hexes/geometry.ts'
import { areas, buildings, claims, hexDecay, hexes, plants } from './hexes/tables.ts'
import { plantsAsItems } from './items/plant-items.ts'
import { rateSeries } from './market/series.ts'
import { conversionRates } from './market/tables.ts'
import { regulatorPolicies } from './regulator/policy.ts'
import { resourceGrants, resourcePolicies } from './sharing/tables.ts'

/** The map and who is on it. The event tail looks at what the same transaction wrote here. */
const world = projectionOf('world', 3, [
  hexGeometries,
  copiedModels(hexes, hexDecay, claims, areas, plants, buildings, regulatorPolicies),
  copiedModels(resourcePolicies, resourceGrants),
  copiedModels(adventurers, backpackItems, reservations),
  eventTail,
])

const market = projectionOf('market', 1, [copiedModels(conversionRates), rateSeries])

const items = projectionOf('items', 1, [plantsAsItems])

export const infiniteHexProjections: readonly Projection[] = [world, market, items]
