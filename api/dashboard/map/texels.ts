/** What a hex looks like to the ground's shader (texel-field.ts), by the rules of the game. */
import { decayLevelOf, hasArea, holderOf, isClaimableHex } from '../state/hex-facts.ts'
import type { MapHex } from '../state/world-types.ts'
import { biomeCode, hashOf, ownerRgb, type Scheme } from './colours.ts'
import type { Drawn } from './texel-field.ts'

const BIOME_BASE = 1
const CLAIMABLE = 32
const CLAIMED = 64
const MINE = 128
const PLANT = 128

/** How much of the decay that nobody has settled yet is shown beside what stands on chain. */
const UNSETTLED_SHARE = 0.4

/**
 * Decay as it is drawn, 0 … 100: the level on chain and a share of what is due. The game charges a
 * hex that was never processed from block 0 on, so what is due alone would show a new territory as
 * a ruin.
 */
export const drawnDecayOf = (hex: MapHex, block: number): number => {
  const level = Math.min(100, hex.decay?.level ?? 0)
  return Math.round(level + (Math.min(100, decayLevelOf(hex, block)) - level) * UNSETTLED_SHARE)
}

const cellBytes = (hex: MapHex, block: number): readonly [number, number] => [
  (biomeCode(hex.biome) + BIOME_BASE) |
    (isClaimableHex(hex) ? CLAIMABLE : 0) |
    (hex.claim === null ? 0 : CLAIMED) |
    (hasArea(hex, 'MineField') ? MINE : 0),
  drawnDecayOf(hex, block) | (hasArea(hex, 'PlantField') ? PLANT : 0),
]

/**
 * A hex at a block, without its stamp. Null for an undiscovered hex, which is empty ground whatever
 * else is known.
 */
export const drawnHex = (
  hex: MapHex,
  block: number,
  scheme: Scheme,
): Omit<Drawn, 'stamp'> | null => {
  if (!hex.isDiscovered) return null
  const ownerId = holderOf(hex)
  return {
    cell: cellBytes(hex, block),
    owner:
      ownerId === null ? null : { colour: ownerRgb(ownerId, scheme), id: hashOf(ownerId) || 1 },
  }
}
