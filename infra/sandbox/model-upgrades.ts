/**
 * Models whose schema was upgraded while the world was running: each upgrade appends one member, as Dojo allows, and from
 * then on every record of the model ends in one felt more. The chain itself says which: its ModelUpgraded events.
 */
import type { Felt } from '../../domain/felt.ts'
import { WORLD_EVENT_SELECTORS } from '../../schemas/worlds/selectors.ts'
import type { ChainEvent } from './block.ts'

/** Number of upgrades by the model's selector. */
export type ModelUpgrades = ReadonlyMap<Felt, number>

/** Value of an appended member: what Dojo reads where nothing was ever written. */
const APPENDED_FELT: Felt = '0x0'

const hexLength = (count: number): Felt => `0x${count.toString(16)}`

/** Upgrades after these events too. */
export const upgradesWith = (upgrades: ModelUpgrades, events: readonly ChainEvent[]): ModelUpgrades => {
  const selectors = events.flatMap(({ keys: [kind, selector] }) =>
    kind === WORLD_EVENT_SELECTORS.ModelUpgraded && selector !== undefined ? [selector] : [],
  )
  if (selectors.length === 0) return upgrades
  const counted = new Map(upgrades)
  for (const selector of selectors) counted.set(selector, (counted.get(selector) ?? 0) + 1)
  return counted
}

/** A record of an upgraded model with its appended members; every other event as it is. */
export const appendedMembers = (event: ChainEvent, upgrades: ModelUpgrades): ChainEvent => {
  if (upgrades.size === 0 || event.keys[0] !== WORLD_EVENT_SELECTORS.StoreSetRecord) return event
  const appended = upgrades.get(event.keys[1] as Felt) // a StoreSetRecord of the game has three keys
  if (appended === undefined) return event
  const keyCount = Number(event.data[0])
  const values = event.data.slice(2 + keyCount)
  const grown = [...values, ...Array.from({ length: appended }, () => APPENDED_FELT)]
  return { ...event, data: [...event.data.slice(0, 1 + keyCount), hexLength(grown.length), ...grown] }
}
