/**
 * Finds what a person typed: coordinates in any form, a hex felt, an adventurer's name or id, a
 * block, a transaction. A long felt says nothing of what it is the id of: only what is known by it
 * is found.
 */

import { type Felt, parseFelt } from '../../../domain/felt.ts'
import { type Axial, axialOfCube, unpackHex } from '../../../domain/hex.ts'
import { parseHexText } from '../../../domain/hex-input.ts'
import type { FeedEntry } from '../state/app-state.ts'
import type { Standing } from '../state/atlas.ts'
import type { MapAdventurer } from '../state/world-types.ts'
import { blockDistance, grouped, placeText, shortId } from './numbers.ts'

/** Something that a text may mean, as the list shows it. */
export type Found = Readonly<{ key: string; label: string; hint: string }> &
  (
    | Readonly<{ kind: 'hex'; hex: Axial }>
    | Readonly<{ kind: 'adventurer'; id: string; place: Axial }>
    | Readonly<{ kind: 'block'; block: number }>
  )

/** What is known of the world, to be searched. */
export type Known = Readonly<{
  standings: readonly Standing[]
  events: readonly FeedEntry[]
  /** The newest block. */
  head: number
}>

const FOUND_MAX = 12

const hexFound = (hex: Axial): Found => ({
  kind: 'hex',
  hex,
  key: `hex ${hex.q} ${hex.r}`,
  label: `Hex ${placeText(hex)}`,
  hint: 'go there',
})

/** An adventurer, with where it stands. */
export const adventurerFound = (
  { id, name, isAlive }: Pick<MapAdventurer, 'id' | 'name' | 'isAlive'>,
  place: Axial,
): Found => ({
  kind: 'adventurer',
  id,
  place,
  key: id,
  label: name === '' ? shortId(id) : name,
  hint: `${isAlive ? 'adventurer' : 'dead'} at ${placeText(place)}`,
})

const blockFound = (block: number, label: string, head: number): Found => ({
  kind: 'block',
  block,
  key: label,
  label,
  hint: `${label.startsWith('Block') ? '' : `block ${grouped(block)}, `}${blockDistance(block, head)}`,
})

/** The hex that was typed, in any of its forms; null for anything else. */
export const hexIn = (text: string): Axial | null => {
  const packed = parseHexText(text)
  const cube = packed === null ? null : unpackHex(packed)
  return cube === null ? null : axialOfCube(cube)
}

/** The id that was typed: a felt that is written as one, "0x…", and no hex; null for anything else. */
export const idIn = (text: string): Felt | null => {
  const typed = text.trim()
  return /^0x/i.test(typed) && hexIn(typed) === null ? parseFelt(typed) : null
}

const blockIn = (text: string, head: number): number | null => {
  const [, digits] = /^(?:block\s*)?(\d{1,15})$/i.exec(text.trim()) ?? []
  return digits === undefined || Number(digits) > head ? null : Number(digits)
}

/** What a text may mean of what is known, best first, at most 12. */
export const findPlaces = (text: string, { standings, events, head }: Known): Found[] => {
  const wanted = text.trim().toLowerCase()
  if (wanted === '') return []
  const hex = hexIn(text)
  const id = idIn(text)
  const block = blockIn(text, head)
  const named = standings
    .filter(
      ({ adventurer }) => adventurer.name.toLowerCase().includes(wanted) || adventurer.id === id,
    )
    .sort(
      (one, other) =>
        one.adventurer.name.toLowerCase().indexOf(wanted) -
        other.adventurer.name.toLowerCase().indexOf(wanted),
    )
    .map(({ adventurer, place }) => adventurerFound(adventurer, place))
  const sent = id === null ? undefined : events.find(({ transaction }) => transaction === id)
  return [
    ...(hex === null ? [] : [hexFound(hex)]),
    ...(block === null ? [] : [blockFound(block, `Block ${grouped(block)}`, head)]),
    ...(sent === undefined
      ? []
      : [blockFound(sent.block.number, `Transaction ${shortId(sent.transaction)}`, head)]),
    ...named,
  ].slice(0, FOUND_MAX)
}
