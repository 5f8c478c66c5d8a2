/**
 * The rows of the read models in memory, as they are now: the projections' own fold without a
 * database.
 */
import type { RecordedEvent } from '../../../domain/event-log/event-log.ts'
import { createEntryReader } from '../../../domain/world-stream/entries.ts'
import { foldBlocks, touchedRows } from '../../../projections/engine/fold.ts'
import type { TableVersions } from '../../../projections/engine/folded-rows.ts'
import type { RowValues, Table, VersionedTable } from '../../../projections/engine/table.ts'
import { infiniteHexProjections } from '../../../projections/worlds/infinite-hex-adventurers/registry.ts'

export type FoldedRows = Readonly<{
  /** Takes in the events of whole blocks, which follow those before; no block may be retracted. */
  take: (events: readonly RecordedEvent[]) => void
  /** Rows of a table, in the order in which they first came. */
  all: <Row>(table: VersionedTable<Row>) => readonly Row[]
  /** Rows of a table whose look-up column has this value. */
  at: <Row>(table: VersionedTable<Row>, value: string) => readonly Row[]
}>

/** One table: values by entity for the fold, rows by entity and look-up value for readers. */
const createTable = (table: VersionedTable) => {
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

const isVersioned = (table: Table): table is VersionedTable => table.kind === 'versioned'

/** No rows yet. */
export const createFoldedRows = (): FoldedRows => {
  const all = infiniteHexProjections.flatMap((projection) => projection.tables.filter(isVersioned))
  const tables = new Map(all.map((table) => [table, createTable(table)]))
  const reader = createEntryReader({ after: -1 })

  const put = ({ table, entityIds, latest, erased, columns }: TableVersions): void => {
    for (const [at, entityId] of entityIds.entries()) {
      if (!latest[at]) continue
      const row = columns.map((column) => column[at] ?? null)
      tables.get(table)?.put(entityId, erased[at] ? null : row)
    }
  }

  return {
    take: (events) => {
      const blocks = reader.take(events).filter((entry) => entry.kind === 'block')
      for (const projection of infiniteHexProjections) {
        const touched = [...touchedRows(projection, blocks)]
        const loaded = touched.map(
          ([table, ids]) =>
            [table, { touched: ids, rows: tables.get(table)?.values ?? new Map() }] as const,
        )
        for (const versions of foldBlocks(projection, new Map(loaded), blocks).versions)
          put(versions)
      }
    },
    // Rows have the columns of their table, which is what its type says.
    all: <Row>(table: VersionedTable<Row>) => (tables.get(table)?.all() ?? []) as readonly Row[],
    at: <Row>(table: VersionedTable<Row>, value: string) =>
      (tables.get(table)?.at(value) ?? []) as readonly Row[],
  }
}
