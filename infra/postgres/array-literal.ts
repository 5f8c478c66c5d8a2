/**
 * Columns of values as PostgreSQL array literals, for `unnest`. The driver would build the same
 * text by looking at the type of every value and escaping each one; knowing the column's type makes
 * it several times faster.
 */
import type { MemberValue } from '../../domain/worlds/definition.ts'

/** Array literal of text. */
export const textArray = (values: readonly (string | null)[]): string => {
  let text = '{'
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at]
    if (at > 0) text += ','
    text += typeof value === 'string' ? quoted(value) : 'NULL'
  }
  return `${text}}`
}

const ESCAPED = /["\\]/
const quoted = (value: string): string =>
  ESCAPED.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : `"${value}"`

/**
 * Array literal of JSON texts. They hold no control characters, so JSON's own quoting of a text is
 * an array literal's, and it is many times as fast.
 */
export const jsonArray = (texts: readonly string[]): string =>
  `{${JSON.stringify(texts).slice(1, -1)}}`

/** Array literal of numbers, decimal texts or booleans, which need no quotes. */
export const plainArray = (values: readonly MemberValue[]): string => {
  let text = '{'
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at]
    if (at > 0) text += ','
    text += value === null || value === undefined ? 'NULL' : value
  }
  return `${text}}`
}
