/**
 * Active shifts of a mine: a doubly linked list through the rows of the shifts, newest first, which
 * a collapse ends at once.
 */
import { U32_MAX } from '../../../../domain/worlds/infinite-hex-adventurers/rules/basis-points.ts'
import { repairEnergyNeeded } from '../../../../domain/worlds/infinite-hex-adventurers/rules/mining.ts'
import { shortString } from '../../../../schemas/worlds/short-string.ts'
import type { RowOf } from '../row-codec.ts'
import type { World } from '../system.ts'
import { readAdventurer } from './actor.ts'
import { writeDeath } from './adventurer-system.ts'

export type Mine = RowOf<'MineNode'>
export type Shift = RowOf<'MiningShift'>
export type MiningAction =
  | 'MINE_GRANT'
  | 'MINE_REVOKE'
  | 'MINE_START'
  | 'MINE_CONT'
  | 'MINE_STAB'
  | 'MINE_EXIT'
  | 'MINE_REPAIR'

export const readMine = (world: World, key: bigint): Mine =>
  world.read('MineNode', { mine_key: key })

export const writeMine = (world: World, key: bigint, mine: Mine): void =>
  world.write('MineNode', { mine_key: key }, mine)

/** The attempt on a mine that an event of rejection names. */
export type MiningAttempt = Readonly<{ action: MiningAction; id: bigint; key: bigint }>

/** Emits the rejection; returns false, for callers to return. */
export const rejectMining = (
  world: World,
  { action, id, key }: MiningAttempt,
  reason: string,
): false => {
  world.emit('MiningRejected', {
    adventurer_id: id,
    mine_key: key,
    action: shortString(action),
    reason: shortString(reason),
  })
  return false
}

const readShift = (world: World, id: bigint): Shift => world.read('MiningShift', { shift_id: id })
const writeShift = (world: World, id: bigint, shift: Shift): void =>
  world.write('MiningShift', { shift_id: id }, shift)

/**
 * The mine with a shift put at the head of its list. Writes the former head, which now has a
 * predecessor.
 */
export const withShift = (world: World, mine: Mine, id: bigint): Mine => {
  const head = mine.active_head_shift_id
  if (head !== 0n) writeShift(world, head, { ...readShift(world, head), prev_active_shift_id: id })
  return {
    ...mine,
    active_head_shift_id: id,
    active_tail_shift_id: head === 0n ? id : mine.active_tail_shift_id,
    active_miners: mine.active_miners + 1,
  }
}

/**
 * The mine without a shift. Writes its neighbours in the list, linked to each other, and then the
 * shift with its links cleared.
 */
export const withoutShift = (world: World, mine: Mine, id: bigint, shift: Shift): Mine => {
  const { prev_active_shift_id: prev, next_active_shift_id: next } = shift
  if (prev !== 0n)
    writeShift(world, prev, { ...readShift(world, prev), next_active_shift_id: next })
  if (next !== 0n)
    writeShift(world, next, { ...readShift(world, next), prev_active_shift_id: prev })
  writeShift(world, id, { ...shift, prev_active_shift_id: 0n, next_active_shift_id: 0n })
  return {
    ...mine,
    active_head_shift_id: prev === 0n ? next : mine.active_head_shift_id,
    active_tail_shift_id: next === 0n ? prev : mine.active_tail_shift_id,
    active_miners: Math.max(0, mine.active_miners - 1),
  }
}

/**
 * Ends one shift in a collapse; true when its miner died in it, false when the miner was dead
 * before.
 */
const collapseShift = (world: World, mineKey: bigint, shiftId: bigint, shift: Shift): boolean => {
  const miner = readAdventurer(world, shift.adventurer_id)
  if (miner.is_alive) {
    writeDeath(world, shift.adventurer_id, miner, {
      cause: shortString('MINE_COLLAPSE'),
      summary: mineKey,
    })
  }
  writeShift(world, shiftId, {
    ...shift,
    status: 'Collapsed',
    accrued_ore_unbanked: 0,
    accrued_stabilization_work: 0,
    prev_active_shift_id: 0n,
    next_active_shift_id: 0n,
  })
  return miner.is_alive
}

/**
 * Kills every miner at work, from the head of the list to its tail, destroys their ore, and closes
 * the mine for repair.
 */
export const collapse = (world: World, key: bigint, mine: Mine): void => {
  let killed = 0
  let shiftId = mine.active_head_shift_id
  while (shiftId !== 0n) {
    const shift = readShift(world, shiftId)
    if (collapseShift(world, key, shiftId, shift)) killed++
    shiftId = shift.next_active_shift_id
  }
  const record = world.read('MineCollapseRecord', { mine_key: key })
  const count = Math.min(U32_MAX, record.collapse_count + 1)
  world.write(
    'MineCollapseRecord',
    { mine_key: key },
    {
      collapse_count: count,
      last_collapse_block: world.now,
      trigger_stress: mine.collapse_threshold,
      trigger_active_miners: mine.active_miners,
    },
  )
  writeMine(world, key, {
    ...mine,
    active_head_shift_id: 0n,
    active_tail_shift_id: 0n,
    active_miners: 0,
    mine_stress: mine.collapse_threshold,
    repair_energy_needed: repairEnergyNeeded(mine.collapse_threshold),
    collapsed_until_block: world.now,
    last_update_block: world.now,
  })
  world.emit('MineCollapsed', { mine_key: key, killed_miners: killed, collapse_count: count })
}
