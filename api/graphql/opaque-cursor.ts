/**
 * Cursors as text: base64url of a small JSON object. Opaque to clients, and never trusted when they
 * come back.
 */
import { Buffer } from 'node:buffer'
import type { z } from 'zod'
import { userInputError } from '../errors.ts'

/** The cursor's text for what it has to remember. */
export const encodeCursor = (content: object): string =>
  Buffer.from(JSON.stringify(content)).toString('base64url')

/**
 * What a cursor remembers. Throws a BAD_USER_INPUT error when it is not one of the expected kind.
 */
export const decodeCursor = <T>(cursor: string, schema: z.ZodType<T>): T => {
  const parsed = schema.safeParse(jsonOf(Buffer.from(cursor, 'base64url').toString('utf8')))
  if (!parsed.success)
    throw userInputError('The cursor is not one that this field gave: pass on cursors as they came')
  return parsed.data
}

/** Undefined, which no cursor schema accepts, for text that is not JSON. */
const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
