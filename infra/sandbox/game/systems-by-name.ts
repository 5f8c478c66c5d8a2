/** The ten system contracts of the game by name. */
import type { ContractName } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import type { SystemContract } from './system.ts'
import { adventurerSystem } from './systems/adventurer-system.ts'
import { autoregulatorSystem } from './systems/autoregulator-system.ts'
import { constructionSystem } from './systems/construction-system.ts'
import { economicSystem } from './systems/economic-system.ts'
import { harvestingSystem } from './systems/harvesting-system.ts'
import { miningSystem } from './systems/mining-system.ts'
import { ownershipSystem } from './systems/ownership-system.ts'
import { sharingSystem } from './systems/sharing-system.ts'
import { worldGenSystem } from './systems/world-gen-system.ts'
import { worldSystem } from './systems/world-system.ts'

export const SYSTEM_CONTRACTS: { readonly [C in ContractName]: SystemContract<C> } = {
  world_manager: worldSystem,
  adventurer_manager: adventurerSystem,
  harvesting_manager: harvestingSystem,
  economic_manager: economicSystem,
  ownership_manager: ownershipSystem,
  mining_manager: miningSystem,
  construction_manager: constructionSystem,
  sharing_manager: sharingSystem,
  autoregulator_manager: autoregulatorSystem,
  world_gen_manager: worldGenSystem,
}
