/** The game's queries in memory, written anew beside the SQL that they are compared with. */

import { compareFelts, type Felt } from '../../../domain/felt.ts'
import { CLAIMABLE_DECAY_LEVEL } from '../../../domain/worlds/infinite-hex-adventurers/rules/decay.ts'
import { memoryHistory, pointAt } from '../../reads/memory-history.testing.ts'
import {
  type MemoryFact,
  type MemoryState,
  memoryRows,
  namedValues,
  rowsAtPoint,
} from '../../reads/memory-models.testing.ts'
import type { RowsAt } from '../../reads/read-database.ts'
import type { AdventurerQueries } from './adventurers/queries.ts'
import { adventurers } from './adventurers/tables.ts'
import { type EventFilter, type EventQueries, type EventRow, eventView } from './events/queries.ts'
import { events } from './events/tables.ts'
import { areas, hexDecay, hexes } from './hexes/tables.ts'
import type { MarketQueries } from './market/queries.ts'
import { conversionRates, rateBuckets } from './market/tables.ts'
import type { Figures } from './overview/queries.ts'
import type { TerritoryQueries } from './territories/queries.ts'
import type { WorldQueries } from './world-reads.ts'

export const memoryQueries = (state: () => MemoryState): WorldQueries => ({
  ...memoryHistory(state),
  ...adventurerQueries(state),
  ...marketQueries(state),
  ...territoryQueries(state),
  ...eventQueries(state),
  figures: async (at) => figuresOf(state(), at),
  actorsSince: async (block, upTo) => actorsIn(state(), block, upTo),
})

const adventurerQueries = (state: () => MemoryState): AdventurerQueries => ({
  adventurerPage: async ({ owner, after, limit }, at) =>
    rowsAtPoint(state(), adventurers, at)
      .filter((row) => row.adventurer_id !== null && row.current_hex !== null)
      .filter((row) => owner === undefined || row.owner === owner)
      .filter((row) => after === undefined || compareFelts(row.adventurer_id, after) > 0)
      .sort((a, b) => compareFelts(a.adventurer_id, b.adventurer_id))
      .slice(0, limit),
})

const marketQueries = (state: () => MemoryState): MarketQueries => ({
  newestRates: async (limit, at) =>
    rowsAtPoint(state(), conversionRates, at)
      .filter((row) => row.item_type !== null)
      .sort(
        (a, b) =>
          Number(b.last_update_block) - Number(a.last_update_block) ||
          compareFelts(a.item_type, b.item_type),
      )
      .slice(0, limit),
  buckets: async ({ item, beforeBlock, limit }, at) =>
    (await memoryRows(state).byLookup(rateBuckets, [item], at))
      .filter(({ first_block }) => beforeBlock === null || first_block < beforeBlock)
      .sort((a, b) => b.first_block - a.first_block)
      .slice(0, limit),
})

const territoryQueries = (state: () => MemoryState): TerritoryQueries => ({
  holdings: async (at) =>
    rowsAtPoint(state(), hexDecay, at).flatMap(
      ({ hex_coordinate: hex, owner_adventurer_id: owner }) =>
        hex === null || owner === null || owner === '0x0' ? [] : { hex, owner },
    ),
  adventurersOf: async (owner, at) =>
    rowsAtPoint(state(), adventurers, at)
      .filter((row) => row.owner === owner)
      .flatMap((row) => row.adventurer_id ?? []),
})

const eventQueries = (state: () => MemoryState): EventQueries => ({
  eventsIn: async (filter, { after, upTo, standingAt, order, limit }) => {
    const found = eventFacts(state())
      .filter((fact) => fact.position > after && fact.position <= upTo)
      .filter(({ retractedAt }) => retractedAt === null || retractedAt > standingAt)
      .map((fact) => eventOf(state(), fact))
      .filter((event) => passes(event, filter))
    const ordered = order === 'newest first' ? found.toReversed() : found
    return ordered.slice(0, Math.max(0, limit)).map(eventView)
  },
  eventsGoneAfter: async (filter, after, limit) =>
    eventFacts(state())
      .flatMap((fact) => {
        const { position, retractedAt } = fact
        if (retractedAt === null || retractedAt <= after || position > after) return []
        if (!passes(eventOf(state(), fact), filter)) return []
        const id = String(position)
        return [{ id, position, retractedAt, ...pointAt(state(), retractedAt) }]
      })
      .sort((a, b) => a.retractedAt - b.retractedAt || b.position - a.position)
      .slice(0, Math.max(0, limit)),
})

const eventFacts = ({ facts }: MemoryState): readonly MemoryFact[] =>
  facts.filter(({ table }) => table === events)

const eventOf = (state: MemoryState, fact: MemoryFact): EventRow => {
  const { position, blockPosition, values } = fact
  const block = state.points.find((point) => point.position === blockPosition)?.block
  return {
    ...namedValues(events, values),
    position,
    block_position: blockPosition,
    number: block?.number,
    hash: block?.hash,
    time: new Date((block?.timestamp ?? 0) * 1_000),
    finality: pointAt(state, blockPosition).finality,
  } as EventRow // a fact has the table's columns, and its block a point
}

const passes = (event: EventRow, { types, hex, adventurer }: EventFilter): boolean =>
  (types === undefined || types.includes(event.type)) &&
  (hex === undefined || event.hex === hex) &&
  (adventurer === undefined || event.adventurer === adventurer)

const sumOf = (amounts: readonly (number | null)[]): string =>
  String(amounts.reduce((sum: bigint, amount) => sum + BigInt(amount ?? 0), 0n))

const figuresOf = (state: MemoryState, at: RowsAt): Figures => {
  const people = rowsAtPoint(state, adventurers, at).filter((row) => row.is_alive !== null)
  const living = people.filter((row) => row.is_alive)
  const decays = rowsAtPoint(state, hexDecay, at)
  return {
    hexesDiscovered: rowsAtPoint(state, hexes, at).filter((row) => row.is_discovered).length,
    areasDiscovered: rowsAtPoint(state, areas, at).filter((row) => row.is_discovered).length,
    controlledHexes: decays.filter((row) => (row.owner_adventurer_id ?? '0x0') !== '0x0').length,
    claimableHexes: decays.filter(
      (row) =>
        (row.decay_level ?? 0) >= CLAIMABLE_DECAY_LEVEL && Number(row.claimable_since_block) > 0,
    ).length,
    energyInReserves: sumOf(decays.map((row) => row.current_energy_reserve)),
    adventurers: people.length,
    livingAdventurers: living.length,
    energyHeld: sumOf(living.map((row) => row.energy)),
  }
}

/** Those who acted in a standing block above a number, up to a position. */
const actorsIn = (state: MemoryState, block: number, upTo: number): readonly Felt[] => {
  const stands = ({ retractedAt }: Readonly<{ retractedAt: number | null }>): boolean =>
    retractedAt === null || retractedAt > upTo
  const earlier = state.points.filter(
    (point) =>
      point.kind === 'block' &&
      point.position <= upTo &&
      stands(point) &&
      (point.block?.number ?? 0) <= block,
  )
  const since = Math.max(-1, ...earlier.map(({ position }) => position))
  const actors = eventFacts(state)
    .filter((fact) => fact.position > since && fact.position <= upTo && stands(fact))
    .flatMap((fact) => eventOf(state, fact).adventurer ?? [])
  return [...new Set(actors)]
}
