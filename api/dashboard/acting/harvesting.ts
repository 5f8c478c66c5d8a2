/** Offers about plants: to examine, to harvest, and to end a harvest. */
import {
  harvestCost,
  mayHarvest,
} from '../../../domain/worlds/infinite-hex-adventurers/rules/actions.ts'
import {
  HARVEST_BLOCKS_PER_UNIT,
  HARVEST_ENERGY_PER_UNIT,
} from '../../../domain/worlds/infinite-hex-adventurers/rules/harvest.ts'
import { counted } from '../format/numbers.ts'
import type { MapArea, MapHex, OfferedArea, OfferedHex } from '../state/world-types.ts'
import {
  type Actor,
  argsFor,
  coordinateArg,
  energyNeed,
  freeNeed,
  hereNeed,
  type Offer,
  regeneratedEnergy,
} from './offer.ts'

/** To find out what grows in the next slot of a plant field that nobody has examined. */
export const examine = (hex: MapHex, area: MapArea): Offer[] => {
  const known = new Set(area.plants.map(({ slot }) => slot))
  const slot = Array.from({ length: area.plantSlots ?? 0 }, (_, at) => at).find(
    (at) => !known.has(at),
  )
  if (slot === undefined) return []
  return [
    {
      key: `init_harvesting ${area.id}`,
      entrypoint: 'init_harvesting',
      title: `Examine plant ${slot + 1} of area ${area.index ?? '?'}`,
      price: 'free',
      needs: [],
      amount: null,
      args: { hex_coordinate: coordinateArg(hex.coordinate), area_id: area.id, plant_id: slot },
    },
  ]
}

/** To harvest the plant of a field that has most left. */
export const harvest = (
  actor: Actor,
  hex: OfferedHex,
  area: OfferedArea,
  block: number,
): Offer[] => {
  const [best] = area.plants
    .map((plant) => ({ plant, left: plant.currentYield - plant.reservedYield }))
    .filter(({ left }) => left > 0)
    .sort((one, other) => other.left - one.left)
  if (best === undefined) return []
  const affordable = Math.floor(regeneratedEnergy(actor, block) / HARVEST_ENERGY_PER_UNIT)
  const { ownerId, harvesterIds = [] } = area
  return [
    {
      key: `start_harvesting ${area.id}`,
      entrypoint: 'start_harvesting',
      title: `Harvest ${best.plant.species.toLowerCase()} in area ${area.index ?? '?'}`,
      price: `${HARVEST_ENERGY_PER_UNIT} energy and ${HARVEST_BLOCKS_PER_UNIT} blocks per unit; ${best.left} left`,
      needs: [
        hereNeed(actor, hex.coordinate),
        freeNeed(actor, block),
        energyNeed(actor, harvestCost(1), block),
        {
          text: 'own the area or have access',
          isMet: mayHarvest({ ownerId, harvesterIds }, actor.id),
        },
      ],
      amount: {
        argument: 'amount',
        label: 'units',
        min: 1,
        max: best.left,
        initial: Math.max(1, Math.min(affordable, best.left)),
      },
      args: {
        ...argsFor(actor, hex.coordinate),
        area_id: area.id,
        plant_id: best.plant.slot,
      },
    },
  ]
}

/** To bring in, or to break off, what the actor harvests; the game takes both where it grows. */
export const finishHarvests = (actor: Actor, block: number): Offer[] =>
  actor.reservations.flatMap(({ hex, areaId, plantSlot, amount, readyBlock }) => {
    if (hex === null || areaId === null || plantSlot === null) return []
    const args = { ...argsFor(actor, hex), area_id: areaId, plant_id: plantSlot }
    const ready = { text: `wait until block ${readyBlock}`, isMet: block >= readyBlock }
    return [
      {
        key: `complete_harvesting ${areaId} ${plantSlot}`,
        entrypoint: 'complete_harvesting',
        title: `Bring in ${counted(amount, 'unit')}`,
        price: 'free',
        needs: [hereNeed(actor, hex), ready],
        amount: null,
        args,
      },
      {
        key: `cancel_harvesting ${areaId} ${plantSlot}`,
        entrypoint: 'cancel_harvesting',
        title: 'Break off the harvest',
        price: 'the ripe part is kept, the energy is not given back',
        needs: [hereNeed(actor, hex)],
        amount: null,
        args,
      },
    ]
  })
