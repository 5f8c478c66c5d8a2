/**
 * All rows of a table at a point of history, page by page: for sums and lists over a whole world,
 * in statements that are each short, however large it is.
 */
import { type RawBuilder, sql } from 'kysely'
import type { VersionedTable } from '../engine/table.ts'
import type { ReadDatabase, RowsAt } from './read-database.ts'

/** A few milliseconds of the embedded database. */
const PAGE_ROWS_MAX = 2_000

/** The versions of the candidates that were valid at a position; a row that is gone is `erased`. */
export const versionsOf = (
  { world, table }: ReadDatabase,
  of: VersionedTable,
  candidates: RawBuilder<unknown>,
  position: number,
): RawBuilder<unknown> => sql`
  SELECT version.* FROM (${candidates}) AS candidate CROSS JOIN LATERAL (
    SELECT * FROM ${table(of, 'history')}
    WHERE world = ${world} AND entity_id = candidate.entity_id AND position <= ${position}
    ORDER BY position DESC LIMIT 1
  ) AS version`

/** The rows of a table at a point, as a query. */
export const rowsAt = (
  database: ReadDatabase,
  table: VersionedTable,
  at: RowsAt,
): RawBuilder<unknown> => {
  const { world } = database
  if (at === 'now') return sql`SELECT * FROM ${database.table(table)} WHERE world = ${world}`
  const candidates = sql`SELECT DISTINCT entity_id FROM ${database.table(table, 'history')}
    WHERE world = ${world} AND position <= ${at.position}`
  return sql`SELECT * FROM (${versionsOf(database, table, candidates, at.position)}) AS version
    WHERE NOT version.erased`
}

/** Which rows are read, and what of each page: aggregates over rows named `page`. */
type Paged<Name extends string> = Readonly<{
  table: VersionedTable
  at: RowsAt
  figures: Readonly<Record<Name, RawBuilder<unknown>>>
}>

/** The next rows by entity, after `after`; a row that is gone is `erased`. */
const pageAt = (
  database: ReadDatabase,
  table: VersionedTable,
  at: RowsAt,
  after: string,
): RawBuilder<unknown> => {
  const isNext = sql`world = ${database.world} AND entity_id > ${after}`
  const page = sql`ORDER BY entity_id LIMIT ${PAGE_ROWS_MAX}`
  if (at === 'now')
    return sql`SELECT *, false AS erased FROM ${database.table(table)} WHERE ${isNext} ${page}`
  const candidates = sql`SELECT DISTINCT entity_id FROM ${database.table(table, 'history')}
    WHERE ${isNext} AND position <= ${at.position} ${page}`
  return versionsOf(database, table, candidates, at.position)
}

/** Gives `take` what `figures`, aggregates over the rows of a page, are of each page. */
export const overPages = async <Figures extends object>(
  database: ReadDatabase,
  { table, at, figures }: Paged<keyof Figures & string>,
  take: (page: Figures) => void,
): Promise<void> => {
  const wanted = sql.join(
    Object.entries<RawBuilder<unknown>>(figures).map(
      ([name, aggregate]) => sql`${aggregate} FILTER (WHERE NOT page.erased) AS ${sql.ref(name)}`,
    ),
  )
  type Page = Figures & { last: string | null }
  let after: string | null = ''
  while (after !== null) {
    const next: RawBuilder<Page> = sql`
      SELECT max(page.entity_id) AS last, ${wanted}
      FROM (${pageAt(database, table, at, after)}) AS page`
    const [page]: Page[] = (await next.execute(database.db)).rows
    after = page?.last ?? null
    if (page !== undefined && after !== null) take(page)
  }
}

/** The sum of each figure, which is a count or a sum, over all rows. */
export const sumsOverPages = async <Name extends string>(
  database: ReadDatabase,
  paged: Paged<Name>,
): Promise<Readonly<Record<Name, bigint>>> => {
  const names = Object.keys(paged.figures) as Name[] // what it was made of
  const sums = new Map<Name, bigint>()
  await overPages<Record<Name, string | number | null>>(database, paged, (page) => {
    for (const name of names) sums.set(name, (sums.get(name) ?? 0n) + BigInt(page[name] ?? 0))
  })
  return Object.fromEntries(names.map((name) => [name, sums.get(name) ?? 0n])) as Readonly<
    Record<Name, bigint>
  > // every name has its sum
}
