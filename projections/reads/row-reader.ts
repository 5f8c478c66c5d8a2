/**
 * Look-ups by key, which are the same for every versioned table, now and in the past. What is
 * particular to one question stands in the read model's own queries.
 */
import { type RawBuilder, sql } from 'kysely'
import { piecesOf } from '../../domain/pieces.ts'
import type { VersionedTable } from '../engine/table.ts'
import { type ReadDatabase, type RowsAt, rowsOf } from './read-database.ts'
import { versionsOf } from './row-pages.ts'

/** In no particular order, and without rows that are not shown yet. */
export type RowReader = Readonly<{
  /** Rows whose look-up column has one of the values, which are distinct. */
  byLookup: <Row>(
    table: VersionedTable<Row>,
    values: readonly string[],
    at: RowsAt,
  ) => Promise<Row[]>
  /** Rows of the given entities, which are distinct. */
  byEntity: <Row>(
    table: VersionedTable<Row>,
    entityIds: readonly string[],
    at: RowsAt,
  ) => Promise<Row[]>
  /** All rows, but no more than `limit`. */
  all: <Row>(table: VersionedTable<Row>, at: RowsAt, limit: number) => Promise<Row[]>
}>

/** Rows in the database. */
export const rowReader = (database: ReadDatabase): RowReader => ({
  byLookup: (table, values, at) =>
    inPieces(values, (some) => rowsByLookup(database, table, some, at)),
  byEntity: (table, entityIds, at) =>
    inPieces(entityIds, (some) => rowsByEntity(database, table, some, at)),
  all: (table, at, limit) => {
    const { world } = database
    if (at === 'now')
      return rowsOf(
        database,
        table,
        sql`SELECT * FROM ${database.table(table)} AS version
          WHERE world = ${world} AND ${isShown(table)} LIMIT ${limit}`,
      )
    const candidates = sql`SELECT DISTINCT entity_id FROM ${database.table(table, 'history')}
      WHERE world = ${world} AND position <= ${at.position} LIMIT ${limit}`
    return versionsAt(database, table, candidates, at.position)
  },
})

/** Keys that are looked up by one statement: the embedded database takes a few milliseconds for it. */
const KEYS_PER_STATEMENT = 500

const inPieces = async <Row>(
  keys: readonly string[],
  read: (some: readonly string[]) => Promise<Row[]>,
): Promise<Row[]> => {
  const rows: Row[] = []
  for (const some of piecesOf(keys, KEYS_PER_STATEMENT)) rows.push(...(await read(some)))
  return rows
}

const rowsByEntity = <Row>(
  database: ReadDatabase,
  table: VersionedTable<Row>,
  entityIds: readonly string[],
  at: RowsAt,
): Promise<Row[]> => {
  if (at === 'now') return currentRows(database, table, 'entity_id', entityIds)
  const candidates = sql`SELECT unnest(${[...entityIds]}::text[]) AS entity_id`
  return versionsAt(database, table, candidates, at.position)
}

/**
 * In the past, the candidates are the rows that ever arrived at a value; those that had moved on by
 * then are left out.
 */
const rowsByLookup = async <Row>(
  database: ReadDatabase,
  table: VersionedTable<Row>,
  values: readonly string[],
  at: RowsAt,
): Promise<Row[]> => {
  const column = table.columns[table.lookup]?.name ?? ''
  if (at === 'now') return currentRows(database, table, column, values)
  const candidates = sql`
    SELECT DISTINCT arrival.entity_id
    FROM unnest(${[...values]}::text[]) AS wanted (value) CROSS JOIN LATERAL (
      SELECT entity_id FROM ${database.table(table, 'history')}
      WHERE world = ${database.world} AND ${sql.ref(column)} = wanted.value
        AND arrived AND position <= ${at.position}
      OFFSET 0
    ) AS arrival`
  const rows = await versionsAt(database, table, candidates, at.position)
  const wanted: ReadonlySet<unknown> = new Set(values)
  // A row has the columns of its table.
  return rows.filter((row) => wanted.has(row[column as keyof Row]))
}

const isShown = ({ columns, shownBy }: VersionedTable): RawBuilder<unknown> =>
  shownBy === null ? sql`true` : sql`${sql.ref(`version.${columns[shownBy]?.name}`)} IS NOT NULL`

/**
 * `OFFSET 0` keeps the planner from turning the probes, one per value, into anything else: whatever
 * it knows or does not know about the tables, a look-up costs what it returns. For 12,481 hexes, `=
 * ANY` took up to four times as long.
 */
const currentRows = <Row>(
  database: ReadDatabase,
  table: VersionedTable<Row>,
  column: string,
  values: readonly string[],
): Promise<Row[]> =>
  rowsOf(
    database,
    table,
    sql`
    SELECT version.* FROM unnest(${[...values]}::text[]) AS wanted (value) CROSS JOIN LATERAL (
      SELECT * FROM ${database.table(table)}
      WHERE world = ${database.world} AND ${sql.ref(column)} = wanted.value
      OFFSET 0
    ) AS version WHERE ${isShown(table)}`,
  )

/** The versions of the candidates that were valid at a position. */
const versionsAt = <Row>(
  database: ReadDatabase,
  table: VersionedTable<Row>,
  candidates: RawBuilder<unknown>,
  position: number,
): Promise<Row[]> =>
  rowsOf(
    database,
    table,
    sql`${versionsOf(database, table, candidates, position)}
      WHERE NOT version.erased AND ${isShown(table)}`,
  )
