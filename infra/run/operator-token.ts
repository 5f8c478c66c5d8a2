/**
 * The secret of embedded mode: made at first start, kept in the data folder for its owner alone.
 */
import { randomBytes } from 'node:crypto'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { FatalError, messageOf } from '../../domain/errors.ts'

const TOKEN_BYTES = 32
const TOKEN_TEXT = /^[A-Za-z0-9_-]{43}$/
const OWNER_ONLY = 0o600

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT'

const readToken = (file: string): string | null => {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    if (isMissing(error)) return null
    throw new FatalError(`The operator token ${file} cannot be read: ${messageOf(error)}`, {
      cause: error,
    })
  }
}

/**
 * The token in the file; made and stored with owner-only rights when there is none. Throws
 * FatalError for a damaged one.
 */
export const operatorToken = (file: string): string => {
  const stored = readToken(file)
  if (stored !== null) {
    if (!TOKEN_TEXT.test(stored))
      throw new FatalError(`The operator token ${file} is damaged; delete it to get a new one`)
    chmodSync(file, OWNER_ONLY)
    return stored
  }
  const token = randomBytes(TOKEN_BYTES).toString('base64url')
  writeFileSync(file, `${token}\n`, { mode: OWNER_ONLY, flag: 'wx' })
  return token
}
