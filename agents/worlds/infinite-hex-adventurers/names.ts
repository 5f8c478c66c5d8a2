/** What the adventurers of bots are called. */

const NAMES = [
  'Mirel',
  'Tavan',
  'Isolde',
  'Bram',
  'Oriel',
  'Sable',
  'Corvin',
  'Wren',
  'Fenna',
  'Halric',
  'Ysra',
  'Doran',
  'Liska',
  'Perrin',
  'Maelis',
  'Rook',
] as const

/**
 * Name of the adventurer of the bot with this index: printable, and distinct for any number of
 * bots.
 */
export const nameOf = (index: number): string => {
  const name = NAMES[index % NAMES.length] as string // the remainder is below the length
  const round = Math.floor(index / NAMES.length)
  return round === 0 ? name : `${name} ${round + 1}`
}
