/**
 * `mining_manager` (game.md §2.6): mines and the shifts worked in them. Energy is spent raw.
 * Access: mine-access.ts, the list of active shifts and its collapse: mine-shifts.ts.
 */

import { infiniteHexAdventurers } from '../../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import {
  U16_MAX,
  U32_MAX,
  U64_MAX,
} from '../../../../domain/worlds/infinite-hex-adventurers/rules/basis-points.ts'
import {
  carryCapacity,
  UNIT_WEIGHT,
  unitsThatFit,
} from '../../../../domain/worlds/infinite-hex-adventurers/rules/harvest.ts'
import {
  type MineTerms,
  quoteMiningTick,
  stabilisedStress,
  stressAfterRepair,
} from '../../../../domain/worlds/infinite-hex-adventurers/rules/mining.ts'
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
import { hasEffectiveBuilding } from './hex-buildings.ts'
import { changeAccess, mayMine, shareMine } from './mine-access.ts'
import {
  collapse,
  type Mine,
  type MiningAction,
  readMine,
  rejectMining,
  type Shift,
  withoutShift,
  withShift,
  writeMine,
} from './mine-shifts.ts'

type Place = Readonly<{ hex_coordinate: bigint; area_id: bigint; mine_id: number }>

const ORE_QUALITY = 100

const isMineField = (world: World, { hex_coordinate, area_id, mine_id }: Place): boolean => {
  const hex = world.read('Hex', { coordinate: hex_coordinate })
  const area = world.read('HexArea', { area_id })
  if (!hex.is_discovered || !area.is_discovered || area.hex_coordinate !== hex_coordinate)
    return false
  return (
    area.area_type === 'MineField' && mine_id < mineSlotCount(hex_coordinate, area_id, hex.biome)
  )
}

/** Makes a mine known with what its place generates. Anyone may; refusals are silent. */
const init = (world: World, place: Place): boolean => {
  if (!isMineField(world, place)) return false
  const { hex_coordinate, area_id, mine_id } = place
  const key = mineKey(hex_coordinate, area_id, mine_id)
  const before = readMine(world, key)
  if (before.collapse_threshold > 0) return true
  const { biome } = world.read('Hex', { coordinate: hex_coordinate })
  const mine: Mine = {
    ...before,
    hex_coordinate,
    area_id,
    mine_id,
    ...mineProfile(hex_coordinate, area_id, mine_id, biome),
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

const startRefusal = (
  world: World,
  key: bigint,
  mine: Mine,
  id: bigint,
  adventurer: Adventurer,
): string | null => {
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
 * Opens a shift at the head of the mine's list. It locks the adventurer for ever, whatever lock he
 * already has.
 */
const start = (world: World, args: Place & Readonly<{ adventurer_id: bigint }>): boolean => {
  const id = args.adventurer_id
  const key = mineKey(args.hex_coordinate, args.area_id, args.mine_id)
  const mine = readMine(world, key)
  const adventurer = readAdventurer(world, id)
  const refusal = startRefusal(world, key, mine, id, adventurer)
  if (refusal !== null) return rejectMining(world, 'MINE_START', id, key, refusal)
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

/** What a call on an active shift works with. */
type AtWork = Readonly<{
  id: bigint
  key: bigint
  adventurer: Adventurer
  shift: Shift
  mine: Mine
}>

/**
 * The actor at his shift, or the rejection (emitted) because he is not his caller's or not at work.
 */
const atWork = (world: World, action: MiningAction, id: bigint, key: bigint): AtWork | null => {
  const adventurer = readAdventurer(world, id)
  const refuse = (reason: string): null => {
    rejectMining(world, action, id, key, reason)
    return null
  }
  if (actorRefusal(world, adventurer) !== null) return refuse('NOT_OWNER')
  const shift = world.read('MiningShift', { shift_id: shiftId(id, key) })
  if (shift.status !== 'Active') return refuse('SHIFT_INACTIVE')
  return { id, key, adventurer, shift, mine: readMine(world, key) }
}

const termsOf = (mine: Mine): MineTerms => ({
  baseTickEnergy: mine.base_tick_energy,
  oreEnergyWeight: mine.ore_energy_weight,
  depthTier: mine.depth_tier,
  activeMiners: mine.active_miners,
  richnessBp: mine.richness_bp,
  remainingReserve: mine.remaining_reserve,
  baseStressPerBlock: mine.base_stress_per_block,
  collapseThreshold: mine.collapse_threshold,
  stress: mine.mine_stress,
  safeShiftBlocks: Number(mine.safe_shift_blocks),
  biomeRiskBp: mine.biome_risk_bp,
  rarityRiskBp: mine.rarity_risk_bp,
})

const tickRefusal = (mine: Mine): string | null => {
  if (mine.collapse_threshold === 0) return 'MINE_UNINIT'
  if (mine.repair_energy_needed > 0) return 'MINE_COLLAPSED'
  return mine.is_depleted ? 'MINE_DEPLETED' : null
}

/**
 * One tick of work. When it brings the mine down, its energy is spent and its reserve gone all the
 * same.
 */
const continueMining = (world: World, id: bigint, key: bigint): number => {
  const work = atWork(world, 'MINE_CONT', id, key)
  if (work === null) return 0
  const { mine, shift } = work
  const blocked = tickRefusal(mine)
  if (blocked !== null) return Number(rejectMining(world, 'MINE_CONT', id, key, blocked))
  const shiftTerms = {
    startBlock: Number(shift.start_block),
    lastSettleBlock: Number(shift.last_settle_block),
  }
  const hasShoringRig = hasEffectiveBuilding(world, mine.hex_coordinate, 'SHORING_RIG')
  const tick = quoteMiningTick(termsOf(mine), shiftTerms, world.block, hasShoringRig)
  const spent = rawSpend(work.adventurer, tick.energy)
  if (spent === null) return Number(rejectMining(world, 'MINE_CONT', id, key, 'LOW_ENERGY'))

  const remaining = mine.remaining_reserve - tick.ore
  const worked: Mine = {
    ...mine,
    remaining_reserve: remaining,
    is_depleted: mine.is_depleted || remaining === 0,
    mine_stress: tick.stressAfter,
    last_update_block: world.now,
  }
  writeAdventurer(world, id, spent)
  const accrued = Math.min(U32_MAX, shift.accrued_ore_unbanked + tick.ore)
  const settled = { ...shift, accrued_ore_unbanked: accrued, last_settle_block: world.now }
  world.write('MiningShift', { shift_id: shiftId(id, key) }, settled)
  if (tick.collapses) {
    collapse(world, key, worked)
    return 0
  }
  writeMine(world, key, worked)
  world.emit('MiningContinued', {
    adventurer_id: id,
    mine_key: key,
    mined_ore: tick.ore,
    energy_spent: tick.energy,
  })
  return Math.min(U16_MAX, tick.ore)
}

/**
 * Lowers the stress; yield and stress of the blocks since the last tick are forgotten with it
 * (quirk 15).
 */
const stabilise = (world: World, id: bigint, key: bigint): number => {
  const work = atWork(world, 'MINE_STAB', id, key)
  if (work === null) return 0
  const { mine, shift } = work
  const reject = (reason: string): number =>
    Number(rejectMining(world, 'MINE_STAB', id, key, reason))
  if (mine.collapse_threshold === 0 || mine.repair_energy_needed > 0) return reject('MINE_BLOCKED')
  const spent = rawSpend(work.adventurer, mine.base_tick_energy)
  if (spent === null) return reject('LOW_ENERGY')
  const reduced = stabilisedStress(mine.mine_stress, mine.collapse_threshold)
  writeAdventurer(world, id, spent)
  writeMine(world, key, {
    ...mine,
    mine_stress: mine.mine_stress - reduced,
    last_update_block: world.now,
  })
  const stabilised = Math.min(U32_MAX, shift.accrued_stabilization_work + reduced)
  const settled = { ...shift, accrued_stabilization_work: stabilised, last_settle_block: world.now }
  world.write('MiningShift', { shift_id: shiftId(id, key) }, settled)
  world.emit('MineStabilized', { adventurer_id: id, mine_key: key, stress_reduced: reduced })
  return reduced
}

/**
 * Closes the shift and banks what fits into the backpack; blocks since the last tick yield nothing.
 */
const exit = (world: World, id: bigint, key: bigint): number => {
  const work = atWork(world, 'MINE_EXIT', id, key)
  if (work === null) return 0
  const { mine, shift } = work
  if (mine.collapse_threshold === 0)
    return Number(rejectMining(world, 'MINE_EXIT', id, key, 'MINE_UNINIT'))
  const inventory = world.read('Inventory', { adventurer_id: id })
  const itemKeys = { adventurer_id: id, item_id: mine.ore_id }
  const item = world.read('BackpackItem', itemKeys)
  const hasStorehouse = hasEffectiveBuilding(world, mine.hex_coordinate, 'STOREHOUSE')
  const capacity = carryCapacity(inventory.max_weight, hasStorehouse)
  const banked = unitsThatFit(shift.accrued_ore_unbanked, inventory.current_weight, capacity)
  const ore = { quality: ORE_QUALITY, weight_per_unit: UNIT_WEIGHT }

  const closed = withoutShift(world, mine, shiftId(id, key), {
    ...shift,
    status: 'Exited',
    accrued_ore_unbanked: 0,
  })
  writeAdventurer(world, id, { ...work.adventurer, activity_locked_until: 0n })
  const weight = inventory.current_weight + banked
  world.write('Inventory', { adventurer_id: id }, { ...inventory, current_weight: weight })
  const quantity = Math.min(U32_MAX, item.quantity + banked)
  world.write('BackpackItem', itemKeys, banked > 0 ? { quantity, ...ore } : item)
  writeMine(world, key, { ...closed, last_update_block: world.now })
  seedConversionRate(world, mine)
  world.emit('MiningExited', { adventurer_id: id, mine_key: key, banked_ore: banked })
  return Math.min(U16_MAX, banked)
}

/** An ore's own conversion rate, where none stands yet. */
const seedConversionRate = (
  world: World,
  { ore_id, conversion_energy_per_unit: rate }: Mine,
): void => {
  const before = world.read('ConversionRate', { item_type: ore_id })
  const base_rate = before.base_rate === 0 ? rate : before.base_rate
  const current_rate = before.current_rate === 0 ? rate : before.current_rate
  world.write('ConversionRate', { item_type: ore_id }, { ...before, base_rate, current_rate })
}

const repairRefusal = (world: World, adventurer: Adventurer, mine: Mine): string | null => {
  if (actorRefusal(world, adventurer) !== null) return 'NOT_OWNER'
  if (mine.collapse_threshold === 0) return 'MINE_UNINIT'
  return adventurer.current_hex === mine.hex_coordinate ? null : 'WRONG_HEX'
}

/**
 * Puts energy into reopening a collapsed mine; anyone who stands there may. Answers with what is
 * still needed.
 */
const repair = (world: World, id: bigint, key: bigint, energy: number): number => {
  const adventurer = readAdventurer(world, id)
  const mine = readMine(world, key)
  const needed = mine.repair_energy_needed
  const refusal = repairRefusal(world, adventurer, mine)
  if (refusal !== null) {
    rejectMining(world, 'MINE_REPAIR', id, key, refusal)
    return refusal === 'WRONG_HEX' ? needed : 0
  }
  if (mine.is_depleted || needed === 0 || energy === 0) return needed
  const paid = Math.min(energy, adventurer.energy, needed, U16_MAX)
  const spent = paid === 0 ? null : rawSpend(adventurer, paid)
  if (spent === null) {
    rejectMining(world, 'MINE_REPAIR', id, key, 'LOW_ENERGY')
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
