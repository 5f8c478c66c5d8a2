/** What an adventurer could do about a hex or about itself. */
import type { MapHex } from '../state/world-types.ts'
import { discoverArea, discoverHex, move } from './exploring.ts'
import { examine, finishHarvests, harvest } from './harvesting.ts'
import { claim, defend, payUpkeep, processDecay } from './holding.ts'
import { type Actor, type Offer, samePlace } from './offer.ts'

/** What the actor could do about a hex, most telling first. */
export const offersForHex = (actor: Actor, hex: MapHex, block: number): Offer[] => {
  const fields = hex.areas.filter((area) => area.isDiscovered && area.type === 'PlantField')
  return [
    ...defend(actor, hex, block),
    ...claim(actor, hex, block),
    ...discoverHex(actor, hex),
    ...move(actor, hex),
    ...discoverArea(actor, hex),
    ...(samePlace(actor.place, hex.coordinate) ? finishHarvests(actor, block) : []),
    ...fields.flatMap((area) => harvest(actor, hex, area, block)),
    ...payUpkeep(actor, hex),
    ...fields.flatMap((area) => examine(hex, area)),
    ...processDecay(hex, block),
  ]
}

/** What the actor could do about itself. */
export const offersForSelf = (actor: Actor, block: number): Offer[] => [
  {
    key: 'regenerate_energy',
    entrypoint: 'regenerate_energy',
    title: 'Regenerate',
    price: `free; brings energy from ${actor.energy} to ${actor.effectiveEnergy}`,
    needs: [],
    amount: null,
    args: { adventurer_id: actor.id },
  },
  ...finishHarvests(actor, block),
  ...actor.items.map((item) => ({
    key: `convert_items_to_energy ${item.id}`,
    entrypoint: 'convert_items_to_energy',
    title: `Turn ${item.name ?? 'plants'} into energy`,
    price: `${item.quantity} in the backpack; what lifts energy above ${actor.maxEnergy} is lost`,
    needs: [],
    amount: {
      argument: 'quantity',
      label: 'units',
      min: 1,
      max: item.quantity,
      initial: item.quantity,
    },
    args: { adventurer_id: actor.id, item_id: item.id },
  })),
]
