/**
 * Where harvested units go (game.md §3.4): into the harvester's backpack, a bonus on top, and
 * shares to others.
 */
import { U32_MAX } from '../../../../domain/worlds/infinite-hex-adventurers/rules/basis-points.ts'
import {
  carryCapacity,
  greenhouseBonus,
  UNIT_WEIGHT,
  unitsThatFit,
} from '../../../../domain/worlds/infinite-hex-adventurers/rules/harvest.ts'
import {
  isEffectiveUnder,
  isPolicyEffective,
  sharedUnits,
} from '../../../../domain/worlds/infinite-hex-adventurers/rules/sharing.ts'
import {
  areaResourceKey,
  harvestItemId,
} from '../../../../schemas/worlds/infinite-hex-adventurers/ids.ts'
import { type RowOf, ValueOverflow } from '../row-codec.ts'
import type { World } from '../system.ts'
import { hasEffectiveBuilding } from './hex-buildings.ts'
import { recipientsOf } from './share-tally.ts'

/** A stack in an adventurer's backpack, with the backpack. */
export type Stack = Readonly<{
  adventurerId: bigint
  itemId: bigint
  inventory: RowOf<'Inventory'>
  item: RowOf<'BackpackItem'>
}>

const readStack = (world: World, adventurerId: bigint, itemId: bigint): Stack => ({
  adventurerId,
  itemId,
  inventory: world.read('Inventory', { adventurer_id: adventurerId }),
  item: world.read('BackpackItem', { adventurer_id: adventurerId, item_id: itemId }),
})

export const writeStack = (
  world: World,
  { adventurerId, itemId, inventory, item }: Stack,
): void => {
  world.write('Inventory', { adventurer_id: adventurerId }, inventory)
  world.write('BackpackItem', { adventurer_id: adventurerId, item_id: itemId }, item)
}

const weighed = (inventory: RowOf<'Inventory'>, units: number): RowOf<'Inventory'> => ({
  ...inventory,
  current_weight: Math.max(0, inventory.current_weight + units * UNIT_WEIGHT),
})

/**
 * A sum as Cairo checks it: at once. Units that are handed on afterwards do not bring a quantity
 * back into its type.
 */
const u32Sum = (quantity: number, units: number): number => {
  const sum = quantity + units
  if (sum > U32_MAX) throw new ValueOverflow(`A stack of ${sum} is no u32`, 'u32')
  return sum
}

/**
 * Adds the units that fit; the given quality becomes that of the whole stack. When nothing fits,
 * the stack is unchanged.
 */
const added = (
  stack: Stack,
  units: number,
  quality: number,
  capacity: number,
): Readonly<{ stack: Stack; units: number }> => {
  const fitting = unitsThatFit(units, stack.inventory.current_weight, capacity)
  if (fitting === 0) return { stack, units: 0 }
  const quantity = u32Sum(stack.item.quantity, fitting)
  const item = { quantity, quality, weight_per_unit: UNIT_WEIGHT }
  return { stack: { ...stack, inventory: weighed(stack.inventory, fitting), item }, units: fitting }
}

/**
 * A harvest in the harvester's backpack; `shared` are the units that count for shares, those
 * without the bonus.
 */
export type Mint = Readonly<{ stack: Stack; shared: number }>

/**
 * Puts consumed units and the Greenhouse's bonus into the backpack. Units that do not fit are
 * destroyed.
 */
export const mintHarvest = (
  world: World,
  actor: Readonly<{ id: bigint; hex: bigint; plantKey: bigint }>,
  consumed: number,
  plantAfter: RowOf<'PlantNode'>,
): Mint => {
  const stack = readStack(world, actor.id, harvestItemId(actor.plantKey))
  const hasStorehouse = hasEffectiveBuilding(world, actor.hex, 'STOREHOUSE')
  const capacity = carryCapacity(stack.inventory.max_weight, hasStorehouse)
  const minted = added(stack, consumed, plantAfter.health, capacity)
  const bonus = greenhouseBonus(consumed)
  if (bonus === 0 || !hasEffectiveBuilding(world, actor.hex, 'GREENHOUSE')) {
    return { stack: minted.stack, shared: minted.units }
  }
  return {
    stack: added(minted.stack, bonus, plantAfter.health, capacity).stack,
    shared: minted.units,
  }
}

/**
 * Writes the shares of the recipients of a policy on the area, slot by slot, and returns what the
 * harvester keeps. Units that a recipient cannot carry stay with the harvester; dead recipients
 * receive too.
 */
export const shareHarvest = (world: World, areaId: bigint, { stack, shared }: Mint): Stack => {
  if (shared === 0) return stack
  const resourceKey = areaResourceKey(areaId, 'plant')
  const policy = world.read('ResourcePolicy', { resource_key: resourceKey })
  if (!isPolicyEffective(policy.is_enabled, policy.controller_adventurer_id)) return stack
  const tally = world.read('ResourceShareRuleTally', {
    resource_key: resourceKey,
    rule_kind: 'OutputItem',
  })
  if (tally.policy_epoch !== policy.policy_epoch || tally.active_recipient_count === 0) return stack

  let kept = stack
  for (const recipient of recipientsOf(tally)) {
    if (recipient === 0n || recipient === stack.adventurerId) continue
    const ruleKeys = {
      resource_key: resourceKey,
      recipient_adventurer_id: recipient,
      rule_kind: 'OutputItem',
    } as const
    const rule = world.read('ResourceShareRule', ruleKeys)
    const entry = {
      isActive: rule.is_active,
      policyEpoch: rule.policy_epoch,
      amount: rule.share_bp,
    }
    if (!isEffectiveUnder(policy.policy_epoch, entry)) continue
    kept = handOver(world, kept, recipient, sharedUnits(shared, rule.share_bp))
  }
  return kept
}

const handOver = (world: World, from: Stack, recipient: bigint, requested: number): Stack => {
  const to = readStack(world, recipient, from.itemId)
  const available = Math.min(requested, from.item.quantity)
  const units = unitsThatFit(available, to.inventory.current_weight, to.inventory.max_weight)
  if (units === 0) return from
  const { quantity, quality, weight_per_unit } = to.item
  writeStack(world, {
    ...to,
    inventory: weighed(to.inventory, units),
    item: {
      quantity: u32Sum(quantity, units),
      quality: quality === 0 ? from.item.quality : quality,
      weight_per_unit: weight_per_unit === 0 ? UNIT_WEIGHT : weight_per_unit,
    },
  })
  return {
    ...from,
    inventory: weighed(from.inventory, -units),
    item: { ...from.item, quantity: from.item.quantity - units },
  }
}
