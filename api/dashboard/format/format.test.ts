import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { feltOfShortString } from '../../../domain/felt.ts'
import { infiniteHexAdventurers } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { entryOf } from '../state/feed.ts'
import { adventurerFor, eventFor } from '../state/world.testing.ts'
import { blockDistance, cubeText, placeText, spanText } from './numbers.ts'
import { actionWords, reasonWords } from './reasons.ts'
import { findPlaces, hexIn, idIn } from './search.ts'
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

  it('give every biome the article that it has', () => {
    const told = infiniteHexAdventurers.enums.Biome.map((biome) => {
      const data = { hex: place.packed, biome }
      return named({ type: 'HexDiscovered', data, adventurerId: '0xa' }).text
    })
    const withoutArticle = told.filter((text) => !/ discovered an? /.test(text))
    expect(withoutArticle).toEqual(
      ['Plains', 'Badlands', 'Wetlands', 'Highlands'].map(
        (biome) => `Mirel discovered ${biome} at (1, 0)`,
      ),
    )
    expect(told).toContain('Mirel discovered a place at (1, 0)')
    expect(told.join()).not.toMatch(/ a [AEIOU]| an [^AEIOU]/)
  })

  it('count one unit as one', () => {
    const data = { hex: place.packed, adventurer_id: '0xa' }
    const began = (amount: number) =>
      named({ type: 'HarvestingStarted', data: { ...data, amount } }).text
    expect([began(1), began(2)]).toEqual([
      'Mirel began to harvest 1 unit at (1, 0)',
      'Mirel began to harvest 2 units at (1, 0)',
    ])
  })

  it('have words for every action and reason of the game', async () => {
    const rules = await readFile(new URL('../../../docs/game.md', import.meta.url), 'utf8')
    const rows = [...rules.matchAll(/^\| (\w+Rejected) \| ([^|]+) \| ([^|]+) \|$/gm)]
    expect(rows).toHaveLength(5)
    for (const [, type = '', actions = '', reasons = ''] of rows) {
      for (const [code] of actions.matchAll(/\b[A-Z][A-Z_]+\b/g))
        expect(actionWords(type, code)).not.toBe(code)
      for (const [code] of reasons.replaceAll(/[\w/]+:/g, '').matchAll(/\b[A-Z][A-Z_]+\b/g))
        expect(reasonWords(code)).not.toBe(code)
    }
  })

  it('tell a refusal apart and give the game’s reason in words', () => {
    const data = {
      adventurer_id: '0xa',
      action: feltOfShortString('MOVE'),
      reason: feltOfShortString('LOW_ENERGY'),
    }
    expect(named({ type: 'WorldActionRejected', data, hex: place })).toEqual({
      text: 'Mirel could not move to (1, 0): there is not enough energy',
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
  const known = {
    standings: [{ adventurer: adventurerFor('0xa', { name: 'Mirel' }), place }],
    events: [entryOf(eventFor(77, { transaction: '0xfeed' }))],
    head: 6_000,
  }

  it('reads coordinates in every form, and nothing that is no hex', () => {
    expect(hexIn('3, −1')).toEqual({ q: 3, r: -1 })
    expect(hexIn('(3 -2 -1)')).toEqual({ q: 3, r: -1 })
    expect(hexIn('0x400005fffff00000')).toEqual({ q: 1, r: 0 })
    for (const text of ['3,3,0', '0x0', 'Mirel', '9999999,0', '']) expect(hexIn(text)).toBeNull()
  })

  it('finds adventurers by a part of their name and by id', () => {
    expect(findPlaces('mir', known)).toMatchObject([
      { kind: 'adventurer', id: '0xa', label: 'Mirel', place },
    ])
    expect(findPlaces('0x0A', known)).toMatchObject([{ kind: 'adventurer', id: '0xa' }])
    expect(findPlaces('nobody', known)).toEqual([])
  })

  it('takes a number for a block that was made, and never for an adventurer', () => {
    expect(findPlaces('5000', known)).toMatchObject([{ kind: 'block', block: 5_000 }])
    expect(findPlaces('block 0', known)).toMatchObject([{ kind: 'block', block: 0 }])
    for (const text of ['10', '6001', '99999999999999999999'])
      expect(findPlaces(text, known).filter(({ kind }) => kind !== 'block')).toEqual([])
    expect(findPlaces('6001', known)).toEqual([])
  })

  it('takes a long felt for what is known by it, and for nothing where nothing is', () => {
    expect(findPlaces('0xfeed', known)).toMatchObject([
      { kind: 'block', block: 77, label: 'Transaction 0xfeed' },
    ])
    expect(findPlaces('0xbeef', known)).toEqual([])
    expect([idIn(' 0xBEEF '), idIn('5000'), idIn('0x400005fffff00000'), idIn('1,0')]).toEqual([
      '0xbeef',
      null,
      null,
      null,
    ])
  })
})
