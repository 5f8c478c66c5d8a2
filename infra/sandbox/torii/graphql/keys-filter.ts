/**
 * The `keys` argument (torii-and-starknet.md §1.7). A query matches prefixes of the stored text: by
 * LIKE, whose wildcard may swallow several keys, or, where the first element is `*`, by REGEXP,
 * whose wildcard is exactly one key. A subscription compares position by position.
 */
import { GraphQLError } from 'graphql'
import { paddedFelt } from '../ids.ts'
import { feltOfHexText } from '../member-column.ts'
import type { Condition } from './paging.ts'

const ANY = '*'
/** No event has so many keys. */
const KEYS_MAX = 100

/** Padded felts and `*`; throws a GraphQLError for anything else. Null: no filter. */
export const parseKeys = (given: unknown): readonly string[] | null => {
  if (!Array.isArray(given)) return null
  if (given.length > KEYS_MAX) throw new GraphQLError(`keys may have ${KEYS_MAX} elements`)
  return given.map((key) => {
    if (key === ANY) return ANY
    const felt = typeof key === 'string' ? feltOfHexText(key) : null
    if (felt === null) throw new GraphQLError('Key parts can only be hex string or wild card `*`')
    return paddedFelt(felt)
  })
}

/** The filter as a condition on the column `keys`; null when it lets everything through. */
export const keysCondition = (keys: readonly string[] | null): Condition | null => {
  if (keys === null || keys.length === 0) return null
  if (keys[0] !== ANY) {
    const pattern = keys.map((key) => (key === ANY ? '%' : key)).join('/')
    return { sql: 'keys LIKE ?', values: [`${pattern}/%`] }
  }
  const pattern = keys.map((key) => (key === ANY ? '([^/]*)' : key)).join('/')
  return { sql: 'keys REGEXP ?', values: [`^${pattern}.*`] }
}

/**
 * Whether an event's keys, padded, pass a subscription's filter. A filter that is longer than the
 * keys does not match.
 */
export const keysMatch = (filter: readonly string[] | null, keys: readonly string[]): boolean =>
  filter === null ||
  (filter.length <= keys.length && filter.every((key, at) => key === ANY || key === keys[at]))
