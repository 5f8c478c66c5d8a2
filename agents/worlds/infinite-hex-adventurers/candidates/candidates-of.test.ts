import { describe, expect, it } from 'vitest'
import { ORIGIN, packHex } from '../../../../domain/hex.ts'
import { NO_KNOWLEDGE } from '../knowledge.ts'
import type { Observation, SeenSelf } from '../observation.ts'
import { gameOf } from '../played-game.ts'
import { PERSONAS } from '../utility/persona.ts'
import type { Candidate } from './candidate.ts'

const self: SeenSelf = {
  id: '0x51',
  isAlive: true,
  cube: ORIGIN,
  energy: 60,
  effectiveEnergy: 60,
  maxEnergy: 100,
  lastRegenBlock: 1_000,
  lockedUntilBlock: '0',
  weight: 50,
  maxWeight: 750,
  items: [{ id: '0x99', quantity: 50 }],
  reservations: [],
}

const candidatesFor = (seen: SeenSelf | null): readonly Candidate[] => {
  const game = gameOf({
    account: '0xacc',
    name: '0x1',
    temperament: PERSONAS.explorer,
    sightRadius: 2,
  })
  const here = {
    packed: packHex(ORIGIN) ?? '0x0',
    cube: ORIGIN,
    isDiscovered: false,
    biome: null,
    areaCount: null,
    decay: null,
    claim: null,
    areas: [],
  }
  const observation: Observation = { block: 1_200, self: seen, here, hexes: [] }
  return game.candidatesOf(game.situationOf(observation, NO_KNOWLEDGE))
}

const callsOf = (candidates: readonly Candidate[]): readonly string[] =>
  candidates.map(({ action }) => action.entrypoint)

describe('the candidates', () => {
  it('of an agent without an adventurer are its birth alone, under its name', () => {
    expect(candidatesFor(null)).toMatchObject([
      { action: { entrypoint: 'create_adventurer', args: { name: '0x1' } }, spending: 'free' },
    ])
  })

  it('of a dead adventurer are none', () => {
    expect(candidatesFor({ ...self, isAlive: false })).toEqual([])
  })

  it('of a living one are the same list for the same situation, with regeneration always on it', () => {
    const candidates = candidatesFor(self)
    expect(candidates).toEqual(candidatesFor(self))
    expect(callsOf(candidates)).toContain('discover_hex')
    expect(callsOf(candidates)).toContain('regenerate_energy')
    const keys = candidates.map(({ action }) => JSON.stringify(action))
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('value conversion as a means while energy is not low, and for itself when it is', () => {
    const conversionFor = (seen: SeenSelf) =>
      candidatesFor(seen).find(({ action }) => action.entrypoint === 'convert_items_to_energy')
    expect(conversionFor(self)).toMatchObject({ utility: null, action: { args: { quantity: 4 } } })
    expect(conversionFor({ ...self, energy: 12, effectiveEnergy: 12 })?.utility).toBeGreaterThan(0)
    expect(conversionFor({ ...self, energy: 100, effectiveEnergy: 100 })).toBeUndefined()
  })
})
