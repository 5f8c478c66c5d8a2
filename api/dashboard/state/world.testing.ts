/** Hexes, adventurers and events for the dashboard's unit tests. */

import type { Felt } from '../../../domain/felt.ts'
import { blankHex } from '../../../schemas/graphql/worlds/infinite-hex-adventurers/types.ts'
import { placeOf } from './place.ts'
import type { FeedEvent, MapAdventurer, MapHex } from './world-types.ts'

/** A discovered hex of which nothing else is known. */
export const hexFor = (q: number, r: number, parts: Partial<MapHex> = {}): MapHex => ({
  ...blankHex(placeOf({ q, r })),
  isDiscovered: true,
  biome: 'Plains',
  discoveryBlock: 1,
  areaCount: 3,
  ...parts,
})

/** Decay of a hex that somebody holds. */
export const heldBy = (
  ownerId: Felt,
  parts: Partial<NonNullable<MapHex['decay']>> = {},
): MapHex['decay'] => ({
  ownerId,
  energyReserve: 0,
  level: 0,
  upkeepPer100Blocks: 25,
  lastPaymentBlock: 0,
  lastProcessedBlock: 0,
  claimableSinceBlock: null,
  ...parts,
})

export const adventurerFor = (id: Felt, parts: Partial<MapAdventurer> = {}): MapAdventurer => ({
  id,
  owner: '0xacc',
  name: `Name of ${id}`,
  energy: 100,
  effectiveEnergy: 100,
  maxEnergy: 100,
  lockedUntilBlock: '0',
  isAlive: true,
  ...parts,
})

export const eventFor = (position: number, parts: Partial<FeedEvent> = {}): FeedEvent => ({
  id: String(position),
  position,
  type: 'HexDiscovered',
  data: {},
  block: { number: position, time: '2026-01-01T00:00:00.000Z' },
  transaction: '0x1',
  hex: null,
  adventurerId: null,
  ...parts,
})
