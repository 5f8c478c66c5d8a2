/** An adventurer with everything that its card and its offers need. */
import type { Actor } from '../acting/offers.ts'
import type { HexPlace, MapAdventurer } from './world-types.ts'

export type AdventurerDetail = MapAdventurer &
  Readonly<{
    coordinate: HexPlace
    economics: Readonly<{
      totalEnergySpent: string
      totalEnergyEarned: string
      lastRegenBlock: number
    }> | null
    inventory: Readonly<{
      weight: number
      maxWeight: number
      items: readonly Readonly<{
        id: string
        name: string | null
        quantity: number
        quality: number
      }>[]
    }> | null
    reservations: readonly Readonly<{
      id: string
      areaId: string | null
      plantSlot: number | null
      amount: number
      readyBlock: number
      hex: HexPlace | null
    }>[]
  }>

/** The adventurer as offers see it. */
export const actorOf = (detail: AdventurerDetail): Actor => ({
  id: detail.id,
  owner: detail.owner,
  name: detail.name,
  energy: detail.energy,
  effectiveEnergy: detail.effectiveEnergy,
  maxEnergy: detail.maxEnergy,
  place: detail.coordinate,
  lockedUntilBlock: detail.lockedUntilBlock,
  isAlive: detail.isAlive,
  items: detail.inventory?.items ?? [],
  reservations: detail.reservations,
})
