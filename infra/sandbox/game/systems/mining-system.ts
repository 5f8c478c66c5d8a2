/**
 * `mining_manager` (game.md §2.6): mines and the shifts worked in them. Energy is spent raw. Work on
 * a shift is in mine-work.ts, access in mine-access.ts, the list of active shifts and its collapse
 * in mine-shifts.ts.
 */

import { infiniteHexAdventurers } from '../../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import {
  U16_MAX,
  U64_MAX,
} from '../../../../domain/worlds/infinite-hex-adventurers/rules/basis-points.ts'
import { stressAfterRepair } from '../../../../domain/worlds/infinite-hex-adventurers/rules/mining.ts'
import { mineKey, shiftId } from '../../../../schemas/worlds/infinite-hex-adventurers/ids.ts'
import { mineProfile, mineSlotCount } from '../mine-generation.ts'
import { encodeSerialised } from '../row-codec.ts'
import type { SystemContract, World } from '../system.ts'
import {
  type Adventurer,
  actorRefusal,
  rawSpend,
  readAdventurer,
  writeAdventurer,
} from './actor.ts'
import { changeAccess, mayMine, shareMine } from './mine-access.ts'
import {
  type Mine,
  type MiningAttempt,
  readMine,
  rejectMining,
  type Shift,
  withShift,
  writeMine,
} from './mine-shifts.ts'
import { continueMining, exit, stabilise } from './mine-work.ts'

type Place = Readonly<{ hex_coordinate: bigint; area_id: bigint; mine_id: number }>

const isMineField = (world: World, { hex_coordinate, area_id, mine_id }: Place): boolean => {
  const hex = world.read('Hex', { coordinate: hex_coordinate })
  const area = world.read('HexArea', { area_id })
  if (!hex.is_discovered || !area.is_discovered || area.hex_coordinate !== hex_coordinate)
    return false
  return (
    area.area_type === 'MineField' && mine_id < mineSlotCount(hex_coordinate, area_id, hex.biome)
  )
}

/** What nobody has worked in yet. A row without a threshold may hold anything else before. */
const UNTOUCHED = {
  mine_stress: 0,
  active_miners: 0,
  collapsed_until_block: 0n,
  repair_energy_needed: 0,
  is_depleted: false,
  active_head_shift_id: 0n,
  active_tail_shift_id: 0n,
} as const satisfies Partial<Mine>

/** Makes a mine known, with what its place generates. Anyone may call it; refusals are silent. */
const init = (world: World, place: Place): boolean => {
  if (!isMineField(world, place)) return false
  const { hex_coordinate, area_id, mine_id } = place
  const key = mineKey(hex_coordinate, area_id, mine_id)
  if (readMine(world, key).collapse_threshold > 0) return true
  const { biome } = world.read('Hex', { coordinate: hex_coordinate })
  const mine: Mine = {
    hex_coordinate,
    area_id,
    mine_id,
    ...mineProfile(hex_coordinate, area_id, mine_id, biome),
    ...UNTOUCHED,
    last_update_block: world.now,
  }
  writeMine(world, key, mine)
  const { owner_adventurer_id: owner } = world.read('AreaOwnership', { area_id })
  if (owner !== 0n) shareMine(world, key, area_id, owner)
  const { ore_id, rarity_tier } = mine
  world.emit('MineInitialized', {
    mine_key: key,
    hex_coordinate,
    area_id,
    mine_id,
    ore_id,
    rarity_tier,
  })
  return true
}

/** An adventurer at a mine, each with the key of its row. */
type AtMine = Readonly<{ id: bigint; key: bigint; adventurer: Adventurer; mine: Mine }>

const startRefusal = (world: World, { id, key, adventurer, mine }: AtMine): string | null => {
  if (mine.collapse_threshold === 0) return 'MINE_UNINIT'
  if (mine.is_depleted) return 'MINE_DEPLETED'
  if (mine.repair_energy_needed > 0) return 'MINE_COLLAPSED'
  if (actorRefusal(world, adventurer) !== null) return 'NOT_OWNER'
  if (adventurer.current_hex !== mine.hex_coordinate) return 'WRONG_HEX'
  if (!mayMine(world, key, mine.area_id, id)) return 'NO_ACCESS'
  const shift = world.read('MiningShift', { shift_id: shiftId(id, key) })
  return shift.status === 'Active' ? 'SHIFT_ACTIVE' : null
}

/**
 * Opens a shift at the head of the mine's list. It locks the adventurer for ever, whatever lock it
 * has already.
 */
const start = (world: World, args: Place & Readonly<{ adventurer_id: bigint }>): boolean => {
  const id = args.adventurer_id
  const key = mineKey(args.hex_coordinate, args.area_id, args.mine_id)
  const mine = readMine(world, key)
  const adventurer = readAdventurer(world, id)
  const refusal = startRefusal(world, { id, key, adventurer, mine })
  if (refusal !== null) return rejectMining(world, { action: 'MINE_START', id, key }, refusal)
  const shift: Shift = {
    adventurer_id: id,
    mine_key: key,
    status: 'Active',
    start_block: world.now,
    last_settle_block: world.now,
    accrued_ore_unbanked: 0,
    accrued_stabilization_work: 0,
    prev_active_shift_id: 0n,
    next_active_shift_id: mine.active_head_shift_id,
  }
  const shiftKey = shiftId(id, key)
  const opened = withShift(world, mine, shiftKey)
  writeAdventurer(world, id, { ...adventurer, activity_locked_until: U64_MAX })
  world.write('MiningShift', { shift_id: shiftKey }, shift)
  writeMine(world, key, { ...opened, last_update_block: world.now })
  world.emit('MiningStarted', { adventurer_id: id, mine_key: key, start_block: world.now })
  return true
}

const repairRefusal = (world: World, adventurer: Adventurer, mine: Mine): string | null => {
  if (actorRefusal(world, adventurer) !== null) return 'NOT_OWNER'
  if (mine.collapse_threshold === 0) return 'MINE_UNINIT'
  return adventurer.current_hex === mine.hex_coordinate ? null : 'WRONG_HEX'
}

/**
 * Pays energy towards reopening a collapsed mine; any adventurer on its hex may. Answers with the
 * energy that is still needed.
 */
const repair = (world: World, id: bigint, key: bigint, energy: number): number => {
  const adventurer = readAdventurer(world, id)
  const mine = readMine(world, key)
  const needed = mine.repair_energy_needed
  const refusal = repairRefusal(world, adventurer, mine)
  const attempt: MiningAttempt = { action: 'MINE_REPAIR', id, key }
  if (refusal !== null) {
    rejectMining(world, attempt, refusal)
    return refusal === 'WRONG_HEX' ? needed : 0
  }
  if (mine.is_depleted || needed === 0 || energy === 0) return needed
  const paid = Math.min(energy, adventurer.energy, needed, U16_MAX)
  const spent = paid === 0 ? null : rawSpend(adventurer, paid)
  if (spent === null) {
    rejectMining(world, attempt, 'LOW_ENERGY')
    return needed
  }
  const remaining = needed - paid
  const reopened = {
    mine_stress: stressAfterRepair(mine.collapse_threshold),
    collapsed_until_block: 0n,
  }
  writeAdventurer(world, id, spent)
  writeMine(world, key, {
    ...mine,
    repair_energy_needed: remaining,
    ...(remaining === 0 ? reopened : {}),
  })
  world.emit('MineRepaired', {
    mine_key: key,
    adventurer_id: id,
    energy_contributed: paid,
    repair_energy_remaining: remaining,
  })
  return remaining
}

const { keys, values } = infiniteHexAdventurers.models.MineNode

export const miningSystem: SystemContract<'mining_manager'> = {
  entrypoints: {
    init_mining: init,
    grant_mine_access: (world, args) => changeAccess(world, 'MINE_GRANT', args),
    revoke_mine_access: (world, args) => changeAccess(world, 'MINE_REVOKE', args),
    start_mining: start,
    continue_mining: (world, args) => continueMining(world, args.adventurer_id, args.mine_key),
    stabilize_mine: (world, args) => stabilise(world, args.adventurer_id, args.mine_key),
    exit_mining: (world, args) => exit(world, args.adventurer_id, args.mine_key),
    repair_mine: (world, args) =>
      repair(world, args.adventurer_id, args.mine_key, args.energy_amount),
  },
  views: {
    inspect_mine: (world, args) => {
      const mine_key = mineKey(args.hex_coordinate, args.area_id, args.mine_id)
      return [
        ...encodeSerialised(keys, { mine_key }),
        ...encodeSerialised(values, readMine(world, mine_key)),
      ]
    },
  },
}
