/**
 * From rows to adventurers as the API shows them. Pure; values that depend on time are computed for
 * the block of the answer.
 */
import { shortStringOf } from '../../../../domain/felt.ts'
import { effectiveEnergy } from '../../../../domain/worlds/infinite-hex-adventurers/rules/energy.ts'
import type {
  Adventurer,
  Item,
  Reservation,
} from '../../../../schemas/graphql/worlds/infinite-hex-adventurers/types.ts'
import { hexPoint } from '../../../../schemas/h3.ts'
import type { PlantRow } from '../hexes/tables.ts'
import { present, textOf } from '../row-values.ts'
import type { AdventurerRow, ItemRow, ReservationRow } from './tables.ts'

/** Parts that cost a further query; what was not asked for comes back empty or null. */
export const ADVENTURER_PARTS = ['economics', 'inventory', 'reservations'] as const
export type AdventurerPart = (typeof ADVENTURER_PARTS)[number]

/** `plant`: the plant that is reserved; undefined when its row is not known. */
export const reservationView = (row: ReservationRow, plant: PlantRow | undefined): Reservation => ({
  id: row.reservation_id,
  plantKey: present(row.plant_key, 'plant_key'),
  hex: plant?.hex_coordinate ? hexPoint(plant.hex_coordinate) : null,
  areaId: plant?.area_id ?? null,
  plantSlot: plant?.plant_id ?? null,
  amount: present(row.reserved_amount, 'reserved_amount'),
  createdBlock: Number(present(row.created_block, 'created_block')),
  readyBlock: Number(present(row.expiry_block, 'expiry_block')),
})

export const itemView = (row: ItemRow): Item => ({
  id: row.item_id,
  name: shortStringOf(row.item_id),
  quantity: present(row.quantity, 'quantity'),
  quality: present(row.quality, 'quality'),
  weightPerUnit: present(row.weight_per_unit, 'weight_per_unit'),
})

/** What belongs to an adventurer beside its own row. */
export type Belongings = Readonly<{
  items: readonly Item[]
  reservations: readonly Reservation[]
}>

/** Null for a row without the adventurer itself, and for one that stands nowhere on the map. */
export const adventurerView = (
  row: AdventurerRow,
  { items, reservations }: Belongings,
  block: number,
  parts: ReadonlySet<AdventurerPart>,
): Adventurer | null => {
  const coordinate = row.current_hex === null ? null : hexPoint(row.current_hex)
  if (coordinate === null) return null
  const energy = present(row.energy, 'energy')
  const maxEnergy = present(row.max_energy, 'max_energy')
  const lastRegenBlock = row.last_regen_block === null ? null : Number(row.last_regen_block)
  return {
    id: row.adventurer_id,
    owner: present(row.owner, 'owner'),
    name: textOf(present(row.name, 'name')),
    energy,
    effectiveEnergy:
      lastRegenBlock === null
        ? energy
        : effectiveEnergy({ energy, maxEnergy, lastRegenBlock }, block),
    maxEnergy,
    coordinate,
    lockedUntilBlock: present(row.activity_locked_until, 'activity_locked_until'),
    isAlive: present(row.is_alive, 'is_alive'),
    death:
      row.death_block === null
        ? null
        : {
            block: Number(row.death_block),
            cause: textOf(present(row.death_cause, 'death_cause')),
          },
    economics:
      !parts.has('economics') || lastRegenBlock === null
        ? null
        : {
            totalEnergySpent: present(row.total_energy_spent, 'total_energy_spent'),
            totalEnergyEarned: present(row.total_energy_earned, 'total_energy_earned'),
            lastRegenBlock,
          },
    inventory:
      !parts.has('inventory') || row.current_weight === null
        ? null
        : { weight: row.current_weight, maxWeight: present(row.max_weight, 'max_weight'), items },
    reservations,
  }
}
