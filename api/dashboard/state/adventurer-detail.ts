/** From what the API tells of an adventurer to the one that acts. */
import { blockOrNever } from '../../../domain/block-number.ts'
import type { Actor } from '../acting/offer.ts'
import type { ItemBook } from './items.ts'
import type { AdventurerDetail } from './world-types.ts'

/** The adventurer as offers see it, its items in words. */
export const actorOf = (detail: AdventurerDetail, itemName: ItemBook['nameOf']): Actor => ({
  id: detail.id,
  owner: detail.owner,
  name: detail.name,
  energy: detail.energy,
  maxEnergy: detail.maxEnergy,
  lastRegenBlock: detail.economics?.lastRegenBlock ?? 0,
  place: detail.coordinate,
  lockedUntilBlock: detail.lockedUntilBlock,
  isAlive: detail.isAlive,
  items: (detail.inventory?.items ?? []).map(({ id, quantity }) => ({
    id,
    name: itemName(id),
    quantity,
  })),
  reservations: detail.reservations.map((reservation) => ({
    ...reservation,
    readyBlock: blockOrNever(reservation.readyBlock),
  })),
})
