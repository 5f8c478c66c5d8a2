/**
 * Which contract stands at which address: class hashes of the accounts, the World and the game's
 * systems, as in the game's manifest.
 */
import type { Felt } from '../../../domain/felt.ts'
import { infiniteHexAdventurers } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { selectorsOf } from '../../../schemas/worlds/selectors.ts'
import { resourceAddress } from '../game/resource-views.ts'
import { ACCOUNT_CLASS_HASH, type SandboxAccount } from './accounts.ts'

const { contracts, worldAddress } = infiniteHexAdventurers

const WORLD_CLASS_HASH: Felt = '0x2052d0e57d9072277ceecd0dbf19889f3500da0b4c323a6d636a5970e3f437f'

const SYSTEM_CLASS_HASHES: Readonly<Record<keyof typeof contracts, Felt>> = {
  adventurer_manager: '0x38439720acb81fc08d46e6e4242f49dbf63e0cca336d4ca6c8464f0416b6abb',
  autoregulator_manager: '0x7c04568060ee774894a1015a5924e99cb4d0705575bfde42774112d60ff4e91',
  construction_manager: '0x112994efc33f1f28b6e04ad9032b0811fae2471888c338acead220bf38d950d',
  economic_manager: '0x4d0ccb9fba60ede4e3420954caab9f46d480f58c49258d0507576c6f76268b0',
  harvesting_manager: '0x5b96eed0e0fb0d503dd77dff6fa543d1a73e8dc29640e47616aee51a93289ac',
  mining_manager: '0x4a25b5c78686c4385cd8f3fcfc8d05ead08ad9e9ebb5fb42f4c052f680a342b',
  ownership_manager: '0x74eef080ec5496d9013d5d914f7cdd01104f91e95b64ce88d963d7fd33c6fc',
  sharing_manager: '0x30c5567b974e27f7f927ff587c148bf9417102d47c0328e795fcc0eac88c66c',
  world_gen_manager: '0x10dbb58e0e2004bafff7c1d592c038bdee1c1e428b61bd306df37c05dd18c6b',
  world_manager: '0x671e404321677973d43627a1fc290d48f6d70bdb18260b6e00c13105cb927b3',
}

/**
 * Models and events have contracts of their own; the sandbox gives each a class named by the
 * resource's selector.
 */
const resourceClasses = (): [Felt, Felt][] => {
  const { models, events } = selectorsOf(infiniteHexAdventurers)
  return [...Object.values(models), ...Object.values(events)].map((selector): [Felt, Felt] => [
    `0x${resourceAddress(BigInt(selector)).toString(16)}`,
    selector,
  ])
}

/** Class hash by address of everything deployed at genesis. */
export const deployedClasses = (accounts: readonly SandboxAccount[]): ReadonlyMap<Felt, Felt> =>
  new Map<Felt, Felt>([
    [worldAddress, WORLD_CLASS_HASH],
    ...Object.entries(contracts).map(([name, { address }]): [Felt, Felt] => [
      address,
      // The names are those of this very record.
      SYSTEM_CLASS_HASHES[name as keyof typeof contracts],
    ]),
    ...resourceClasses(),
    ...accounts.map(({ address }): [Felt, Felt] => [address, ACCOUNT_CLASS_HASH]),
  ])

/**
 * Whether a contract is the World or one of the game's systems, whose state the sandbox keeps as
 * rows.
 */
export const keepsRows = (address: Felt): boolean =>
  address === worldAddress ||
  Object.values(contracts).some((contract) => contract.address === address)

/**
 * What `getClass` answers for every class: the sandbox runs no Cairo, so there is no program and no
 * ABI. Clients see that it is a class of Cairo 1, which is enough for them.
 */
export const CLASS_WITHOUT_PROGRAM = {
  sierra_program: [],
  contract_class_version: '0.1.0',
  entry_points_by_type: { CONSTRUCTOR: [], EXTERNAL: [], L1_HANDLER: [] },
  abi: '[]',
} as const
