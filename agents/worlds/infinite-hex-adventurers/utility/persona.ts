/** The kinds of bots: their temperaments and their pace (game.md §6.4 gives the mix). */
import type { Temperament } from '../temperament.ts'

export type PersonaName = 'explorer' | 'harvester' | 'raider' | 'passive'

export type Persona = Temperament &
  Readonly<{
    name: PersonaName
    /** Steps around it that it looks at. */
    sightRadius: number
    /** Fewest and most blocks between an action and the next decision. */
    paceBlocks: readonly [number, number]
  }>

export const PERSONAS: Readonly<Record<PersonaName, Persona>> = {
  explorer: {
    name: 'explorer',
    explore: 1,
    harvest: 0.3,
    maintain: 0.7,
    defend: 0.5,
    claim: 0.4,
    pressure: 0,
    harvestAboveEnergy: 90,
    storeUnits: 10,
    reserveEnergy: 0,
    sightRadius: 2,
    paceBlocks: [4, 12],
  },
  harvester: {
    name: 'harvester',
    explore: 0.5,
    harvest: 1.6,
    maintain: 1.2,
    defend: 1,
    claim: 0.4,
    pressure: 0,
    harvestAboveEnergy: 60,
    storeUnits: 15,
    reserveEnergy: 0,
    sightRadius: 2,
    paceBlocks: [6, 16],
  },
  raider: {
    name: 'raider',
    explore: 0.25,
    harvest: 0.2,
    maintain: 0.1,
    defend: 0.6,
    claim: 1.5,
    pressure: 1.5,
    harvestAboveEnergy: 100,
    storeUnits: 10,
    reserveEnergy: 60,
    sightRadius: 4,
    paceBlocks: [8, 20],
  },
  passive: {
    name: 'passive',
    explore: 0.25,
    harvest: 0.8,
    maintain: 1.2,
    defend: 0.3,
    claim: 0.1,
    pressure: 0,
    harvestAboveEnergy: 95,
    storeUnits: 20,
    reserveEnergy: 0,
    sightRadius: 1,
    paceBlocks: [30, 60],
  },
}

const SHARES: readonly (readonly [PersonaName, number])[] = [
  ['explorer', 0.4],
  ['harvester', 0.35],
  ['raider', 0.15],
  ['passive', 0.1],
]

/**
 * The persona of each of `count` bots: at every length the mix is as near to 40/35/15/10 as whole
 * bots allow.
 */
export const personasOf = (count: number): readonly Persona[] => {
  const given = new Map<PersonaName, number>()
  return Array.from({ length: count }, (_, index) => {
    const [[name]] = SHARES.map(
      ([persona, share]) => [persona, share * (index + 1) - (given.get(persona) ?? 0)] as const,
    ).sort((a, b) => b[1] - a[1]) as [readonly [PersonaName, number]] // there are four
    given.set(name, (given.get(name) ?? 0) + 1)
    return PERSONAS[name]
  })
}
