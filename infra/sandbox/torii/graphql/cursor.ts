/** Torii's cursors: base64 of `cursor/<primary>/<secondary>`. */
import { GraphQLError } from 'graphql'

export type Cursor = Readonly<{ primary: string; secondary: string }>

export const encodeCursor = ({ primary, secondary }: Cursor): string =>
  Buffer.from(`cursor/${primary}/${secondary}`).toString('base64')

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

/**
 * Throws a GraphQLError for a text that is no cursor. As in Torii, a value that contains a slash
 * makes a cursor invalid too.
 */
export const decodeCursor = (text: string): Cursor => {
  const parts = BASE64.test(text) ? Buffer.from(text, 'base64').toString('utf8').split('/') : []
  const [prefix, primary, secondary] = parts
  if (prefix !== 'cursor' || primary === undefined || secondary === undefined || parts.length !== 3)
    throw new GraphQLError('Invalid cursor format')
  return { primary, secondary }
}
