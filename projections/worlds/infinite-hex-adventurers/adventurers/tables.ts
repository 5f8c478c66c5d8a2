/** Adventurers and what belongs to them: items and reserved harvests. */
import { gameTable, type Row } from '../game-table.ts'
import { HEX } from '../hexes/tables.ts'

/** The subject of everything that is seen of an adventurer. */
export const ADVENTURER = 'adventurer'

export const adventurers = gameTable('adventurers', {
  models: {
    Adventurer: {},
    AdventurerEconomics: {},
    Inventory: {},
    DeathRecord: { owner: 'owner_at_death' },
  },
  lookup: 'current_hex',
  subjects: { [HEX]: 'current_hex', [ADVENTURER]: 'adventurer_id' },
  // Ids in numerical order are in order of length, then of text.
  indexes: [
    { name: 'adventurers_by_id', on: 'length(adventurer_id), adventurer_id' },
    { name: 'adventurers_by_owner', on: 'owner, length(adventurer_id), adventurer_id' },
  ],
})

export const backpackItems = gameTable('backpack_items', {
  models: { BackpackItem: {} },
  lookup: 'adventurer_id',
  subjects: { [ADVENTURER]: 'adventurer_id' },
})

export const reservations = gameTable('reservations', {
  models: { HarvestReservation: {} },
  lookup: 'adventurer_id',
  subjects: { [ADVENTURER]: 'adventurer_id' },
})

export type AdventurerRow = Row<typeof adventurers>
export type ItemRow = Row<typeof backpackItems>
export type ReservationRow = Row<typeof reservations>
