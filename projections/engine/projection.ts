/**
 * A projection as data: tables and pure handlers by event type. It knows no database and no
 * batches; fold.ts runs it, and infra/postgres stores what comes out.
 */

import { worldTables } from '../world-tables.ts'
import { eventHandlers } from './event-tail.ts'
import type { Handler } from './handler.ts'
import { modelHandlers } from './model-rows.ts'
import type { WorldTable } from './table.ts'

export type Projection = Readonly<{
  name: string
  /**
   * Raised with every change of tables or handlers; tables of different versions live side by side.
   */
  version: number
  tables: readonly WorldTable[]
  /** Facts of other types change nothing. */
  handlers: ReadonlyMap<string, Handler>
}>

/** All read models of the world: they share one checkpoint. */
export const worldProjection: Projection = {
  name: 'world',
  version: 1,
  tables: worldTables,
  handlers: new Map([...worldTables.flatMap(modelHandlers), ...eventHandlers()]),
}
