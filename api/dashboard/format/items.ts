/** Items in words. */
import { parseFelt, shortStringOf } from '../../../domain/felt.ts'
import { shortId } from './numbers.ts'

/** The short string that an item's id is, "ORE_IRON"; null for ids that are hashes. */
export const ownNameOf = (itemId: string): string | null => {
  const felt = parseFelt(itemId)
  return (felt === null ? null : shortStringOf(felt)) || null
}

/** A name of the game in words, "iron" for ORE_IRON; a short id where there is no name. */
export const itemWords = (itemId: string, name: string | null): string =>
  name === null
    ? `item ${shortId(itemId)}`
    : name
        .toLowerCase()
        .replace(/^(ore|plant)_/, '')
        .replaceAll('_', ' ')
