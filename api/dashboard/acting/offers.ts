/** What an adventurer could do about a hex or about itself. */
import { landingBlock } from '../../../domain/worlds/infinite-hex-adventurers/rules/actions.ts'
import type { OfferedHex } from '../state/world-types.ts'
import { discoverArea, discoverHex, move } from './exploring.ts'
import { examine, finishHarvests, harvest } from './harvesting.ts'
import { claim, defend, payUpkeep, processDecay } from './holding.ts'
import { type Actor, changeWords, type Offer, regeneratedEnergy, samePlace } from './offer.ts'

/** What the actor could do about a hex when `head` is the last block, most telling first. */
export const offersForHex = (actor: Actor, hex: OfferedHex, head: number): Offer[] => {
  const block = landingBlock(head)
  const fields = hex.areas.filter((area) => area.isDiscovered && area.type === 'PlantField')
  return [
    ...defend(actor, hex, block),
    ...claim(actor, hex, block),
    ...discoverHex(actor, hex, block),
    ...move(actor, hex, block),
    ...discoverArea(actor, hex),
    ...(samePlace(actor.place, hex.coordinate) ? finishHarvests(actor, block) : []),
    ...fields.flatMap((area) => harvest(actor, hex, area, block)),
    ...payUpkeep(actor, hex, block),
    ...fields.flatMap((area) => examine(hex, area)),
    ...processDecay(hex, block),
  ]
}

const regenerate = (actor: Actor, block: number): Offer => ({
  key: 'regenerate_energy',
  entrypoint: 'regenerate_energy',
  title: 'Regenerate',
  price: `free; ${changeWords('energy', actor.energy, regeneratedEnergy(actor, block))}`,
  needs: [],
  amount: null,
  args: { adventurer_id: actor.id },
})

/** What the actor could do about itself when `head` is the last block. */
export const offersForSelf = (actor: Actor, head: number): Offer[] => [
  regenerate(actor, landingBlock(head)),
  ...finishHarvests(actor, landingBlock(head)),
  ...actor.items.map((item) => ({
    key: `convert_items_to_energy ${item.id}`,
    entrypoint: 'convert_items_to_energy',
    title: `Turn ${item.name} into energy`,
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
