/** `world_manager` (game.md §2.1): discovering hexes and areas, and walking. */
import {
  DISCOVER_HEX_ENERGY,
  MOVE_ENERGY,
} from '../../../../domain/worlds/infinite-hex-adventurers/rules/energy.ts'
import { areaId } from '../../../../schemas/worlds/infinite-hex-adventurers/ids.ts'
import { shortString } from '../../../../schemas/worlds/short-string.ts'
import type { RowOf } from '../row-codec.ts'
import type { SystemContract, World } from '../system.ts'
import { areaProfile, hexProfile, normalisedGeneration } from '../world-generation.ts'
import { actorRefusal, rawSpend, readAdventurer, writeAdventurer } from './actor.ts'
import { stepRefusal } from './hex-position.ts'
import { GENERATION_VERSION } from './world-gen-system.ts'

type Action = 'DISC_HEX' | 'DISC_AREA' | 'MOVE'

/** The attempt that an event of rejection names. */
type Attempt = Readonly<{ action: Action; id: bigint; hex: bigint }>

const reject = (world: World, { action, id, hex }: Attempt, reason: string): undefined =>
  void world.emit('WorldActionRejected', {
    adventurer_id: id,
    action: shortString(action),
    target: hex,
    reason: shortString(reason),
  })

const discoverHex = (world: World, id: bigint, hex: bigint): undefined => {
  const attempt: Attempt = { action: 'DISC_HEX', id, hex }
  const adventurer = readAdventurer(world, id)
  const refusal = actorRefusal(world, adventurer) ?? stepRefusal(adventurer.current_hex, hex)
  if (refusal !== null) return reject(world, attempt, refusal)
  if (world.read('Hex', { coordinate: hex }).is_discovered) return
  const spent = rawSpend(adventurer, DISCOVER_HEX_ENERGY)
  if (spent === null) return reject(world, attempt, 'LOW_ENERGY')

  const { biome, areaCount } = hexProfile(hex, generationConfig(world))
  const discovered = {
    biome,
    is_discovered: true,
    discovery_block: world.now,
    discoverer: world.caller,
  }
  world.write('Hex', { coordinate: hex }, { ...discovered, area_count: areaCount })
  writeAdventurer(world, id, spent)
  world.emit('HexDiscovered', { hex, biome, discoverer: world.caller })
}

const generationConfig = (world: World): RowOf<'WorldGenConfig'> =>
  normalisedGeneration(world.read('WorldGenConfig', { generation_version: GENERATION_VERSION }))

/**
 * The adventurer that will own an area, and the block of its claim (0 without one): for the control
 * area its discoverer, for others the owner of the control area.
 */
type Controller = Readonly<{ owner: bigint; claimBlock: bigint }>

const controllerOf = (world: World, id: bigint, hex: bigint, index: number): Controller => {
  if (index === 0) return { owner: id, claimBlock: 0n }
  const control = world.read('AreaOwnership', { area_id: areaId(hex, 0) })
  return { owner: control.owner_adventurer_id, claimBlock: control.claim_block }
}

const discoverArea = (world: World, id: bigint, coordinate: bigint, index: number): undefined => {
  const attempt: Attempt = { action: 'DISC_AREA', id, hex: coordinate }
  const adventurer = readAdventurer(world, id)
  const refusal =
    actorRefusal(world, adventurer) ?? (adventurer.current_hex === coordinate ? null : 'WRONG_HEX')
  if (refusal !== null) return reject(world, attempt, refusal)
  const hex = world.read('Hex', { coordinate })
  if (!hex.is_discovered) return reject(world, attempt, 'HEX_UNDISC')
  if (index >= hex.area_count) return reject(world, attempt, 'AREA_INDEX')
  const controller = controllerOf(world, id, coordinate, index)
  if (controller.owner === 0n) return reject(world, attempt, 'CTRL_UNSET')
  const area = areaId(coordinate, index)
  if (world.read('HexArea', { area_id: area }).is_discovered) return

  const profile = areaProfile(coordinate, index, hex.biome, generationConfig(world))
  const place = {
    hex_coordinate: coordinate,
    area_index: index,
    is_discovered: true,
    discoverer: world.caller,
  }
  world.write('HexArea', { area_id: area }, { ...place, ...profile })
  assignOwner(world, area, id, controller)
  world.emit('AreaDiscovered', {
    area_id: area,
    hex: coordinate,
    area_type: profile.area_type,
    discoverer: world.caller,
  })
  if (index === 0) takeControl(world, coordinate, controller.owner)
}

/** Also overwrites the row that a claim may have left for an undiscovered area (quirk 20). */
const assignOwner = (
  world: World,
  area: bigint,
  discoverer: bigint,
  { owner, claimBlock }: Controller,
): void => {
  const assigned = {
    owner_adventurer_id: owner,
    discoverer_adventurer_id: discoverer,
    claim_block: claimBlock,
  }
  world.write('AreaOwnership', { area_id: area }, { ...assigned, discovery_block: world.now })
  world.emit('AreaOwnershipAssigned', { area_id: area, ...assigned })
}

/** The first controller of a hex. A new row's decay counts from block 0 (quirk 4). */
const takeControl = (world: World, hex: bigint, owner: bigint): void => {
  const decay = world.read('HexDecayState', { hex_coordinate: hex })
  if (decay.owner_adventurer_id !== 0n) return
  world.write('HexDecayState', { hex_coordinate: hex }, { ...decay, owner_adventurer_id: owner })
}

/** Neither the activity lock nor discovery of the destination is checked (quirk 2). */
const move = (world: World, id: bigint, to: bigint): undefined => {
  const attempt: Attempt = { action: 'MOVE', id, hex: to }
  const adventurer = readAdventurer(world, id)
  const refusal = actorRefusal(world, adventurer) ?? stepRefusal(adventurer.current_hex, to)
  if (refusal !== null) return reject(world, attempt, refusal)
  const spent = rawSpend(adventurer, MOVE_ENERGY)
  if (spent === null) return reject(world, attempt, 'LOW_ENERGY')
  writeAdventurer(world, id, { ...spent, current_hex: to })
  world.emit('AdventurerMoved', { adventurer_id: id, from: adventurer.current_hex, to })
}

export const worldSystem: SystemContract<'world_manager'> = {
  entrypoints: {
    discover_hex: (world, args) => discoverHex(world, args.adventurer_id, args.hex_coordinate),
    discover_area: (world, args) =>
      discoverArea(world, args.adventurer_id, args.hex_coordinate, args.area_index),
    move_adventurer: (world, args) => move(world, args.adventurer_id, args.to_hex_coordinate),
  },
  views: {},
}
