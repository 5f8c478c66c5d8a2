/**
 * Pages as Torii cuts them (torii-and-starknet.md §1.5), surprises included: without an order,
 * `first` or nothing means newest first and `last` oldest first; `after` always means ids up to the
 * cursor's and `before` ids from it on; there is no largest page. Going backwards in time is
 * `first`/`after`, forwards is `last`/`before`.
 */
import type { SQLInputValue } from 'node:sqlite'
import { GraphQLError } from 'graphql'
import type { IndexReader, Row } from '../index-reader.ts'
import type { Budget } from './budget.ts'
import { type Cursor, decodeCursor, encodeCursor } from './cursor.ts'

const PAGE_ROWS_DEFAULT = 10

export type PageArguments = Readonly<{
  first?: number | null
  last?: number | null
  after?: unknown
  before?: unknown
  offset?: number | null
  limit?: number | null
}>

/** A condition of SQL with the values of its placeholders. */
export type Condition = Readonly<{ sql: string; values: readonly SQLInputValue[] }>

export type PageQuery = Readonly<{
  table: string
  /** The column that orders rows and breaks ties of `order`. */
  idColumn: string
  conditions: readonly Condition[]
  /** `column` is always one of the table's, never a client's text. */
  order: Readonly<{ column: string; direction: 'ASC' | 'DESC' }> | null
}>

export type Page = Readonly<{
  rows: readonly Row[]
  cursorOf: (row: Row) => string
  totalCount: number
  pageInfo: Readonly<{
    hasPreviousPage: boolean
    hasNextPage: boolean
    startCursor: string | null
    endCursor: string | null
  }>
}>

/** Negative numbers count as absent. */
const counted = (value: number | null | undefined): number | null =>
  value === null || value === undefined || value < 0 ? null : value

/** The scalar Cursor lets any value through; a value that is no text counts as absent. */
const cursorText = (value: unknown): string | null => (typeof value === 'string' ? value : null)

/** The arguments as Torii reads them; throws a GraphQLError when they contradict each other. */
const readArguments = (args: PageArguments) => {
  const [first, last] = [counted(args.first), counted(args.last)]
  const [offset, limit] = [counted(args.offset), counted(args.limit)]
  const [after, before] = [cursorText(args.after), cursorText(args.before)]
  if (first !== null && last !== null)
    throw new GraphQLError(
      'Passing both `first` and `last` to paginate a connection is not supported.',
    )
  if (after !== null && before !== null)
    throw new GraphQLError(
      'Passing both `after` and `before` to paginate a connection is not supported.',
    )
  const byCursor = first !== null || last !== null || after !== null || before !== null
  if (byCursor && (offset !== null || limit !== null)) {
    throw new GraphQLError(
      'Pass either `offset`/`limit` OR `first`/`last`/`after`/`before` to paginate a connection.',
    )
  }
  return { first, last, after, before, offset, limit, byCursor }
}

const cursorCondition = (
  query: PageQuery,
  { primary, secondary }: Cursor,
  comparison: '<=' | '>=',
): Condition => {
  const { idColumn, order } = query
  if (order === null) return { sql: `${idColumn} ${comparison} ?`, values: [primary] }
  return {
    sql: `((${idColumn} ${comparison} ? AND [${order.column}] = ?) OR [${order.column}] ${comparison} ?)`,
    values: [primary, secondary, secondary],
  }
}

const whereOf = (conditions: readonly Condition[]): string =>
  conditions.length === 0 ? '' : ` WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}`

const valuesOf = (conditions: readonly Condition[]): SQLInputValue[] =>
  conditions.flatMap(({ values }) => values)

const orderOf = ({ idColumn, order }: PageQuery, oldestFirst: boolean): string => {
  if (order === null) return `${idColumn} ${oldestFirst ? 'ASC' : 'DESC'}`
  return `[${order.column}] ${order.direction}, ${idColumn} ${order.direction}`
}

const EMPTY = { hasPreviousPage: false, hasNextPage: false, startCursor: null, endCursor: null }

type CursorCut = Readonly<{
  /** Rows of the page. */
  wanted: number
  /** Null without one. */
  cursor: string | null
  cursorOf: (row: Row) => string
  lossyCursorRow: boolean
}>

/**
 * Cuts rows to the page. Two more rows than wanted were read behind a cursor, one more without. The
 * first row is the cursor's own, unless that row moved or vanished; then the defect drops the last
 * row in its place.
 */
const cutCursorPage = (
  read: readonly Row[],
  { wanted, cursor, cursorOf, lossyCursorRow }: CursorCut,
) => {
  const [first] = read
  if (first === undefined) return { rows: read, ...EMPTY }
  const startsAtCursor = cursor !== null && cursorOf(first) === cursor
  let rows = read
  if (startsAtCursor) rows = read.slice(1)
  else if (cursor !== null && lossyCursorRow) rows = read.slice(0, -1)
  const hasNextPage = rows.length > wanted
  rows = rows.slice(0, wanted)
  const [start, end] = [rows[0], rows.at(-1)]
  return {
    rows,
    hasPreviousPage: startsAtCursor && rows.length > 0,
    hasNextPage,
    startCursor: start === undefined ? null : cursorOf(start),
    endCursor: end === undefined ? null : cursorOf(end),
  }
}

/** Torii treats a page with offset 1 as the first one. */
const offsetInfo = (offset: number, limit: number, totalCount: number) => ({
  ...EMPTY,
  hasPreviousPage: offset > 1 && offset < totalCount,
  hasNextPage: limit + offset < totalCount,
})

/** What a page is read with: the index, what the request may still cost, and Torii's defect. */
export type PageReading = Readonly<{
  reader: IndexReader
  budget: Budget
  lossyCursorRow: boolean
}>

export const readPage = (
  { reader, budget, lossyCursorRow }: PageReading,
  query: PageQuery,
  args: PageArguments,
): Page => {
  const { first, last, after, before, offset, limit, byCursor } = readArguments(args)
  const total = reader.one(
    `SELECT count(*) AS n FROM [${query.table}]${whereOf(query.conditions)}`,
    ...valuesOf(query.conditions),
  )
  const totalCount = Number(total?.n ?? 0)
  const cursor = after ?? before
  const conditions =
    cursor === null
      ? query.conditions
      : [
          ...query.conditions,
          cursorCondition(query, decodeCursor(cursor), after === null ? '>=' : '<='),
        ]
  const wanted = first ?? last ?? limit ?? PAGE_ROWS_DEFAULT
  const more = byCursor ? (cursor === null ? 1 : 2) : 0
  const sql = `SELECT * FROM [${query.table}]${whereOf(conditions)} ORDER BY ${orderOf(query, first === null && last !== null)} LIMIT ? OFFSET ?`
  const read = budget.take(reader.each(sql, ...valuesOf(conditions), wanted + more, offset ?? 0))
  const cursorOf = (row: Row): string =>
    encodeCursor({
      primary: String(row[query.idColumn] ?? ''),
      secondary: String(row[query.order?.column ?? query.idColumn] ?? ''),
    })
  if (!byCursor)
    return {
      rows: read,
      cursorOf,
      totalCount,
      pageInfo: offsetInfo(offset ?? 0, wanted, totalCount),
    }
  const cut = { wanted, cursor, cursorOf, lossyCursorRow }
  const { rows, ...pageInfo } = cutCursorPage(read, cut)
  return { rows, cursorOf, totalCount, pageInfo }
}
