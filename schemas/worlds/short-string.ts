import { FatalError } from '../../domain/errors.ts'
import { feltOfShortString } from '../../domain/felt.ts'

const known = new Map<string, bigint>()
const KNOWN_MAX = 4_096

/**
 * Felt of a short string that stands in the program text: tags, reasons, names of the game. A text
 * that is not a short string is a bug: throws FatalError. Text from outside goes through
 * `feltOfShortString`.
 */
export const shortString = (text: string): bigint => {
  const found = known.get(text)
  if (found !== undefined) return found
  const felt = feltOfShortString(text)
  if (felt === null) throw new FatalError(`"${text}" is not a short string`)
  const value = BigInt(felt)
  if (known.size < KNOWN_MAX) known.set(text, value)
  return value
}
