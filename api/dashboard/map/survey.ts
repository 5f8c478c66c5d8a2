/** What of each layer is in view: what a legend has to explain. */
import type { Atlas } from '../state/atlas.ts'
import { hasArea, holderOf, isClaimableHex } from '../state/hex-facts.ts'
import { boundsOf, type Camera, centreOf, contains } from './projection.ts'
import { drawnDecayOf } from './texels.ts'

/** Counts of hexes, but for `adventurers`; biomes by name. */
export type Survey = Readonly<{
  biomes: ReadonlySet<string>
  /** Controllers by hexes in view, most first. */
  owners: readonly Readonly<{ id: string; hexes: number }>[]
  decaying: number
  claimable: number
  claimed: number
  plants: number
  mines: number
  adventurers: number
}>

/** Decay level from which a hex visibly fades. */
const DECAY_VISIBLE = 15

/** Counts what the camera shows; everything of the atlas without a camera. */
export const surveyOf = (atlas: Atlas, camera: Camera | null, block: number): Survey => {
  const bounds = camera === null ? null : boundsOf(camera, 0.5)
  const biomes = new Set<string>()
  const owners = new Map<string, number>()
  const counts = { decaying: 0, claimable: 0, claimed: 0, plants: 0, mines: 0, adventurers: 0 }
  for (const hex of atlas.hexes.values()) {
    if (bounds !== null && !contains(bounds, centreOf(hex.coordinate))) continue
    if (hex.isDiscovered) biomes.add(hex.biome ?? 'Unknown')
    const ownerId = holderOf(hex)
    if (ownerId !== null) owners.set(ownerId, (owners.get(ownerId) ?? 0) + 1)
    if (drawnDecayOf(hex, block) >= DECAY_VISIBLE) counts.decaying += 1
    if (isClaimableHex(hex)) counts.claimable += 1
    if (hex.claim !== null) counts.claimed += 1
    if (hasArea(hex, 'PlantField')) counts.plants += 1
    if (hasArea(hex, 'MineField')) counts.mines += 1
    counts.adventurers += hex.adventurers.length
  }
  const sorted = [...owners]
    .map(([id, hexes]) => ({ id, hexes }))
    .sort((one, other) => other.hexes - one.hexes)
  return { biomes, owners: sorted, ...counts }
}
