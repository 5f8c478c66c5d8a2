/**
 * `economic_manager` (game.md §2.4): conversion, upkeep and decay. All refusals are silent. Claims:
 * hex-claim.ts.
 */
import {
  conversionBonusOf,
  PLANT_MATERIALS,
  SMELTED_ORES,
} from '../../../../domain/worlds/infinite-hex-adventurers/rules/buildings.ts'
import { minimumClaimOf } from '../../../../domain/worlds/infinite-hex-adventurers/rules/claim.ts'
import {
  type ConversionRate,
  effectiveConversionRate,
  quoteConversion,
  rateAfterConversion,
} from '../../../../domain/worlds/infinite-hex-adventurers/rules/conversion.ts'
import {
  CLAIMABLE_DECAY_LEVEL,
  chargePeriods,
  periodsDue,
} from '../../../../domain/worlds/infinite-hex-adventurers/rules/decay.ts'
import { shortString } from '../../../../schemas/worlds/short-string.ts'
import type { RowOf } from '../row-codec.ts'
import type { SystemContract, World } from '../system.ts'
import { actorRefusal, booked, readEnergyRows, regenSpend, writeEnergyRows } from './actor.ts'
import { hasEffectiveBuilding } from './hex-buildings.ts'
import { defend, initiateClaim } from './hex-claim.ts'
import { decayAfterPayment, upkeepNow } from './hex-upkeep.ts'
import { regulatorPolicyNow } from './regulator-policy.ts'

/** Bonuses by item id; converting any other item gives none. */
const BONUSES = new Map(
  [...SMELTED_ORES, ...PLANT_MATERIALS].map((item) => [shortString(item), conversionBonusOf(item)]),
)

const bonusBpOf = (world: World, hex: bigint, itemId: bigint): number => {
  const bonus = BONUSES.get(itemId) ?? null
  return bonus !== null && hasEffectiveBuilding(world, hex, bonus.building) ? bonus.bonusBp : 0
}

const rateOf = (row: RowOf<'ConversionRate'>): ConversionRate => ({
  currentRate: row.current_rate,
  baseRate: row.base_rate,
  lastUpdateBlock: Number(row.last_update_block),
  unitsInWindow: row.units_converted_in_window,
})

const rowOf = (rate: ConversionRate): RowOf<'ConversionRate'> => ({
  current_rate: rate.currentRate,
  base_rate: rate.baseRate,
  last_update_block: BigInt(rate.lastUpdateBlock),
  units_converted_in_window: rate.unitsInWindow,
})

/**
 * Burns items for energy. At full energy they burn for nothing, and the event still reports the
 * full amount (quirk 10).
 */
const convert = (world: World, id: bigint, itemId: bigint, quantity: number): number => {
  const rows = readEnergyRows(world, id)
  const { adventurer } = rows
  if (actorRefusal(world, adventurer) !== null) return 0
  const itemKeys = { adventurer_id: id, item_id: itemId }
  const item = world.read('BackpackItem', itemKeys)
  if (quantity === 0 || quantity > item.quantity) return 0

  const inventory = world.read('Inventory', { adventurer_id: id })
  const rate = rateOf(world.read('ConversionRate', { item_type: itemId }))
  const energyPerUnit = effectiveConversionRate(rate, world.block)
  if (energyPerUnit === 0) return 0
  const quote = quoteConversion({
    quantity,
    rate: energyPerUnit,
    energy: adventurer.energy,
    maxEnergy: adventurer.max_energy,
    bonusBp: bonusBpOf(world, adventurer.current_hex, itemId),
    taxBp: regulatorPolicyNow(world).conversionTaxBp,
  })
  writeEnergyRows(
    world,
    id,
    booked(rows, { earned: quote.minted + quote.bonusMinted, spent: quote.tax }),
  )
  const lighter = Math.max(0, inventory.current_weight - quantity * item.weight_per_unit)
  world.write('Inventory', { adventurer_id: id }, { ...inventory, current_weight: lighter })
  world.write('BackpackItem', itemKeys, { ...item, quantity: item.quantity - quantity })
  world.write(
    'ConversionRate',
    { item_type: itemId },
    rowOf(rateAfterConversion(rate, quantity, world.block)),
  )
  world.emit('ItemsConverted', {
    adventurer_id: id,
    item_id: itemId,
    quantity,
    energy_gained: quote.reported,
  })
  return quote.reported
}

/** Moves energy from the controller into the reserve. Decay that is due is not charged first. */
const payMaintenance = (world: World, id: bigint, hex: bigint, amount: number): boolean => {
  const rows = readEnergyRows(world, id)
  const state = world.read('HexDecayState', { hex_coordinate: hex })
  if (
    actorRefusal(world, rows.adventurer) !== null ||
    id !== state.owner_adventurer_id ||
    amount === 0
  )
    return false
  const spent = regenSpend(rows, amount, world.block)
  writeEnergyRows(world, id, spent.rows)
  if (!spent.paid) return false
  const recovered = decayAfterPayment(state, amount, upkeepNow(world, hex))
  world.write(
    'HexDecayState',
    { hex_coordinate: hex },
    { ...recovered, last_energy_payment_block: world.now },
  )
  world.emit('HexEnergyPaid', { hex, payer: id, amount })
  return true
}

/** Charges the whole periods since the last time; anyone may call it, for any felt (quirk 5). */
const processDecay = (world: World, hex: bigint): number => {
  const state = world.read('HexDecayState', { hex_coordinate: hex })
  const periods = periodsDue(Number(state.last_decay_processed_block), world.block)
  if (periods === 0) return state.decay_level
  const upkeep = upkeepNow(world, hex)
  const before = {
    level: state.decay_level,
    reserve: state.current_energy_reserve,
    lastProcessedBlock: Number(state.last_decay_processed_block),
  }
  const { level, reserve, lastProcessedBlock } = chargePeriods(before, upkeep, periods)
  const becameClaimable = before.level < CLAIMABLE_DECAY_LEVEL && level >= CLAIMABLE_DECAY_LEVEL
  const claimableSince =
    becameClaimable && state.claimable_since_block === 0n ? world.now : state.claimable_since_block
  world.write(
    'HexDecayState',
    { hex_coordinate: hex },
    {
      ...state,
      current_energy_reserve: reserve,
      last_decay_processed_block: BigInt(lastProcessedBlock),
      decay_level: level,
      claimable_since_block: claimableSince,
    },
  )
  if (becameClaimable)
    world.emit('HexBecameClaimable', { hex, min_energy_to_claim: minimumClaimOf(upkeep, level) })
  return level
}

export const economicSystem: SystemContract<'economic_manager'> = {
  entrypoints: {
    convert_items_to_energy: (world, args) =>
      convert(world, args.adventurer_id, args.item_id, args.quantity),
    pay_hex_maintenance: (world, args) =>
      payMaintenance(world, args.adventurer_id, args.hex_coordinate, args.amount),
    process_hex_decay: (world, args) => processDecay(world, args.hex_coordinate),
    initiate_hex_claim: (world, args) =>
      initiateClaim(world, args.adventurer_id, args.hex_coordinate, args.energy_offered),
    defend_hex_from_claim: (world, args) =>
      defend(world, args.adventurer_id, args.hex_coordinate, args.defense_energy),
  },
  views: {},
}
