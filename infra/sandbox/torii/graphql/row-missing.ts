import { GraphQLError } from 'graphql'

/**
 * Torii does not answer null for a row that is not there: it passes on what its database driver
 * says.
 */
export const rowMissing = (): never => {
  throw new GraphQLError('no rows returned by a query that expected to return at least one row')
}
