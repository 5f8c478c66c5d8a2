/**
 * The rows of the read models in memory, as they are now: the projection's own fold without a
 * database.
 */
import type { RecordedEvent } from '../../../domain/event-log/event-log.ts'
import { cutBlocks } from '../../../projections/engine/blocks.ts'
import { foldBlocks } from '../../../projections/engine/fold.ts'
import type { TableVersions } from '../../../projections/engine/folded-batch.ts'
import { worldProjection } from '../../../projections/engine/projection.ts'
import type { RowValues, WorldTable } from '../../../projections/engine/table.ts'
import {
  type WorldRow,
  type WorldTableName,
  worldTable,
} from '../../../projections/world-tables.ts'

export type FoldedRows = Readonly<{
  /** Takes in whole blocks, which follow those before. */
  take: (events: readonly RecordedEvent[]) => void
  /** Rows of a table, in the order in which they first came. */
  all: <T extends WorldTableName>(name: T) => readonly WorldRow<T>[]
  /** Rows of a table whose look-up column has this value. */
  at: <T extends WorldTableName>(name: T, value: string) => readonly WorldRow<T>[]
}>

/** One table: values by entity for the fold, rows by entity and look-up value for readers. */
const createTable = (table: WorldTable) => {
  const values = new Map<string, RowValues>()
  const rows = new Map<string, object>()
  const entitiesByValue = new Map<unknown, Set<string>>()

  const put = (entityId: string, next: RowValues | null): void => {
    entitiesByValue.get(values.get(entityId)?.[table.lookup])?.delete(entityId)
    values.delete(entityId)
    if (next === null) {
      rows.delete(entityId)
      return
    }
    values.set(entityId, next)
    rows.set(entityId, Object.fromEntries(table.columns.map(({ name }, at) => [name, next[at]])))
    const value = next[table.lookup]
    const entities = entitiesByValue.get(value) ?? new Set()
    entitiesByValue.set(value, entities.add(entityId))
  }
  return {
    values,
    put,
    all: (): readonly object[] => [...rows.values()],
    at: (value: string): readonly object[] =>
      [...(entitiesByValue.get(value) ?? [])].flatMap((entityId) => rows.get(entityId) ?? []),
  }
}

/** No rows yet. */
export const createFoldedRows = (): FoldedRows => {
  const tables = new Map(worldProjection.tables.map((table) => [table, createTable(table)]))
  const loaded = new Map([...tables].map(([table, { values }]) => [table, values]))

  const put = ({ table, entityIds, latest, erased, columns }: TableVersions): void => {
    for (const [at, entityId] of entityIds.entries()) {
      if (!latest[at]) continue
      const row = columns.map((column) => column[at] ?? null)
      tables.get(table)?.put(entityId, erased[at] ? null : row)
    }
  }

  return {
    take: (events) => {
      const { blocks } = cutBlocks(events, Number.MAX_SAFE_INTEGER)
      if (blocks.length === 0) return
      for (const versions of foldBlocks(worldProjection, loaded, blocks).versions) put(versions)
    },
    // Rows have the columns of their table, which is what WorldRow says.
    all: <T extends WorldTableName>(name: T) =>
      (tables.get(worldTable(name))?.all() ?? []) as readonly WorldRow<T>[],
    at: <T extends WorldTableName>(name: T, value: string) =>
      (tables.get(worldTable(name))?.at(value) ?? []) as readonly WorldRow<T>[],
  }
}
