/** The ten system contracts of the game by name. */
import type { ContractName } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import type { SystemContract } from './contract.ts'
import { adventurerContract } from './contracts/adventurer-contract.ts'
import { autoregulatorContract } from './contracts/autoregulator-contract.ts'
import { constructionContract } from './contracts/construction-contract.ts'
import { economicContract } from './contracts/economic-contract.ts'
import { harvestingContract } from './contracts/harvesting-contract.ts'
import { miningContract } from './contracts/mining-contract.ts'
import { ownershipContract } from './contracts/ownership-contract.ts'
import { sharingContract } from './contracts/sharing-contract.ts'
import { worldContract } from './contracts/world-contract.ts'
import { worldGenContract } from './contracts/world-gen-contract.ts'

export const SYSTEM_CONTRACTS: { readonly [C in ContractName]: SystemContract<C> } = {
  world_manager: worldContract,
  adventurer_manager: adventurerContract,
  harvesting_manager: harvestingContract,
  economic_manager: economicContract,
  ownership_manager: ownershipContract,
  mining_manager: miningContract,
  construction_manager: constructionContract,
  sharing_manager: sharingContract,
  autoregulator_manager: autoregulatorContract,
  world_gen_manager: worldGenContract,
}
