/**
 * A hex as the map's shader reads it: one texel of two textures. The textures are tori of `WINDOW` hexes a side over the
 * axial plane: the sectors that are followed at once span less, so no two hexes ever share a texel.
 *
 * cells  R: biome 1…21 in 5 bits (0: undiscovered) | 32 claimable | 64 claimed | 128 has a mine field
 *        G: decay level 0…100 | 128 has a plant field   B: activity 0…255   A: 0 settled, else when it appeared
 * owners RGB: the controller's colour   A: 0 none, else a hash, so that equal colours are still two territories
 */
import { CLAIMABLE_DECAY_LEVEL, projectedDecay } from '../../../domain/rules/decay.ts'
import type { MapHex } from '../state/world-types.ts'
import { biomeCode, hashOf, ownerRgb, type Scheme } from './colours.ts'

/** Hexes along one side of the textures; a power of two. */
export const WINDOW = 1024
const BIOME_BASE = 1
const CLAIMABLE = 32
const CLAIMED = 64
const MINE = 128
const PLANT = 128

/** Offset of a hex's first byte in a texture of four bytes a texel. */
export const texelAt = (q: number, r: number): number => ((r & (WINDOW - 1)) * WINDOW + (q & (WINDOW - 1))) * 4

/** Decay level at a block, 0 … 100: as it would be if somebody processed it then. Zero for a hex without decay. */
export const decayLevelOf = (hex: MapHex, block: number): number => {
  if (hex.decay === null) return 0
  const { level, energyReserve: reserve, lastProcessedBlock } = hex.decay
  return projectedDecay({ level, reserve, lastProcessedBlock }, hex.biome, block).level
}

/** Whether the game would accept a claim: decayed on chain, and recorded since when. */
export const isClaimableHex = (hex: MapHex): boolean =>
  hex.decay !== null && hex.decay.claimableSinceBlock !== null && hex.decay.level >= CLAIMABLE_DECAY_LEVEL

const knows = (hex: MapHex, type: 'PlantField' | 'MineField'): boolean =>
  hex.areas.some((area) => area.isDiscovered && area.type === type)

/** The first two bytes of a hex in `cells`. An undiscovered hex is empty ground, whatever else is known of it. */
export const cellBytes = (hex: MapHex, block: number): readonly [number, number] => {
  if (!hex.isDiscovered) return [0, 0]
  const flags =
    (isClaimableHex(hex) ? CLAIMABLE : 0) | (hex.claim === null ? 0 : CLAIMED) | (knows(hex, 'MineField') ? MINE : 0)
  return [
    (biomeCode(hex.biome) + BIOME_BASE) | flags,
    Math.min(100, decayLevelOf(hex, block)) | (knows(hex, 'PlantField') ? PLANT : 0),
  ]
}

/** The four bytes of a hex in `owners`. */
export const ownerBytes = (hex: MapHex, scheme: Scheme): readonly [number, number, number, number] => {
  const ownerId = hex.decay?.ownerId ?? null
  if (ownerId === null) return [0, 0, 0, 0]
  const [red, green, blue] = ownerRgb(ownerId, scheme)
  return [red, green, blue, 1 + (hashOf(`${ownerId}#`) % 255)]
}
