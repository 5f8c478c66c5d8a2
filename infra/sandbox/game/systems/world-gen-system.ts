/**
 * `world_gen_manager` (game.md §2.10): the one-time configuration of world generation. All refusals
 * are silent.
 */
import { infiniteHexAdventurers } from '../../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { encodeSerialised, type RowOf } from '../row-codec.ts'
import type { SystemContract, World } from '../system.ts'
import { normalisedGeneration } from '../world-generation.ts'

/** Key of the active configuration's row. */
export const GENERATION_VERSION = 2

const KEYS = { generation_version: GENERATION_VERSION }

const isInitialised = (config: RowOf<'WorldGenConfig'>): boolean =>
  Object.values(config).some((value) => BigInt(value) !== 0n)

const initialise = (world: World, requested: RowOf<'WorldGenConfig'>): boolean => {
  if (!world.isNamespaceOwner(world.caller)) return false
  if (isInitialised(world.read('WorldGenConfig', KEYS))) return false
  const config = normalisedGeneration(requested)
  world.write('WorldGenConfig', KEYS, config)
  world.emit('WorldGenConfigInitialized', { ...KEYS, ...config })
  return true
}

const { keys, values } = infiniteHexAdventurers.models.WorldGenConfig

export const worldGenSystem: SystemContract<'world_gen_manager'> = {
  entrypoints: { initialize_active_world_gen_config: initialise },
  views: {
    get_active_world_gen_config: (world) => [
      ...encodeSerialised(keys, KEYS),
      ...encodeSerialised(values, world.read('WorldGenConfig', KEYS)),
    ],
  },
}
