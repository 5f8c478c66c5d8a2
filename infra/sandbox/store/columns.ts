/**
 * Columns of a row of the sandbox's file by their type. The schema is strict, so that a column of
 * another type means a damaged file or a mistake in a statement.
 */
import type { SQLOutputValue } from 'node:sqlite'
import type { Felt } from '../../../domain/felt.ts'

export type Row = Readonly<Record<string, SQLOutputValue>>

/** A column holds a value of another type. store.ts names the file and makes the error fatal. */
export class DamagedColumn extends RangeError {
  override name = 'DamagedColumn'
}

const mismatch = (row: Row, column: string, expected: string): DamagedColumn =>
  new DamagedColumn(`column ${column} holds ${row[column]} instead of ${expected}`)

/** A safe integer. Throws DamagedColumn for any other value, as all readers here do. */
export const integerOf = (row: Row, column: string): number => {
  const value = row[column]
  if (typeof value === 'number') return value
  throw mismatch(row, column, 'an integer')
}

export const textOf = (row: Row, column: string): string => {
  const value = row[column]
  if (typeof value === 'string') return value
  throw mismatch(row, column, 'text')
}

/** Text, or null where the column is empty. */
export const textOrNullOf = (row: Row, column: string): string | null =>
  row[column] === null ? null : textOf(row, column)

const isHex = (text: string): text is Felt => text.startsWith('0x')

/** A felt; only its prefix is checked, for the store writes felts in canonical spelling. */
export const feltOf = (row: Row, column: string): Felt => {
  const text = textOf(row, column)
  if (isHex(text)) return text
  throw mismatch(row, column, 'a felt')
}
