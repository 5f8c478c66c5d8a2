import { describe, expect, it } from 'vitest'
import { feltOfShortString } from '../../../domain/felt.ts'
import { infiniteHexAdventurers } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { adventurerFor } from '../state/world.testing.ts'
import { blockDistance, cubeText, placeText, spanText } from './numbers.ts'
import { reasonWords } from './reasons.ts'
import { findPlaces, hexIn } from './search.ts'
import type { Told } from './sentence-parts.ts'
import { sentenceOf } from './sentences.ts'

const place = { packed: '0x400005fffff00000', q: 1, r: 0 } as const
const named = (event: Partial<Told> & { type: string }) => {
  const sentence = sentenceOf({ data: {}, hex: null, adventurerId: null, ...event })
  const text = sentence.parts.map((part) => {
    if (typeof part === 'string') return part
    return 'adventurer' in part ? 'Mirel' : 'place' in part ? placeText(part.place) : 'iron'
  })
  return { text: text.join(''), tone: sentence.tone }
}

describe('sentences', () => {
  it('tell who discovered what and where', () => {
    const data = { hex: '0x400005fffff00000', biome: 'Oasis', discoverer: '0xacc' }
    expect(named({ type: 'HexDiscovered', data, adventurerId: '0xa' }).text).toBe(
      'Mirel discovered an Oasis at (1, 0)',
    )
    expect(
      named({ type: 'HexDiscovered', data: { ...data, biome: 'Forest' }, adventurerId: '0xa' })
        .text,
    ).toBe('Mirel discovered a Forest at (1, 0)')
  })

  it('tell a refusal apart and give the game’s reason in words', () => {
    const data = {
      adventurer_id: '0xa',
      action: feltOfShortString('MOVE'),
      reason: feltOfShortString('LOW_ENERGY'),
    }
    expect(named({ type: 'WorldActionRejected', data, hex: place })).toEqual({
      text: 'Mirel could not move at (1, 0): there is not enough energy',
      tone: 'rejection',
    })
  })

  it('tell a claim in escrow from one that took the hex', () => {
    const data = { hex: place.packed, claimant: '0xa', energy_locked: 58, expiry_block: '700' }
    expect(named({ type: 'ClaimInitiated', data }).text).toContain(
      'laid claim to (1, 0) with 58 energy',
    )
    expect(named({ type: 'ClaimInitiated', data: { ...data, energy_locked: 0 } }).text).toBe(
      'Mirel took over (1, 0)',
    )
  })

  it('exist for every event of the game, whatever its data', () => {
    for (const type of Object.keys(infiniteHexAdventurers.events)) {
      expect(named({ type }).text).toMatch(/^[A-Z(a]/)
      expect(
        named({ type, data: { hex: '<b>', adventurer_id: 7, amount: null } }).text,
      ).not.toContain('<b>')
    }
    expect(named({ type: 'constructor' }).text).toBe('Constructor')
  })

  it('leave what players wrote as one piece of text', () => {
    const data = { adventurer_id: '0xa', owner: '0xb', cause: feltOfShortString('<img src=x>') }
    expect(
      sentenceOf({ type: 'AdventurerDied', data, hex: null, adventurerId: null }).parts,
    ).toEqual([{ adventurer: '0xa' }, ' died: <img src=x>'])
  })
})

describe('numbers', () => {
  it('are written as people read them', () => {
    expect(placeText({ q: 3, r: -1 })).toBe('(3, −1)')
    expect(cubeText({ q: 3, r: -1 })).toBe('(3, −2, −1)')
    expect(blockDistance(134, 100)).toBe('in 34 blocks')
    expect(blockDistance(99, 100)).toBe('1 block ago')
    expect(spanText(125_000)).toBe('2 min 5 s')
    expect(spanText(7_200_000)).toBe('2 h')
    expect(spanText(-5)).toBe('0 s')
    expect(reasonWords('SOMETHING_NEW')).toBe('SOMETHING_NEW')
  })
})

describe('search', () => {
  it('reads coordinates in every form, and nothing that is no hex', () => {
    expect(hexIn('3, −1')).toEqual({ q: 3, r: -1 })
    expect(hexIn('(3 -2 -1)')).toEqual({ q: 3, r: -1 })
    expect(hexIn('0x400005fffff00000')).toEqual({ q: 1, r: 0 })
    for (const text of ['3,3,0', '0x0', 'Mirel', '9999999,0', '']) expect(hexIn(text)).toBeNull()
  })

  it('finds adventurers by a part of their name and by id', () => {
    const standings = [{ adventurer: adventurerFor('0xa', { name: 'Mirel' }), place }]
    expect(findPlaces('mir', standings)).toMatchObject([
      { kind: 'adventurer', id: '0xa', label: 'Mirel' },
    ])
    expect(findPlaces('0xbeef', standings)).toMatchObject([{ kind: 'adventurer', id: '0xbeef' }])
    expect(findPlaces('nobody', standings)).toEqual([])
  })
})
