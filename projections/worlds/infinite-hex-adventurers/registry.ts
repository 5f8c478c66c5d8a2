/** The read models of Infinite Hex Adventurers: a line each. */
import { copiedModels } from '../../engine/model-rows.ts'
import { type Projection, projectionOf } from '../../engine/projection.ts'
import { adventurers, backpackItems, reservations } from './adventurers/tables.ts'
import { eventTail } from './events/tail.ts'
import { hexGeometries } from './hexes/geometry.ts'
import { areas, claims, hexDecay, hexes, plants } from './hexes/tables.ts'
import { rateSeries } from './market/series.ts'
import { conversionRates } from './market/tables.ts'
import { regulatorPolicies } from './regulator/policy.ts'

/** The map and who is on it. The event tail looks at what the same transaction wrote here. */
const world = projectionOf('world', 2, [
  hexGeometries,
  copiedModels(hexes, hexDecay, claims, areas, plants, regulatorPolicies),
  copiedModels(adventurers, backpackItems, reservations),
  eventTail,
])

const market = projectionOf('market', 1, [copiedModels(conversionRates), rateSeries])

export const infiniteHexProjections: readonly Projection[] = [world, market]
