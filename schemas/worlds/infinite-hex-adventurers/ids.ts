/**
 * Ids of the game (game.md §3.11): who and what a row belongs to, derived by hades3 from what
 * identifies it. Everything is a felt as bigint. The ids of places, plants and mines come back all
 * the time, so results are remembered.
 */
import { hades3 } from '../../crypto/starknet.ts'
import { createGenerationCache } from '../generation-cache.ts'
import { memoisedHash } from '../memoised-hash.ts'
import { shortString } from '../short-string.ts'

/** About 400 bytes an entry and two generations: some 25 MB at most. */
const GENERATION_ENTRIES_MAX = 1 << 15
/**
 * A hex has up to six areas, and an index is a u8: 600 bytes a hex, or some 40 MB at most in two
 * generations.
 */
const HEXES_MAX = 1 << 15

const hash = memoisedHash(hades3, GENERATION_ENTRIES_MAX)

/**
 * The same owner, name and block give the same id: a second creation in a block resets the first.
 */
export const adventurerId = (owner: bigint, name: bigint, block: bigint): bigint =>
  hash(hash(owner, name, block), shortString('ADV_ID_V1'), 0n)

/** Areas by hex and index, which the rules of a hex look for one after the other. */
const areaIds = createGenerationCache<bigint, Map<number, bigint>>(HEXES_MAX)

export const areaId = (hex: bigint, areaIndex: number): bigint => {
  const ids = areaIds(hex, () => new Map())
  const known = ids.get(areaIndex)
  if (known !== undefined) return known
  const id = hades3(hex, BigInt(areaIndex), shortString('AREA_ID_V1'))
  ids.set(areaIndex, id)
  return id
}

export const plantKey = (hex: bigint, area: bigint, plantId: number): bigint =>
  hash(hash(hex, area, BigInt(plantId)), shortString('PLANT_KEY_V1'), 0n)

/** One reservation per adventurer and plant. */
export const reservationId = (adventurer: bigint, plant: bigint): bigint =>
  hash(adventurer, plant, shortString('HRESV_ID_V1'))

/** Every plant yields an item type of its own. */
export const harvestItemId = (plant: bigint): bigint => hash(plant, shortString('HITEM_ID_V1'), 0n)

/** One escrow per hex. */
export const claimId = (hex: bigint): bigint => hash(hex, shortString('HEX_CLAIM_V1'), 0n)

export const mineKey = (hex: bigint, area: bigint, mineId: number): bigint =>
  hash(hash(hex, area, BigInt(mineId)), shortString('MINE_KEY_V1'), 0n)

/** One shift per adventurer and mine. */
export const shiftId = (adventurer: bigint, mine: bigint): bigint =>
  hash(adventurer, mine, shortString('MSHIFT_ID_V1'))

export const projectId = (
  adventurer: bigint,
  area: bigint,
  buildingType: bigint,
  targetTier: number,
): bigint =>
  hash(hash(adventurer, area, buildingType), BigInt(targetTier), shortString('CONST_PROJ_V1'))

/** What a resource key of an area stands for. Mines are shared under their mine key instead. */
const AREA_RESOURCES = {
  plant: 'RK_PLANT',
  construction: 'RK_CONST',
  mine: 'RK_MINE',
  unknown: 'RK_UNK',
} as const

export const areaResourceKey = (area: bigint, resource: keyof typeof AREA_RESOURCES): bigint =>
  hash(area, shortString(AREA_RESOURCES[resource]), shortString('SHARE_AREA_V1'))

/** What was lost with a death; `summary` is 0 for a kill and the mine key for a collapse. */
export const inventoryLostHash = (
  adventurer: bigint,
  weight: bigint,
  summary: bigint,
  cause: bigint,
  block: bigint,
): bigint =>
  hades3(hades3(hades3(adventurer, weight, summary), cause, block), shortString('DEATH_INV_V1'), 0n)
