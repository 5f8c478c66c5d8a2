/**
 * Models whose schema was upgraded while the world was running, as the World's `upgrade_model` does
 * it: a new class is deployed at a new address, which the World's `resource` returns from then on,
 * and ModelUpgraded is emitted. Each upgrade here appends one member, as Dojo allows; from the next
 * transaction on, every record of the model has one more felt at its end. Everything follows from
 * how often each model was upgraded, and the events on the chain say that.
 */
import { type Felt, feltOfNumber } from '../../../domain/felt.ts'
import { infiniteHexAdventurers } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { hades3 } from '../../../schemas/crypto/starknet.ts'
import { selectorsOf, WORLD_EVENT_SELECTORS } from '../../../schemas/worlds/selectors.ts'
import { shortString } from '../../../schemas/worlds/short-string.ts'
import { resourceAddress } from '../game/resource-views.ts'
import type { ChainEvent } from './block.ts'

/** Number of upgrades by the model's selector. */
export type ModelUpgrades = ReadonlyMap<Felt, number>

export const NO_UPGRADES: ModelUpgrades = new Map()

/** Upgrades that one model can have. */
export const MODEL_UPGRADES_MAX = 16

/** Value of an appended member: what Dojo reads for a member that was never written. */
const APPENDED_FELT: Felt = '0x0'

/** The value member that upgrade number `upgrade` of a model appends; upgrades count from 1. */
export const appendedMember = (upgrade: number) =>
  ({ name: `upgrade_${upgrade}`, type: 'felt' }) as const

const felt250 = (value: bigint): Felt => `0x${BigInt.asUintN(250, value).toString(16)}`

/** Address of the model's contract after this many upgrades; after none, the address of genesis. */
export const modelAddress = (selector: Felt, upgrades: number): Felt =>
  upgrades === 0
    ? `0x${resourceAddress(BigInt(selector)).toString(16)}`
    : felt250(hades3(BigInt(selector), shortString('MODEL'), BigInt(upgrades)))

/**
 * Hash of the model's class after this many upgrades; after none, the selector, as in
 * deployed-classes.ts.
 */
const modelClassHash = (selector: Felt, upgrades: number): Felt =>
  upgrades === 0
    ? selector
    : felt250(hades3(BigInt(selector), shortString('CLASS'), BigInt(upgrades)))

/** ModelUpgraded as the World emits it for the model's next upgrade after `upgrades`. */
export const modelUpgraded = (selector: Felt, upgrades: number): ChainEvent => ({
  from_address: infiniteHexAdventurers.worldAddress,
  keys: [WORLD_EVENT_SELECTORS.ModelUpgraded, selector],
  data: [
    modelClassHash(selector, upgrades + 1),
    modelAddress(selector, upgrades + 1),
    modelAddress(selector, upgrades),
  ],
})

const MODEL_SELECTORS: ReadonlySet<Felt> = new Set(
  Object.values(selectorsOf(infiniteHexAdventurers).models),
)

const isSame = (a: ChainEvent, b: ChainEvent): boolean =>
  a.from_address === b.from_address && `${a.keys}|${a.data}` === `${b.keys}|${b.data}`

/**
 * The model that an event upgrades, given the `upgrades` before it; null for any other event, a
 * malformed ModelUpgraded included.
 */
const upgradedModel = (event: ChainEvent, upgrades: ModelUpgrades): Felt | null => {
  const [kind, selector] = event.keys
  if (kind !== WORLD_EVENT_SELECTORS.ModelUpgraded || selector === undefined) return null
  if (!MODEL_SELECTORS.has(selector)) return null
  return isSame(event, modelUpgraded(selector, upgrades.get(selector) ?? 0)) ? selector : null
}

/** The upgrades after these further events. */
export const upgradesWith = (
  upgrades: ModelUpgrades,
  events: readonly ChainEvent[],
): ModelUpgrades => {
  let counted = upgrades
  for (const event of events) {
    const selector = upgradedModel(event, counted)
    if (selector !== null)
      counted = new Map(counted).set(selector, (counted.get(selector) ?? 0) + 1)
  }
  return counted
}

/** A contract that an upgrade deployed. */
export type UpgradedModel = Readonly<{
  selector: Felt
  upgrade: number
  address: Felt
  classHash: Felt
}>

/** The contracts that these upgrades deployed, model by model. */
export const upgradedModels = (upgrades: ModelUpgrades): readonly UpgradedModel[] =>
  [...upgrades].flatMap(([selector, count]) =>
    Array.from({ length: count }, (_, at) => ({
      selector,
      upgrade: at + 1,
      address: modelAddress(selector, at + 1),
      classHash: modelClassHash(selector, at + 1),
    })),
  )

/** A record of an upgraded model with its appended members; any other event unchanged. */
export const appendedMembers = (event: ChainEvent, upgrades: ModelUpgrades): ChainEvent => {
  if (upgrades.size === 0 || event.keys[0] !== WORLD_EVENT_SELECTORS.StoreSetRecord) return event
  const [, selector = '0x0'] = event.keys
  const appended = upgrades.get(selector)
  if (appended === undefined) return event
  const keyCount = Number(event.data[0])
  const values = event.data.slice(2 + keyCount)
  const grown = [...values, ...Array.from({ length: appended }, () => APPENDED_FELT)]
  return {
    ...event,
    data: [...event.data.slice(0, 1 + keyCount), feltOfNumber(grown.length), ...grown],
  }
}
