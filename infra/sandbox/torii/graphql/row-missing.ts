import { GraphQLError } from 'graphql'

/**
 * Torii does not answer null for a missing row: it passes on the message of its database driver.
 */
export const rowMissing = (): never => {
  throw new GraphQLError('no rows returned by a query that expected to return at least one row')
}
