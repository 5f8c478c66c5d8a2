/** Finds what a person typed: coordinates in any form, a hex felt, an adventurer's name or id. */

import { parseFelt } from '../../../domain/felt.ts'
import { type Axial, cubeOfAxial, isCube, unpackHex } from '../../../domain/hex.ts'
import { type Standing, shortId } from '../state/atlas.ts'
import { placeText } from './numbers.ts'

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

/**
 * "3,-1", "(3, −1)", "3 -2 -1" or a packed felt; null for anything else and for what is no hex of
 * the world.
 */
export const hexIn = (text: string): Axial | null => {
  const numbers = text.replaceAll('−', '-').match(/-?\d+/g)?.map(Number) ?? []
  const isNumbers = /^[\s(]*-?\d+([\s,;]+-?\d+){1,2}[\s)]*$/.test(text.replaceAll('−', '-'))
  if (isNumbers) {
    const [first = 0, second = 0, third] = numbers
    const cube =
      third === undefined ? cubeOfAxial({ q: first, r: second }) : { x: first, y: second, z: third }
    return isCube(cube) ? { q: cube.x, r: cube.z } : null
  }
  const felt = parseFelt(text.trim())
  const cube = felt === null ? null : unpackHex(felt)
  return cube === null ? null : { q: cube.x, r: cube.z }
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
