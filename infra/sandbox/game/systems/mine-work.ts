/** Work on an active shift of a mine: ticks, shoring up, and leaving with the ore (game.md §2.6). */
import {
  U16_MAX,
  U32_MAX,
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
  tickEnergy,
} from '../../../../domain/worlds/infinite-hex-adventurers/rules/mining.ts'
import { shiftId } from '../../../../schemas/worlds/infinite-hex-adventurers/ids.ts'
import { CallReverted } from '../../chain/game.ts'
import type { World } from '../system.ts'
import {
  type Adventurer,
  actorRefusal,
  rawSpend,
  readAdventurer,
  writeAdventurer,
} from './actor.ts'
import { hasEffectiveBuilding } from './hex-buildings.ts'
import {
  collapse,
  type Mine,
  type MiningAttempt,
  readMine,
  rejectMining,
  type Shift,
  withoutShift,
  writeMine,
} from './mine-shifts.ts'

const ORE_QUALITY = 100

/** What a call on an active shift works with. */
type AtWork = Readonly<{
  id: bigint
  key: bigint
  adventurer: Adventurer
  shift: Shift
  mine: Mine
}>

/**
 * The actor at the shift; null, with the rejection emitted, when the caller does not own the actor
 * or no shift is active.
 */
const atWork = (world: World, attempt: MiningAttempt): AtWork | null => {
  const { id, key } = attempt
  const adventurer = readAdventurer(world, id)
  const refuse = (reason: string): null => {
    rejectMining(world, attempt, reason)
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
 * One tick of work. Even when it makes the mine collapse, its energy is spent and its reserve is
 * gone.
 */
export const continueMining = (world: World, id: bigint, key: bigint): number => {
  const attempt: MiningAttempt = { action: 'MINE_CONT', id, key }
  const work = atWork(world, attempt)
  if (work === null) return 0
  const { mine, shift } = work
  // Only this call asks whether the shift is of this mine.
  const blocked = shift.mine_key === key ? tickRefusal(mine) : 'SHIFT_INACTIVE'
  if (blocked !== null) return Number(rejectMining(world, attempt, blocked))
  const shiftTerms = {
    startBlock: Number(shift.start_block),
    lastSettleBlock: Number(shift.last_settle_block),
  }
  const terms = termsOf(mine)
  const spent = rawSpend(work.adventurer, tickEnergy(terms))
  if (spent === null) return Number(rejectMining(world, attempt, 'LOW_ENERGY'))
  const hasShoringRig = hasEffectiveBuilding(world, mine.hex_coordinate, 'SHORING_RIG')
  const tick = quoteMiningTick(terms, shiftTerms, world.block, hasShoringRig)
  if (tick === null) throw new CallReverted('u128_mul Overflow')

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
 * Lowers the stress; the yield and stress of the blocks since the last tick are lost (quirk 15).
 */
export const stabilise = (world: World, id: bigint, key: bigint): number => {
  const attempt: MiningAttempt = { action: 'MINE_STAB', id, key }
  const work = atWork(world, attempt)
  if (work === null) return 0
  const { mine, shift } = work
  const reject = (reason: string): number => Number(rejectMining(world, attempt, reason))
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
 * Closes the shift and banks the ore that fits into the backpack; blocks since the last tick yield
 * nothing.
 */
export const exit = (world: World, id: bigint, key: bigint): number => {
  const attempt: MiningAttempt = { action: 'MINE_EXIT', id, key }
  const work = atWork(world, attempt)
  if (work === null) return 0
  const { mine, shift } = work
  if (mine.collapse_threshold === 0) return Number(rejectMining(world, attempt, 'MINE_UNINIT'))
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

/** Sets an ore's own conversion rate where no rate is stored yet. */
const seedConversionRate = (
  world: World,
  { ore_id, conversion_energy_per_unit: rate }: Mine,
): void => {
  const before = world.read('ConversionRate', { item_type: ore_id })
  const base_rate = before.base_rate === 0 ? rate : before.base_rate
  const current_rate = before.current_rate === 0 ? rate : before.current_rate
  world.write('ConversionRate', { item_type: ore_id }, { ...before, base_rate, current_rate })
}
