/**
 * Geometry of hexes as it is stored: axial coordinates, H3 cell and a polygon. Corners come from an
 * integer lattice, so that a corner shared by neighbours has exactly the same coordinates in both.
 */
import type { RecordedEvent } from '../../../../domain/event-log/event-log.ts'
import { type Felt, parseFelt } from '../../../../domain/felt.ts'
import {
  cornersOf,
  pointOfCorner,
} from '../../../../domain/worlds/infinite-hex-adventurers/territory.ts'
import { hexPoint } from '../../../../schemas/h3.ts'
import type { Handler } from '../../../engine/handler.ts'
import { entityOf, modelWritten } from '../../../engine/model-rows.ts'
import type { ModelTable } from '../../../engine/model-table.ts'
import type { ReadModel } from '../../../engine/projection.ts'
import type { ColumnValue } from '../../../engine/table.ts'
import { hexDecay, hexes, hexGeometry } from './tables.ts'

/** A row of the geometry of a packed hex, the outline as WKT; null when it is no hex of the map. */
const geometryOf = (hex: Felt): readonly ColumnValue[] | null => {
  const point = hexPoint(hex)
  if (point === null) return null
  const corners = cornersOf(point).map((corner) => pointOfCorner(corner).join(' '))
  const outline = `POLYGON((${[...corners, corners[0]].join(',')}))`
  return [hex, point.q, point.r, point.h3, outline]
}

/** Keeps the geometry of the hex that is the table's only key, when its row becomes known. */
const keepsGeometry = (table: ModelTable): Handler => ({
  touches: (fact) => [{ table, entityId: entityOf(fact) }],
  apply: (fact, unit) => {
    const hex = hexIn(table, fact)
    if (hex === null) return
    const isKnown = (unit.read(table, entityOf(fact))?.[0] ?? null) !== null
    const geometry = isKnown ? null : geometryOf(hex)
    if (geometry !== null) unit.keep(hexGeometry, geometry)
  },
})

const hexIn = ({ keys: [key = ''] }: ModelTable, fact: RecordedEvent): Felt | null =>
  parseFelt(modelWritten(fact).keys?.[key])

/** Stands before the copies of the same models: it looks at what was known before. */
export const hexGeometries: ReadModel = {
  tables: [hexGeometry],
  handlers: [
    ['HexWritten', keepsGeometry(hexes)],
    ['HexDecayStateWritten', keepsGeometry(hexDecay)],
  ],
}
