/** Candidates that widen the known world: discovering hexes and areas, and walking. */
import type { Felt } from '../../../../domain/felt.ts'
import { type Cube, neighboursOf, packHex } from '../../../../domain/hex.ts'
import {
  COSTS,
  type Cost,
} from '../../../../domain/worlds/infinite-hex-adventurers/rules/actions.ts'
import type { LivingSituation } from '../situation.ts'
import type { Candidate } from './candidate.ts'

/** Worth of what exploring brings, before the temperament's weight. */
const WORTH = { controlArea: 60, area: 14, freeHex: 45, newHex: 32, frontier: 16 } as const

/** A settled agent explores with what is left over. */
const SETTLED_FACTOR = 0.35

export const exploringCandidates = (situation: LivingSituation): readonly Candidate[] => [
  ...areaCandidates(situation),
  ...(situation.self.reservations.length > 0 ? [] : roamingCandidates(situation)),
]

/**
 * Areas cost nothing. The first is the control area: who discovers it controls the hex, and it
 * opens the others.
 */
const areaCandidates = ({
  self,
  observation,
  temperament,
}: LivingSituation): readonly Candidate[] => {
  const { here } = observation
  if (!here.isDiscovered || here.areaCount === null) return []
  const known = new Set(here.areas.map(({ index }) => index))
  const control = here.areas.find(({ index }) => index === 0)
  const discover = (index: number, worth: number, why: string): Candidate => ({
    action: {
      entrypoint: 'discover_area',
      args: { adventurer_id: self.id, hex_coordinate: here.packed, area_index: index },
    },
    ...COSTS.discover_area,
    utility: worth * Math.max(temperament.explore, 0.6),
    why,
  })
  if (control === undefined) return [discover(0, WORTH.controlArea, 'take control of this hex')]
  if (control.ownerId === null) return []
  const next = Array.from({ length: here.areaCount }, (_, index) => index).find(
    (index) => !known.has(index),
  )
  return next === undefined ? [] : [discover(next, WORTH.area, `see what area ${next} holds`)]
}

const roamingCandidates = (situation: LivingSituation): readonly Candidate[] => {
  const { self, temperament, home, hexesById } = situation
  const settled = home === null ? 1 : SETTLED_FACTOR
  return neighboursOf(self.cube).flatMap((cube): Candidate[] => {
    const packed = packHex(cube)
    if (packed === null) return []
    const hex = hexesById.get(packed)
    const weight = temperament.explore * settled
    if (hex?.isDiscovered !== true) {
      return [discoverHex(situation, packed, WORTH.newHex * weight)]
    }
    const isFree = hex.decay === null || hex.decay.ownerId === null
    if (isFree)
      return [move(situation, packed, WORTH.freeHex * weight, 'reach a hex that nobody controls')]
    const frontier = unknownAround(cube, hexesById) / 6
    return [
      move(situation, packed, WORTH.frontier * weight * frontier, 'get closer to the unknown'),
    ]
  })
}

/** A cost, with what the agent keeps in reserve. */
const withReserve = (
  { spending, energy }: Cost,
  { reserveEnergy }: LivingSituation['temperament'],
): Cost => ({ spending, energy: energy + reserveEnergy })

const discoverHex = (
  { self, temperament }: LivingSituation,
  packed: Felt,
  utility: number,
): Candidate => ({
  action: { entrypoint: 'discover_hex', args: { adventurer_id: self.id, hex_coordinate: packed } },
  ...withReserve(COSTS.discover_hex, temperament),
  utility,
  why: 'discover a neighbouring hex',
})

const move = (
  { self, temperament }: LivingSituation,
  packed: Felt,
  utility: number,
  why: string,
): Candidate => ({
  action: {
    entrypoint: 'move_adventurer',
    args: { adventurer_id: self.id, to_hex_coordinate: packed },
  },
  ...withReserve(COSTS.move_adventurer, temperament),
  utility,
  why,
})

const unknownAround = (cube: Cube, hexesById: LivingSituation['hexesById']): number =>
  neighboursOf(cube).filter((neighbour) => {
    const packed = packHex(neighbour)
    return packed !== null && hexesById.get(packed)?.isDiscovered !== true
  }).length
