/**
 * Candidates around plants and energy. A harvest costs what its items give back, so it earns
 * nothing: it keeps energy that regeneration would waste at the maximum, for later (game.md §3.4).
 */
import type { Felt } from '../../../../domain/felt.ts'
import {
  COSTS,
  harvestCost,
  isBusy,
  mayHarvest,
} from '../../../../domain/worlds/infinite-hex-adventurers/rules/actions.ts'
import { CONVERSION_RATE_DEFAULT } from '../../../../domain/worlds/infinite-hex-adventurers/rules/conversion.ts'
import { HARVEST_ENERGY_PER_UNIT } from '../../../../domain/worlds/infinite-hex-adventurers/rules/harvest.ts'
import type { SeenArea } from '../observation.ts'
import type { LivingSituation } from '../situation.ts'
import type { Candidate } from './candidate.ts'

const WORTH = { completeHarvest: 100, startHarvest: 34, newPlant: 16, conversion: 30 } as const

/** Most units of one harvest: it takes two blocks a unit, and the agent stays until it is done. */
const HARVEST_UNITS_MAX = 10
/** With fewer units than this to be had here, further plants are worth looking at. */
const PLENTIFUL_UNITS = 20
/** Below this, an agent with items has use for energy. */
const LOW_ENERGY = 30

export const farmingCandidates = (situation: LivingSituation): readonly Candidate[] => [
  ...completionCandidates(situation),
  ...plantCandidates(situation),
  ...harvestCandidates(situation),
  ...conversionCandidates(situation),
]

const completionCandidates = ({
  self,
  observation,
  nextBlock,
}: LivingSituation): readonly Candidate[] =>
  self.reservations.flatMap(({ hex, areaId, plantSlot, readyBlock }): Candidate[] => {
    if (
      hex !== observation.here.packed ||
      areaId === null ||
      plantSlot === null ||
      readyBlock > nextBlock
    )
      return []
    const args = {
      adventurer_id: self.id,
      hex_coordinate: hex,
      area_id: areaId,
      plant_id: plantSlot,
    }
    return [
      {
        action: { entrypoint: 'complete_harvesting', args },
        ...COSTS.complete_harvesting,
        utility: WORTH.completeHarvest,
        why: 'bring in a ripe harvest',
      },
    ]
  })

/** Fields on this hex that the agent may harvest. */
const openFields = ({ self, observation }: LivingSituation): readonly SeenArea[] =>
  observation.here.areas.filter((area) => area.type === 'PlantField' && mayHarvest(area, self.id))

/** Units that may be reserved on this hex now. */
const unitsWithinReach = (situation: LivingSituation): number =>
  openFields(situation).reduce(
    (sum, { plants }) =>
      sum + plants.reduce((units, { availableYield }) => units + availableYield, 0),
    0,
  )

/** Whether this hex has, or may have, something to harvest for the agent. */
export const isFertile = (situation: LivingSituation): boolean =>
  openFields(situation).some(
    ({ plants, plantSlots }) =>
      plants.length < plantSlots || plants.some(({ availableYield }) => availableYield > 0),
  )

const plantCandidates = (situation: LivingSituation): readonly Candidate[] => {
  const { observation, temperament } = situation
  if (unitsWithinReach(situation) >= PLENTIFUL_UNITS) return []
  const [field] = openFields(situation).filter(
    ({ plants, plantSlots }) => plants.length < plantSlots,
  )
  if (field === undefined) return []
  const known = new Set(field.plants.map(({ slot }) => slot))
  const slot = Array.from({ length: field.plantSlots }, (_, index) => index).find(
    (index) => !known.has(index),
  )
  if (slot === undefined) return []
  const args = { hex_coordinate: observation.here.packed, area_id: field.id, plant_id: slot }
  return [
    {
      action: { entrypoint: 'init_harvesting', args },
      ...COSTS.init_harvesting,
      utility: WORTH.newPlant * Math.max(temperament.harvest, 0.5),
      why: 'find out what grows here',
    },
  ]
}

const harvestCandidates = (situation: LivingSituation): readonly Candidate[] => {
  const { self, observation, nextBlock, temperament } = situation
  if (isBusy(self.lockedUntilBlock, nextBlock) || self.reservations.length > 0) return []
  const energy = Math.max(self.effectiveEnergy, temperament.harvestAboveEnergy)
  const affordable = Math.floor((energy - LOW_ENERGY) / HARVEST_ENERGY_PER_UNIT)
  const room = self.maxWeight - self.weight
  const stored = self.items.reduce((sum, { quantity }) => sum + quantity, 0)
  const want = Math.max(0, 1 - stored / temperament.storeUnits)
  return openFields(situation).flatMap((field) =>
    field.plants.flatMap(({ slot, availableYield }): Candidate[] => {
      const units = Math.min(availableYield, affordable, room, HARVEST_UNITS_MAX)
      if (units < 1) return []
      const cost = harvestCost(units)
      const args = {
        adventurer_id: self.id,
        hex_coordinate: observation.here.packed,
        area_id: field.id,
        plant_id: slot,
      }
      return [
        {
          action: { entrypoint: 'start_harvesting', args: { ...args, amount: units } },
          spending: cost.spending,
          energy: Math.max(cost.energy, temperament.harvestAboveEnergy),
          utility:
            WORTH.startHarvest * temperament.harvest * want * (units / HARVEST_UNITS_MAX + 0.5),
          why: `store energy as ${units} units of harvest`,
        },
      ]
    }),
  )
}

/**
 * Converting the largest stack, no more of it than the room below the maximum takes: the rest would
 * burn. While energy is not low, it is a means to what costs more of it.
 */
const conversionCandidates = ({ self }: LivingSituation): readonly Candidate[] => {
  const largest = self.items.reduce<Readonly<{ id: Felt; quantity: number }> | null>(
    (best, item) => (best === null || item.quantity > best.quantity ? item : best),
    null,
  )
  const room = Math.floor((self.maxEnergy - self.effectiveEnergy) / CONVERSION_RATE_DEFAULT)
  const quantity = Math.min(largest?.quantity ?? 0, room)
  if (largest === null || quantity < 1) return []
  return [
    {
      action: {
        entrypoint: 'convert_items_to_energy',
        args: { adventurer_id: self.id, item_id: largest.id, quantity },
      },
      ...COSTS.convert_items_to_energy,
      utility: self.effectiveEnergy < LOW_ENERGY ? WORTH.conversion : null,
      why: `turn ${quantity} units back into energy`,
    },
  ]
}
