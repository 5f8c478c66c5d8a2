/**
 * Statements of clients of /sql, run on a connection that can neither write nor open another file.
 * This file bounds how much they may answer; sql-runner.ts bounds how long they may take.
 */
import { constants, type DatabaseSync, type SQLOutputValue, type StatementSync } from 'node:sqlite'
import { messageOf } from '../../../domain/errors.ts'
import { openForReading } from './tables.ts'

export type SqlAnswer = Readonly<{ rows: string } | { error: string }>

const RESULT_CHARACTERS_MAX = 64 << 20
const VALUE_BYTES_MAX = 16 << 20
const TEXT_BYTES_MAX = 1 << 20
const STATEMENTS_MAX = 100

const ACTIONS_ALLOWED: ReadonlySet<number> = new Set([
  constants.SQLITE_SELECT,
  constants.SQLITE_READ,
  constants.SQLITE_RECURSIVE,
])
const PRAGMAS_ALLOWED: ReadonlySet<string> = new Set([
  'table_info',
  'table_xinfo',
  'table_list',
  'index_list',
  'index_info',
  'index_xinfo',
  'foreign_key_list',
  'data_version', // which full text search asks by itself
])

const authorize = (action: number, first: string | null, second: string | null): number => {
  if (ACTIONS_ALLOWED.has(action)) return constants.SQLITE_OK
  if (action === constants.SQLITE_FUNCTION && second !== 'load_extension')
    return constants.SQLITE_OK
  if (action === constants.SQLITE_PRAGMA && PRAGMAS_ALLOWED.has(first ?? ''))
    return constants.SQLITE_OK
  return constants.SQLITE_DENY
}

/** Opens an index for statements of unknown clients. */
export const openForStrangers = (file: string): DatabaseSync => {
  const database = openForReading(file)
  database.limits.length = VALUE_BYTES_MAX
  database.limits.sqlLength = TEXT_BYTES_MAX
  database.limits.attach = 0
  database.setAuthorizer(authorize)
  return database
}

/**
 * A column's value as JSON: integers with all their digits, infinities as null, blobs in base64.
 */
const jsonOf = (value: SQLOutputValue): string => {
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString('base64'))
  return JSON.stringify(value)
}

const rowJson = (row: Readonly<Record<string, SQLOutputValue>>): string =>
  `{${Object.entries(row)
    .map(([name, value]) => `${JSON.stringify(name)}:${jsonOf(value)}`)
    .join()}}`

/** Null when the text has only blanks and comments. */
const prepared = (database: DatabaseSync, sql: string): StatementSync | null => {
  try {
    return database.prepare(sql)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_INVALID_ARG_VALUE')
      return null
    throw error
  }
}

/** The statements of a text, each prepared when it is its turn. */
function* statementsOf(
  database: DatabaseSync,
  sql: string,
): Generator<StatementSync, void, undefined> {
  let rest = sql
  for (let count = 0; ; count += 1) {
    const statement = prepared(database, rest)
    if (statement === null) return
    if (count === STATEMENTS_MAX)
      throw new RangeError(`a text may have ${STATEMENTS_MAX} statements`)
    yield statement
    rest = rest.slice(statement.sourceSQL.length)
  }
}

/** Runs a text's statements; the answer is the JSON of all their rows, in order, or the error. */
export const runStatements = (database: DatabaseSync, sql: string): SqlAnswer => {
  try {
    const rows: string[] = []
    let characters = 0
    for (const statement of statementsOf(database, sql)) {
      statement.setReadBigInts(true)
      for (const row of statement.iterate()) {
        const json = rowJson(row)
        characters += json.length
        if (characters > RESULT_CHARACTERS_MAX) return { error: 'the result is too large' }
        rows.push(json)
      }
    }
    return { rows: `[${rows.join()}]` }
  } catch (error) {
    return { error: messageOf(error) }
  }
}
