/**
 * What sentences are made of, and how it is read out of an event. A sentence is parts, not markup:
 * what players wrote stays text, and adventurers and places stay things that can be clicked. Nothing
 * here fails: what an event does not say is said vaguely.
 */
import { type Felt, parseFelt, shortStringOf } from '../../../domain/felt.ts'
import { type Axial, unpackHex } from '../../../domain/hex.ts'

/** A run of plain text, or something that is shown by its name and can be clicked. */
export type Part =
  | string
  | Readonly<{ adventurer: string }>
  | Readonly<{ place: Axial }>
  | Readonly<{ item: Felt }>

/** What an event is about; each has its own mark and colour in the feed. */
export type Tone =
  | 'discovery'
  | 'movement'
  | 'work'
  | 'ownership'
  | 'danger'
  | 'economy'
  | 'rejection'
  | 'system'

/** A sentence without its full stop, and what it is about. */
export type Sentence = Readonly<{ tone: Tone; parts: readonly Part[] }>

/** The part of an event that a sentence is made of. */
export type Told = Readonly<{
  type: string
  data: Readonly<Record<string, unknown>>
  hex: Axial | null
  adventurerId: string | null
}>

/** The felt in a field; null where there is none. */
export const feltIn = (event: Told, field: string): Felt | null => parseFelt(event.data[field])

/** The number in a field as it stands there, which may be wider than a double; "some" where there is none. */
export const numberIn = (event: Told, field: string): string => {
  const value = event.data[field]
  return typeof value === 'number' || typeof value === 'string' ? String(value) : 'some'
}

/** The short string in a field, "LOW_ENERGY"; what else stands there as text, "" for nothing. */
export const codeIn = (event: Told, field: string): string => {
  const felt = feltIn(event, field)
  return (felt === null ? null : shortStringOf(felt)) ?? String(event.data[field] ?? '')
}

const NOBODY = new Set(['0x0', '0'])

/** The adventurer that a field names, or nobody. */
export const adventurerIn = (event: Told, field: string): Part => {
  const id = feltIn(event, field)
  return id === null || NOBODY.has(id) ? 'nobody' : { adventurer: id }
}

/** The adventurer that acted: by the event's own key, else the one that the API found. */
export const actorIn = (event: Told, field = 'adventurer_id'): Part => {
  const own = feltIn(event, field)
  if (own !== null && !NOBODY.has(own)) return { adventurer: own }
  return event.adventurerId === null ? 'Somebody' : { adventurer: event.adventurerId }
}

/** The hex that a field names, else the one at which the event happened. */
export const placeIn = (event: Told, field = 'hex'): Part => {
  const felt = feltIn(event, field)
  const cube = felt === null ? null : unpackHex(felt)
  if (cube !== null) return { place: { q: cube.x, r: cube.z } }
  return event.hex === null ? 'a hex' : { place: event.hex }
}

/**
 * A noun with its article, "an Oasis", "a storehouse"; one in the plural, "Plains", has none. A noun
 * of the game is in the plural when it ends in an s after a consonant.
 */
export const withArticle = (noun: string): string => {
  if (/[^aeious]s$/i.test(noun)) return noun
  return `${/^[aeiou]/i.test(noun) ? 'an' : 'a'} ${noun}`
}

/** The number in a field with what it counts, "1 unit" or "3 units". */
export const countIn = (event: Told, field: string, one: string, many = `${one}s`): string => {
  const count = numberIn(event, field)
  return `${count} ${count === '1' ? one : many}`
}

/** " at (3, −1)" as parts of a sentence; none for an event without a hex. */
export const atPlace = (event: Told): Part[] =>
  event.hex === null ? [] : [' at ', { place: event.hex }]

/** "a storehouse" for the code of a building in a field. */
export const buildingIn = (event: Told, field: string): string => {
  const noun = codeIn(event, field).toLowerCase().replaceAll('_', ' ')
  return noun === '' ? 'a building' : withArticle(noun)
}
