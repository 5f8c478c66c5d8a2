/**
 * Selectors: the felts by which a Dojo world names its resources, members and calls on chain.
 * Resources (events, models, contracts) are hashed with their namespace; members, calls and the
 * World's own events by name alone.
 */
import type { Felt } from '../../domain/felt.ts'
import type { WorldDefinition } from '../../domain/worlds/definition.ts'
import { resourceSelector, selectorOfName } from '../crypto/starknet.ts'
import { derivedOnce } from './derived.ts'

/** Every event that Dojo 1.8's World contract declares (torii-and-starknet.md §3.1). */
export const WORLD_EVENT_NAMES = [
  'WorldSpawned',
  'WorldUpgraded',
  'NamespaceRegistered',
  'ModelRegistered',
  'EventRegistered',
  'ContractRegistered',
  'LibraryRegistered',
  'ExternalContractRegistered',
  'ExternalContractUpgraded',
  'ModelUpgraded',
  'EventUpgraded',
  'ContractUpgraded',
  'ContractInitialized',
  'MetadataUpdate',
  'WriterUpdated',
  'OwnerUpdated',
  'StoreSetRecord',
  'StoreUpdateRecord',
  'StoreUpdateMember',
  'StoreDelRecord',
  'EventEmitted',
] as const

export type WorldEventName = (typeof WORLD_EVENT_NAMES)[number]

const selectorsByName = <N extends string>(
  names: readonly N[],
  selectorOf: (name: N) => Felt,
): Record<N, Felt> =>
  // fromEntries forgets the key type; the keys are exactly `names`
  Object.fromEntries(names.map((name) => [name, selectorOf(name)])) as Record<N, Felt>

/** `keys[0]` of each event of the World contract. */
export const WORLD_EVENT_SELECTORS: Readonly<Record<WorldEventName, Felt>> = selectorsByName(
  WORLD_EVENT_NAMES,
  selectorOfName,
)

export type WorldSelectors = Readonly<{
  /** Resource selectors by the name of the event, model or contract. */
  events: Readonly<Record<string, Felt>>
  models: Readonly<Record<string, Felt>>
  contracts: Readonly<Record<string, Felt>>
}>

/** Selectors of a world's resources: Poseidon over the hashes of namespace and name. */
export const selectorsOf: (definition: WorldDefinition) => WorldSelectors = derivedOnce(
  ({ namespace, events, models, contracts }) => {
    const ofResource = (name: string): Felt => resourceSelector(namespace, name)
    return {
      events: selectorsByName(Object.keys(events), ofResource),
      models: selectorsByName(Object.keys(models), ofResource),
      contracts: selectorsByName(Object.keys(contracts), ofResource),
    }
  },
)

/** Selector of a model's member, as StoreUpdateMember names it. */
export const memberSelector = (member: string): Felt => selectorOfName(member)

/** Selector of a state-changing call or a view. */
export const entrypointSelector = (entrypoint: string): Felt => selectorOfName(entrypoint)
