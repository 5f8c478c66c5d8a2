/**
 * A projection as data: tables and pure handlers by type of fact. It is the unit of building: it has
 * a version, a schema of its own and its own place in cursors, so that adding or changing one
 * rebuilds nothing else and resyncs nobody who does not read it. It is put together from read
 * models, which share its tables.
 */
import { assert } from '../../domain/errors.ts'
import type { Handler } from './handler.ts'
import type { Table } from './table.ts'

/** One read model's tables, and what facts do to them. */
export type ReadModel = Readonly<{
  tables: readonly Table[]
  /** By type of fact; several handlers of one type act in this order. */
  handlers: readonly (readonly [factType: string, handler: Handler])[]
}>

export type Projection = Readonly<{
  /** Lower-case; part of the schema's name. */
  name: string
  /**
   * Raised with every change of tables or handlers; tables of different versions live side by side.
   */
  version: number
  tables: readonly Table[]
  /** Facts of other types change nothing. */
  handlers: ReadonlyMap<string, readonly Handler[]>
}>

/** Puts read models together. Their tables must have names of their own. */
export const projectionOf = (
  name: string,
  version: number,
  models: readonly ReadModel[],
): Projection => {
  const tables = models.flatMap((model) => model.tables)
  const names = new Set(tables.map((table) => table.name))
  assert(names.size === tables.length, `projection ${name} has two tables of the same name`)
  const handlers = new Map<string, Handler[]>()
  for (const [type, handler] of models.flatMap((model) => model.handlers)) {
    const ofType = handlers.get(type)
    if (ofType === undefined) handlers.set(type, [handler])
    else ofType.push(handler)
  }
  return { name, version, tables, handlers }
}
