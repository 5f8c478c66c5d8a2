/** The event tail: the game's own events, each with the hex and the adventurer that it is about. */
import type { AppendedTable } from '../../../engine/table.ts'

export const events: AppendedTable = {
  kind: 'appended',
  name: 'events',
  columns: [
    { name: 'type', storage: 'text' },
    { name: 'transaction', storage: 'text' },
    { name: 'hex', storage: 'text' },
    { name: 'adventurer', storage: 'text' },
    { name: 'data', storage: 'json' },
  ],
  indexes: [
    { name: 'events_by_type', on: 'type' },
    { name: 'events_by_hex', on: 'hex', where: 'hex IS NOT NULL' },
    { name: 'events_by_adventurer', on: 'adventurer', where: 'adventurer IS NOT NULL' },
  ],
}
