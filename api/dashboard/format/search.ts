/** Finds what a person typed: coordinates in any form, a hex felt, an adventurer's name or id. */

import { parseFelt } from '../../../domain/felt.ts'
import { type Axial, axialOfCube, unpackHex } from '../../../domain/hex.ts'
import { parseHexText } from '../../../domain/hex-input.ts'
import type { Standing } from '../state/atlas.ts'
import { placeText, shortId } from './numbers.ts'

/** Something that a text may mean, as the list shows it. */
export type Found = Readonly<{ key: string; label: string; hint: string }> &
  (Readonly<{ kind: 'hex'; hex: Axial }> | Readonly<{ kind: 'adventurer'; id: string }>)

const FOUND_MAX = 12

const hexFound = (hex: Axial): Found => ({
  kind: 'hex',
  hex,
  key: `hex ${hex.q} ${hex.r}`,
  label: `Hex ${placeText(hex)}`,
  hint: 'go there',
})

/** The hex that was typed, in any of its forms; null for anything else. */
export const hexIn = (text: string): Axial | null => {
  const packed = parseHexText(text)
  const cube = packed === null ? null : unpackHex(packed)
  return cube === null ? null : axialOfCube(cube)
}

/** What a text may mean, best first, at most 12. */
export const findPlaces = (text: string, standings: readonly Standing[]): Found[] => {
  const wanted = text.trim().toLowerCase()
  if (wanted === '') return []
  const hex = hexIn(text)
  const felt = parseFelt(wanted)
  const named = standings
    .filter(
      ({ adventurer }) => adventurer.name.toLowerCase().includes(wanted) || adventurer.id === felt,
    )
    .sort(
      (one, other) =>
        one.adventurer.name.toLowerCase().indexOf(wanted) -
        other.adventurer.name.toLowerCase().indexOf(wanted),
    )
    .map(
      ({ adventurer, place }): Found => ({
        kind: 'adventurer',
        id: adventurer.id,
        key: adventurer.id,
        label: adventurer.name,
        hint: `${adventurer.isAlive ? 'adventurer' : 'dead'} at ${placeText(place)}`,
      }),
    )
  const byId: Found[] =
    felt !== null && hex === null && named.length === 0
      ? [
          {
            kind: 'adventurer',
            id: felt,
            key: felt,
            label: shortId(felt),
            hint: 'adventurer by id',
          },
        ]
      : []
  return [...(hex === null ? [] : [hexFound(hex)]), ...named, ...byId].slice(0, FOUND_MAX)
}
