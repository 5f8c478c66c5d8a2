/** `adventurer_manager` (game.md §2.2): birth, energy and death. Refusals are silent. */
import { ENERGY_MAX } from '../../../../domain/worlds/infinite-hex-adventurers/rules/energy.ts'
import { BACKPACK_WEIGHT_MAX } from '../../../../domain/worlds/infinite-hex-adventurers/rules/harvest.ts'
import { mintQuote } from '../../../../domain/worlds/infinite-hex-adventurers/rules/regulator.ts'
import {
  adventurerId,
  inventoryLostHash,
} from '../../../../schemas/worlds/infinite-hex-adventurers/ids.ts'
import type { SystemContract, World } from '../system.ts'
import {
  type Adventurer,
  actorRefusal,
  readAdventurer,
  readEnergyRows,
  regenerated,
  regenSpend,
  writeAdventurer,
  writeEnergyRows,
} from './actor.ts'
import { ORIGIN_HEX } from './hex-position.ts'
import { regulatorPolicyNow } from './regulator-policy.ts'

/**
 * A second creation with the same owner and name in one block resets the adventurer, and revives it
 * if it was killed in that block (quirk 23).
 */
const create = (world: World, name: bigint): bigint => {
  const id = adventurerId(world.caller, name, world.now)
  const energy = { energy: ENERGY_MAX, max_energy: ENERGY_MAX }
  writeAdventurer(world, id, {
    owner: world.caller,
    name,
    ...energy,
    current_hex: ORIGIN_HEX,
    activity_locked_until: 0n,
    is_alive: true,
  })
  world.write(
    'Inventory',
    { adventurer_id: id },
    { current_weight: 0, max_weight: BACKPACK_WEIGHT_MAX },
  )
  const economics = { energy_balance: ENERGY_MAX, total_energy_spent: 0n, total_energy_earned: 0n }
  world.write(
    'AdventurerEconomics',
    { adventurer_id: id },
    { ...economics, last_regen_block: world.now },
  )
  world.emit('AdventurerCreated', { adventurer_id: id, owner: world.caller })
  return id
}

const consume = (world: World, id: bigint, amount: number): boolean => {
  const rows = readEnergyRows(world, id)
  if (actorRefusal(world, rows.adventurer) !== null) return false
  const spent = regenSpend(rows, amount, world.block)
  writeEnergyRows(world, id, spent.rows)
  return spent.paid
}

/** Writes both rows even when nothing was gained; a refused call answers with the stored energy. */
const regenerate = (world: World, id: bigint): number => {
  const rows = readEnergyRows(world, id)
  if (actorRefusal(world, rows.adventurer) !== null) return rows.adventurer.energy
  const fresh = regenerated(rows, world.block)
  writeEnergyRows(world, id, fresh)
  return fresh.adventurer.energy
}

/**
 * Writes a death: the adventurer's row, the backpack's weight as 0 (its stacks stay), and the
 * record.
 */
export const writeDeath = (
  world: World,
  id: bigint,
  adventurer: Adventurer,
  { cause, summary }: Readonly<{ cause: bigint; summary: bigint }>,
): void => {
  const inventory = world.read('Inventory', { adventurer_id: id })
  writeAdventurer(world, id, { ...adventurer, is_alive: false, activity_locked_until: 0n })
  world.write('Inventory', { adventurer_id: id }, { ...inventory, current_weight: 0 })
  world.write(
    'DeathRecord',
    { adventurer_id: id },
    {
      owner: adventurer.owner,
      death_block: world.now,
      death_cause: cause,
      inventory_lost_hash: inventoryLostHash(
        id,
        BigInt(inventory.current_weight),
        summary,
        cause,
        world.now,
      ),
    },
  )
}

/** Reservations, escrows and shifts of the dead are not settled (quirk 14). */
const kill = (world: World, id: bigint, cause: bigint): boolean => {
  const adventurer = readAdventurer(world, id)
  if (actorRefusal(world, adventurer) !== null) return false
  writeDeath(world, id, adventurer, { cause, summary: 0n })
  world.emit('AdventurerDied', { adventurer_id: id, owner: adventurer.owner, cause })
  return true
}

export const adventurerSystem: SystemContract<'adventurer_manager'> = {
  entrypoints: {
    create_adventurer: (world, args) => create(world, args.name),
    consume_energy: (world, args) => consume(world, args.adventurer_id, args.amount),
    regenerate_energy: (world, args) => regenerate(world, args.adventurer_id),
    kill_adventurer: (world, args) => kill(world, args.adventurer_id, args.cause),
  },
  views: {
    quote_create_adventurer_cost: (world) => mintQuote(regulatorPolicyNow(world).mintDiscountBp),
  },
}
