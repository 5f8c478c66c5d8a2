/**
 * The credential that lets its holder act: one random token, compared without telling how much of a
 * guess was right.
 */
import { createHash, timingSafeEqual } from 'node:crypto'

/** Whether `given` is the token. Takes the same time for every guess, whatever its length. */
export const isOperatorToken = (given: string | null, token: string): boolean =>
  given !== null && timingSafeEqual(digest(given), digest(token))

/** The token of an `Authorization: Bearer …` header; null when there is none of that form. */
export const bearerToken = (header: string | null): string | null => {
  const match = header === null ? null : /^Bearer +([\x21-\x7e]+)$/i.exec(header.trim())
  return match?.[1] ?? null
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
